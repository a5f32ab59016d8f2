// RST and SYN on a flow that is there: which resets count, and what begins a closing flow's connection anew (docs/behaviour.md,
// sections 20.2 and 20.3).

import { DESC_BACKEND, IDENTIFY_ADDRESS, REASON_RESET_OUT_OF_SEQUENCE, STATE_CLOSING } from "../abi";
import {
  COLD_RULE,
  COLD_SIZE,
  REC_ACKNOWLEDGED,
  REC_BACKEND,
  REC_SEEN,
  REC_SEQUENCE_END,
  REC_SIZE,
  SEEN_ACKNOWLEDGED,
  SEEN_HANDLED,
  SEEN_MID_STREAM,
  SEEN_RST,
  SEEN_SEQUENCE,
  SEEN_SYN,
} from "../abi/records";
import { BACKEND_ADDRESS_BE, BACKEND_SIZE, RULE_IDENTIFY, RULE_SIZE } from "../abi/tables";
import { STAGE_RESET, TRACE_GOES_ON, TRACE_NONE } from "../abi/trace";
import { COLD } from "../memory";
import { FLAGS, L4, L4_CAPTURED } from "../parse";
import { isHeaded } from "../proxy/stream";
import { BACKENDS, RULES } from "../tables";
import { trace, tracing } from "../trace";
import * as Tcp from "../wire/tcp";
import { flowOf, requestOf, stateOf } from "./lifetime";

/// What a flow keeps of its flags when its connection begins anew.
const KEPT: u32 = SEEN_HANDLED | SEEN_MID_STREAM;

/** Whether a packet with RST ends the connection of a record's flow. */
export function resetCounts(record: u32, parsed: u32): bool {
  if ((load<u8>(record, REC_SEEN) & SEEN_RST) != 0 || load<u32>(parsed, L4_CAPTURED) < Tcp.NUMBERS_END) return true;
  const counts = isAcceptable(record, otherOf(record), load<u32>(parsed, L4));
  if (tracing) traceReset(record, parsed, counts);
  return counts;
}

function isAcceptable(record: u32, other: u32, tcp: u32): bool {
  const hasEnd = (load<u8>(record, REC_SEEN) & SEEN_SEQUENCE) != 0;
  const end = load<u32>(record, REC_SEQUENCE_END);
  const sequence = Tcp.sequence(tcp);
  if ((load<u8>(other, REC_SEEN) & SEEN_ACKNOWLEDGED) != 0) {
    const expected = load<u32>(other, REC_ACKNOWLEDGED);
    if (sequence == expected) return true;
    return hasEnd && <i32>(sequence - expected) > 0 && <i32>(end - sequence) >= 0;
  }
  const answers = (load<u8>(other, REC_SEEN) & SEEN_SEQUENCE) != 0;
  if (hasEnd && sequence == end) return true;
  if (!answers) return !hasEnd;
  const acknowledges = (Tcp.flags(tcp) & Tcp.ACK) != 0;
  return acknowledges && Tcp.acknowledgement(tcp) == load<u32>(other, REC_SEQUENCE_END);
}

function traceReset(record: u32, parsed: u32, counts: bool): void {
  const other = otherOf(record);
  const known = (load<u8>(other, REC_SEEN) & SEEN_ACKNOWLEDGED) != 0;
  const sent = (load<u8>(record, REC_SEEN) & SEEN_SEQUENCE) != 0;
  trace(
    STAGE_RESET,
    counts ? <u32>TRACE_GOES_ON : <u32>REASON_RESET_OUT_OF_SEQUENCE,
    Tcp.sequence(load<u32>(parsed, L4)),
    <u32>known,
    known ? load<u32>(other, REC_ACKNOWLEDGED) : <u32>TRACE_NONE,
    <u32>sent,
    sent ? load<u32>(record, REC_SEQUENCE_END) : <u32>TRACE_NONE,
  );
}

/** Whether a beginning on a closing flow is one of the connection that closes, or may be, so that the flow stays with it. */
export function isOlder(desc: u32, request: u32, parsed: u32): bool {
  if (load<u32>(parsed, L4_CAPTURED) < Tcp.NUMBERS_END || !isPlain(flowOf(request))) return false;
  const asked = load<u32>(desc, DESC_BACKEND);
  const backend = BACKENDS + <u32>load<u16>(request, REC_BACKEND) * BACKEND_SIZE;
  if (asked != 0 && asked != load<u32>(backend, BACKEND_ADDRESS_BE)) return false;
  return !isNewer(request, load<u32>(parsed, L4));
}

/** Begins a closing flow's connection anew when a server's SYN and ACK say that there is one. */
export function restart(record: u32, parsed: u32): void {
  const flags = <u32>load<u8>(parsed, FLAGS) & (Tcp.SYN | Tcp.ACK | Tcp.RST);
  const flow = flowOf(record);
  const request = requestOf(flow);
  const answers = flags == (Tcp.SYN | Tcp.ACK) && record != request && stateOf(request) == STATE_CLOSING;
  const tcp = load<u32>(parsed, L4);
  if (!answers || !isPlain(flow) || !isNewer(record, tcp)) return;
  forget(request, SEEN_SYN | SEEN_SEQUENCE, Tcp.acknowledgement(tcp));
  forget(record, 0, 0);
}

function forget(record: u32, seen: u32, end: u32): void {
  store<u8>(record, <u8>((load<u8>(record, REC_SEEN) & KEPT) | seen), REC_SEEN);
  // REC_ACKNOWLEDGED lies behind REC_SEQUENCE_END.
  store<u64>(record, <u64>end, REC_SEQUENCE_END);
}

/** Whether a segment lies behind all that its direction has sent (RFC 9293, 3.6.1). */
function isNewer(record: u32, tcp: u32): bool {
  if ((load<u8>(record, REC_SEEN) & SEEN_SEQUENCE) == 0) return true;
  return <i32>(Tcp.sequence(tcp) - load<u32>(record, REC_SEQUENCE_END)) >= 0;
}

/** Whether nothing but its translation depends on what a flow's connection said. */
function isPlain(flow: u32): bool {
  const rule = RULES + <u32>load<u16>(COLD + flow * COLD_SIZE, COLD_RULE) * RULE_SIZE;
  return load<u8>(rule, RULE_IDENTIFY) == IDENTIFY_ADDRESS && !isHeaded(flow);
}

/** Record of the other direction. */
function otherOf(record: u32): u32 {
  return 2 * requestOf(flowOf(record)) + REC_SIZE - record;
}
