// `npm run fuzz:names [seconds] [seed]`: damaged first messages through the readers of core and reference, for as long as told, ten
// minutes when not. Ends with status 1 at the first fault, and says which seed shows it again.

import { fileURLToPath } from "node:url";
import { Dice } from "../random/dice.ts";
import { ABSENT, sharedCaptures } from "../shared/captures.ts";
import { Fuzzer } from "./parsers/fuzzer.ts";
import { madeMessages, messagesIn } from "./parsers/seeds.ts";

const REPORT_EVERY = 50_000;
const [seconds = "600", seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2);
const end = Date.now() + Number(seconds) * 1000;

const captures = sharedCaptures();
if (captures.length === 0) process.stderr.write(`Without messages of real clients: ${ABSENT}.\n`);
const example = fileURLToPath(new URL("../../examples/storage.pcapng", import.meta.url));
const real = await Promise.all(
  [example, ...captures.map(({ path }) => path)].map((path) => messagesIn(path).catch(() => [])),
);

const fuzzer = new Fuzzer([...madeMessages(), ...real.flat()], new Dice(Number(seed)));
let rounds = 0;
try {
  for (; Date.now() < end; rounds++) {
    fuzzer.round();
    if (rounds % REPORT_EVERY === 0) process.stderr.write(`${progress()}\n`);
  }
} catch (error) {
  process.stderr.write(
    `Seed ${seed} shows a fault after ${rounds} messages. Again: npm run fuzz:names ${seconds} ${seed}\n`,
  );
  throw error;
}
process.stdout.write(`${progress()}: no fault from seed ${seed} on.\n`);

function progress(): string {
  return `${rounds.toLocaleString("en")} messages, ${fuzzer.found.toLocaleString("en")} kept, ${fuzzer.core.reached} places reached`;
}
