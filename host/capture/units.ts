// Nanoseconds given as halves of a u64, in other units, without a BigInt for each packet.

const HIGH_SECONDS = 4;
const HIGH_NANOSECONDS = 294_967_296;
const NANOSECONDS = 1e9;

/** 2^32 ns are 4.294967296 s. Exact for every u64. */
export function secondsOf(low: number, high: number): { seconds: number; nanoseconds: number } {
  const fraction = high * HIGH_NANOSECONDS + low;
  const carried = Math.floor(fraction / NANOSECONDS);
  return { seconds: high * HIGH_SECONDS + carried, nanoseconds: fraction - carried * NANOSECONDS };
}
