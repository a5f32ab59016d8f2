// `npm run bench:check BEFORE.json AFTER.json`: exit code 1 when a figure of the later file is really worse, 2 when the files
// cannot be compared.

import Table from "cli-table3";
import { figure } from "../host/report/section.ts";
import { PLAIN_TABLE } from "../host/report/table.ts";
import { BOUNDS, type Comparison, compare, isSameMachine } from "./compare.ts";
import { readResults } from "./results.ts";

const USAGE = `Usage: npm run bench:check BEFORE.json AFTER.json
A figure is worse when the intervals do not overlap and the medians are further apart than ${BOUNDS.pair} times (ratios within a run),
${BOUNDS.rate} times (rates and times, on the same machine only) or ${BOUNDS.exact} times (sizes).
`;

process.exitCode = check(process.argv.slice(2));

function check(files: readonly string[]): number {
  const [earlier, later] = files;
  if (earlier === undefined || later === undefined || files.length !== 2) return refuse(USAGE);
  try {
    const [before, after] = [readResults(earlier), readResults(later)];
    const comparisons = compare(before, after);
    if (comparisons.length === 0) return refuse("The two files have no section in common.\n");
    if (!isSameMachine(before, after))
      process.stdout.write("The machines differ, so rates and times are not compared.\n");
    process.stdout.write(textOf(comparisons));
    return comparisons.some(({ outcome }) => outcome === "worse") ? 1 : 0;
  } catch (error) {
    return refuse(`${(error as Error).message}\n`);
  }
}

function refuse(text: string): number {
  process.stderr.write(text);
  return 2;
}

function textOf(comparisons: readonly Comparison[]): string {
  const count = (outcome: string): number => comparisons.filter((each) => each.outcome === outcome).length;
  const table = new Table({
    head: ["section", "figure", "before", "after", "", "times worse", ""],
    ...PLAIN_TABLE,
    colAligns: ["left", "left", "right", "right", "left", "right", "left"],
  });
  for (const { section, name, unit, before, after, factor, outcome } of comparisons)
    if (outcome === "worse" || outcome === "better" || outcome === "gone")
      table.push([section, name, figure(before), figure(after), unit, figure(factor), outcome]);
  const rows = table.length > 0 ? `${table.toString().replace(/ +$/gm, "")}\n\n` : "";
  const rest = `${count("same")} the same, ${count("not compared")} not compared, ${count("gone")} gone`;
  return `${rows}${count("worse")} worse, ${count("better")} better, ${rest}.\n`;
}
