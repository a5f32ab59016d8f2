// A client's data on a flow every request of which is looked at (docs/behaviour.md, section 14.5).

import {
  FIRST_MESSAGE_MAX,
  REASON_FIRST_MESSAGE_TOO_LONG,
  REASON_HELD_RETRANSMISSION,
  REASON_HOLD_POOL_FULL,
  REASON_SEGMENTS_CONFLICT,
  REASON_TRUNCATED,
} from "../abi";
import { INSPECT_FORGOTTEN, INSPECT_JUDGED, INSPECT_REST } from "../abi/records";
import { flowOf } from "../flow/lifetime";
import { MORE } from "../name/outcome";
import { against, desc, drop, endpoint, forward, parsed, request, state, verdict, wait } from "./at-hand";
import { BYTES_AT, HOLD_COUNT, HOLD_FROM, HOLD_HEADERS, HOLD_REACH, giveUp, keep, remember, takeHold } from "./hold";
import { hasAcknowledged, holdOf } from "./inspection";
import { PASS } from "./judge";
import { releaseWith } from "./release";
import { copyRemembered, differsFromRemembered, forgetAll, rememberStretch, remembers } from "./remembered";
import { conflicts, covers, fits, knownFrom, place } from "./segments";
import { commitStream, judgeStream, looked, nameLength } from "./stream-judge";

/** Handles data, `captured` bytes of which lie at `at`. */
export function inspectStream(at: u32, sequence: u32, length: u32, captured: u32): void {
  const forgotten = load<u32>(state, INSPECT_FORGOTTEN);
  if (<i32>(sequence - forgotten) < 0 && !hasAcknowledged(request, forgotten)) return drop(REASON_HELD_RETRANSMISSION);
  const hold = holdOf(state);
  const rest = load<u64>(state, INSPECT_REST);
  const further = <i64>(<i32>(sequence + length - load<u32>(state, INSPECT_JUDGED)));
  const known = hold != 0 && remembers(hold, sequence, length);
  const isBody = further <= <i64>rest;
  if ((known || !isBody) && captured < length) return drop(REASON_TRUNCATED);
  if (known && differsFromRemembered(hold, sequence, at, length)) return against(REASON_SEGMENTS_CONFLICT, 0, 0);
  if (isBody) return passBody(further);
  const edge = edgeOf();
  const before = <i32>(edge - sequence);
  const skipped = before > 0 ? <u32>before : 0;
  bringsBody = before > 0;
  if (before >= 0 && (hold == 0 || load<u32>(hold, HOLD_COUNT) == 0)) judgeWhole(edge, at + skipped, length - skipped);
  else gather(hold, edge, sequence + skipped, at + skipped, length - skipped);
}

/** Where what is not body begins. */
function edgeOf(): u32 {
  return load<u32>(state, INSPECT_JUDGED) + <u32>load<u64>(state, INSPECT_REST);
}

/** Lets data pass that end `further` behind what was judged, and no further than a body does. */
function passBody(further: i64): void {
  if (further > 0) {
    store<u32>(state, load<u32>(state, INSPECT_JUDGED) + <u32>further, INSPECT_JUDGED);
    store<u64>(state, load<u64>(state, INSPECT_REST) - <u64>further, INSPECT_REST);
  }
  forward();
}

/** Judges data that begin at the edge when nothing is held. */
function judgeWhole(edge: u32, at: u32, length: u32): void {
  const outcome = judgeStream(state, endpoint(), at, length);
  if (outcome == MORE) return gather(holdOf(state), edge, edge, at, length);
  if (outcome != PASS) return against(outcome, nameLength, 0);
  commitStream(state, edge, length);
  forward();
  noteStretch(edge, at);
}

/** Remembers what was looked at, which begins at a sequence number. */
function noteStretch(sequence: u32, at: u32): void {
  let hold = holdOf(state);
  const fitting = fits(0, looked);
  if (hold == 0 && fitting) {
    hold = takeHold(flowOf(request), sequence);
    if (hold != 0) remember(hold);
  }
  if (fitting && hold != 0) return rememberStretch(state, hold, sequence, at, looked);
  if (hold != 0) forgetAll(hold);
  store<u32>(state, sequence + looked, INSPECT_FORGOTTEN);
}

/// Whether bytes of a body are in front of the data at hand: those may be new though all behind them are known.
let bringsBody: bool = false;

/** Adds data from the edge on to what is held, and judges it if nothing is missing before it. */
function gather(itsHold: u32, edge: u32, sequence: u32, at: u32, length: u32): void {
  const hold = itsHold != 0 ? itsHold : takeHold(flowOf(request), edge);
  if (hold == 0) return against(REASON_HOLD_POOL_FULL, 0, 0);
  if (itsHold == 0) remember(hold);
  if (load<u32>(hold, HOLD_COUNT) == 0) restart(hold, edge);
  const offset = sequence - load<u32>(hold, HOLD_FROM);
  if (conflicts(hold, offset, at, length)) return against(REASON_SEGMENTS_CONFLICT, 0, offset);
  if (!bringsBody && covers(hold, offset, length)) return drop(REASON_HELD_RETRANSMISSION);
  if (!fits(offset, length)) return against(REASON_FIRST_MESSAGE_TOO_LONG, 0, offset);
  keep(hold);
  const reach = place(hold, offset, at, length);
  const outcome = reach <= offset ? MORE : judgeHeld(hold, edge, reach);
  if (outcome == MORE) return wait(hold, offset, at, length);
  if (outcome != PASS) return against(outcome, nameLength, offset);
  releaseWith(hold, request, edgeAmong(hold), offset, desc, parsed, verdict);
  if (load<u32>(hold, HOLD_COUNT) == 0) renew(hold);
  else store<u32>(hold, knownFrom(hold, edgeAmong(hold)), HOLD_REACH);
}

function restart(hold: u32, edge: u32): void {
  store<u32>(hold, edge, HOLD_FROM);
  store<u32>(hold, 0, HOLD_REACH);
  store<u32>(hold, 0, HOLD_HEADERS);
}

/** Judges bytes that are known from the edge on up to `reach`, and those from the next edge on; MORE, a reason, or PASS when any passed. */
function judgeHeld(hold: u32, from: u32, reach: u32): u32 {
  let edge = from;
  let passed = false;
  while (true) {
    const offset = edge - load<u32>(hold, HOLD_FROM);
    const at = hold + BYTES_AT + offset;
    const outcome = judgeStream(state, endpoint(), at, reach - offset);
    if (outcome == MORE && passed) return PASS;
    if (outcome != PASS) return outcome;
    passed = true;
    commitStream(state, edge, reach - offset);
    noteStretch(edge, at);
    edge = edgeOf();
    const next = edgeAmong(hold);
    reach = knownFrom(hold, next);
    if (reach == next) return PASS;
  }
}

/** The edge among the bytes of a place; behind all of them when it is further away. */
function edgeAmong(hold: u32): u32 {
  const passed: u32 = load<u32>(state, INSPECT_JUDGED) - load<u32>(hold, HOLD_FROM);
  const rest = load<u64>(state, INSPECT_REST);
  return rest > <u64>FIRST_MESSAGE_MAX ? <u32>FIRST_MESSAGE_MAX : min(passed + <u32>rest, <u32>FIRST_MESSAGE_MAX);
}

/** Gives a flow another place, with nothing held in it: emits lie in its old one. */
function renew(hold: u32): void {
  giveUp(hold);
  const fresh = takeHold(flowOf(request), edgeOf());
  copyRemembered(fresh, hold);
  remember(fresh);
}
