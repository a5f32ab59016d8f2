// Random traffic while the configuration changes: the core, in batches of random size, does what the reference plane does.

import { corePlane } from "../core-plane.ts";
import { assert, suite } from "../kit.ts";
import { ReferencePlane } from "../reference/plane.ts";
import { Changes } from "./changes.ts";
import { comparePlanes } from "./compare.ts";
import { Dice } from "./dice.ts";
import { Traffic } from "./traffic.ts";

const SEED = Number(process.env.LINKPLANE_SEED ?? Date.now() % 2 ** 31);
const ROUNDS = Number(process.env.LINKPLANE_ROUNDS ?? 60);
const PACKETS = 4000;
/** What flows are cut for. */
const REASONS = ["connection-lost", "flow-withdrawn", "backend-drained"];
/** Further rounds, at most, until flows were cut for each reason: one round in twenty has packets that are. */
const FURTHER_MOST = 600;

suite("While the configuration changes", (test) => {
  process.stderr.write(`changes: LINKPLANE_SEED=${SEED}\n`);
  const seen = new Set<string>();
  let cut = 0;

  test(`${ROUNDS} rounds and more of ${PACKETS} packets: the core does what the reference does`, async () => {
    const both = (): boolean => REASONS.every((reason) => seen.has(reason));
    for (let round = 0; round < ROUNDS || (round < ROUNDS + FURTHER_MOST && !both()); round++) {
      const seed = SEED + round;
      const dice = new Dice(seed);
      const changes = new Changes(dice);
      const core = await corePlane(changes.configuration);
      const reference = new ReferencePlane(changes.configuration);
      const change = (): void => {
        if (!dice.chance(60)) return;
        const configuration = changes.next();
        core.apply(configuration);
        reference.apply(configuration);
      };
      try {
        comparePlanes(core, reference, new Traffic(dice), dice, PACKETS, change);
      } catch (error) {
        process.stderr.write(`changes: seed ${seed} shows a difference\n`);
        throw error;
      }
      const { reasons, flows } = reference.counters();
      for (const reason of Object.keys(reasons)) seen.add(reason);
      cut += flows.cut;
    }
  });

  test("with flows cut for every reason", () => {
    assert.ok(cut > 0);
    assert.equal(
      REASONS.filter((reason) => !seen.has(reason)),
      [],
    );
  });
});
