// The core and the reference plane over the same random packets of flows with PROXY headers.

import { corePlane } from "../core-plane.ts";
import { assert, suite } from "../kit.ts";
import { ReferencePlane } from "../reference/plane.ts";
import { comparePlanes } from "./compare.ts";
import { Dice } from "./dice.ts";
import { ProxyTraffic, proxyConfiguration } from "./proxy-traffic.ts";

const SEED = Number(process.env.LINKPLANE_SEED ?? Date.now() % 2 ** 32);
const ROUNDS = Number(process.env.LINKPLANE_ROUNDS ?? 20);
const PACKETS = 1500;

suite("Flows with PROXY headers", (test) => {
  process.stderr.write(`flows with PROXY headers: LINKPLANE_SEED=${SEED}\n`);
  let headers = 0;
  const seen = new Set<string>();

  test(`${ROUNDS} rounds of ${PACKETS} packets: the core does what the reference does`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const dice = new Dice(SEED + round);
      const configuration = proxyConfiguration(dice);
      const reference = new ReferencePlane(configuration);
      const traffic = new ProxyTraffic(dice, configuration);
      try {
        comparePlanes(await corePlane(configuration), reference, traffic, dice, PACKETS);
      } catch (error) {
        process.stderr.write(`flows with PROXY headers: seed ${SEED + round} shows a difference\n`);
        throw error;
      }
      headers += reference.counters().generated.proxyHeader;
      for (const reason of Object.keys(reference.counters().reasons)) seen.add(reason);
    }
  });

  test("with headers, conflicts and cuts", () => {
    assert.ok(headers > ROUNDS * 20, `${headers} headers`);
    assert.equal(
      ["segments-conflict", "truncated", "ttl-expired", "forwarded"].filter((reason) => !seen.has(reason)),
      [],
    );
  });
});
