// The plane's clock: the highest time seen. It has no other source of time.

import { TICK_SHIFT, WHEEL_TICKS } from "./abi";

/** Ticks are counted from the first packet, and a gap that outlasts every timeout is shortened, so that 32 bits do. */
const GAP_MAX: u64 = <u64>(4 * WHEEL_TICKS);

/** Nanoseconds. */
export let now: u64 = 0;
let started: bool = false;
let tickOffset: u64 = 0;

export function resetClock(): void {
  now = 0;
  started = false;
  tickOffset = 0;
}

/** Moves the clock on; a time before it changes nothing. */
export function moveTo(time: u64): void {
  if (started && time <= now) return;
  if (!started) {
    started = true;
    tickOffset = time >> TICK_SHIFT;
  } else {
    const gap = (time >> TICK_SHIFT) - (now >> TICK_SHIFT);
    if (gap > GAP_MAX) tickOffset += gap - GAP_MAX;
  }
  now = time;
}

/** Moves the clock to a time that is not before `now` and within the time of `quietUntil`. */
export function keep(time: u64): void {
  now = time;
}

/**
 * Time before which the clock may be moved by `keep` and ticks from `lowest` on are not reached; 0 before the first packet, and
 * while `lowest` is reached already, though a packet's time may lie before it.
 */
export function quietUntil(lowest: u32): u64 {
  const reached = tickTime(lowest);
  return started && reached > now ? min(reached, now + (GAP_MAX << TICK_SHIFT)) : 0;
}

/** Tick that `now` lies in. */
export function nowTick(): u32 {
  return tickBefore(now);
}

/** Tick that starts at or before a time. */
export function tickBefore(time: u64): u32 {
  return <u32>((time >> TICK_SHIFT) - tickOffset);
}

/** First tick that starts at or after a time. */
export function tickAfter(time: u64): u32 {
  return <u32>(((time + ((<u64>1) << TICK_SHIFT) - 1) >> TICK_SHIFT) - tickOffset);
}

/** Time at which a tick starts, nanoseconds. */
export function tickTime(tick: u32): u64 {
  return (<u64>tick + tickOffset) << TICK_SHIFT;
}
