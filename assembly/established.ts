// The packet that nearly all are: it belongs to a live flow, changes no state and is whole enough to be translated. Everything
// that can be against it is asked first and left to handle.ts; then it is straight-line code without a call, which keeps
// everything in registers (measured: a call that comes back into it costs a tenth of the rate).

import { DESC_TIME, DESC_WIRE, FORWARD, PROTOCOL_TCP, REASON_FORWARDED, VERDICT_CODE, VERDICT_FIRST_EMIT } from "./abi";
import {
  REC_ENDPOINT,
  REC_KEY,
  REC_LAST_SEEN,
  REC_PACKETS,
  REC_SEQUENCE_END,
  REC_TEMPLATE,
  SEEN_ACKNOWLEDGED,
  SEEN_HANDLED,
  SEEN_SEQUENCE,
  SEEN_TCP_MASK,
} from "./abi/records";
import { keep, now } from "./clock";
import { count, countTraffic } from "./counters";
import { emitCount, emitPlain } from "./emit/queue";
import { flowOf } from "./flow/lifetime";
import { handle, quiet } from "./handle";
import { DENIED } from "./memory";
import { IP, KEY_HIGH, KEY_LOW, L4, L4_CAPTURED, L4_LENGTH, NETWORK, RECORD, TAG } from "./parse";
import { timeout } from "./tables";
import * as Ipv4 from "./wire/ipv4";
import * as Tcp from "./wire/tcp";
import * as Udp from "./wire/udp";

/// Within the word at TAG: tag, kind, reason, TCP flags. KIND_FLOW is 0.
const KIND_MASK: u32 = 0xff00;
const FLAGS_SHIFT: u32 = 24;
/// Within the word at NETWORK: network, side, protocol.
const SIDE_SHIFT: u32 = 16;
const PROTOCOL_SHIFT: u32 = 24;
/// Within the eight bytes at REC_ENDPOINT: endpoint, backend, seen, timer.
const BACKEND_SHIFT: u64 = 16;
const SEEN_SHIFT: u64 = 32;
const TIMER_SHIFT: u64 = 40;
/// A flow in both of whose directions numbers were seen needs no note of it.
const NUMBERS_SEEN: u32 = SEEN_SEQUENCE | SEEN_ACKNOWLEDGED;
/// Below this neither half of packets and bytes, two u32 side by side, can run over into what is not its own.
const HALF_MAX: u32 = 0x7fffffff;

/** Handles a packet, the ordinary ones at once. */
export function forwardEstablished(desc: u32, parsed: u32, verdict: u32): void {
  const record = load<u32>(parsed, RECORD);
  const time = load<u64>(desc, DESC_TIME);
  const about = load<u32>(parsed, TAG);
  const place = load<u32>(parsed, NETWORK);
  if (time >= quiet) return handle(desc, parsed, verdict);
  if ((about & KIND_MASK) != 0) return handle(desc, parsed, verdict);
  if (record == 0) return handle(desc, parsed, verdict);
  if (load<u64>(record, REC_KEY) != load<u64>(parsed, KEY_LOW)) return handle(desc, parsed, verdict);
  if (load<u64>(record, REC_KEY + 8) != load<u64>(parsed, KEY_HIGH)) return handle(desc, parsed, verdict);
  if (record >= DENIED) return handle(desc, parsed, verdict);
  const state = load<u64>(record, REC_ENDPOINT);
  const seen = <u32>(state >> SEEN_SHIFT);
  const moment = max(now, time);
  if (moment - load<u64>(record, REC_LAST_SEEN) >= timeout(<u32>(state >> TIMER_SHIFT) & 0xff))
    return handle(desc, parsed, verdict);
  const ip = load<u32>(parsed, IP);
  const l4 = load<u32>(parsed, L4);
  if (Ipv4.ttl(ip) <= 1) return handle(desc, parsed, verdict);
  if (l4 - ip != Ipv4.HEADER_MIN) return handle(desc, parsed, verdict);
  if ((seen & SEEN_HANDLED) != 0) return handle(desc, parsed, verdict);
  const captured = load<u32>(parsed, L4_CAPTURED);
  const traffic = load<u64>(record, REC_PACKETS);
  const bytes = load<u32>(desc, DESC_WIRE);
  if ((<u32>(traffic >> 32) | <u32>traffic | bytes) > HALF_MAX) return handle(desc, parsed, verdict);
  const low = load<u64>(record, REC_TEMPLATE);
  const delta = <u32>(low >> 16) & 0xffff;
  if (place >> PROTOCOL_SHIFT == PROTOCOL_TCP) {
    const flags = about >> FLAGS_SHIFT;
    if (captured < Tcp.CHECKSUM_END) return handle(desc, parsed, verdict);
    if (((flags | NUMBERS_SEEN) & ~seen & (SEEN_TCP_MASK | NUMBERS_SEEN)) != 0) return handle(desc, parsed, verdict);
    if ((flags & Tcp.ACK) == 0) return handle(desc, parsed, verdict);
    const numbers = load<u64>(record, REC_SEQUENCE_END);
    const end = Tcp.sequenceEnd(l4, load<u32>(parsed, L4_LENGTH), flags);
    const highest = <i32>(end - <u32>numbers) > 0 ? end : <u32>numbers;
    store<u64>(record, <u64>highest | ((<u64>Tcp.acknowledgement(l4)) << 32), REC_SEQUENCE_END);
    Tcp.adjustChecksum(l4, delta);
  } else {
    if (captured < Udp.CHECKSUM_END) return handle(desc, parsed, verdict);
    Udp.adjustChecksum(l4, delta);
  }
  Ipv4.transposeWithPorts(ip, low, load<u64>(record, REC_TEMPLATE + 8), <u32>low & 0xffff);
  keep(moment);
  store<u64>(record, moment, REC_LAST_SEEN);
  store<u64>(record, traffic + (((<u64>bytes) << 32) | 1), REC_PACKETS);
  const side = (place >> SIDE_SHIFT) & 0xff;
  countTraffic(<u32>state & 0xffff, <u32>(state >> BACKEND_SHIFT) & 0xffff, side, bytes);
  report(desc, verdict, side ^ 1, flowOf(record));
}

/** Verdict and emit of a packet that leaves on a side. */
function report(desc: u32, verdict: u32, side: u32, flow: u32): void {
  count(REASON_FORWARDED, 1);
  const code = FORWARD | (REASON_FORWARDED << 8) | (side << 16);
  store<u64>(verdict, <u64>code | ((<u64>1) << 32), VERDICT_CODE);
  store<u64>(verdict, <u64>emitCount() | ((<u64>flow) << 32), VERDICT_FIRST_EMIT);
  emitPlain(side, flow, desc);
}
