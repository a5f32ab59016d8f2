// What a measurement says, in the form it is printed, kept and compared in.

import type { Interval } from "./interval.ts";

/** What a figure depends on: the ratio of turns in the same rounds, the machine and its neighbours, or nothing. */
export type Kind = "pair" | "rate" | "exact";

export interface Row {
  /** Unique in its section. */
  name: string;
  unit: string;
  kind: Kind;
  /** Which way is good; a row that is neither is printed and not judged. */
  better: "higher" | "lower" | "neither";
  value: Interval;
  /** What the figure should reach, and what it would be good to reach. */
  goal?: Goal | undefined;
}

export interface Goal {
  target: number;
  stretch?: number;
}

/** How often something took how long: `counts[i]` of them between `edges[i]` and `edges[i + 1]`. */
export interface Histogram {
  name: string;
  unit: string;
  edges: number[];
  counts: number[];
}

export interface Section {
  /** Word it is asked for by. */
  name: string;
  title: string;
  rows: Row[];
  /** Sentences on how it was measured. */
  notes: string[];
  /** Sentences on what makes the figures less sure. */
  warnings: string[];
  histograms: Histogram[];
}

/** The machine a figure was measured on. */
export interface Machine {
  processor: string;
  cores: number;
  memoryGiB: number;
  system: string;
  node: string;
  v8: string;
  /** Version of the package, and the commit where it is known. */
  version: string;
}

export const RESULTS_SCHEMA = "linkplane.bench/1";

/** What a results file holds. */
export interface Results {
  schema: typeof RESULTS_SCHEMA;
  /** When the run began, ISO 8601. */
  begun: string;
  machine: Machine;
  sections: Section[];
}

/** A section with nothing in it yet. */
export function emptySection(name: string, title: string): Section {
  return { name, title, rows: [], notes: [], warnings: [], histograms: [] };
}

/** A figure that is the same each time. */
export function exact(name: string, unit: string, value: number, better: Row["better"], goal?: Goal): Row {
  return { name, unit, kind: "exact", better, value: { median: value, low: value, high: value, count: 1 }, goal };
}

export type Judgement = "stretch" | "met" | "missed" | "";

/** What the median is worth against the goal. */
export function judgementOf({ value, better, goal }: Row): Judgement {
  if (goal === undefined || better === "neither") return "";
  const reaches = (limit: number): boolean => (better === "higher" ? value.median >= limit : value.median <= limit);
  if (goal.stretch !== undefined && reaches(goal.stretch)) return "stretch";
  return reaches(goal.target) ? "met" : "missed";
}
