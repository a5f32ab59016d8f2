// ICMP errors about packets of flows: they follow their flow to its other side, the packet in them turned back, and the flow takes no
// note of them (docs/behaviour.md, 17.3, 17.4 and 23.6; RFC 5508, RFC 7857).

import {
  DESC_LINK,
  REASON_ICMP,
  REASON_ICMP_ERROR,
  REASON_ICMP_NO_FLOW,
  REASON_TTL_EXPIRED,
  SIDE_CAPTURED,
  SIDE_CONSUMER,
  SIDE_PROVIDER,
} from "../abi";
import {
  KEY_SIX,
  REC_ENDPOINT,
  REC_SEEN,
  REC_TEMPLATE,
  SEEN_HANDLED,
  TEMPLATE_DESTINATION,
  TEMPLATE_PORTS,
  TEMPLATE_SOURCE,
} from "../abi/records";
import { CONTINUE } from "../admit/connection";
import { MOVES, judgeAgain, reasonOf } from "../admit/judge";
import { flowFault } from "../captured";
import { emitInput } from "../emit/queue";
import { settleArrivals } from "../flow/arrivals";
import { isDenied } from "../flow/denied";
import { flowOf, lives } from "../flow/lifetime";
import { lookUp } from "../flow/table";
import { IP, L4, NETWORK, SIDE } from "../parse";
import { rewriteLink, rewriteLinkOf } from "../rewrite";
import { tracing } from "../trace";
import { concernsSix, leavesAsSix } from "../translate";
import { traceCapturedTtl, traceEmbedded, traceFlow, traceRewriteTo, traceTtl } from "../traced";
import { dropFor, droppedAt, forwarded } from "../verdict";
import { sum } from "../wire/checksum";
import * as Icmp from "../wire/icmp";
import * as Ip from "../wire/ip";
import * as Ipv4 from "../wire/ipv4";
import * as Embedded from "./embedded";
import { changing, setEnds } from "./ends";
import { aim, canLeave, leave } from "./error6";

/** Reads an error from a side; the reason against it, or 0. */
export function readError(parsed: u32, captured: bool): u32 {
  const reason = Embedded.read(parsed);
  if (reason != 0) return told(reason);
  return told(Embedded.agrees(load<u32>(parsed, IP), captured) ? 0 : <u32>REASON_ICMP_NO_FLOW);
}

function told(reason: u32): u32 {
  if (tracing) traceEmbedded(reason);
  return reason;
}

/** The record of the packet that the one in an error would be answered with, or 0. */
function recordFor(parsed: u32, side: u32, from: u32, to: u32, portsBe: u32): u32 {
  const network = <u32>load<u16>(parsed, NETWORK);
  const family: u32 = Embedded.isSix() ? <u32>KEY_SIX : 0;
  const low = <u64>((side + 1) | family | (Embedded.protocol << 8) | (network << 16)) | ((<u64>from) << 32);
  const high = <u64>to | ((<u64>portsBe) << 32);
  settleArrivals();
  return lookUp(low, high);
}

/** A record if it is that of a live flow, else 0. */
function alive(record: u32): u32 {
  return record != 0 && !isDenied(record) && lives(record) ? record : 0;
}

/** Decides on an error that was read: it follows its flow, or is dropped; `endpoint` is charged when there is none, -1 for nobody. */
export function followFlow(desc: u32, parsed: u32, verdict: u32, endpoint: i32): void {
  const side = <u32>load<u8>(parsed, SIDE);
  const ip = load<u32>(parsed, IP);
  const turnedPorts = Embedded.turned(Embedded.portsBe());
  const found = recordFor(parsed, side, Embedded.destination(), Embedded.source(), turnedPorts);
  const record = alive(found);
  if (tracing) traceFlow(found, record == 0 ? <u32>REASON_ICMP_NO_FLOW : 0);
  if (record == 0) return dropFor(verdict, REASON_ICMP_NO_FLOW, endpoint);
  const flow = flowOf(record);
  const owner = <u32>load<u16>(record, REC_ENDPOINT);
  const judged = judgeAgain(flow, record);
  if (judged == MOVES && side == SIDE_CONSUMER) return dropFor(verdict, REASON_ICMP_NO_FLOW, endpoint);
  if (judged != CONTINUE) {
    droppedAt(verdict, reasonOf(judged), flow, owner);
    return;
  }
  if (tracing) traceTtl(parsed);
  if (Ip.ttl(ip) <= 1) {
    droppedAt(verdict, REASON_TTL_EXPIRED, flow, owner);
    return;
  }
  if (concernsSix(record, side)) return follow6(desc, parsed, verdict, record);
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

/** The same of a flow with IPv6 addresses. */
function follow6(desc: u32, parsed: u32, verdict: u32, record: u32): void {
  const side = <u32>load<u8>(parsed, SIDE);
  const flow = flowOf(record);
  const ports = Embedded.turned(load<u32>(record, REC_TEMPLATE + TEMPLATE_PORTS));
  const sourceOf = load<u32>(record, REC_TEMPLATE + TEMPLATE_SOURCE);
  aim(sourceOf, load<u32>(record, REC_TEMPLATE + TEMPLATE_DESTINATION), ports, leavesAsSix(record, side));
  if (!canLeave(parsed, flow)) {
    droppedAt(verdict, REASON_ICMP, flow, <u32>load<u16>(record, REC_ENDPOINT));
    return;
  }
  const head = leave(desc, parsed, flow, side, <u32>-1);
  if ((load<u8>(record, REC_SEEN) & SEEN_HANDLED) != 0)
    rewriteLinkOf(head, <u32>load<u8>(desc, DESC_LINK), record, side);
  forwarded(verdict, REASON_ICMP_ERROR, side ^ 1, flow);
}

/** Turns a captured error, which was read, back into what came from the provider's side. */
export function turnErrorBack(desc: u32, parsed: u32, verdict: u32, endpoint: u32): void {
  const ip = load<u32>(parsed, IP);
  const found = recordFor(parsed, SIDE_CONSUMER, Embedded.source(), Embedded.destination(), Embedded.portsBe());
  const lost = flowFault(found, ip);
  if (tracing) {
    traceFlow(found, lost);
    traceCapturedTtl(ip);
  }
  if (lost != 0) return dropFor(verdict, lost, endpoint);
  const record = found;
  const flow = flowOf(record);
  const judged = judgeAgain(flow, record);
  if (judged != CONTINUE || Ip.ttl(ip) == 0) {
    droppedAt(verdict, judged == CONTINUE ? <u32>REASON_TTL_EXPIRED : reasonOf(judged), flow, endpoint);
    return;
  }
  if (Ip.isSix(ip)) return turnBack6(desc, parsed, verdict, record, endpoint);
  const natBe = load<u32>(record, REC_TEMPLATE + TEMPLATE_SOURCE);
  const backendBe = load<u32>(record, REC_TEMPLATE + TEMPLATE_DESTINATION);
  if (tracing) traceRewriteTo(ip, backendBe, natBe);
  retarget(parsed, natBe, backendBe, load<u32>(record, REC_TEMPLATE + TEMPLATE_PORTS), flow, SIDE_CAPTURED);
  Ipv4.restore(ip, backendBe, natBe, Ipv4.addressesDelta(ip, backendBe, natBe));
  forwarded(verdict, REASON_ICMP_ERROR, SIDE_CAPTURED, flow);
  emitInput(SIDE_PROVIDER, flow, desc);
}

/** The same of one of IPv6. */
function turnBack6(desc: u32, parsed: u32, verdict: u32, record: u32, endpoint: u32): void {
  const flow = flowOf(record);
  const nat = load<u32>(record, REC_TEMPLATE + TEMPLATE_SOURCE);
  const backend = load<u32>(record, REC_TEMPLATE + TEMPLATE_DESTINATION);
  const ports = load<u32>(record, REC_TEMPLATE + TEMPLATE_PORTS);
  aim(backend, nat, ports, leavesAsSix(record, SIDE_CONSUMER));
  if (!canLeave(parsed, flow)) {
    droppedAt(verdict, REASON_ICMP, flow, endpoint);
    return;
  }
  leave(desc, parsed, flow, SIDE_CAPTURED, 1);
  forwarded(verdict, REASON_ICMP_ERROR, SIDE_CAPTURED, flow);
}

/** Gives the packet in an error other addresses and ports; every checksum around it follows. */
function retarget(parsed: u32, sourceBe: u32, destinationBe: u32, portsBe: u32, flow: u32, side: u32): void {
  const size = Embedded.l4 - Embedded.ip + changing();
  const before = sum(Embedded.ip, size);
  const delta = Ipv4.addressesDelta(Embedded.ip, sourceBe, destinationBe);
  Ipv4.readdress(Embedded.ip, sourceBe, destinationBe);
  setEnds(portsBe, delta, flow, side);
  Icmp.adjustChecksum(load<u32>(parsed, L4), (~before & 0xffff) + sum(Embedded.ip, size));
}
