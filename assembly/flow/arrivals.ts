// Reply directions of flows just opened. They enter the index together, at the end of a lane or when something asks for one
// of them before: their places are all over the index, and brought in one by one each would cost a flow a whole miss
// (measured: a third of the rate of new flows).

import { LANE } from "../abi";
import { now } from "../clock";
import { ARRIVALS } from "../memory";
import { mix } from "./hash";
import { giveKey, groupOf, insertAt, tagOf } from "./table";

/// An arrival.
const RECORD: usize = 0; // u32
const GROUP: usize = 4; // u32
const TAG: usize = 8; // u32
const ARRIVAL_SIZE: u32 = 12;
/** A packet opens one flow at most. */
export const ARRIVALS_SIZE: u32 = <u32>LANE * ARRIVAL_SIZE;

/// Keeps the touching loads from being optimised away.
export let touched: u32 = 0;
/// Bytes of ARRIVALS that are taken.
let taken: u32 = 0;
let since: u64 = u64.MAX_VALUE;

/** Gives a record its key, under which the index will have it once arrivals are settled. */
export function arrive(low: u64, high: u64, record: u32): void {
  const hash = mix(low, high);
  const at = ARRIVALS + taken;
  giveKey(record, low, high);
  store<u32>(at, record, RECORD);
  store<u32>(at, groupOf(hash), GROUP);
  store<u32>(at, tagOf(hash), TAG);
  if (taken == 0) since = now;
  taken += ARRIVAL_SIZE;
}

/** Time from which on flows may have been opened that the index lacks a record of, nanoseconds. */
export function arrivalsSince(): u64 {
  return since;
}

/** Whether the index lacks records. */
export function arrivalsWait(): bool {
  return taken != 0;
}

/** Enters in the index what waits for it. */
export function settleArrivals(): void {
  const end = ARRIVALS + taken;
  let sum: u32 = 0;
  for (let at = ARRIVALS; at < end; at += ARRIVAL_SIZE) sum += load<u32>(load<u32>(at, GROUP));
  touched = sum;
  for (let at = ARRIVALS; at < end; at += ARRIVAL_SIZE)
    insertAt(load<u32>(at, GROUP), load<u32>(at, TAG), load<u32>(at, RECORD));
  taken = 0;
  since = u64.MAX_VALUE;
}
