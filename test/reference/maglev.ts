// Lookup table of a backend pool (Maglev, weighted in rounds; behaviour 4).
import { hashedNumber, wholeNumber } from "./address.ts";
import type { Mix } from "./mix.ts";

const SIZES = [251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 131071, 262139, 524287];
const SLOTS_PER_BACKEND = 100;

export interface Member {
  address: number;
  weight: number;
  /** New flows may go to it. */
  takes: boolean;
}

/** Slots that a member wishes for: offset + j skip modulo the table's size. */
export interface Wishes {
  offset: number;
  skip: number;
  weight: number;
}

interface Turn extends Wishes {
  index: number;
  /** Wishes already looked at. */
  wish: number;
}

/** One member per slot; empty when no member takes new flows. */
export function tableOf<M extends Member>(members: readonly M[], mix: Mix): M[] {
  const size = SIZES.find((candidate) => candidate >= SLOTS_PER_BACKEND * members.length) ?? (SIZES.at(-1) as number);
  const taking = members
    .filter(({ takes }) => takes)
    .sort((one, other) => (wholeNumber(one.address) < wholeNumber(other.address) ? -1 : 1));
  const wishes = taking.map(({ address: given, weight }): Wishes => {
    const address = BigInt(hashedNumber(mix, given));
    return { offset: mix(address, 1n) % size, skip: (mix(address, 2n) % (size - 1)) + 1, weight };
  });
  return filled(wishes, size).map((index) => taking[index] as M);
}

/** For each slot the index of the wishes that got it; empty when there are none. */
export function filled(wishes: readonly Wishes[], size: number): number[] {
  if (wishes.length === 0) return [];
  const turns = wishes.map((own, index): Turn => ({ ...own, index, wish: 0 }));
  const highest = Math.max(...wishes.map(({ weight }) => weight));
  const share = (round: number, weight: number): number => Math.floor((round * weight) / highest);
  const slots: (number | undefined)[] = Array.from({ length: size });
  let free = size;
  for (let round = 1; free > 0; round++) {
    for (const turn of turns) {
      const { weight } = turn;
      if (free === 0 || share(round, weight) === share(round - 1, weight)) continue;
      slots[nextFree(turn, slots)] = turn.index;
      free--;
    }
  }
  return slots as number[];
}

function nextFree(turn: Turn, slots: readonly (number | undefined)[]): number {
  for (;;) {
    const slot = (turn.offset + turn.wish * turn.skip) % slots.length;
    turn.wish++;
    if (slots[slot] === undefined) return slot;
  }
}
