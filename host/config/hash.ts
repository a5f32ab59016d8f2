// The seeded hash of docs/behaviour.md, section 4, as the host needs it: to lay out Maglev tables. The core has its own.

const MASK = (1n << 64n) - 1n;
const MULTIPLIER_LOW = 0x9e3779b97f4a7c15n;
const MULTIPLIER_HIGH = 0xc2b2ae3d27d4eb4fn;
const MULTIPLIER_LAST = 0x165667b19e3779f9n;

/** The two 64-bit words that key the hash. */
export type SeedWords = readonly [bigint, bigint];

/** First two outputs of splitmix64 started at `seed`. */
export function seedWords(seed: number): SeedWords {
  const first = (BigInt(seed) + MULTIPLIER_LOW) & MASK;
  return [scramble(first), scramble((first + MULTIPLIER_LOW) & MASK)];
}

function scramble(state: bigint): bigint {
  let z = ((state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}

/** 32 bits of hash of two 64-bit words. */
export function mix32(low: bigint, high: bigint, [seedLow, seedHigh]: SeedWords): number {
  const a = ((low ^ seedLow) * MULTIPLIER_LOW) & MASK;
  const b = ((high ^ seedHigh) * MULTIPLIER_HIGH) & MASK;
  let x = a ^ (((b << 32n) | (b >> 32n)) & MASK);
  x ^= x >> 29n;
  return Number(((x * MULTIPLIER_LAST) & MASK) >> 32n);
}
