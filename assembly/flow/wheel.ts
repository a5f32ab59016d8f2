// The timing wheel: for each tick the ordered list of entries that fall due in it. Entries are flows (their number) and
// denied flows (the flow capacity plus their own number). A packet does not move its flow's entry; an entry that comes up
// too early is put where it belongs then. What a tick's lists hold always lies less than one turn ahead of the clock when
// it is put there, so within a place of the wheel, older turns stand in front.

import { WHEEL_TICKS } from "../abi";
import { nowTick, tickTime } from "../clock";
import { TIMERS, WHEEL } from "../memory";

/// List of a place: entry + 1 of its first and last.
const LIST_FIRST: usize = 0;
const LIST_LAST: usize = 4;
export const WHEEL_LIST_SIZE: u32 = 8;

/// Timer of an entry.
const NEXT: usize = 0; // entry + 1
const PREVIOUS: usize = 4; // entry + 1
const TICK: usize = 8;
export const TIMER_SIZE: u32 = 12;

const PLACE_MASK: u32 = <u32>(WHEEL_TICKS - 1);
const WORDS: u32 = <u32>(WHEEL_TICKS / 64);
const NONE: u32 = <u32>-1;

/// No entry lies in a tick before this one.
let lowest: u32 = NONE;

export function resetWheel(): void {
  lowest = NONE;
}

/** Tick an entry waits in. */
export function tickOf(entry: u32): u32 {
  return load<u32>(timer(entry), TICK);
}

/** Puts an entry at the end of a tick's list. */
export function add(entry: u32, tick: u32): void {
  const at = timer(entry);
  const list = listOf(tick);
  const last = load<u32>(list, LIST_LAST);
  store<u32>(at, 0, NEXT);
  store<u32>(at, last, PREVIOUS);
  store<u32>(at, tick, TICK);
  if (last == 0) {
    store<u32>(list, entry + 1, LIST_FIRST);
    mark(tick, true);
  } else {
    store<u32>(timer(last - 1), entry + 1, NEXT);
  }
  store<u32>(list, entry + 1, LIST_LAST);
  if (tick < lowest) lowest = tick;
}

/** Takes an entry out of its list. */
export function drop(entry: u32): void {
  const at = timer(entry);
  const tick = load<u32>(at, TICK);
  const list = listOf(tick);
  const following = load<u32>(at, NEXT);
  const previous = load<u32>(at, PREVIOUS);
  if (previous == 0) store<u32>(list, following, LIST_FIRST);
  else store<u32>(timer(previous - 1), following, NEXT);
  if (following == 0) store<u32>(list, previous, LIST_LAST);
  else store<u32>(timer(following - 1), previous, PREVIOUS);
  if (load<u32>(list, LIST_FIRST) == 0) mark(tick, false);
}

/** No entry lies in a tick before this one. */
export function lowestTick(): u32 {
  return lowest;
}

/** Whether an entry may be due: one compare on the path of every packet. */
export function mayBeDue(): bool {
  return lowest <= nowTick();
}

/** The first entry of the lowest due tick, or -1. Moves the lower bound on. */
export function due(): u32 {
  const tick = settle();
  if (tick == NONE || tick > nowTick()) return NONE;
  return load<u32>(listOf(tick), LIST_FIRST) - 1;
}

/** The entry behind one in its tick's list, or -1. */
export function behind(entry: u32): u32 {
  return load<u32>(timer(entry), NEXT) - 1;
}

/** Brings in the timer of an entry. */
export function touchTimer(entry: u32): u32 {
  return load<u32>(timer(entry));
}

/** Time of the lowest tick that has an entry, nanoseconds; all ones when there is none. */
export function nextTime(): u64 {
  const tick = settle();
  return tick == NONE ? u64.MAX_VALUE : tickTime(tick);
}

/** Makes `lowest` exact and returns it. */
function settle(): u32 {
  if (lowest == NONE) return NONE;
  const list = listOf(lowest);
  const first = load<u32>(list, LIST_FIRST);
  if (first == 0 || tickOf(first - 1) != lowest) lowest = search(lowest);
  return lowest;
}

/** Lowest tick from `from` on that has an entry. A place may hold a later turn's entries: those count with their own tick. */
function search(from: u32): u32 {
  let best = NONE;
  const start = from & PLACE_MASK;
  for (let step: u32 = 0; step <= WORDS; step++) {
    const word = ((start >> 6) + step) & (WORDS - 1);
    let bits = load<u64>(bitmap() + word * 8);
    if (step == 0) bits &= u64.MAX_VALUE << (start & 63);
    for (; bits != 0; bits &= bits - 1) {
      const place = (word << 6) + <u32>ctz<u64>(bits);
      const tick = tickOf(load<u32>(WHEEL + place * WHEEL_LIST_SIZE, LIST_FIRST) - 1);
      if (tick == from + ((place - start) & PLACE_MASK)) return min(tick, best);
      best = min(best, tick);
    }
  }
  return best;
}

function timer(entry: u32): u32 {
  return TIMERS + entry * TIMER_SIZE;
}

function listOf(tick: u32): u32 {
  return WHEEL + (tick & PLACE_MASK) * WHEEL_LIST_SIZE;
}

function bitmap(): u32 {
  return WHEEL + WHEEL_TICKS * WHEEL_LIST_SIZE;
}

function mark(tick: u32, filled: bool): void {
  const place = tick & PLACE_MASK;
  const at = bitmap() + (place >> 6) * 8;
  const bit = (<u64>1) << (place & 63);
  const word = load<u64>(at);
  store<u64>(at, filled ? word | bit : word & ~bit);
}
