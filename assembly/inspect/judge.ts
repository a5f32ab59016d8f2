// Judging what a client sent: message after message, up to the last byte there is. What comes of it stands in the variables
// below until `commit` writes it to the flow.

import {
  IDENTIFY_HTTP,
  IDENTIFY_TLS,
  REASON_AWAITING_NAME,
  REASON_NAME_CHANGED,
  REASON_NAME_ENCRYPTED,
  REASON_NAME_MISSING,
  REASON_PROTOCOL_UNEXPECTED,
  REASON_RESOURCE_DENIED,
  COUNTER_NAMES_ENCRYPTED,
} from "../abi";
import {
  EXPECT_AFTER,
  EXPECT_ANSWER,
  EXPECT_FIRST,
  EXPECT_HELLO,
  EXPECT_TDS_HELLO,
  INSPECT_ANSWER,
  INSPECT_EXPECTS,
  INSPECT_JUDGED,
  INSPECT_MARKS,
  INSPECT_MODE,
  INSPECT_NAME,
  MARK_ANSWER,
  MARK_EARLY,
  MARK_ENCRYPTED,
  MARK_RETRY,
  REC_SEEN,
  REC_SEQUENCE_END,
  REC_SIZE,
  SEEN_SEQUENCE,
} from "../abi/records";
import { TRACE_PASS, TRACE_PASS_ALL } from "../abi/trace";
import { count } from "../counters";
import { allowedName } from "../name/allowed";
import { normalize } from "../name/host";
import { readRequest } from "../name/http";
import * as Outcome from "../name/outcome";
import { POSTGRES_FIRST, readEncryptionRequest } from "../name/postgres";
import { TDS_PRELOGIN, readPrelogin } from "../name/tds";
import { TYPE_HANDSHAKE, readAfterHello, readHello } from "../name/tls";
import { NAME_ALLOW } from "../tables";
import { tracing } from "../trace";
import { traceMessage, traceName } from "../traced";

/// What judging comes to, besides Outcome.MORE and the reasons: all there is may pass; it and all that follows may.
export const PASS: u32 = TRACE_PASS;
export const PASS_ALL: u32 = TRACE_PASS_ALL;

/** Bytes judged. */
export let taken: u32 = 0;
/** Length of the name read last, which stands at NAME; 0 for none. */
export let nameLength: u32 = 0;
let expects: u32 = 0;
let marks: u32 = 0;
let name: u32 = 0;
let saidHello: bool = false;

/** What the client is expected to send once the judgement is committed. */
export function expected(): u32 {
  return expects;
}

/** Whether a reason is one that is let through. */
export function isAllowed(reason: u32): bool {
  return ((NAME_ALLOW >> (reason - <u32>REASON_AWAITING_NAME)) & 1) != 0;
}

/** Judges bytes that follow what was let through: PASS, PASS_ALL, Outcome.MORE or a reason. */
export function judge(state: u32, endpoint: u32, at: u32, length: u32): u32 {
  const outcome = judgeAll(state, endpoint, at, length);
  if (tracing) traceMessage(at, <u32>load<u8>(state, INSPECT_EXPECTS), expects, taken, length, outcome);
  return outcome;
}

function judgeAll(state: u32, endpoint: u32, at: u32, length: u32): u32 {
  expects = <u32>load<u8>(state, INSPECT_EXPECTS);
  marks = <u32>load<u8>(state, INSPECT_MARKS);
  name = load<u32>(state, INSPECT_NAME);
  saidHello = false;
  taken = 0;
  while (taken < length && expects != EXPECT_ANSWER) {
    nameLength = 0;
    const outcome = read(<u32>load<u8>(state, INSPECT_MODE), at + taken, length - taken);
    if (outcome == Outcome.OVER) return PASS_ALL;
    if (outcome == Outcome.NAMED) {
      const reason = judgeName(endpoint, <u32>load<u8>(at + taken));
      if (reason != 0) return reason;
    } else if (outcome == Outcome.PREFACE) expectAfterPreface(<u32>load<u8>(at + taken));
    else return outcome;
    taken += Outcome.end;
  }
  return PASS;
}

/** Writes a judgement to the flow. */
export function commit(state: u32, request: u32): void {
  if (saidHello && (marks & MARK_ENCRYPTED & ~(<u32>load<u8>(state, INSPECT_MARKS))) != 0)
    count(COUNTER_NAMES_ENCRYPTED, 1);
  if (saidHello && expects == EXPECT_AFTER) {
    const reply = request + REC_SIZE;
    const known = (load<u8>(reply, REC_SEEN) & SEEN_SEQUENCE) != 0;
    marks = (marks & ~(MARK_RETRY | MARK_ANSWER)) | (known ? MARK_ANSWER : 0);
    store<u32>(state, load<u32>(reply, REC_SEQUENCE_END), INSPECT_ANSWER);
  }
  store<u8>(state, <u8>expects, INSPECT_EXPECTS);
  store<u8>(state, <u8>marks, INSPECT_MARKS);
  store<u32>(state, name, INSPECT_NAME);
  store<u32>(state, load<u32>(state, INSPECT_JUDGED) + taken, INSPECT_JUDGED);
}

function read(mode: u32, at: u32, length: u32): u32 {
  const first = <u32>load<u8>(at);
  if (expects == EXPECT_AFTER) return readAfterHello(at, length, (marks & MARK_EARLY) != 0);
  Outcome.offers(false, false);
  if (expects == EXPECT_TDS_HELLO) return first == TDS_PRELOGIN ? readPrelogin(at, length) : readHello(at, length);
  if (expects == EXPECT_HELLO)
    return first == POSTGRES_FIRST ? readEncryptionRequest(at, length) : readHello(at, length);
  if (mode != IDENTIFY_HTTP) {
    if (first == TYPE_HANDSHAKE) return readHello(at, length);
    if (first == POSTGRES_FIRST) return readEncryptionRequest(at, length);
    if (first == TDS_PRELOGIN) return readPrelogin(at, length);
  }
  return mode == IDENTIFY_TLS ? <u32>REASON_PROTOCOL_UNEXPECTED : readRequest(at, length);
}

function expectAfterPreface(first: u32): void {
  if (expects == EXPECT_FIRST) expects = first == POSTGRES_FIRST ? EXPECT_HELLO : EXPECT_TDS_HELLO;
}

/** Judges the name of the message read last, which began with a byte; 0, or the reason against it. */
function judgeName(endpoint: u32, first: u32): u32 {
  const tls = first == TYPE_HANDSHAKE;
  const hidden = Outcome.encrypted;
  const again = expects == EXPECT_AFTER;
  nameLength = normalize(Outcome.nameAt, Outcome.nameLength, !tls && first != TDS_PRELOGIN);
  if (hidden && !isAllowed(REASON_NAME_ENCRYPTED)) return REASON_NAME_ENCRYPTED;
  if (nameLength == 0) return again ? <u32>REASON_NAME_CHANGED : <u32>REASON_NAME_MISSING;
  const index = allowedName(endpoint, nameLength);
  if (tracing) traceName(index, nameLength);
  if (again && index + 1 != <i32>name) return REASON_NAME_CHANGED;
  if (index < 0) return REASON_RESOURCE_DENIED;
  name = index + 1;
  saidHello = true;
  if (hidden) marks |= MARK_ENCRYPTED;
  if (Outcome.early) marks |= MARK_EARLY;
  expects = tls ? EXPECT_AFTER : EXPECT_ANSWER;
  return 0;
}
