// Which RST ends a flow's connection (docs/behaviour.md, section 20.2).

import { REASON_RESET_OUT_OF_SEQUENCE } from "../abi";
import {
  REC_ACKNOWLEDGED,
  REC_SEEN,
  REC_SEQUENCE_END,
  REC_SIZE,
  SEEN_ACKNOWLEDGED,
  SEEN_RST,
  SEEN_SEQUENCE,
} from "../abi/records";
import { STAGE_RESET, TRACE_GOES_ON, TRACE_NONE } from "../abi/trace";
import { L4, L4_CAPTURED } from "../parse";
import { trace, tracing } from "../trace";
import * as Tcp from "../wire/tcp";
import { flowOf, requestOf } from "./lifetime";

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

/** Record of the other direction. */
function otherOf(record: u32): u32 {
  return 2 * requestOf(flowOf(record)) + REC_SIZE - record;
}
