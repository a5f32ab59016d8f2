// A client's packets of a flow with a PROXY header: what may not pass, and how the others leave (docs/behaviour.md, section 16).

import {
  CAUSE_ANSWER,
  CAUSE_INPUT,
  COUNTER_PROXY_HEADERS_SENT,
  DESC_CAPTURED,
  DESC_FRAME,
  DESC_LINK,
  DESC_WIRE,
  PROTOCOL_TCP,
  REASON_SEGMENTS_CONFLICT,
  REASON_TRUNCATED,
  SIDE_PROVIDER,
} from "../abi";
import { PROXY_FOLLOWED, PROXY_LEFT, PROXY_STARTED, REC_ENDPOINT } from "../abi/records";
import { SEGMENT_DROPPED, STAGE_PROXY_SHIFT, TRACE_GOES_ON, TRACE_NONE } from "../abi/trace";
import { count } from "../counters";
import { emitHead, emitInput, emitWithHead, nextHead } from "../emit/queue";
import { flowOf, requestOf } from "../flow/lifetime";
import { cutData } from "../inspect/syn";
import { FLAGS, IP, L4, L4_CAPTURED, L4_LENGTH } from "../parse";
import { serviceMtu } from "../size/mtu";
import { droppedAt } from "../verdict";
import * as Ip from "../wire/ip";
import * as Ipv6 from "../wire/ipv6";
import * as Tcp from "../wire/tcp";
import { become, headerLength, is, isBefore, isDue, serverSequence, startAt, startOf, writeHeader } from "./stream";
import { trace, tracing } from "../trace";
import { traceHeader, traceSegment } from "../traced";

/** Looks at a client's packet before anything else does; false when it is dropped, its verdict written. */
export function takeRequest(desc: u32, parsed: u32, verdict: u32, request: u32): bool {
  const reason = fault(desc, parsed, flowOf(request));
  if (reason == 0) return true;
  if (tracing) traceFault(parsed, flowOf(request), reason);
  droppedAt(verdict, reason, flowOf(request), <u32>load<u16>(request, REC_ENDPOINT));
  return false;
}

function traceFault(parsed: u32, flow: u32, reason: u32): void {
  traceSegment(parsed, reason, is(flow, PROXY_STARTED) ? startOf(flow) : <u32>TRACE_NONE, SEGMENT_DROPPED);
}

/** What is against a client's packet, or 0. A SYN loses its data. */
function fault(desc: u32, parsed: u32, flow: u32): u32 {
  const tcp = load<u32>(parsed, L4);
  if (!isWhole(parsed, tcp)) return REASON_TRUNCATED;
  const sequence = Tcp.sequence(tcp);
  const length = load<u32>(parsed, L4_LENGTH) - Tcp.dataOffset(tcp);
  if ((<u32>load<u8>(parsed, FLAGS) & Tcp.SYN) != 0) {
    if (!startAt(flow, sequence + 1) && sequence + 1 != startOf(flow)) return REASON_SEGMENTS_CONFLICT;
    return length == 0 || cutData(desc, parsed, tcp, length) ? 0 : <u32>REASON_TRUNCATED;
  }
  if (!is(flow, PROXY_STARTED)) return REASON_TRUNCATED;
  const reaches = <i32>(sequence + length - startOf(flow)) > 0;
  return isBefore(flow, sequence) && reaches ? <u32>REASON_SEGMENTS_CONFLICT : 0;
}

/** Whether all of a packet's TCP header is captured. */
export function isWhole(parsed: u32, tcp: u32): bool {
  const captured = load<u32>(parsed, L4_CAPTURED);
  return captured >= Tcp.HEADER_MIN && captured >= Tcp.dataOffset(tcp);
}

/** Lets a client's packet leave that was translated and taken note of: behind the header, with it, or in its new place. */
export function leave(desc: u32, parsed: u32, flow: u32): void {
  const ip = load<u32>(parsed, IP);
  const tcp = load<u32>(parsed, L4);
  const flags = <u32>load<u8>(parsed, FLAGS);
  const sequence = Tcp.sequence(tcp);
  const bare = load<u32>(parsed, L4_LENGTH) == Tcp.dataOffset(tcp) && (flags & Tcp.FIN) == 0;
  const due = isDue(flow, sequence, flags, bare);
  if (sequence == startOf(flow) && !bare) become(flow, PROXY_FOLLOWED);
  if (due && fits(ip, tcp, flow, flags)) return emitJoined(desc, parsed, flow);
  if (due) emitHeader(load<u32>(desc, DESC_FRAME), ip, tcp, <u32>load<u8>(desc, DESC_LINK), flow);
  shift(flow, tcp, flags);
  emitInput(SIDE_PROVIDER, flow, desc);
}

/** Gives a translated segment the sequence number that the server has for its first byte. */
export function shift(flow: u32, tcp: u32, flags: u32): void {
  const sequence = Tcp.sequence(tcp);
  const after = serverSequence(flow, sequence, flags);
  if (after == sequence) return;
  if (tracing) trace(STAGE_PROXY_SHIFT, TRACE_GOES_ON, sequence, after, 0);
  Tcp.setSequence(tcp, after);
}

/** Whether a packet can take the header up. */
function fits(ip: u32, tcp: u32, flow: u32, flags: u32): bool {
  const total = Ip.totalLength(ip);
  return (
    !hasExtensions(ip, tcp) &&
    (flags & Tcp.URG) == 0 &&
    total != 0 &&
    total + headerLength(flow) <= serviceMtu(<u32>load<u16>(requestOf(flow), REC_ENDPOINT))
  );
}

/** Whether extension headers lie in front of a segment. */
function hasExtensions(ip: u32, tcp: u32): bool {
  return Ip.isSix(ip) && tcp - ip != Ipv6.HEADER;
}

/** The packet with the header between its own headers and its data. */
function emitJoined(desc: u32, parsed: u32, flow: u32): void {
  const frame = load<u32>(desc, DESC_FRAME);
  const ip = load<u32>(parsed, IP);
  const tcp = load<u32>(parsed, L4);
  const data = tcp + Tcp.dataOffset(tcp);
  const head = nextHead();
  const header = head + (data - frame);
  const length = writeHeader(header, flow);
  Tcp.gainPayload(tcp, load<u32>(parsed, L4_LENGTH), header, length, Ip.addressesSum(ip));
  Ip.lengthen(ip, length);
  memory.copy(head, frame, data - frame);
  const captured = load<u32>(desc, DESC_CAPTURED);
  emitWithHead(
    SIDE_PROVIDER,
    flow,
    desc,
    data - frame + length,
    data,
    captured - (data - frame),
    load<u32>(desc, DESC_WIRE) + length,
    CAUSE_INPUT,
  );
  left(flow, false, header);
}

/** A packet of its own for the header, made from the headers of a translated segment that begins at the client's first byte. */
export function emitHeader(frame: u32, ip: u32, tcp: u32, link: u32, flow: u32): void {
  const head = nextHead();
  const ownIp = head + (ip - frame);
  const front = hasExtensions(ip, tcp) ? ip + Ipv6.HEADER - frame : tcp - frame;
  const ownTcp = head + front;
  const headers = front + Tcp.dataOffset(tcp);
  memory.copy(head, frame, front);
  memory.copy(ownTcp, tcp, headers - front);
  if (Ip.isSix(ownIp)) Ipv6.setNextHeader(ownIp, PROTOCOL_TCP);
  const length = writeHeader(head + headers, flow);
  Tcp.acknowledgeWith(ownTcp, length, startOf(flow), Ip.addressesSum(ownIp));
  Ip.setTotalLength(ownIp, head + headers - ownIp + length);
  emitHead(SIDE_PROVIDER, CAUSE_ANSWER, link, flow, headers + length);
  left(flow, true, head + headers);
}

function left(flow: u32, alone: bool, header: u32): void {
  if (tracing) traceHeader(header, headerLength(flow), alone);
  become(flow, PROXY_LEFT);
  count(COUNTER_PROXY_HEADERS_SENT, 1);
}
