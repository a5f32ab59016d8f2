// ICMP errors about packets of flows: they follow their flow to its other side, the packet in them turned back, and the flow takes no
// note of them (docs/behaviour.md, 17.3 and 17.4; RFC 5508, RFC 7857).

import {
  PROTOCOL_TCP,
  REASON_FLOW_WITHDRAWN,
  REASON_ICMP,
  REASON_ICMP_ERROR,
  REASON_ICMP_NO_FLOW,
  REASON_TTL_EXPIRED,
  SIDE_CAPTURED,
  SIDE_CONSUMER,
  SIDE_PROVIDER,
} from "../abi";
import {
  REC_ENDPOINT,
  REC_SEEN,
  REC_TEMPLATE,
  SEEN_HANDLED,
  TEMPLATE_DESTINATION,
  TEMPLATE_PORTS,
  TEMPLATE_SOURCE,
} from "../abi/records";
import { STAGE_EMBEDDED, STAGE_JUDGED, STAGE_KIND, TRACE_GOES_ON } from "../abi/trace";
import { CONTINUE } from "../admit/connection";
import { MOVES, cut, judge, keepFlow } from "../admit/judge";
import { flowFault } from "../captured";
import { emitInput } from "../emit/queue";
import { settleArrivals } from "../flow/arrivals";
import { isDenied } from "../flow/denied";
import { isStale } from "../flow/epoch";
import { mix } from "../flow/hash";
import { flowOf, lives } from "../flow/lifetime";
import { find, groupOf, tagOf } from "../flow/table";
import { IP, L4, NETWORK, SIDE } from "../parse";
import { turnBackEmbedded, turnEmbedded } from "../proxy/embedded";
import { isHeaded } from "../proxy/stream";
import { rewriteLink } from "../rewrite";
import { trace, tracing } from "../trace";
import { concernsSix } from "../translate";
import { traceCapturedTtl, traceFlow, traceRewriteTo, traceTtl } from "../traced";
import { dropFor, droppedAt, forwarded } from "../verdict";
import { sum } from "../wire/checksum";
import * as Icmp from "../wire/icmp";
import * as Ipv4 from "../wire/ipv4";
import * as Tcp from "../wire/tcp";
import * as Udp from "../wire/udp";
import * as Embedded from "./embedded";

/** Reads an error from a side; the reason against it, or 0. */
export function readError(parsed: u32, captured: bool): u32 {
  const reason = Embedded.read(parsed);
  if (reason != 0) return told(reason);
  const outer = load<u32>(parsed, IP);
  const agrees = captured
    ? Ipv4.destinationBe(Embedded.ip) == Ipv4.sourceBe(outer)
    : Ipv4.sourceBe(Embedded.ip) == Ipv4.destinationBe(outer);
  return told(agrees ? 0 : <u32>REASON_ICMP_NO_FLOW);
}

function told(reason: u32): u32 {
  if (!tracing) return reason;
  const source = reason == 0 ? Ipv4.sourceBe(Embedded.ip) : 0;
  const destination = reason == 0 ? Ipv4.destinationBe(Embedded.ip) : 0;
  const ports = reason == 0 ? Embedded.portsBe() : 0;
  trace(STAGE_EMBEDDED, reason == 0 ? <u32>TRACE_GOES_ON : reason, source, destination, ports, Embedded.protocol);
  return reason;
}

/** The record of the packet that the one in an error would be answered with, or 0. */
function recordFor(parsed: u32, side: u32, fromBe: u32, toBe: u32, portsBe: u32): u32 {
  const network = <u32>load<u16>(parsed, NETWORK);
  const low = <u64>((side + 1) | (Embedded.protocol << 8) | (network << 16)) | ((<u64>fromBe) << 32);
  const high = <u64>toBe | ((<u64>portsBe) << 32);
  settleArrivals();
  const hash = mix(low, high);
  return find(groupOf(hash), tagOf(hash), low, high);
}

/** A record if it is that of a live flow, else 0. */
function alive(record: u32): u32 {
  return record != 0 && !isDenied(record) && lives(record) ? record : 0;
}

/** Judges a flow again if that is to be done; CONTINUE, or the reason for which it was cut. */
export function judgeAgain(flow: u32, record: u32): u32 {
  if (!isStale(record)) return CONTINUE;
  const reason = judge(flow);
  if (tracing) trace(STAGE_JUDGED, reason == MOVES ? <u32>REASON_FLOW_WITHDRAWN : reason, flow);
  if (reason == CONTINUE) keepFlow(flow);
  else cut(flow, true);
  return reason;
}

/** Decides on an error that was read: it follows its flow, or is dropped; `endpoint` is charged when there is none, -1 for nobody. */
export function followFlow(desc: u32, parsed: u32, verdict: u32, endpoint: i32): void {
  const side = <u32>load<u8>(parsed, SIDE);
  const ip = load<u32>(parsed, IP);
  const from = Ipv4.destinationBe(Embedded.ip);
  const found = recordFor(parsed, side, from, Ipv4.sourceBe(Embedded.ip), Embedded.turned(Embedded.portsBe()));
  const record = alive(found);
  if (tracing) traceFlow(found, record == 0 ? <u32>REASON_ICMP_NO_FLOW : 0);
  if (record == 0) return dropFor(verdict, REASON_ICMP_NO_FLOW, endpoint);
  const flow = flowOf(record);
  const owner = <u32>load<u16>(record, REC_ENDPOINT);
  const judged = judgeAgain(flow, record);
  if (judged == MOVES && side == SIDE_CONSUMER) return dropFor(verdict, REASON_ICMP_NO_FLOW, endpoint);
  if (judged != CONTINUE) {
    droppedAt(verdict, judged == MOVES ? REASON_FLOW_WITHDRAWN : judged, flow, owner);
    return;
  }
  if (tracing) traceTtl(parsed);
  if (Ipv4.ttl(ip) <= 1) {
    droppedAt(verdict, REASON_TTL_EXPIRED, flow, owner);
    return;
  }
  if (concernsSix(record, side)) {
    if (tracing) trace(STAGE_KIND, REASON_ICMP);
    droppedAt(verdict, REASON_ICMP, flow, owner);
    return;
  }
  const sourceBe = load<u32>(record, REC_TEMPLATE + TEMPLATE_SOURCE);
  const destinationBe = load<u32>(record, REC_TEMPLATE + TEMPLATE_DESTINATION);
  const portsBe = Embedded.turned(load<u32>(record, REC_TEMPLATE + TEMPLATE_PORTS));
  if (tracing) traceRewriteTo(ip, sourceBe, destinationBe);
  retarget(parsed, destinationBe, sourceBe, portsBe, flow, side);
  Ipv4.transpose(ip, sourceBe, destinationBe, Ipv4.addressesDelta(ip, sourceBe, destinationBe));
  if ((load<u8>(record, REC_SEEN) & SEEN_HANDLED) != 0) rewriteLink(desc, record, side);
  forwarded(verdict, REASON_ICMP_ERROR, side ^ 1, flow);
  emitInput(side ^ 1, flow, desc);
}

/** Turns a captured error, which was read, back into what came from the provider's side. */
export function turnErrorBack(desc: u32, parsed: u32, verdict: u32, endpoint: u32): void {
  const ip = load<u32>(parsed, IP);
  const found = recordFor(
    parsed,
    SIDE_CONSUMER,
    Ipv4.sourceBe(Embedded.ip),
    Ipv4.destinationBe(Embedded.ip),
    Embedded.portsBe(),
  );
  const lost = flowFault(found, ip);
  if (tracing) {
    traceFlow(found, lost);
    traceCapturedTtl(ip);
  }
  if (lost != 0) return dropFor(verdict, lost, endpoint);
  const record = found;
  const flow = flowOf(record);
  const judged = judgeAgain(flow, record);
  const reason = judged == MOVES ? <u32>REASON_FLOW_WITHDRAWN : judged;
  if (judged != CONTINUE || Ipv4.ttl(ip) == 0) {
    droppedAt(verdict, judged == CONTINUE ? <u32>REASON_TTL_EXPIRED : reason, flow, endpoint);
    return;
  }
  const natBe = load<u32>(record, REC_TEMPLATE + TEMPLATE_SOURCE);
  const backendBe = load<u32>(record, REC_TEMPLATE + TEMPLATE_DESTINATION);
  if (tracing) traceRewriteTo(ip, backendBe, natBe);
  retarget(parsed, natBe, backendBe, load<u32>(record, REC_TEMPLATE + TEMPLATE_PORTS), flow, SIDE_CAPTURED);
  Ipv4.restore(ip, backendBe, natBe, Ipv4.addressesDelta(ip, backendBe, natBe));
  forwarded(verdict, REASON_ICMP_ERROR, SIDE_CAPTURED, flow);
  emitInput(SIDE_PROVIDER, flow, desc);
}

/** Gives the packet in an error other addresses and ports; every checksum around it follows. */
function retarget(parsed: u32, sourceBe: u32, destinationBe: u32, portsBe: u32, flow: u32, side: u32): void {
  const changing = Embedded.l4 - Embedded.ip + (min(Embedded.captured, Tcp.HEADER_MIN) & ~1);
  const before = sum(Embedded.ip, changing);
  const delta = Ipv4.addressesDelta(Embedded.ip, sourceBe, destinationBe);
  Ipv4.readdress(Embedded.ip, sourceBe, destinationBe);
  if (Embedded.protocol == PROTOCOL_TCP) {
    Tcp.setPorts(Embedded.l4, portsBe, delta, Embedded.captured >= Tcp.CHECKSUM_END);
    if (isHeaded(flow)) shiftNumbers(flow, side);
  } else Udp.setPorts(Embedded.l4, portsBe, delta);
  Icmp.adjustChecksum(load<u32>(parsed, L4), (~before & 0xffff) + sum(Embedded.ip, changing));
}

/** Gives the numbers of the packet in an error those that its side has, where a PROXY header lies before them. */
function shiftNumbers(flow: u32, side: u32): void {
  if (side == SIDE_CAPTURED) turnBackEmbedded(flow, Embedded.l4, Embedded.captured);
  else turnEmbedded(flow, Embedded.l4, Embedded.captured, side);
}
