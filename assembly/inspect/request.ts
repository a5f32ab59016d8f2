// A client's packet of a flow whose first message is inspected (docs/behaviour.md, section 14).

import {
  REASON_FIRST_MESSAGE_TOO_LONG,
  REASON_HELD_RETRANSMISSION,
  REASON_HOLD_POOL_FULL,
  REASON_SEGMENTS_CONFLICT,
  REASON_TRUNCATED,
} from "../abi";
import {
  EXPECT_ANSWER,
  EXPECT_REQUEST,
  INSPECT_EXPECTS,
  INSPECT_FORGOTTEN,
  INSPECT_JUDGED,
  INSPECT_MARKS,
  INSPECT_START,
  MARK_STARTED,
} from "../abi/records";
import { note } from "../flow/follow";
import { flowOf } from "../flow/lifetime";
import { MORE } from "../name/outcome";
import { FLAGS, L4, L4_CAPTURED, L4_LENGTH } from "../parse";
import * as Tcp from "../wire/tcp";
import { against, desc, drop, endpoint, forward, parsed, pass, request, state, takeUp, verdict, wait } from "./at-hand";
import { BYTES_AT, HOLD_COUNT, HOLD_FROM, HOLD_REACH, keep, remember, takeHold } from "./hold";
import { hasAcknowledged, holdOf } from "./inspection";
import { PASS, PASS_ALL, commit, expected, judge, nameLength, taken } from "./judge";
import { releaseWith } from "./release";
import { ALL_HELD, conflicts, covers, fits, place } from "./segments";
import { inspectStream } from "./stream";
import { cutData } from "./syn";

/// Where the data of the packet at hand begin among those that are known.
let offset: u32 = 0;

/** Handles a client's packet. */
export function inspectRequest(itsDesc: u32, itsParsed: u32, itsVerdict: u32, itsRequest: u32): void {
  takeUp(itsDesc, itsParsed, itsVerdict, itsRequest);
  if (load<u32>(parsed, L4_CAPTURED) < Tcp.NUMBERS_END) return drop(REASON_TRUNCATED);
  const tcp = load<u32>(parsed, L4);
  const flags = <u32>load<u8>(parsed, FLAGS);
  const header = Tcp.dataOffset(tcp);
  const sequence = Tcp.sequence(tcp);
  const syn = (flags & Tcp.SYN) != 0;
  if (!begin(sequence + <u32>syn) && syn && sequence + 1 != load<u32>(state, INSPECT_START))
    return drop(REASON_SEGMENTS_CONFLICT);
  const length = load<u32>(parsed, L4_LENGTH) - header;
  if (length == 0) return forward();
  if (syn) return cutData(desc, parsed, tcp, length) ? forward() : drop(REASON_TRUNCATED);
  note(request, parsed);
  if ((flags & Tcp.URG) != 0) return against(REASON_SEGMENTS_CONFLICT, 0, 0);
  const captured = load<u32>(parsed, L4_CAPTURED);
  inspectData(tcp + header, sequence, length, captured > header ? captured - header : 0);
}

/** Notes where the client's bytes begin; false when that is known. */
function begin(sequence: u32): bool {
  const marks = <u32>load<u8>(state, INSPECT_MARKS);
  if ((marks & MARK_STARTED) != 0) return false;
  store<u8>(state, <u8>(marks | MARK_STARTED), INSPECT_MARKS);
  store<u32>(state, sequence, INSPECT_START);
  store<u32>(state, sequence, INSPECT_JUDGED);
  store<u32>(state, sequence, INSPECT_FORGOTTEN);
  return true;
}

/** Handles data, `captured` bytes of which lie at `at`. */
function inspectData(at: u32, sequence: u32, length: u32, captured: u32): void {
  if (<u32>load<u8>(state, INSPECT_EXPECTS) >= <u32>EXPECT_REQUEST)
    return inspectStream(at, sequence, length, captured);
  const judged = load<u32>(state, INSPECT_JUDGED);
  const end = sequence + length;
  if (<i32>(end - judged) <= 0 && hasAcknowledged(request, end)) return forward();
  if (load<u8>(state, INSPECT_EXPECTS) == EXPECT_ANSWER && <i32>(sequence - judged) >= 0) return forward();
  if (captured < length) return drop(REASON_TRUNCATED);
  const hold = holdOf(state);
  const from = hold != 0 ? load<u32>(hold, HOLD_FROM) : judged;
  const before = <i32>(sequence - from);
  if (before < 0 && !hasAcknowledged(request, from)) return drop(REASON_HELD_RETRANSMISSION);
  if (hold == 0 && before == 0) return judgeWhole(at, length);
  const skipped = before < 0 ? <u32>-before : 0;
  if (skipped >= length) return drop(REASON_HELD_RETRANSMISSION);
  offset = sequence + skipped - from;
  compare(hold, from, at + skipped, length - skipped);
}

/** Judges data that nothing is held before. */
function judgeWhole(at: u32, length: u32): void {
  offset = 0;
  const outcome = judge(state, endpoint(), at, length);
  if (outcome == MORE) return compare(0, load<u32>(state, INSPECT_JUDGED), at, length);
  if (outcome == PASS_ALL) return passJudged(0);
  if (outcome != PASS) return against(outcome, nameLength, offset);
  const from = load<u32>(state, INSPECT_JUDGED);
  commit(state, request);
  forward();
  if (!fits(0, taken)) return;
  const hold = takeHold(flowOf(request), from);
  if (hold == 0) return;
  place(hold, 0, at, taken);
  remember(hold);
}

/** Compares data with what is known, and adds to it what is new. */
function compare(known: u32, from: u32, at: u32, length: u32): void {
  const hold = known != 0 ? known : takeHold(flowOf(request), from);
  if (hold == 0) return against(REASON_HOLD_POOL_FULL, 0, offset);
  if (known == 0) remember(hold);
  if (conflicts(hold, offset, at, length)) return against(REASON_SEGMENTS_CONFLICT, 0, offset);
  const judged = load<u32>(state, INSPECT_JUDGED) - from;
  if (load<u8>(state, INSPECT_EXPECTS) == EXPECT_ANSWER || offset + length <= judged) return forward();
  if (covers(hold, offset, length)) return drop(REASON_HELD_RETRANSMISSION);
  if (!fits(offset, length)) return against(REASON_FIRST_MESSAGE_TOO_LONG, 0, offset);
  keep(hold);
  const before = load<u32>(hold, HOLD_REACH);
  const reach = place(hold, offset, at, length);
  const outcome = reach == before ? MORE : judge(state, endpoint(), hold + BYTES_AT + judged, reach - judged);
  if (outcome == MORE) return wait(hold, offset, at, length);
  if (outcome == PASS_ALL) return passJudged(hold);
  if (outcome != PASS) return against(outcome, nameLength, offset);
  commit(state, request);
  const limit = expected() == EXPECT_ANSWER ? ALL_HELD : reach;
  releaseWith(hold, request, limit, offset, desc, parsed, verdict);
  if (load<u32>(hold, HOLD_COUNT) == 0) remember(hold);
}

/** Lets all pass after what was judged. */
function passJudged(hold: u32): void {
  commit(state, request);
  pass(hold, offset);
}
