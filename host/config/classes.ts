// Equivalence classes: numbers that the same sets hold. The space is cut where any set begins or ends; what lies between two cuts
// is one run, and runs that the same sets hold are one class.

import type { Range } from "./security.ts";

const WORD_BITS = 32;
const SPACE = 2 ** 32;

/** The space of 32-bit numbers in runs. */
export interface Runs {
  /** First number of each run, ascending from 0. */
  starts: number[];
  /** Class of each run. */
  classes: number[];
  /** For each class the sets that hold it: bit s of word s / 32. */
  members: Uint32Array[];
}

/** Cuts the space by sets of ranges, which may overlap. */
export function cut(sets: readonly (readonly Range[])[]): Runs {
  const events = sets.flatMap((ranges, set) =>
    ranges.flatMap(({ first, last }) => [
      { at: first, set, by: 1 },
      { at: last + 1, set, by: -1 },
    ]),
  );
  events.sort((a, b) => a.at - b.at);
  const holding = new Int32Array(sets.length);
  const bits = new Uint32Array(Math.max(Math.ceil(sets.length / WORD_BITS), 1));
  const known = new Map<string, number>();
  const runs: Runs = { starts: [], classes: [], members: [] };
  let next = 0;
  for (let at = 0; at < SPACE; at = events[next]?.at ?? SPACE) {
    for (let event = events[next]; event?.at === at; event = events[++next]) hold(holding, bits, event.set, event.by);
    const found = classOf(bits, known, runs.members);
    if (runs.classes.at(-1) === found) continue;
    runs.starts.push(at);
    runs.classes.push(found);
  }
  return runs;
}

function hold(holding: Int32Array, bits: Uint32Array, set: number, by: number): void {
  const before = holding[set] as number;
  holding[set] = before + by;
  if ((before === 0) !== (before + by === 0))
    bits[set >>> 5] = ((bits[set >>> 5] as number) ^ (1 << (set % WORD_BITS))) >>> 0;
}

function classOf(bits: Uint32Array, known: Map<string, number>, members: Uint32Array[]): number {
  const halves = new Uint16Array(bits.buffer);
  const key = String.fromCharCode(...halves);
  let found = known.get(key);
  if (found === undefined) {
    found = members.length;
    known.set(key, found);
    members.push(bits.slice());
  }
  return found;
}
