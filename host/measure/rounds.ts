// Interleaved measurement: every subject takes its turn in every round, so that a neighbour on the machine slows them alike,
// and claims are ratios within rounds.

import { type Interval, intervalOf } from "./interval.ts";

/** Something that is measured. */
export interface Subject {
  name: string;
  /** Does its work for one round; packets (or other things) a nanosecond of what is timed. */
  turn(round: number): number | Promise<number>;
  close?(): void;
}

export interface Series {
  name: string;
  /** A nanosecond, one for each round. */
  rates: number[];
}

/** First rounds, in which compilers still work; they are not kept. */
const WARM_UP = 2;

/** Runs rounds, the order of turns moving on by one from round to round. */
export async function takeTurns(subjects: readonly Subject[], rounds: number): Promise<Series[]> {
  const series = subjects.map(({ name }): Series => ({ name, rates: [] }));
  for (let round = -WARM_UP; round < rounds; round++)
    for (let turn = 0; turn < subjects.length; turn++) {
      const which = (turn + round + WARM_UP) % subjects.length;
      const rate = await (subjects[which] as Subject).turn(round + WARM_UP);
      if (round >= 0) (series[which] as Series).rates.push(rate);
    }
  return series;
}

/** Rate of a series, million a second. */
export function millions({ rates }: Series): Interval {
  return intervalOf(rates.map((rate) => rate * 1000));
}

/** How many times faster one series is than another, round by round. */
export function ratio(series: Series, other: Series): Interval {
  return intervalOf(series.rates.map((rate, round) => rate / (other.rates[round] as number)));
}
