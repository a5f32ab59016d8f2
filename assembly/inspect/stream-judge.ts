// Judging a stream of requests from the edge on: heads, and what frames their bodies. What comes of it stands in the variables
// below until `commitStream` writes it to the flow.

import { REASON_NAME_MISSING, REASON_RESOURCE_DENIED } from "../abi";
import {
  EXPECT_CHUNK_END,
  EXPECT_LAST_END,
  EXPECT_REQUEST,
  EXPECT_SIZE,
  EXPECT_SIZE_END,
  INSPECT_CHUNK,
  INSPECT_EXPECTS,
  INSPECT_JUDGED,
  INSPECT_NAME,
  INSPECT_REST,
} from "../abi/records";
import { allowedName } from "../name/allowed";
import { beginChunk, chunkSize, readChunkByte } from "../name/chunked";
import { CHUNKS, LENGTH, bodyLength, readFraming } from "../name/framing";
import { normalize } from "../name/host";
import { readRequest } from "../name/http";
import * as Outcome from "../name/outcome";
import { tracing } from "../trace";
import { traceMessage, traceName } from "../traced";
import { PASS } from "./judge";

/** Bytes up to the last one that is not body. */
export let looked: u32 = 0;
/** Length of the name that was refused, which stands at NAME; 0 for none. */
export let nameLength: u32 = 0;
let expects: u32 = 0;
let rest: u64 = 0;
let name: u32 = 0;

/** Judges bytes that begin at the edge: PASS, Outcome.MORE or a reason. */
export function judgeStream(state: u32, endpoint: u32, at: u32, length: u32): u32 {
  const outcome = judgeAll(state, endpoint, at, length);
  if (tracing) traceMessage(at, <u32>load<u8>(state, INSPECT_EXPECTS), expects, looked, length, outcome);
  return outcome;
}

function judgeAll(state: u32, endpoint: u32, at: u32, length: u32): u32 {
  looked = 0;
  expects = <u32>load<u8>(state, INSPECT_EXPECTS);
  name = load<u32>(state, INSPECT_NAME);
  beginChunk(load<u32>(state, INSPECT_CHUNK));
  rest = 0;
  nameLength = 0;
  let p: u32 = 0;
  while (p < length) {
    const outcome = readNext(endpoint, at + p, length - p);
    if (outcome != PASS) return outcome;
    p += Outcome.end;
    looked = p;
    const body = <u32>min(rest, <u64>(length - p));
    rest -= <u64>body;
    p += body;
  }
  return PASS;
}

/** Writes to the flow what came of so many bytes at the edge. */
export function commitStream(state: u32, edge: u32, length: u32): void {
  store<u8>(state, <u8>expects, INSPECT_EXPECTS);
  store<u32>(state, chunkSize, INSPECT_CHUNK);
  store<u32>(state, name, INSPECT_NAME);
  store<u32>(state, edge + length, INSPECT_JUDGED);
  store<u64>(state, rest, INSPECT_REST);
}

/** Reads a head, or one byte of what frames a body; how many bytes it was stands in Outcome.end. */
function readNext(endpoint: u32, at: u32, length: u32): u32 {
  if (expects == EXPECT_REQUEST) return readHead(endpoint, at, length);
  const before = expects;
  const next = readChunkByte(expects, <u32>load<u8>(at));
  if (next > <u32>EXPECT_LAST_END) return next;
  expects = next;
  Outcome.preface(1);
  if (before == EXPECT_SIZE_END && next == EXPECT_CHUNK_END) rest = <u64>chunkSize;
  return PASS;
}

function readHead(endpoint: u32, at: u32, length: u32): u32 {
  const outcome = readRequest(at, length);
  if (outcome != Outcome.NAMED) return outcome;
  const asked = normalize(Outcome.nameAt, Outcome.nameLength, true);
  if (asked == 0) return REASON_NAME_MISSING;
  const index = allowedName(endpoint, asked);
  if (tracing) traceName(index, asked);
  if (index < 0) {
    nameLength = asked;
    return REASON_RESOURCE_DENIED;
  }
  const framing = readFraming(at, Outcome.end);
  if (framing > CHUNKS) return framing;
  name = index + 1;
  expects = framing == LENGTH ? EXPECT_REQUEST : EXPECT_SIZE;
  if (framing == LENGTH) rest = bodyLength;
  return PASS;
}
