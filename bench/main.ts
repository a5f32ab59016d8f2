// `npm run bench [-- SECTION... --machine NAME]`: what the package does on this machine. Tables go to standard output, progress
// to standard error; the results file is written after every section. Without sections all of them, in less than ten minutes.

import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { machine } from "../host/cli/machine.ts";
import type { Section } from "../host/measure/row.ts";
import { machineText, sectionText } from "../host/report/section.ts";
import { type Measure, PLAN } from "./plan.ts";
import { begin, putSection, resultsPath, writeResults } from "./results.ts";

const { values, positionals } = parseArgs({ options: { machine: { type: "string" } }, allowPositionals: true });
const unknown = positionals.filter((name) => !(name in PLAN));
if (unknown.length > 0) {
  process.stderr.write(`There is no section ${unknown.join(", ")}. There are ${Object.keys(PLAN).join(", ")}.\n`);
  process.exit(2);
}

// Ends in order, so that what lies on disk for the native plane goes.
process.on("SIGINT", () => process.exit(130)).on("SIGTERM", () => process.exit(143));
const path = resultsPath(values.machine);
const about = { ...machine(), version: `${machine().version}+${commit()}` };
const results = begin(path, about, positionals.length > 0);
process.stdout.write(`${machineText(about)}\n`);
for (const name of positionals.length > 0 ? positionals : Object.keys(PLAN)) {
  const started = performance.now();
  const seconds = (): string => `${((performance.now() - started) / 1000).toFixed(0)} s`;
  const say = (what: string): void => void process.stderr.write(`${name}: ${what} ...\n`);
  say("begins");
  const section = await (PLAN[name] as Measure)(say, keep);
  process.stderr.write(`${name}: done in ${seconds()}\n`);
  if (typeof section === "string") {
    process.stdout.write(`\n${name} was not measured: ${section}\n`);
    continue;
  }
  process.stdout.write(`\n${sectionText(section)}`);
  keep(section);
}
process.stderr.write(`Written to ${path}\n`);

function keep(section: Section): void {
  putSection(results, section);
  writeResults(path, results);
}

function commit(): string {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}
