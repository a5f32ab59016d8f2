// `npm run fuzz [seconds] [seed]`: random traffic and damaged frames through core and reference, and damaged captures through whole
// replays, for as long as told, ten minutes when not. Ends with status 1 at the first fault, and says which seed shows it again.

import { corePlane } from "../core-plane.ts";
import { ReferencePlane } from "../reference/plane.ts";
import { DamagedTraffic, readExample } from "./bytes.ts";
import { replayDamaged } from "./captures.ts";
import { comparePlanes } from "./compare.ts";
import { randomConfiguration } from "./configuration.ts";
import { Dice } from "./dice.ts";
import { Traffic } from "./traffic.ts";

const PACKETS = 20_000;
const CAPTURES = 20;
const REPORT_EVERY = 50;
const [seconds = "600", first = String(Date.now() % 2 ** 31)] = process.argv.slice(2);
const end = Date.now() + Number(seconds) * 1000;
const example = await readExample();

let seed = Number(first);
let rounds = 0;
for (; Date.now() < end; seed++) {
  try {
    await round(seed);
  } catch (error) {
    process.stderr.write(`Seed ${seed} shows a fault. Again: npm run fuzz 1 ${seed}\n`);
    throw error;
  }
  if (++rounds % REPORT_EVERY === 0)
    process.stderr.write(`${(rounds * 2 * PACKETS).toLocaleString("en")} packets, seed ${seed}\n`);
}
process.stdout.write(
  `${(rounds * 2 * PACKETS).toLocaleString("en")} packets and ${(rounds * CAPTURES).toLocaleString("en")} captures from seed ${first} on: no fault.\n`,
);

async function round(seed: number): Promise<void> {
  const dice = new Dice(seed);
  const random = randomConfiguration(dice);
  comparePlanes(await corePlane(random), new ReferencePlane(random), new Traffic(dice), dice, PACKETS);
  const { configuration, frames } = example;
  const damaged = new DamagedTraffic(dice, frames);
  comparePlanes(await corePlane(configuration), new ReferencePlane(configuration), damaged, dice, PACKETS);
  for (let i = 0; i < CAPTURES; i++) await replayDamaged(example, dice, `capture ${i}`);
}
