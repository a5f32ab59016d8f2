// Sizes that a flow's networks take: packets that are too big, and the MSS that keeps them from being sent (docs/behaviour.md, 18).

import { NO_FLOW, REASON_PACKET_TOO_BIG, SIDE_CONSUMER } from "../abi";
import { REC_ENDPOINT, REC_KEY } from "../abi/records";
import {
  ENDPOINT_SERVICE,
  ENDPOINT_SIZE,
  NETWORK_MTU,
  NETWORK_SIZE,
  SERVICE_NETWORK,
  SERVICE_SIZE,
} from "../abi/tables";
import { STAGE_MSS, STAGE_SIZE, TRACE_GOES_ON } from "../abi/trace";
import { answerTooBig } from "../emit/icmp-error";
import { flowOf, requestOf } from "../flow/lifetime";
import { FLAGS, IP, L4, L4_CAPTURED, SIDE } from "../parse";
import { ENDPOINTS, NETWORKS, SERVICES } from "../tables";
import { trace, tracing } from "../trace";
import { droppedAt } from "../verdict";
import * as Ipv4 from "../wire/ipv4";
import * as Mss from "../wire/mss";
import * as Tcp from "../wire/tcp";

/// Bytes of IP and TCP headers without options.
const HEADERS: u32 = Ipv4.HEADER_MIN + Tcp.HEADER_MIN;

/** MTU of the network of the service behind an endpoint, bytes. */
export function serviceMtu(endpoint: u32): u32 {
  const service = <u32>load<u16>(ENDPOINTS + endpoint * ENDPOINT_SIZE, ENDPOINT_SERVICE);
  return mtuOf(<u32>load<u16>(SERVICES + service * SERVICE_SIZE, SERVICE_NETWORK));
}

function mtuOf(network: u32): u32 {
  return <u32>load<u16>(NETWORKS + network * NETWORK_SIZE, NETWORK_MTU);
}

/** MTU of the network that a flow's client lies in, bytes. */
function clientMtu(request: u32): u32 {
  return mtuOf(<u32>(load<u64>(request, REC_KEY) >> 16) & 0xffff);
}

/** Whether a packet must not be cut, and is larger than an MTU. */
function exceeds(parsed: u32, mtu: u32): bool {
  const ip = load<u32>(parsed, IP);
  const total = Ipv4.totalLength(ip);
  const too = total > mtu && Ipv4.dontFragment(ip);
  if (tracing) trace(STAGE_SIZE, too ? <u32>REASON_PACKET_TOO_BIG : <u32>TRACE_GOES_ON, total, mtu);
  return too;
}

/** Drops a packet of a live flow that is too big; false when it is not. */
export function dropTooBig(desc: u32, parsed: u32, verdict: u32, record: u32): bool {
  const flow = flowOf(record);
  const endpoint = <u32>load<u16>(record, REC_ENDPOINT);
  const toService = load<u8>(parsed, SIDE) == SIDE_CONSUMER;
  const mtu = toService ? serviceMtu(endpoint) : clientMtu(requestOf(flow));
  if (!exceeds(parsed, mtu)) return false;
  droppedAt(verdict, REASON_PACKET_TOO_BIG, flow, endpoint);
  answerTooBig(desc, parsed, flow, mtu);
  return true;
}

/** Whether a packet that would open a flow to an endpoint is too big. */
export function isTooBig(parsed: u32, endpoint: u32): bool {
  return exceeds(parsed, serviceMtu(endpoint));
}

/** Drops a packet that would have opened a flow; 0, no record. */
export function dropOpening(desc: u32, parsed: u32, verdict: u32, endpoint: u32): u32 {
  answerTooBig(desc, parsed, <u32>NO_FLOW, serviceMtu(endpoint));
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
  const size = min(clientMtu(request), serviceMtu(<u32>load<u16>(request, REC_ENDPOINT))) - HEADERS;
  const before = Mss.value(option);
  if (before <= size) return;
  if (tracing) trace(STAGE_MSS, TRACE_GOES_ON, before, size);
  Tcp.adjustChecksum(tcp, Mss.setValue(option, options, options + ((option - options + 5) & ~1), size));
}
