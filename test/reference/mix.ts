// The keyed hash of behaviour 4.

const U64 = 0xffff_ffff_ffff_ffffn;
const ADD = 0x9e3779b97f4a7c15n;
const PRODUCTS = [0xbf58476d1ce4e5b9n, 0x94d049bb133111ebn] as const;
const MULTIPLY_LOW = 0x9e3779b97f4a7c15n;
const MULTIPLY_HIGH = 0xc2b2ae3d27d4eb4fn;
const MULTIPLY_LAST = 0x165667b19e3779f9n;

/** Takes two u64, gives 32 bits. */
export type Mix = (low: bigint, high: bigint) => number;

/** The hash of a configuration's seed. */
export function mixOf(seed: number): Mix {
  const first = (BigInt(seed) + ADD) & U64;
  const s0 = scrambled(first);
  const s1 = scrambled((first + ADD) & U64);
  return (low, high) => {
    const a = ((low ^ s0) * MULTIPLY_LOW) & U64;
    const b = ((high ^ s1) * MULTIPLY_HIGH) & U64;
    const rotated = ((b << 32n) | (b >> 32n)) & U64;
    let x = a ^ rotated;
    x ^= x >> 29n;
    x = (x * MULTIPLY_LAST) & U64;
    return Number(x >> 32n);
  };
}

/** The output of splitmix64 for a state. */
function scrambled(state: bigint): bigint {
  let z = state;
  z = ((z ^ (z >> 30n)) * PRODUCTS[0]) & U64;
  z = ((z ^ (z >> 27n)) * PRODUCTS[1]) & U64;
  return z ^ (z >> 31n);
}

/** Scales 32 bits to 0 to count - 1. */
export const pick = (hash: number, count: number): number => Math.floor((hash * count) / 2 ** 32);
