// A server's packets of a flow with a PROXY header: they acknowledge bytes that the client never sent (docs/behaviour.md,
// section 16). A captured reply, which the client acknowledged in its own numbers, is turned back into the server's.

import { REASON_TRUNCATED } from "../abi";
import { PROXY_ACKNOWLEDGED, PROXY_LEFT, PROXY_STARTED, REC_ENDPOINT } from "../abi/records";
import { SEGMENT_DROPPED, STAGE_PROXY_SHIFT, TRACE_GOES_ON, TRACE_NONE } from "../abi/trace";
import { flowOf } from "../flow/lifetime";
import { FLAGS, L4 } from "../parse";
import { droppedAt } from "../verdict";
import * as Sack from "../wire/sack";
import * as Tcp from "../wire/tcp";
import { isWhole } from "./request";
import { become, headerLength, is, startOf } from "./stream";
import { trace, tracing } from "../trace";
import { traceSegment } from "../traced";

/** Gives a server's packet the numbers that the client has; false when it is dropped, its verdict written. */
export function takeReply(parsed: u32, verdict: u32, reply: u32): bool {
  const tcp = load<u32>(parsed, L4);
  const flow = flowOf(reply);
  if (!isWhole(parsed, tcp)) {
    if (tracing) traceSegment(parsed, REASON_TRUNCATED, TRACE_NONE, SEGMENT_DROPPED);
    droppedAt(verdict, REASON_TRUNCATED, flow, <u32>load<u16>(reply, REC_ENDPOINT));
    return false;
  }
  if (!is(flow, PROXY_STARTED)) return true;
  const start = startOf(flow);
  const length = headerLength(flow);
  if ((<u32>load<u8>(parsed, FLAGS) & Tcp.ACK) != 0) {
    const acknowledged = Tcp.acknowledgement(tcp);
    noteAcknowledged(flow, acknowledged);
    const lower = Sack.lowered(acknowledged, start, length);
    if (lower != acknowledged) setAcknowledgement(tcp, acknowledged, lower);
  }
  const delta = Sack.lowerAll(tcp + Tcp.HEADER_MIN, tcp + Tcp.dataOffset(tcp), start, length);
  if (delta != 0) Tcp.adjustChecksum(tcp, delta);
  return true;
}

/** Gives a captured reply, taken note of, the numbers that the server had. */
export function turnBackNumbers(parsed: u32, flow: u32): void {
  if (!is(flow, PROXY_STARTED)) return;
  const tcp = load<u32>(parsed, L4);
  const start = startOf(flow);
  const length = headerLength(flow);
  const left = is(flow, PROXY_LEFT);
  if ((<u32>load<u8>(parsed, FLAGS) & Tcp.ACK) != 0) {
    const acknowledged = Tcp.acknowledgement(tcp);
    const higher = Sack.raised(acknowledged, start, length, left);
    if (higher != acknowledged) setAcknowledgement(tcp, acknowledged, higher);
    noteAcknowledged(flow, higher);
  }
  const delta = Sack.raiseAll(tcp + Tcp.HEADER_MIN, tcp + Tcp.dataOffset(tcp), start, length, left);
  if (delta != 0) Tcp.adjustChecksum(tcp, delta);
}

function setAcknowledgement(tcp: u32, before: u32, after: u32): void {
  if (tracing) trace(STAGE_PROXY_SHIFT, TRACE_GOES_ON, before, after, 1);
  Tcp.setAcknowledgement(tcp, after);
}

function noteAcknowledged(flow: u32, number: u32): void {
  if (<i32>(number - startOf(flow)) >= <i32>headerLength(flow)) become(flow, PROXY_ACKNOWLEDGED);
}
