// A batch of a tape before the core: frames fresh in its ring, one descriptor each.

import * as Abi from "../abi.ts";
import type { Core } from "../core.ts";
import type { Tape } from "./tape.ts";

/** Places `count` packets of a tape from `first` on, `step` ns apart, the first one `step` after `time`. Time of the last. */
export function placeBatch(core: Core, tape: Tape, first: number, count: number, time: number, step: number): number {
  const { bytes, stride, lengths, sides } = tape;
  core.bytes.set(bytes.subarray(first * stride, (first + count) * stride), core.ring);
  let now = time;
  for (let i = 0; i < count; i++) {
    const length = lengths[first + i] as number;
    const side = sides[first + i] as number;
    now += step;
    const high = Math.floor(now / 2 ** 32);
    const low = now - high * 2 ** 32;
    core.describe(core.ring + i * stride, length, length, side, Abi.LINK_ETHERNET, side, low, high);
  }
  return now;
}
