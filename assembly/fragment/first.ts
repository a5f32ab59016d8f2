// The first fragment of a datagram: it has the ports, so it is decided on as an unfragmented packet, and those that came before it leave
// behind it (docs/behaviour.md, 19.2; RFC 1858).

import {
  FORWARD,
  NO_FLOW,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  REASON_BAD_TCP_HEADER,
  REASON_BAD_UDP_LENGTH,
  REASON_FRAGMENT,
  REASON_FRAGMENT_MALFORMED,
  REASON_TRUNCATED,
  SIDE_CAPTURED,
  SIDE_CONSUMER,
  VERDICT_CODE,
  VERDICT_FLOW,
  VERDICT_REASON,
} from "../abi";
import { REC_ENDPOINT } from "../abi/records";
import { FLAG_TOO_BIG_DROP } from "../abi/tables";
import { FRAGMENT_FIRST, STAGE_KIND } from "../abi/trace";
import { makeKey } from "../address/key";
import { admitTuple } from "../admit/admit";
import { replyTuple } from "../admit/unsolicited";
import { answer, swapKey } from "../captured";
import { flowOf, requestOf } from "../flow/lifetime";
import { locate } from "../flow/table";
import { confirm, loses } from "../handle";
import { isInspected } from "../inspect/inspect";
import { DEALS, HOLD_SLOTS } from "../memory";
import { IP, KIND_FLOW, KIND_REPLY, L4, L4_CAPTURED, L4_LENGTH, PROTOCOL, parseFirst } from "../parse";
import { isHeaded } from "../proxy/stream";
import { send } from "../send";
import { dropTooBig } from "../size/mtu";
import { CAREFUL, has } from "../tables";
import { trace, tracing } from "../trace";
import { droppedAt } from "../verdict";
import { concernsSix } from "../translate";
import * as Ip from "../wire/ip";
import * as Tcp from "../wire/tcp";
import * as Udp from "../wire/udp";
import { refuse } from "./datagram";
import { refuseAll, side, traceFragment } from "./fragment";
import { letGo } from "./later";
import { setFlow } from "./passage";
import { steerFirst } from "./steer";

/** Decides on the first fragment at hand, or on the shard that does; `endpoint` is as for any fragment. */
export function takeFirst(desc: u32, parsed: u32, verdict: u32, datagram: u32, endpoint: i32): void {
  const fault = headerFault(parsed);
  if (fault != 0) refuseAll(parsed, verdict, fault, datagram);
  else if (DEALS) steerFirst(parsed, datagram);
  else passFirst(desc, parsed, verdict, datagram, endpoint);
}

/** Decides on the first fragment at hand by its tuple; if it leaves, those of its datagram that wait leave behind it. */
export function passFirst(desc: u32, parsed: u32, verdict: u32, datagram: u32, endpoint: i32): void {
  traceFragment(parsed, 0, datagram, FRAGMENT_FIRST);
  parseFirst(parsed);
  if (Ip.isSix(load<u32>(parsed, IP))) makeKey(parsed, side == SIDE_CAPTURED);
  else {
    if (side == SIDE_CAPTURED) swapKey(parsed);
    locate(parsed);
  }
  decide(desc, parsed, verdict, endpoint);
  if (<u32>load<u8>(verdict, VERDICT_CODE) != FORWARD) {
    refuse(datagram, <u32>load<u8>(verdict, VERDICT_REASON));
    return;
  }
  const flow = load<u32>(verdict, VERDICT_FLOW);
  setFlow(datagram, requestOf(flow));
  letGo(datagram, flow);
}

/** What is against its TCP or UDP header, or 0. */
function headerFault(parsed: u32): u32 {
  const tcp = load<u8>(parsed, PROTOCOL) == PROTOCOL_TCP;
  const length = load<u32>(parsed, L4_LENGTH);
  const least: u32 = tcp ? Tcp.HEADER_MIN : Udp.HEADER_MIN;
  if (length < least) return REASON_FRAGMENT_MALFORMED;
  if (load<u32>(parsed, L4_CAPTURED) < least) return REASON_TRUNCATED;
  const l4 = load<u32>(parsed, L4);
  if (!tcp) return Udp.length(l4) < Udp.HEADER_MIN ? <u32>REASON_BAD_UDP_LENGTH : 0;
  const header = Tcp.dataOffset(l4);
  return header < Tcp.HEADER_MIN || header > length ? <u32>REASON_BAD_TCP_HEADER : 0;
}

/** Decides by its tuple; it leaves, or has its verdict. */
function decide(desc: u32, parsed: u32, verdict: u32, endpoint: i32): void {
  const found = confirm(parsed);
  if (loses(parsed, verdict, side == SIDE_CAPTURED ? KIND_REPLY : KIND_FLOW)) return;
  if (side == SIDE_CAPTURED) return answer(desc, parsed, verdict, found);
  const record = side == SIDE_CONSUMER ? admitTuple(desc, parsed, verdict, endpoint) : replyTuple(parsed, verdict);
  if (record == 0) return;
  if (CAREFUL && has(FLAG_TOO_BIG_DROP) && dropTooBig(desc, parsed, verdict, record)) return;
  const flow = flowOf(record);
  if (isKept(parsed, flow)) droppedAt(verdict, REASON_FRAGMENT, <u32>NO_FLOW, <u32>load<u16>(record, REC_ENDPOINT));
  else send(desc, parsed, verdict, record, flow);
}

/** Whether a packet is a first fragment that its flow cannot take: its stream is read, has a PROXY header, or lacks a checksum. */
export function isKept(parsed: u32, flow: u32): bool {
  const ip = load<u32>(parsed, IP);
  if (!Ip.isFragment(ip, load<u32>(parsed, L4))) return false;
  const kept = lacksSum(parsed, flow) || isHeaded(flow) || (HOLD_SLOTS != 0 && isInspected(flow));
  if (kept && tracing) trace(STAGE_KIND, REASON_FRAGMENT);
  return kept;
}

/** Whether it is UDP without a checksum from IPv4 that leaves as IPv6, where there is none without: it is over all of the datagram. */
function lacksSum(parsed: u32, flow: u32): bool {
  if (load<u8>(parsed, PROTOCOL) != PROTOCOL_UDP || Ip.isSix(load<u32>(parsed, IP))) return false;
  return concernsSix(requestOf(flow), SIDE_CONSUMER) && Udp.checksum(load<u32>(parsed, L4)) == 0;
}
