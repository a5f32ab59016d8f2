// Letting held segments go: to the service in the order of their sequence numbers, or nowhere.

import { REASON_AWAITING_NAME, REASON_FORWARDED, SIDE_CONSUMER, SIDE_PROVIDER } from "../abi";
import { REC_ENDPOINT } from "../abi/records";
import { STAGE_LET_GO, TRACE_GOES_ON } from "../abi/trace";
import { count, countManyAtEndpoint } from "../counters";
import { emitHeld } from "../emit/queue";
import { tally } from "../flow/follow";
import { flowOf } from "../flow/lifetime";
import { announceHeld } from "../proxy/held";
import { isHeaded } from "../proxy/stream";
import { send } from "../send";
import { BYTES_AT, HOLD_COUNT } from "./hold";
import {
  SEGMENT_HEAD,
  SEGMENT_HEAD_LENGTH,
  SEGMENT_LENGTH,
  SEGMENT_LINK,
  SEGMENT_OFFSET,
  SEGMENT_WIRE,
  dropSegment,
  nextSegment,
} from "./segments";
import { trace, tracing } from "../trace";

/** Lets held segments go that end at `limit` or before. */
export function release(hold: u32, request: u32, limit: u32): void {
  for (let segment = nextSegment(hold, limit); segment != 0; segment = nextSegment(hold, limit))
    sendHeld(hold, segment, request);
}

/** The same, with the packet at hand, whose data begin at `offset`, in its place among them. */
export function releaseWith(
  hold: u32,
  request: u32,
  limit: u32,
  offset: u32,
  desc: u32,
  parsed: u32,
  verdict: u32,
): void {
  let segment = nextSegment(hold, limit);
  for (; segment != 0 && load<u32>(segment, SEGMENT_OFFSET) <= offset; segment = nextSegment(hold, limit))
    sendHeld(hold, segment, request);
  send(desc, parsed, verdict, request, flowOf(request));
  release(hold, request, limit);
}

/** Discards what is held: it counts as dropped for a reason. */
export function discard(hold: u32, request: u32, reason: u32): void {
  const segments = load<u32>(hold, HOLD_COUNT);
  count(REASON_AWAITING_NAME, -(<i64>segments));
  count(reason, <i64>segments);
  countManyAtEndpoint(<u32>load<u16>(request, REC_ENDPOINT), reason, segments);
  store<u32>(hold, 0, HOLD_COUNT);
}

function sendHeld(hold: u32, segment: u32, request: u32): void {
  if (isHeaded(flowOf(request))) announceHeld(segment, flowOf(request));
  if (tracing)
    trace(STAGE_LET_GO, TRACE_GOES_ON, load<u32>(segment, SEGMENT_OFFSET), load<u32>(segment, SEGMENT_LENGTH));
  emitHeld(
    SIDE_PROVIDER,
    <u32>load<u8>(segment, SEGMENT_LINK),
    flowOf(request),
    load<u32>(segment, SEGMENT_HEAD),
    <u32>load<u16>(segment, SEGMENT_HEAD_LENGTH),
    hold + BYTES_AT + load<u32>(segment, SEGMENT_OFFSET),
    load<u32>(segment, SEGMENT_LENGTH),
  );
  count(REASON_AWAITING_NAME, -1);
  count(REASON_FORWARDED, 1);
  tally(request, SIDE_CONSUMER, load<u32>(segment, SEGMENT_WIRE));
  dropSegment(hold, segment);
}
