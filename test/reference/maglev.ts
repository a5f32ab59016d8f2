// Lookup table of a backend pool (Maglev, weighted in rounds; behaviour 4).
import type { Mix } from "./mix.ts";

const SIZES = [251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 131071, 262139, 524287];
const SLOTS_PER_BACKEND = 100;

export interface Member {
  /** As a number. */
  address: number;
  weight: number;
  state: string;
}

interface Turn<M> {
  member: M;
  offset: number;
  skip: number;
  /** Wishes already looked at. */
  wish: number;
}

/** One member per slot; empty when no member takes new flows. */
export function tableOf<M extends Member>(members: readonly M[], mix: Mix): M[] {
  const size = SIZES.find((candidate) => candidate >= SLOTS_PER_BACKEND * members.length) ?? (SIZES.at(-1) as number);
  const turns = members
    .filter(({ state, weight }) => state === "up" && weight > 0)
    .sort((one, other) => one.address - other.address)
    .map((member): Turn<M> => {
      const address = BigInt(member.address);
      return { member, offset: mix(address, 1n) % size, skip: (mix(address, 2n) % (size - 1)) + 1, wish: 0 };
    });
  return turns.length === 0 ? [] : filled(turns, size);
}

function filled<M extends Member>(turns: Turn<M>[], size: number): M[] {
  const highest = Math.max(...turns.map(({ member }) => member.weight));
  const share = (round: number, weight: number): number => Math.floor((round * weight) / highest);
  const slots = new Map<number, M>();
  for (let round = 1; slots.size < size; round++) {
    for (const turn of turns) {
      const { weight } = turn.member;
      if (slots.size === size || share(round, weight) === share(round - 1, weight)) continue;
      slots.set(nextFree(turn, slots, size), turn.member);
    }
  }
  return Array.from({ length: size }, (_, slot) => slots.get(slot) as M);
}

function nextFree<M>(turn: Turn<M>, slots: Map<number, M>, size: number): number {
  for (;;) {
    const slot = (turn.offset + turn.wish * turn.skip) % size;
    turn.wish++;
    if (!slots.has(slot)) return slot;
  }
}
