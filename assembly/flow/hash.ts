// The seeded hash of 16-byte keys. Three multiplies: with two, the destination port of NAT reverse keys, which differ in
// their top bits only, never reaches the bits that choose a place (tested with structured key sets).

const MULTIPLIER_LOW: u64 = 0x9e3779b97f4a7c15;
const MULTIPLIER_HIGH: u64 = 0xc2b2ae3d27d4eb4f;
const MULTIPLIER_LAST: u64 = 0x165667b19e3779f9;

/// Salts that give the choices of docs/behaviour.md, section 5, hashes of their own.
export const SALT_SHARD: u64 = 0x5348415244;
export const SALT_NAT_ADDRESS: u64 = 0x4e4154;

let seedLow: u64 = 0;
let seedHigh: u64 = 0;

export function seed(low: u64, high: u64): void {
  seedLow = low;
  seedHigh = high;
}

/** All 64 bits; the upper half is well mixed, bits 24 to 31 well enough for a tag. */
export function mix(low: u64, high: u64): u64 {
  let x = ((low ^ seedLow) * MULTIPLIER_LOW) ^ rotl<u64>((high ^ seedHigh) * MULTIPLIER_HIGH, 32);
  x ^= x >> 29;
  return x * MULTIPLIER_LAST;
}

/** The 32 bits that choices are made with. */
export function mix32(low: u64, high: u64): u32 {
  return <u32>(mix(low, high) >> 32);
}

/** Maps 32 bits of hash evenly onto 0 to count - 1. */
export function pick(hash: u32, count: u32): u32 {
  return <u32>((<u64>hash * <u64>count) >> 32);
}
