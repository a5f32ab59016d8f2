// SYN on a closing flow: what begins its connection anew (docs/behaviour.md, section 20.3).

import { DESC_BACKEND, IDENTIFY_ADDRESS, STATE_CLOSING } from "../abi";
import {
  COLD_RULE,
  COLD_SIZE,
  REC_BACKEND,
  REC_SEEN,
  REC_SEQUENCE_END,
  SEEN_HANDLED,
  SEEN_MID_STREAM,
  SEEN_SEQUENCE,
  SEEN_SYN,
} from "../abi/records";
import { BACKEND_ADDRESS_BE, BACKEND_SIZE, RULE_IDENTIFY, RULE_SIZE } from "../abi/tables";
import { COLD } from "../memory";
import { FLAGS, L4, L4_CAPTURED } from "../parse";
import { isHeaded } from "../proxy/stream";
import { BACKENDS, RULES } from "../tables";
import * as Tcp from "../wire/tcp";
import { flowOf, requestOf, stateOf } from "./lifetime";

/// What a flow keeps of its flags when its connection begins anew.
const KEPT: u32 = SEEN_HANDLED | SEEN_MID_STREAM;

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
