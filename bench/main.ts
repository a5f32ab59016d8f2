// `npm run bench`: what the core and a file-to-file replay do on this machine, in a minute. Figures move by half with the
// neighbours on a shared machine: compare rows of one run, not runs.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import { type EndToEnd, measureEndToEnd } from "./endtoend.ts";
import { measure, type Rung } from "./ladder.ts";
import { machine } from "./machine.ts";

const ROUNDS = 11;
const LADDER = [1_000, 100_000, 1_000_000];

const about = machine();
process.stdout.write(`${about.processor}, ${about.cores} cores, Node ${about.node}, commit ${about.commit}\n\n`);

const rungs: Rung[] = [];
for (const flows of LADDER) rungs.push(await measure(flows, ROUNDS));
// The same rung again: how far two measurements of one thing lie apart.
const again = await measure(LADDER[0] as number, ROUNDS);
const core = new Table({ head: ["core, 64-byte frames", "Mpps median", "range"], style: { head: [], border: [] } });
const range = ({ lowest, highest }: Rung): string => `${lowest.toFixed(1)} to ${highest.toFixed(1)}`;
for (const rung of rungs) core.push([`${rung.flows.toLocaleString("en")} flows`, rung.median.toFixed(1), range(rung)]);
core.push([`${again.flows.toLocaleString("en")} flows again (A/A)`, again.median.toFixed(1), range(again)]);
process.stdout.write(`${core.toString()}\n\n`);

const replays = await measureEndToEnd();
const files = new Table({ head: ["file to file", "Mpps", "MB/s"], style: { head: [], border: [] } });
for (const row of replays) files.push([row.name, row.megapackets.toFixed(2), row.megabytes.toFixed(0)]);
process.stdout.write(`${files.toString()}\n`);

const results: { machine: typeof about; core: Rung[]; again: Rung; endToEnd: EndToEnd[] } = {
  machine: about,
  core: rungs,
  again,
  endToEnd: replays,
};
const folder = join(dirname(fileURLToPath(import.meta.url)), "results", "local");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "bench.json"), `${JSON.stringify(results, null, 2)}\n`);
