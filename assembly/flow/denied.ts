// Denied flows: short records of refused tuples, so that a client's retries count as packets of one denied flow and do not
// walk the stages again (docs/behaviour.md, section 7).

import {
  CONTROL_DENIED_TOP,
  COUNTER_DENIALS_UNRECORDED,
  COUNTER_FLOWS_DENIED,
  END_IDLE,
  NO_FLOW,
  REASON_CLIENT_FLOWS_FULL,
  REASON_FLOW_EXPIRED,
  REASON_FLOW_TABLE_FULL,
  REASON_MID_STREAM,
  REASON_NAT_EXHAUSTED,
  REASON_REFUSED_LAST,
  REASON_RESOURCE_DENIED,
  RELEASE_WHEN_FULL,
  STATE_DENIED,
} from "../abi";
import {
  DENIED_BYTES_HIGH,
  DENIED_EPOCH,
  DENIED_FIRST_SEEN,
  DENIED_NAME,
  DENIED_REASON,
  REC_BYTES,
  REC_ENDPOINT,
  REC_KEY,
  REC_LAST_SEEN,
  REC_PACKETS,
  REC_SIZE,
  REC_TIMER,
} from "../abi/records";
import { giveBack, keepPlaces } from "../address/key";
import { now, tickAfter } from "../clock";
import { count } from "../counters";
import { DENIED, MAX_DENIED, MAX_FLOWS, setControl } from "../memory";
import { timeout } from "../tables";
import { reportEnded } from "./ended";
import { configurations } from "./epoch";
import { releaseDue } from "./release";
import { insert, remove } from "./table";
import { add, drop } from "./wheel";

/// Number + 1 released last, 0 for none; the others are chained through their records.
let free: u32 = 0;
let top: u32 = 0;
let taken: u32 = 0;

export function resetDenied(): void {
  free = 0;
  top = 0;
  taken = 0;
  setControl(CONTROL_DENIED_TOP, 0);
}

export function isDenied(record: u32): bool {
  return record >= DENIED;
}

/** Number of a denied flow as verdicts give it: from the flow capacity up. It is its entry in the wheel too. */
export function deniedNumber(record: u32): u32 {
  return MAX_FLOWS + (record - DENIED) / REC_SIZE;
}

export function deniedRecord(number: u32): u32 {
  return DENIED + (number - MAX_FLOWS) * REC_SIZE;
}

export function deniedReason(record: u32): u32 {
  return <u32>load<u8>(record, DENIED_REASON);
}

/** Time from which a denied flow is dead, nanoseconds. */
export function deniedDeath(record: u32): u64 {
  return load<u64>(record, REC_LAST_SEEN) + timeout(STATE_DENIED);
}

/** Whether a packet of a denied tuple walks the stages again. */
export function mayRetry(record: u32, beginning: bool): bool {
  if (load<u32>(record, DENIED_EPOCH) != configurations) return true;
  const reason = deniedReason(record);
  if (isOfRoom(reason)) return true;
  return beginning && (reason == REASON_MID_STREAM || reason == REASON_FLOW_EXPIRED || isOfFirstMessage(reason));
}

/** Whether a flow was refused because there was no room for it. */
function isOfRoom(reason: u32): bool {
  return reason == REASON_NAT_EXHAUSTED || reason == REASON_FLOW_TABLE_FULL || reason == REASON_CLIENT_FLOWS_FULL;
}

/** Whether a flow was refused for what its client sent. */
function isOfFirstMessage(reason: u32): bool {
  return reason >= <u32>REASON_RESOURCE_DENIED && reason <= <u32>REASON_REFUSED_LAST;
}

/** Notes which report has the name that a denied flow asked for. */
export function nameDenied(number: u32, serial: u32): void {
  if (number != <u32>NO_FLOW) store<u32>(deniedRecord(number), serial, DENIED_NAME);
}

/** Counts a packet to a denied flow. */
export function countDenied(record: u32, reason: u32, bytes: u32): void {
  store<u8>(record, <u8>reason, DENIED_REASON);
  store<u64>(record, now, REC_LAST_SEEN);
  store<u32>(record, load<u32>(record, REC_PACKETS) + 1, REC_PACKETS);
  const before = load<u32>(record, REC_BYTES);
  store<u32>(record, before + bytes, REC_BYTES);
  if (before + bytes < before) store<u32>(record, load<u32>(record, DENIED_BYTES_HIGH) + 1, DENIED_BYTES_HIGH);
}

/** Notes which endpoint the configuration in force has refused a tuple. */
export function judgeDenied(record: u32, endpoint: u32): void {
  store<u16>(record, <u16>endpoint, REC_ENDPOINT);
  store<u32>(record, configurations, DENIED_EPOCH);
}

/** Leaves a denied flow for a refused tuple; its number, or NO_FLOW when the quota is used up. */
export function deny(low: u64, high: u64, endpoint: u32, reason: u32, bytes: u32): u32 {
  if (!hasRoom()) releaseDue(RELEASE_WHEN_FULL);
  if (!hasRoom()) {
    count(COUNTER_DENIALS_UNRECORDED, 1);
    return <u32>NO_FLOW;
  }
  const record = begin(low, high, endpoint, reason);
  countDenied(record, reason, bytes);
  return enter(record);
}

/**
 * Leaves a denied flow for the tuple of a flow that has just been released, of which no packet was refused yet, as long as refused
 * tuples keep half of the places. `judged`: by the configuration in force.
 */
export function denyExpired(low: u64, high: u64, endpoint: u32, judged: bool): void {
  if (taken << 1 >= MAX_DENIED) return;
  const record = begin(low, high, endpoint, REASON_FLOW_EXPIRED);
  if (!judged) store<u32>(record, configurations - 1, DENIED_EPOCH);
  store<u64>(record, now, REC_LAST_SEEN);
  enter(record);
}

function begin(low: u64, high: u64, endpoint: u32, reason: u32): u32 {
  const record = take();
  memory.fill(record, 0, REC_SIZE);
  store<u64>(record, now, DENIED_FIRST_SEEN);
  judgeDenied(record, endpoint);
  store<u8>(record, STATE_DENIED, REC_TIMER);
  keepPlaces(low, high);
  store<u8>(record, <u8>reason, DENIED_REASON);
  insert(low, high, record);
  return record;
}

/** Counts a denied flow and times it; its number. */
function enter(record: u32): u32 {
  const number = deniedNumber(record);
  add(number, tickAfter(deniedDeath(record)));
  count(COUNTER_FLOWS_DENIED, 1);
  return number;
}

/** Releases a dead denied flow. */
export function releaseDeadDenied(number: u32): void {
  releaseDenied(deniedRecord(number), END_IDLE);
}

/** Releases a denied flow, however it ends. */
export function releaseDenied(record: u32, how: u32): void {
  const number = deniedNumber(record);
  reportEnded(record, 0, number, how);
  drop(number);
  const low = load<u64>(record, REC_KEY);
  const high = load<u64>(record, REC_KEY + 8);
  remove(record);
  giveBack(low, high);
  store<u32>(record, free, REC_KEY + 8);
  free = number - MAX_FLOWS + 1;
  taken--;
}

function hasRoom(): bool {
  return free != 0 || top < MAX_DENIED;
}

function take(): u32 {
  taken++;
  if (free == 0) {
    const record = DENIED + top++ * REC_SIZE;
    setControl(CONTROL_DENIED_TOP, top);
    return record;
  }
  const record = DENIED + (free - 1) * REC_SIZE;
  free = load<u32>(record, REC_KEY + 8);
  return record;
}
