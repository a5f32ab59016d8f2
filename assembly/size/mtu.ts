// Sizes that a flow's networks take: packets that are too big, and the MSS that keeps them from being sent (docs/behaviour.md, 18).

import { NO_FLOW, REASON_PACKET_TOO_BIG, SIDE_CONSUMER } from "../abi";
import { REC_ENDPOINT, REC_KEY, REC_SIZE } from "../abi/records";
import {
  ENDPOINT_SERVICE,
  ENDPOINT_SIZE,
  NAT_IS_SIX,
  NETWORK_MTU,
  NETWORK_SIZE,
  SERVICE_NATS,
  SERVICE_NETWORK,
  SERVICE_SIZE,
} from "../abi/tables";
import { STAGE_MSS, STAGE_SIZE, TRACE_GOES_ON } from "../abi/trace";
import { isSixKey } from "../address/key";
import { answerTooBig } from "../emit/icmp-error";
import { flowOf, requestOf } from "../flow/lifetime";
import { HAS_SIX, TABLES } from "../memory";
import { FLAGS, IP, L4, L4_CAPTURED, L4_LENGTH, SIDE } from "../parse";
import { ENDPOINTS, NAT_ADDRESSES, NETWORKS, SERVICES } from "../tables";
import { trace, tracing } from "../trace";
import { droppedAt } from "../verdict";
import { leavesAsSix } from "../translate";
import * as Ip from "../wire/ip";
import * as Ipv4 from "../wire/ipv4";
import * as Ipv6 from "../wire/ipv6";
import * as Mss from "../wire/mss";
import * as Tcp from "../wire/tcp";

/// Bytes of IP and TCP headers without options.
const HEADERS: u32 = Ipv4.HEADER_MIN + Tcp.HEADER_MIN;
const HEADERS6: u32 = Ipv6.HEADER + Tcp.HEADER_MIN;

/** MTU of the network of the service behind an endpoint, bytes. */
export function serviceMtu(endpoint: u32): u32 {
  const service = <u32>load<u16>(ENDPOINTS + endpoint * ENDPOINT_SIZE, ENDPOINT_SERVICE);
  return mtuOf(<u32>load<u16>(SERVICES + service * SERVICE_SIZE, SERVICE_NETWORK));
}

function mtuOf(network: u32): u32 {
  return <u32>load<u16>(NETWORKS + network * NETWORK_SIZE, NETWORK_MTU);
}

/** MTU of the network that a flow's client lies in, bytes. */
export function clientMtu(request: u32): u32 {
  return mtuOf(<u32>(load<u64>(request, REC_KEY) >> 16) & 0xffff);
}

/** Whether a packet must not be cut, and is larger than an MTU as it leaves, as IPv6 or not. */
function exceeds(parsed: u32, mtu: u32, asSix: bool): bool {
  const ip = load<u32>(parsed, IP);
  const six = Ip.isSix(ip);
  const stated = Ip.totalLength(ip);
  const header = asSix ? Ipv6.HEADER + (!six && Ipv4.isFragment(ip) ? Ipv6.EXTENSION_UNIT : 0) : Ipv4.HEADER_MIN;
  const total = six == asSix || stated == 0 ? stated : header + load<u32>(parsed, L4_LENGTH);
  const too = total > mtu && mustStayWhole(ip, load<u32>(parsed, L4), asSix);
  if (tracing) trace(STAGE_SIZE, too ? <u32>REASON_PACKET_TOO_BIG : <u32>TRACE_GOES_ON, total, mtu);
  return too;
}

/** Whether a packet may not be cut as it leaves: IPv4 that was IPv6 may, if it has a fragment header. */
function mustStayWhole(ip: u32, l4: u32, asSix: bool): bool {
  if (asSix) return true;
  return Ip.isSix(ip) ? Ipv6.fragmentHeader(ip, l4) == 0 : Ipv4.dontFragment(ip);
}

/** Drops a packet of a live flow that is too big; false when it is not. */
export function dropTooBig(desc: u32, parsed: u32, verdict: u32, record: u32): bool {
  const flow = flowOf(record);
  const endpoint = <u32>load<u16>(record, REC_ENDPOINT);
  const toService = load<u8>(parsed, SIDE) == SIDE_CONSUMER;
  const mtu = toService ? serviceMtu(endpoint) : clientMtu(requestOf(flow));
  const asSix = HAS_SIX && leavesAsSix(record, <u32>load<u8>(parsed, SIDE));
  if (!exceeds(parsed, mtu, asSix)) return false;
  droppedAt(verdict, REASON_PACKET_TOO_BIG, flow, endpoint);
  answerTooBig(desc, parsed, flow, seenFrom(parsed, mtu, asSix));
  return true;
}

/** Whether a packet that would open a flow to an endpoint is too big. */
export function isTooBig(parsed: u32, endpoint: u32): bool {
  return exceeds(parsed, serviceMtu(endpoint), isSixService(endpoint));
}

/** An MTU as the sender of a packet sees it, whose packets leave as IPv6 or not. */
function seenFrom(parsed: u32, mtu: u32, asSix: bool): u32 {
  const ip = load<u32>(parsed, IP);
  const six = Ip.isSix(ip);
  if (six == asSix) return mtu;
  return six ? mtu + Ip.APART : mtu - Ip.APART - (Ipv4.isFragment(ip) ? Ipv6.EXTENSION_UNIT : 0);
}

/** Whether the service behind an endpoint is an IPv6 one. */
export function isSixService(endpoint: u32): bool {
  const service = <u32>load<u16>(ENDPOINTS + endpoint * ENDPOINT_SIZE, ENDPOINT_SERVICE);
  const first = load<u32>(TABLES + load<u32>(SERVICES + service * SERVICE_SIZE, SERVICE_NATS));
  return load<u32>(NAT_ADDRESSES + first * 4) == NAT_IS_SIX;
}

/** Drops a packet that would have opened a flow; 0, no record. */
export function dropOpening(desc: u32, parsed: u32, verdict: u32, endpoint: u32): u32 {
  const mtu = seenFrom(parsed, serviceMtu(endpoint), isSixService(endpoint));
  answerTooBig(desc, parsed, <u32>NO_FLOW, mtu);
  return droppedAt(verdict, REASON_PACKET_TOO_BIG, <u32>NO_FLOW, endpoint);
}

/** Lowers the MSS of a SYN that leaves to what both networks of its flow take. */
export function clampMss(parsed: u32, flow: u32): void {
  const tcp = load<u32>(parsed, L4);
  const captured = load<u32>(parsed, L4_CAPTURED);
  if ((<u32>load<u8>(parsed, FLAGS) & Tcp.SYN) == 0 || captured < Tcp.HEADER_MIN) return;
  const end = tcp + Tcp.dataOffset(tcp);
  const options = tcp + Tcp.HEADER_MIN;
  const option = Mss.find(options, min(end, tcp + captured));
  if (option == Mss.NONE) return;
  const request = requestOf(flow);
  const client = clientMtu(request) - (isSixKey(load<u64>(request, REC_KEY)) ? HEADERS6 : HEADERS);
  const atService = isSixKey(load<u64>(request + REC_SIZE, REC_KEY)) ? HEADERS6 : HEADERS;
  const size = min(client, serviceMtu(<u32>load<u16>(request, REC_ENDPOINT)) - atService);
  const before = Mss.value(option);
  if (before <= size) return;
  if (tracing) trace(STAGE_MSS, TRACE_GOES_ON, before, size);
  Tcp.adjustChecksum(tcp, Mss.setValue(option, options, options + ((option - options + 5) & ~1), size));
}
