// A server's packet of a flow whose first message is inspected: what it acknowledges cannot be replaced any more, and its first
// record says whether another ClientHello may come.

import { REASON_SEGMENTS_CONFLICT } from "../abi";
import {
  EXPECT_AFTER,
  EXPECT_ANSWER,
  EXPECT_REQUEST,
  INSPECT_ANSWER,
  INSPECT_EXPECTS,
  INSPECT_JUDGED,
  INSPECT_MARKS,
  INSPECT_START,
  MARK_ANSWER,
  MARK_RETRY,
  MARK_STARTED,
  REC_ACKNOWLEDGED,
  REC_SEEN,
  REC_SIZE,
  SEEN_ACKNOWLEDGED,
  SEEN_MID_STREAM,
} from "../abi/records";
import { FLAG_OTHER_BEGINNING } from "../abi/tables";
import { STAGE_OTHER_BEGINNING } from "../abi/trace";
import { note } from "../flow/follow";
import { flowOf } from "../flow/lifetime";
import { ANSWER_OTHER, ANSWER_RETRY, readAnswer } from "../name/tls-answer";
import { FLAGS, L4, L4_CAPTURED } from "../parse";
import { has } from "../tables";
import * as Tcp from "../wire/tcp";
import { HOLD_COUNT, giveUp } from "./hold";
import { endInspection, hasAcknowledged, holdOf, inspectionOf } from "./inspection";
import { refuse } from "./refuse";
import { release } from "./release";
import { forgetUpTo, remembersNone } from "./remembered";
import { ALL_HELD } from "./segments";
import { trace, tracing } from "../trace";

/** What a server's packet says of a flow, before it goes its way; false when it ended the flow, its verdict written. */
export function observeReply(desc: u32, parsed: u32, verdict: u32, reply: u32): bool {
  const request = reply - REC_SIZE;
  const state = inspectionOf(flowOf(reply));
  if (load<u32>(parsed, L4_CAPTURED) < Tcp.NUMBERS_END) return true;
  if (isOfAnother(state, request, parsed)) {
    if (tracing) traceOther(parsed, state);
    refuse(desc, verdict, request, REASON_SEGMENTS_CONFLICT, 0);
    return false;
  }
  note(reply, parsed);
  if (<u32>load<u8>(state, INSPECT_EXPECTS) >= <u32>EXPECT_REQUEST) forgetAcknowledged(state, reply);
  else follow(state, request, parsed);
  return true;
}

/** Whether the server speaks of a connection that began elsewhere: then bytes may reach it that were never looked at. */
function isOfAnother(state: u32, request: u32, parsed: u32): bool {
  if (has(FLAG_OTHER_BEGINNING) || (<u32>load<u8>(parsed, FLAGS) & Tcp.ACK) == 0) return false;
  if ((<u32>load<u8>(state, INSPECT_MARKS) & MARK_STARTED) == 0) return false;
  if ((<u32>load<u8>(request, REC_SEEN) & SEEN_MID_STREAM) != 0) return false;
  const start = load<u32>(state, INSPECT_START);
  return load<u32>(state, INSPECT_JUDGED) == start && Tcp.acknowledgement(load<u32>(parsed, L4)) != start;
}

function traceOther(parsed: u32, state: u32): void {
  const acknowledged = Tcp.acknowledgement(load<u32>(parsed, L4));
  trace(STAGE_OTHER_BEGINNING, REASON_SEGMENTS_CONFLICT, acknowledged, load<u32>(state, INSPECT_START));
}

/** Forgets what the server has acknowledged of a flow every request of which is looked at. */
function forgetAcknowledged(state: u32, reply: u32): void {
  const hold = holdOf(state);
  if (hold == 0) return;
  if ((load<u8>(reply, REC_SEEN) & SEEN_ACKNOWLEDGED) != 0) forgetUpTo(hold, load<u32>(reply, REC_ACKNOWLEDGED));
  if (remembersNone(hold) && load<u32>(hold, HOLD_COUNT) == 0) giveUp(hold);
}

/** Draws the conclusions from what the server acknowledges and says. */
function follow(state: u32, request: u32, parsed: u32): void {
  const expects = <u32>load<u8>(state, INSPECT_EXPECTS);
  const answered = expects == EXPECT_AFTER && isAnswer(state, parsed);
  if (!hasAcknowledged(request, load<u32>(state, INSPECT_JUDGED))) return;
  const hold = holdOf(state);
  if (answered || expects == EXPECT_ANSWER) {
    if (hold != 0) {
      release(hold, request, ALL_HELD);
      giveUp(hold);
    }
    endInspection(request);
  } else if (hold != 0 && load<u32>(hold, HOLD_COUNT) == 0) giveUp(hold);
}

/** Whether a packet bears the server's first record and that does not ask for another ClientHello. */
function isAnswer(state: u32, parsed: u32): bool {
  const marks = <u32>load<u8>(state, INSPECT_MARKS);
  const tcp = load<u32>(parsed, L4);
  const header = Tcp.dataOffset(tcp);
  const captured = load<u32>(parsed, L4_CAPTURED);
  if ((marks & MARK_RETRY) != 0 || captured <= header) return false;
  const sequence = Tcp.sequence(tcp);
  if ((marks & MARK_ANSWER) == 0) {
    store<u32>(state, sequence, INSPECT_ANSWER);
    store<u8>(state, <u8>(marks | MARK_ANSWER), INSPECT_MARKS);
  }
  const skipped = load<u32>(state, INSPECT_ANSWER) - sequence;
  if (skipped >= captured - header) return false;
  const answer = readAnswer(tcp + header + skipped, captured - header - skipped);
  if (answer == ANSWER_RETRY) store<u8>(state, <u8>((marks | MARK_RETRY) & ~(<u32>MARK_ANSWER)), INSPECT_MARKS);
  return answer == ANSWER_OTHER;
}
