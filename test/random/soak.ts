// `npm run soak [packets] [first seed]`: random packets of every family through core and reference, ten million when not told. Ends
// with status 1 at the first difference, and says which seed shows it again; a run that was interrupted goes on from the seed that it
// reported last, with the packets that were left.

import { readExample } from "./bytes.ts";
import { FAMILIES, roundOf, type Seen } from "./families.ts";

const REPORT_SECONDS = 30;
const [packets = "10000000", first = String(Date.now() % 2 ** 31)] = process.argv.slice(2);
const wanted = Number(packets);
if (!(wanted > 0) || !/^\d+$/.test(first)) {
  process.stderr.write("npm run soak [packets, above 0] [first seed, a number]\n");
  process.exit(2);
}

const english = (count: number): string => count.toLocaleString("en");
const example = await readExample();
const seen: Seen = {};
const started = Date.now();
let done = 0;
let seed = Number(first);
let reported = started;
process.stderr.write(`${english(wanted)} packets from seed ${first} on: ${Object.keys(FAMILIES).join(", ")}\n`);

for (; done < wanted; seed++) {
  try {
    for (const [reason, count] of Object.entries(await roundOf(seed, example))) {
      seen[reason] = (seen[reason] ?? 0) + count;
      done += count;
    }
  } catch (error) {
    process.stderr.write(`Seed ${seed} shows a difference. Again: npm run soak 1 ${seed}\n`);
    throw error;
  }
  if (Date.now() - reported < REPORT_SECONDS * 1000) continue;
  reported = Date.now();
  process.stderr.write(
    `${english(done)} packets. Goes on from here: npm run soak ${Math.max(1, wanted - done)} ${seed + 1}\n`,
  );
}

const minutes = Math.round((Date.now() - started) / 60_000);
const reasons = Object.entries(seen).sort(([, a], [, b]) => b - a);
process.stdout.write(`${english(done)} packets, seeds ${first} to ${seed - 1}, ${minutes} minutes: no difference.\n`);
process.stdout.write(
  `${reasons.length} reasons: ${reasons.map(([name, count]) => `${name} ${english(count)}`).join(", ")}\n`,
);
