// The hold pool: places of fixed size, each with the bytes of one flow's first message from some sequence number on, and the
// headers of the segments that are held. A place without held segments only remembers what was let through, for comparison
// with what is sent again; the one that has done so longest is given up when another is needed. A place given up rests until
// the host has read the emits that lie in it.

import { COUNTER_HOLDS_PEAK, FIRST_MESSAGE_MAX, HELD_SEGMENTS_MAX, HOLD_SPARE } from "../abi";
import { INSPECT_FORGOTTEN, INSPECT_HOLD, INSPECT_JUDGED } from "../abi/records";
import { raise } from "../counters";
import { closeEmits } from "../emit/queue";
import { HOLDS, HOLD_SIZE, HOLD_SLOTS } from "../memory";
import { inspectionOf } from "./inspection";

export const HOLD_FLOW: usize = 0; // u32
export const HOLD_FROM: usize = 4; // u32, sequence number of the first byte
export const HOLD_REACH: usize = 8; // u32, bytes from the first one on without a gap
export const HOLD_COUNT: usize = 12; // u32, segments held
export const HOLD_HEADERS: usize = 16; // u32, bytes of headers
const HOLD_NEXT: usize = 20; // u32, place + 1
const HOLD_PREVIOUS: usize = 24; // u32, place + 1
const HOLD_REMEMBERS: usize = 28; // u32, 1 in the queue of places that may be given up
export const SEGMENTS_AT: u32 = 32;
export const SEGMENT_SIZE: u32 = 24;
export const HEADERS_AT: u32 = SEGMENTS_AT + HELD_SEGMENTS_MAX * SEGMENT_SIZE;
export const HEADERS_ROOM: u32 = 4096;
export const BYTES_AT: u32 = HEADERS_AT + HEADERS_ROOM;
/** What a place remembers of requests (remembered.ts), when some rule looks at every one. */
export const REMEMBERED_AT: u32 = (BYTES_AT + FIRST_MESSAGE_MAX + 63) & ~63;

/// Place + 1 that heads the list of free ones, of resting ones, and both ends of the queue of those that remember; 0 for none.
let free: u32 = 0;
let resting: u32 = 0;
let oldest: u32 = 0;
let newest: u32 = 0;
let restingCount: u32 = 0;
let used: u32 = 0;
let top: u32 = 0;

export function resetHolds(): void {
  free = 0;
  resting = 0;
  oldest = 0;
  newest = 0;
  restingCount = 0;
  used = 0;
  top = 0;
}

/** The host has read the emits: what rests is free. */
export function settleHolds(): void {
  while (resting != 0) {
    const place = resting;
    resting = load<u32>(at(place), HOLD_NEXT);
    store<u32>(at(place), free, HOLD_NEXT);
    free = place;
  }
  restingCount = 0;
}

/** Takes a place for a flow's bytes from a sequence number on; its address, or 0 when all are in use. */
export function takeHold(flow: u32, from: u32): u32 {
  if (used == HOLD_SLOTS) {
    if (oldest == 0) return 0;
    forget(at(oldest));
    giveUp(at(oldest));
  }
  let place = free;
  if (place == 0) place = ++top;
  else free = load<u32>(at(place), HOLD_NEXT);
  used++;
  raise(COUNTER_HOLDS_PEAK, <u64>used);
  const hold = at(place);
  store<u32>(hold, flow, HOLD_FLOW);
  store<u32>(hold, from, HOLD_FROM);
  store<u64>(hold, 0, HOLD_REACH); // and HOLD_COUNT
  store<u64>(hold, 0, HOLD_HEADERS); // and HOLD_NEXT
  store<u64>(hold, 0, HOLD_PREVIOUS); // and HOLD_REMEMBERS
  if (HOLD_SIZE > REMEMBERED_AT) store<u64>(hold + REMEMBERED_AT, 0);
  store<u32>(inspectionOf(flow), place, INSPECT_HOLD);
  return hold;
}

/** What the flow of a place was let through can be compared no longer. */
function forget(hold: u32): void {
  const state = inspectionOf(load<u32>(hold, HOLD_FLOW));
  store<u32>(state, load<u32>(state, INSPECT_JUDGED), INSPECT_FORGOTTEN);
}

/** Takes a place from its flow. */
export function giveUp(hold: u32): void {
  const place = (hold - HOLDS) / HOLD_SIZE + 1;
  keep(hold);
  store<u32>(inspectionOf(load<u32>(hold, HOLD_FLOW)), 0, INSPECT_HOLD);
  store<u32>(hold, resting, HOLD_NEXT);
  resting = place;
  used--;
  if (++restingCount >= <u32>HOLD_SPARE) closeEmits();
}

/** A place that holds no segment may be given up, after those that may be so already. */
export function remember(hold: u32): void {
  const place = (hold - HOLDS) / HOLD_SIZE + 1;
  if (load<u32>(hold, HOLD_REMEMBERS) != 0) return;
  store<u32>(hold, 1, HOLD_REMEMBERS);
  store<u32>(hold, 0, HOLD_NEXT);
  store<u32>(hold, newest, HOLD_PREVIOUS);
  if (newest == 0) oldest = place;
  else store<u32>(at(newest), place, HOLD_NEXT);
  newest = place;
}

/** A place must not be given up for others. */
export function keep(hold: u32): void {
  if (load<u32>(hold, HOLD_REMEMBERS) == 0) return;
  store<u32>(hold, 0, HOLD_REMEMBERS);
  const next = load<u32>(hold, HOLD_NEXT);
  const previous = load<u32>(hold, HOLD_PREVIOUS);
  if (previous == 0) oldest = next;
  else store<u32>(at(previous), next, HOLD_NEXT);
  if (next == 0) newest = previous;
  else store<u32>(at(next), previous, HOLD_PREVIOUS);
}

function at(place: u32): u32 {
  return HOLDS + (place - 1) * HOLD_SIZE;
}
