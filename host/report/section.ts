// A section of measurements for people: rows with their intervals, histograms, what was measured how.

import Table from "cli-table3";
import { type Histogram, judgementOf, type Machine, type Row, type Section } from "../measure/row.ts";
import { PLAIN_TABLE } from "./table.ts";

const BAR_WIDTH = 40;

/** Text of a section, ending with a newline. */
export function sectionText({ title, rows, notes, warnings, histograms }: Section): string {
  const warned = warnings.map((warning) => `Warning: ${warning}`);
  const parts = [title, rows.length === 0 ? "" : rowTable(rows), ...histograms.map(histogramText)];
  parts.push([...notes, ...warned].join("\n"));
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`.replace(/ +$/gm, "");
}

/** The machine in a line. */
export function machineText({ processor, cores, memoryGiB, system, node, version }: Machine): string {
  return `linkplane ${version} on ${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}`;
}

function rowTable(rows: readonly Row[]): string {
  const judged = rows.some(({ goal }) => goal !== undefined);
  const table = new Table({
    head: ["", "median", "", "95 % interval", ...(judged ? ["target", ""] : [])],
    ...PLAIN_TABLE,
    colAligns: ["left", "right", "left", "left", "right", "left"],
  });
  for (const row of rows) {
    const { median, low, high, count } = row.value;
    const interval = count === 1 ? "" : `${figure(low)} to ${figure(high)}`;
    const goal = row.goal === undefined ? ["", ""] : [figure(row.goal.target), judgementOf(row)];
    table.push([row.name, figure(median), row.unit, interval, ...(judged ? goal : [])]);
  }
  return table.toString();
}

/** Three digits, and all of those before the point. */
export function figure(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function histogramText({ name, unit, edges, counts }: Histogram): string {
  const most = Math.max(...counts);
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  const lines = counts.slice(first, last + 1).map((count, i) => {
    const bar = "#".repeat(Math.ceil((count / most) * BAR_WIDTH));
    const from = figure(edges[first + i] as number).padStart(9);
    return `  ${from} ${unit}  ${bar.padEnd(BAR_WIDTH)} ${count.toLocaleString("en")}`;
  });
  return [`${name}, from`, ...lines].join("\n");
}
