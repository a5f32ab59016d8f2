// Damaged frames and captures: whatever the bytes say, the core does what the reference does, and a replay ends with what was good.

import { corePlane } from "../core-plane.ts";
import { assert, suite } from "../kit.ts";
import { ReferencePlane } from "../reference/plane.ts";
import { DamagedTraffic, readExample } from "./bytes.ts";
import { replayDamaged } from "./captures.ts";
import { comparePlanes } from "./compare.ts";
import { Dice } from "./dice.ts";

const SEED = Number(process.env.LINKPLANE_SEED ?? Date.now() % 2 ** 32);
const PACKETS = 20_000;
const PLANES = 10;
const CAPTURES = 400;

process.stderr.write(`LINKPLANE_SEED=${SEED}\n`);

suite("Damaged bytes", (test) => {
  test(`${PLANES * PACKETS} damaged frames: the core does what the reference does`, async () => {
    const { configuration, frames } = await readExample();
    for (let round = 0; round < PLANES; round++) {
      const dice = new Dice(SEED + round);
      const traffic = new DamagedTraffic(dice, frames);
      comparePlanes(await corePlane(configuration), new ReferencePlane(configuration), traffic, dice, PACKETS);
    }
  });

  test(`${CAPTURES} damaged captures: each replay ends, and what came before the damage was replayed`, async () => {
    const example = await readExample();
    const dice = new Dice(SEED);
    let damaged = 0;
    for (let i = 0; i < CAPTURES; i++) damaged += Number(await replayDamaged(example, dice, `capture ${i}`));
    assert.ok(damaged > CAPTURES / 10, `${damaged} captures were noticed as damaged`);
  });
});
