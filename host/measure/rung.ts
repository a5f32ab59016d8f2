// One rung of the ladder as it is measured anywhere: the core, and the core again, whose ratio tells how far two measurements
// of one thing lie apart.

import type { Plane } from "../plane.ts";
import type { Interval } from "./interval.ts";
import { CoreSubject, type Load } from "./ladder.ts";
import { millions, ratio, type Series, type Subject } from "./rounds.ts";
import type { Goal, Row, Section } from "./row.ts";
import { recordTape } from "./tape.ts";
import { establish, PLAIN } from "./traffic.ts";

/** Packets of a turn: enough that caches hold again what other turns displaced. And turns before the tape begins anew. */
const PER_TURN = 2 ** 19;
const TURNS_ON_TAPE = 4;
/** Packets of a batch, unless batches are what is measured: see docs/benchmarking.md. */
export const BATCH = 256;
/** How far from 1 the ratio of a thing to itself may lie before figures are called noisy. */
export const NOISE_BOUND = 0.05;

/** The flows of a rung and what is played to them. */
export interface Rung {
  flows: number;
  plane: Plane;
  load: Load;
  /** Time of the last packet, ns. */
  time: number;
}

/** Opens the flows and records the tape. */
export async function openRung(flows: number, perTurn = PER_TURN): Promise<Rung> {
  const { plane, frames, time } = await establish({ flows, ...PLAIN });
  const tape = recordTape(frames, perTurn * TURNS_ON_TAPE);
  return { flows, plane, load: { tape, batch: BATCH, perTurn }, time };
}

/** The core twice. Both play to the same flows. */
export function coreTwice({ plane, load, time }: Rung): [Subject, Subject] {
  return [new CoreSubject("core", plane.core, load, time), new CoreSubject("core again", plane.core, load, time)];
}

export const rungName = (flows: number): string =>
  flows >= 1e6 ? `${flows / 1e6}M flows` : flows >= 1000 ? `${flows / 1000}k flows` : `${flows} flows`;

/** A row for the rate of a series, million packets a second. */
export function rateRow(name: string, series: Series, goal?: Goal): Row {
  return { name, unit: "Mpps", kind: "rate", better: "higher", value: millions(series), goal };
}

/** A row for the rate of a series of other events, million a second. */
export function eventRow(name: string, series: Series, goal?: Goal): Row {
  return { ...rateRow(name, series, goal), unit: "M/s" };
}

/** A row for how many times faster a series is than another. */
export function ratioRow(name: string, series: Series, other: Series, goal?: Goal): Row {
  return { name, unit: "times", kind: "pair", better: "higher", value: ratio(series, other), goal };
}

/** A row that compares a thing with itself; its section is warned when the two lie apart. */
export function sameRow(section: Section, name: string, series: Series, again: Series): Row {
  const value = ratio(again, series);
  if (isNoisy(value))
    section.warnings.push(
      `${name}: two measurements of one thing differ by up to ${percent(value)}. Other figures of this section are no surer than that.`,
    );
  return { name, unit: "times", kind: "pair", better: "neither", value };
}

export function isNoisy({ low, high }: Interval): boolean {
  return low < 1 - NOISE_BOUND || high > 1 + NOISE_BOUND;
}

function percent({ low, high }: Interval): string {
  return `${(100 * Math.max(1 - low, high - 1)).toFixed(0)} %`;
}
