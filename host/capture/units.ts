// Nanoseconds given as halves of a u64, in other units, without a BigInt for each packet.

const NANOSECONDS = 1e9;
/** 2^32 ns are 4 s and these nanoseconds; 2^48 ns are (4 * 65536 + 19330) s and those. Split so that no sum reaches 2^53. */
const SECONDS_32 = 4;
const REST_32 = 294_967_296;
const SECONDS_48_BEYOND = 19_330;
const REST_48 = 976_710_656;

/** Whole seconds and the nanoseconds beyond them. Exact for every u64. */
export function secondsOf(low: number, high: number): { seconds: number; nanoseconds: number } {
  const upper = high >>> 16;
  const rest = upper * REST_48 + (high & 0xffff) * REST_32 + low;
  const carried = Math.floor(rest / NANOSECONDS);
  return {
    seconds: high * SECONDS_32 + upper * SECONDS_48_BEYOND + carried,
    nanoseconds: rest - carried * NANOSECONDS,
  };
}
