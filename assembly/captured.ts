// Frames as captured at a consumer, requests and replies alike (docs/behaviour.md, section 12). A request is one of the
// consumer's side. A reply has left the plane already: it is turned back into what its backend must have sent, and is counted
// and followed as that.

import {
  DESC_TIME,
  DESC_WIRE,
  NO_FLOW,
  PROTOCOL_TCP,
  REASON_BAD_TCP_HEADER,
  REASON_BAD_UDP_LENGTH,
  REASON_FORWARDED,
  REASON_FRAGMENT,
  REASON_ICMP,
  REASON_REPLY_REFUSED,
  REASON_REPLY_UNMATCHED,
  REASON_TRUNCATED,
  REASON_TTL_EXPIRED,
  SIDE_CAPTURED,
  SIDE_PROVIDER,
  VERDICT_EMITS,
} from "./abi";
import {
  REC_BACKEND,
  REC_ENDPOINT,
  REC_LAST_SEEN,
  REC_PACKETS,
  REC_SEEN,
  REC_SEQUENCE_END,
  REC_SIZE,
  REC_TEMPLATE,
  REC_TIMER,
  SEEN_ACKNOWLEDGED,
  SEEN_SEQUENCE,
  SEEN_TCP_MASK,
} from "./abi/records";
import { ENDPOINT_SERVICE, ENDPOINT_SIZE } from "./abi/tables";
import { SEGMENT_DROPPED, STAGE_CAPTURED_REPLY, STAGE_KIND, TRACE_GOES_ON, TRACE_NONE } from "./abi/trace";
import { isSixKey, makeKey } from "./address/key";
import { ruleOf } from "./admit/rules";
import { destinationSpeaker, sourceSpeaker } from "./admit/whose";
import { keep, now } from "./clock";
import { countTraffic } from "./counters";
import { emitCount, emitInput } from "./emit/queue";
import { deniedDeath, isDenied } from "./flow/denied";
import { follow } from "./flow/follow";
import { flowOf, lives } from "./flow/lifetime";
import { keyIs, locate, lookUp } from "./flow/table";
import { quiet } from "./handle";
import { isInspected } from "./inspect/inspect";
import { observeReply } from "./inspect/reply";
import { isKept } from "./fragment/first";
import { HOLD_SLOTS } from "./memory";
import * as Parsed from "./parse";
import { turnBackNumbers } from "./proxy/reply";
import { isWhole } from "./proxy/request";
import { isHeaded } from "./proxy/stream";
import { ENDPOINTS, timeout } from "./tables";
import { dropped, droppedAt, forwarded } from "./verdict";
import { turnBack6 } from "./translate";
import * as Ip from "./wire/ip";
import * as Ipv4 from "./wire/ipv4";
import * as Tcp from "./wire/tcp";
import * as Udp from "./wire/udp";
import { trace, tracing } from "./trace";
import { traceCapturedTtl, traceFlow, traceRewrite, traceSegment } from "./traced";

/// A direction in which numbers were seen needs no note of it.
const NUMBERS_SEEN: u32 = SEEN_SEQUENCE | SEEN_ACKNOWLEDGED;
/// Below this neither half of packets and bytes, two u32 side by side, can run over into what is not its own.
const HALF_MAX: u32 = 0x7fffffff;

/** Tells a reply from everything else, in a frame parsed as the consumer's: it gets its request's key. */
export function markReply(parsed: u32): void {
  const kind = <u32>load<u8>(parsed, Parsed.KIND);
  if (kind == Parsed.KIND_FINAL) return;
  if (sourceSpeaker(parsed) < 0) return;
  if (kind == Parsed.KIND_SPECIAL && <u32>load<u8>(parsed, Parsed.REASON) == REASON_ICMP) {
    if (destinationSpeaker(parsed) < 0) store<u8>(parsed, <u8>Parsed.KIND_ICMP_REPLY, Parsed.KIND);
    return;
  }
  if (kind == Parsed.KIND_SPECIAL && <u32>load<u8>(parsed, Parsed.REASON) == REASON_FRAGMENT) {
    if (destinationSpeaker(parsed) < 0) store<u8>(parsed, <u8>Parsed.KIND_FRAGMENT_REPLY, Parsed.KIND);
    return;
  }
  if (!hasPorts(parsed, kind)) return;
  if (kind == Parsed.KIND_FLOW) store<u8>(parsed, <u8>REASON_FORWARDED, Parsed.REASON);
  const between = destinationSpeaker(parsed) >= 0;
  store<u8>(parsed, <u8>(between ? Parsed.KIND_BETWEEN : Parsed.KIND_REPLY), Parsed.KIND);
  if (!between) swapKey(parsed);
}

/** Whether it is an unfragmented TCP or UDP packet with its ports captured, however its header goes on. */
function hasPorts(parsed: u32, kind: u32): bool {
  if (kind == Parsed.KIND_FLOW) return true;
  const reason = <u32>load<u8>(parsed, Parsed.REASON);
  if (reason != REASON_BAD_TCP_HEADER && reason != REASON_BAD_UDP_LENGTH) return false;
  return load<u32>(parsed, Parsed.L4_CAPTURED) >= Tcp.PORTS_END;
}

/** Turns a key into that of the other direction, as the consumer's side has it. */
export function swapKey(parsed: u32): void {
  const low = load<u64>(parsed, Parsed.KEY_LOW);
  const high = load<u64>(parsed, Parsed.KEY_HIGH);
  const ports = rotl<u32>(<u32>(high >> 32), 16);
  if (isSixKey(low)) {
    // Its addresses enter the key when it is handled.
    store<u32>(parsed, ports, Parsed.KEY_HIGH + 4);
    return;
  }
  store<u64>(parsed, (low & 0xffffffff) | (high << 32), Parsed.KEY_LOW);
  store<u64>(parsed, (low >> 32) | ((<u64>ports) << 32), Parsed.KEY_HIGH);
}

/**
 * Settles what a packet from endpoint to endpoint is, once those before it have been handled: a reply if its ports say so, or
 * that its request was seen. Its kind, which it is given.
 */
export function settleBetween(parsed: u32): u32 {
  const six = Ip.isSix(load<u32>(parsed, Parsed.IP));
  const reply = answers(parsed, six);
  if (six) makeKey(parsed, reply);
  else if (reply) swapKey(parsed);
  const whole = load<u8>(parsed, Parsed.REASON) == REASON_FORWARDED;
  const kind = reply ? Parsed.KIND_REPLY : whole ? Parsed.KIND_FLOW : Parsed.KIND_SPECIAL;
  store<u8>(parsed, <u8>kind, Parsed.KIND);
  locate(parsed);
  return kind;
}

function answers(parsed: u32, six: bool): bool {
  const portsBe = load<u32>(load<u32>(parsed, Parsed.L4));
  if (serves(destinationSpeaker(parsed), parsed, portsBe >> 16)) {
    if (six) makeKey(parsed, true);
    else swapKey(parsed);
    const low = load<u64>(parsed, Parsed.KEY_LOW);
    const high = load<u64>(parsed, Parsed.KEY_HIGH);
    if (!six) swapKey(parsed);
    if (lookUp(low, high) == 0) return false;
  }
  return serves(sourceSpeaker(parsed), parsed, portsBe & 0xffff);
}

function serves(endpoint: u32, parsed: u32, portBe: u32): bool {
  const service = <u32>load<u16>(ENDPOINTS + endpoint * ENDPOINT_SIZE, ENDPOINT_SERVICE);
  return ruleOf(service, <u32>load<u8>(parsed, Parsed.PROTOCOL), <u32>bswap<u16>(<u16>portBe)) >= 0;
}

/**
 * Handles a reply that is like nearly all, as established.ts does other packets: its flow lives, changes no state by it, and no
 * timer is due. False: nothing was done, since something is against it.
 */
export function answerEstablished(desc: u32, parsed: u32, verdict: u32): bool {
  const request = load<u32>(parsed, Parsed.RECORD);
  const time = load<u64>(desc, DESC_TIME);
  if (time >= quiet || request == 0 || load<u8>(parsed, Parsed.REASON) != REASON_FORWARDED) return false;
  if (!keyIs(request, load<u64>(parsed, Parsed.KEY_LOW), load<u64>(parsed, Parsed.KEY_HIGH))) return false;
  const moment = max(now, time);
  if (isDenied(request)) return false;
  if (HOLD_SLOTS != 0 && isInspected(flowOf(request))) return false;
  if (isHeaded(flowOf(request))) return false;
  if (moment - load<u64>(request, REC_LAST_SEEN) >= timeout(<u32>load<u8>(request, REC_TIMER))) return false;
  const record = request + REC_SIZE;
  const ip = load<u32>(parsed, Parsed.IP);
  if (Ipv4.ttl(ip) - 1 >= Ip.TTL_MOST - 1) return false;
  const l4 = load<u32>(parsed, Parsed.L4);
  const captured = load<u32>(parsed, Parsed.L4_CAPTURED);
  const traffic = load<u64>(record, REC_PACKETS);
  const bytes = load<u32>(desc, DESC_WIRE);
  if (l4 - ip != Ipv4.HEADER_MIN || (<u32>(traffic >> 32) | <u32>traffic | bytes) > HALF_MAX) return false;
  const low = load<u64>(request, REC_TEMPLATE);
  const delta = <u32>(low >> 16) & 0xffff;
  if (load<u8>(parsed, Parsed.PROTOCOL) == PROTOCOL_TCP) {
    const flags = <u32>load<u8>(parsed, Parsed.FLAGS);
    const seen = <u32>load<u8>(record, REC_SEEN);
    if (captured < Tcp.CHECKSUM_END || (flags & Tcp.ACK) == 0) return false;
    if (((flags | NUMBERS_SEEN) & ~seen & (SEEN_TCP_MASK | NUMBERS_SEEN)) != 0) return false;
    const numbers = load<u64>(record, REC_SEQUENCE_END);
    const end = Tcp.sequenceEnd(l4, load<u32>(parsed, Parsed.L4_LENGTH), flags);
    const highest = <i32>(end - <u32>numbers) > 0 ? end : <u32>numbers;
    store<u64>(record, <u64>highest | ((<u64>Tcp.acknowledgement(l4)) << 32), REC_SEQUENCE_END);
    Tcp.adjustChecksum(l4, delta);
  } else {
    if (captured < Udp.CHECKSUM_END) return false;
    Udp.adjustChecksum(l4, delta);
  }
  Ipv4.restoreWithPorts(ip, low, load<u64>(request, REC_TEMPLATE + 8), <u32>low & 0xffff);
  keep(moment);
  store<u64>(record, moment, REC_LAST_SEEN);
  store<u64>(record, traffic + (((<u64>bytes) << 32) | 1), REC_PACKETS);
  countTraffic(<u32>load<u16>(record, REC_ENDPOINT), <u32>load<u16>(record, REC_BACKEND), SIDE_PROVIDER, bytes);
  const flow = flowOf(record);
  // VERDICT_EMITS and VERDICT_FIRST_EMIT lie side by side.
  store<u64>(verdict, <u64>1 | ((<u64>emitCount()) << 32), VERDICT_EMITS);
  forwarded(verdict, REASON_FORWARDED, SIDE_CAPTURED, flow);
  emitInput(SIDE_PROVIDER, flow, desc);
  return true;
}

/** Decides on a reply, which has its verdict then, and turns it back if its flow lives. `record` is its request's, or 0. */
export function answer(desc: u32, parsed: u32, verdict: u32, record: u32): void {
  const ip = load<u32>(parsed, Parsed.IP);
  const endpoint = sourceSpeaker(parsed);
  const lost = flowFault(record, ip);
  if (tracing) {
    trace(STAGE_CAPTURED_REPLY, TRACE_GOES_ON, endpoint);
    traceFlow(record, lost);
    traceCapturedTtl(ip);
  }
  if (lost != 0) return refuse(verdict, lost, <u32>NO_FLOW, endpoint);
  const reason = <u32>load<u8>(parsed, Parsed.REASON);
  if (reason != REASON_FORWARDED) {
    if (tracing) trace(STAGE_KIND, reason);
    dropped(verdict, reason, <u32>NO_FLOW);
    return;
  }
  const flow = flowOf(record);
  if (Ip.ttl(ip) == 0) return refuse(verdict, REASON_TTL_EXPIRED, flow, endpoint);
  if (isKept(parsed, flow)) return refuse(verdict, REASON_FRAGMENT, <u32>NO_FLOW, <u32>load<u16>(record, REC_ENDPOINT));
  if (isHeaded(flow) && !isWhole(parsed, load<u32>(parsed, Parsed.L4))) {
    if (tracing) traceSegment(parsed, REASON_TRUNCATED, TRACE_NONE, SEGMENT_DROPPED);
    return refuse(verdict, REASON_TRUNCATED, flow, endpoint);
  }
  if (HOLD_SLOTS != 0 && isInspected(flow) && !observeReply(desc, parsed, verdict, record + REC_SIZE)) return;
  const bytes = load<u32>(desc, DESC_WIRE);
  if (Ip.isSix(ip)) turnBack6(desc, parsed, record);
  else turnBack(parsed, ip, record);
  follow(record + REC_SIZE, parsed, SIDE_PROVIDER, bytes);
  if (isHeaded(flow)) turnBackNumbers(parsed, flow);
  forwarded(verdict, <u32>load<u8>(parsed, Parsed.REASON), SIDE_CAPTURED, flow);
  emitInput(SIDE_PROVIDER, flow, desc);
}

/** What the flow or denied flow of a reply's request, or that there is none, has against it; 0 for nothing. */
export function flowFault(record: u32, ip: u32): u32 {
  const denied = record != 0 && isDenied(record);
  if (denied && now < deniedDeath(record)) return REASON_REPLY_REFUSED;
  return record == 0 || denied || !lives(record) || Ip.ttl(ip) == Ip.TTL_MOST ? <u32>REASON_REPLY_UNMATCHED : 0;
}

function refuse(verdict: u32, reason: u32, flow: u32, endpoint: u32): void {
  droppedAt(verdict, reason, flow, endpoint);
}

/**
 * Gives a reply the backend as its source and the NAT address as its destination. It changes endpoint and client for backend
 * and NAT address, as its request's template does, so that their deltas are the same.
 */
function turnBack(parsed: u32, ip: u32, record: u32): void {
  const l4 = load<u32>(parsed, Parsed.L4);
  const low = load<u64>(record, REC_TEMPLATE);
  const high = load<u64>(record, REC_TEMPLATE + 8);
  const ports = rotl<u32>(<u32>(high >> 32), 16);
  if (tracing) traceRewrite(ip, l4, <u32>high, <u32>(low >> 32), ports);
  Ipv4.restore(ip, <u32>high, <u32>(low >> 32), <u32>low & 0xffff);
  store<u32>(l4, ports);
  const captured = load<u32>(parsed, Parsed.L4_CAPTURED);
  const delta = <u32>(low >> 16) & 0xffff;
  if (load<u8>(parsed, Parsed.PROTOCOL) == PROTOCOL_TCP) {
    if (captured >= Tcp.CHECKSUM_END) Tcp.adjustChecksum(l4, delta);
  } else if (captured >= Udp.CHECKSUM_END) {
    Udp.adjustChecksum(l4, delta);
  }
}
