// Being explained changes nothing: a plane that writes everything down does what the reference plane does, in batches too.

import * as Abi from "../../../host/abi.ts";
import type { Configuration } from "../../../host/config/configuration.ts";
import { type CorePlane, corePlane } from "../../core-plane.ts";
import { assert, suite } from "../../kit.ts";
import { comparePlanes, type PacketSource } from "../../random/compare.ts";
import { randomConfiguration } from "../../random/configuration.ts";
import { Dice } from "../../random/dice.ts";
import { MessageTraffic, messageConfiguration } from "../../random/messages.ts";
import { ProxyTraffic, proxyConfiguration } from "../../random/proxy-traffic.ts";
import { Traffic } from "../../random/traffic.ts";
import { ReferencePlane } from "../../reference/plane.ts";

const SEED = Number(process.env.LINKPLANE_SEED ?? Date.now() % 2 ** 31);
const ROUNDS = 10;
const PACKETS = 3000;

type SourceOf = (dice: Dice, configuration: Configuration) => PacketSource;

async function traced(configuration: Configuration): Promise<CorePlane> {
  const core = await corePlane(configuration);
  core.plane.core.trace(true);
  return core;
}

/** Notes of the shards' last runs, at most. */
const notes = (core: CorePlane): number =>
  Math.max(...core.plane.core.shards.map((shard) => shard.control(Abi.CONTROL_TRACED)));

suite("A trace", (test) => {
  process.stderr.write(`explain: LINKPLANE_SEED=${SEED}\n`);
  const sources: [name: string, configured: typeof randomConfiguration, sourceOf: SourceOf][] = [
    ["random traffic", randomConfiguration, (dice) => new Traffic(dice)],
    ["random first messages", messageConfiguration, (...of) => new MessageTraffic(...of)],
    ["random flows with PROXY headers", proxyConfiguration, (...of) => new ProxyTraffic(...of)],
  ];
  for (const [name, configured, sourceOf] of sources)
    test(`of ${name} changes nothing`, async () => {
      let most = 0;
      for (let seed = SEED; seed < SEED + ROUNDS; seed++) {
        const dice = new Dice(seed);
        const configuration = configured(dice);
        const core = await traced(configuration);
        const look = (): void => void (most = Math.max(most, notes(core)));
        try {
          comparePlanes(core, new ReferencePlane(configuration), sourceOf(dice, configuration), dice, PACKETS, look);
        } catch (error) {
          process.stderr.write(`explain: seed ${seed} shows a difference\n`);
          throw error;
        }
      }
      assert.is(most, Abi.TRACE_CAPACITY, "batches wrote more than there is room for");
    });

  test("of one packet leaves half of its room, however many stages it meets", async () => {
    let most = 0;
    for (let seed = SEED; seed < SEED + ROUNDS; seed++) {
      const dice = new Dice(seed);
      const configuration = messageConfiguration(dice);
      const core = await traced(configuration);
      const traffic = new MessageTraffic(dice, configuration);
      for (let i = 0; i < PACKETS; i++) {
        const packet = traffic.next();
        const [outcome] = core.process([packet]);
        if (outcome !== undefined) traffic.observe(packet, outcome);
        most = Math.max(most, notes(core));
      }
    }
    assert.ok(most > 0 && most < Abi.TRACE_CAPACITY / 2, `${most} notes`);
  });
});
