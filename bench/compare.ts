// Whether a later results file is worse than an earlier one, row by row: only where the intervals do not overlap and the medians
// are further apart than a bound. Ratios of turns of one run can be compared between runs; rates move with the machine's
// neighbours, so their bound is wide, and they are compared on the same machine only.

import type { Kind, Results, Row } from "../host/measure/row.ts";

/** How many times worse a median may be. */
export const BOUNDS: Record<Kind, number> = { pair: 1.1, rate: 1.5, exact: 1.02 };

export type Outcome = "worse" | "better" | "same" | "not compared" | "gone";

export interface Comparison {
  section: string;
  name: string;
  unit: string;
  before: number;
  after: number;
  /** How many times worse the later median is; below 1 when it is better. */
  factor: number;
  outcome: Outcome;
}

/** Compares the rows of the earlier file with those of the later one. Sections that the later one has not are left out. */
export function compare(before: Results, after: Results): Comparison[] {
  const same = isSameMachine(before, after);
  return before.sections.flatMap((section) => {
    const later = after.sections.find(({ name }) => name === section.name);
    if (later === undefined) return [];
    return section.rows.map((row) => {
      const other = later.rows.find(({ name }) => name === row.name);
      return { section: section.name, ...compareRows(row, other, same) };
    });
  });
}

export function isSameMachine({ machine: a }: Results, { machine: b }: Results): boolean {
  return a.processor === b.processor && a.cores === b.cores && a.system.split(" ")[0] === b.system.split(" ")[0];
}

function compareRows(row: Row, other: Row | undefined, same: boolean): Omit<Comparison, "section"> {
  const { name, unit, value } = row;
  const about = { name, unit, before: value.median, after: other?.value.median ?? Number.NaN };
  if (other === undefined) return { ...about, factor: Number.NaN, outcome: "gone" };
  const factor = row.better === "higher" ? about.before / about.after : about.after / about.before;
  return { ...about, factor, outcome: outcomeOf(row, other, factor, same) };
}

function outcomeOf(row: Row, other: Row, factor: number, same: boolean): Outcome {
  if (row.better === "neither" || (row.kind === "rate" && !same)) return "not compared";
  const apart = row.value.low > other.value.high || other.value.low > row.value.high;
  const bound = BOUNDS[row.kind];
  if (!apart || (factor <= bound && factor >= 1 / bound)) return "same";
  return factor > 1 ? "worse" : "better";
}
