// The client's packet at hand of an inspected flow, and what may become of it.

import { REASON_AWAITING_NAME, REASON_FIRST_MESSAGE_TOO_LONG, DESC_FRAME, DESC_WIRE, SIDE_CONSUMER } from "../abi";
import { INSPECT_JUDGED, INSPECT_MARKS, MARK_STARTED, REC_ENDPOINT } from "../abi/records";
import { SEGMENT_ALLOWED, SEGMENT_DROPPED, SEGMENT_REFUSES, STAGE_HELD, TRACE_NONE } from "../abi/trace";
import { flowOf } from "../flow/lifetime";
import { L4 } from "../parse";
import { rewrite } from "../rewrite";
import { shrinks } from "../translate";
import { shiftHeld } from "../proxy/held";
import { isHeaded } from "../proxy/stream";
import { send } from "../send";
import { droppedAt, held } from "../verdict";
import { HOLD_COUNT, giveUp } from "./hold";
import { endInspection, holdOf, inspectionOf } from "./inspection";
import { isAllowed } from "./judge";
import { refuse } from "./refuse";
import { releaseWith } from "./release";
import { ALL_HELD, hasRoom, keepSegment } from "./segments";
import { trace, tracing } from "../trace";
import { traceSegment } from "../traced";

export let desc: u32 = 0;
export let parsed: u32 = 0;
export let verdict: u32 = 0;
/// The flow's request direction, and what is known of its messages.
export let request: u32 = 0;
export let state: u32 = 0;

/** Takes up a packet. */
export function takeUp(itsDesc: u32, itsParsed: u32, itsVerdict: u32, itsRequest: u32): void {
  desc = itsDesc;
  parsed = itsParsed;
  verdict = itsVerdict;
  request = itsRequest;
  state = inspectionOf(flowOf(request));
}

export function forward(): void {
  send(desc, parsed, verdict, request, flowOf(request));
}

export function drop(reason: u32): void {
  if (tracing) traceSegment(parsed, reason, due(), SEGMENT_DROPPED);
  droppedAt(verdict, reason, flowOf(request), endpoint());
}

export function endpoint(): u32 {
  return <u32>load<u16>(request, REC_ENDPOINT);
}

/** Number of the client's next byte that is not let through yet, or TRACE_NONE. */
function due(): u32 {
  const started = (<u32>load<u8>(state, INSPECT_MARKS) & MARK_STARTED) != 0;
  return started ? load<u32>(state, INSPECT_JUDGED) : <u32>TRACE_NONE;
}

/** Holds the packet, whose data, from `at` on, were placed at `offset`. */
export function wait(hold: u32, offset: u32, at: u32, length: u32): void {
  const head = at - load<u32>(desc, DESC_FRAME) - shrinks(parsed, request);
  const wire = load<u32>(desc, DESC_WIRE);
  if (!hasRoom(hold, head)) return against(REASON_FIRST_MESSAGE_TOO_LONG, 0, offset);
  rewrite(desc, parsed, request, SIDE_CONSUMER);
  if (isHeaded(flowOf(request))) shiftHeld(flowOf(request), load<u32>(parsed, L4));
  if (tracing) trace(STAGE_HELD, REASON_AWAITING_NAME, load<u32>(hold, HOLD_COUNT) + 1);
  keepSegment(hold, desc, offset, length, head, parsed, wire);
  held(verdict, REASON_AWAITING_NAME, flowOf(request));
}

/** Lets the packet, whose data begin at `offset`, what is held and all that follows pass. */
export function pass(hold: u32, offset: u32): void {
  if (hold == 0) forward();
  else {
    releaseWith(hold, request, ALL_HELD, offset, desc, parsed, verdict);
    giveUp(hold);
  }
  endInspection(request);
}

/** Refuses the flow for a reason, or lets it pass if the configuration says so. */
export function against(reason: u32, nameLength: u32, offset: u32): void {
  const allowed = isAllowed(reason);
  if (tracing) traceSegment(parsed, reason, due(), allowed ? SEGMENT_ALLOWED : SEGMENT_REFUSES);
  if (allowed) return pass(holdOf(state), offset);
  refuse(desc, verdict, request, reason, nameLength);
}
