// Maglev tables: consistent hashing over the backends of a pool (Eisenbud et al., NSDI 2016, section 3.4), with weights.

import { mix32, type SeedWords } from "./hash.ts";

/** A backend's wish list: slots offset, offset + skip, offset + 2 skip, ... modulo the table's size. */
export interface Permutation {
  offset: number;
  skip: number;
  weight: number;
}

/** Table sizes, primes. The first that has a hundred slots for each backend is taken. */
const SIZES = [251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 131071, 262139, 524287];
const SLOTS_PER_BACKEND = 100;

/** Size of the table of a pool with so many backends, whatever their states. */
export function tableSize(backends: number): number {
  return SIZES.find((size) => size >= backends * SLOTS_PER_BACKEND) ?? (SIZES[SIZES.length - 1] as number);
}

/** Wish list of a backend by its address (a number, 10.0.0.1 being 0x0a000001). */
export function permutationOf(address: number, weight: number, size: number, seed: SeedWords): Permutation {
  const offset = mix32(BigInt(address), 1n, seed) % size;
  const skip = (mix32(BigInt(address), 2n, seed) % (size - 1)) + 1;
  return { offset, skip, weight };
}

/** Fills a table: entry i is the index of the permutation that owns slot i. Takes turns by weight. Needs one member at least. */
export function fillTable(members: readonly Permutation[], size: number): Uint16Array {
  const table = new Uint16Array(size).fill(0xffff);
  const wish = members.map((member) => member.offset);
  const heaviest = Math.max(...members.map((member) => member.weight));
  let filled = 0;
  for (let round = 1; filled < size; round++) {
    for (let i = 0; i < members.length && filled < size; i++) {
      const { skip, weight } = members[i] as Permutation;
      if (Math.floor((round * weight) / heaviest) === Math.floor(((round - 1) * weight) / heaviest)) continue;
      let slot = wish[i] as number;
      while (table[slot] !== 0xffff) slot = (slot + skip) % size;
      table[slot] = i;
      wish[i] = (slot + skip) % size;
      filled++;
    }
  }
  return table;
}
