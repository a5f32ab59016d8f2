// Fragments that have no ports: they go the way of the first one of their datagram, or wait for it (docs/behaviour.md, 19.3; RFC 3128).

import {
  CAUSE_HELD,
  CAUSE_INPUT,
  DESC_CAPTURED,
  DESC_FRAME,
  DESC_LINK,
  DESC_NETWORK,
  DESC_WIRE,
  FRAGMENT_BYTES_MAX,
  NO_FLOW,
  PROTOCOL_TCP,
  REASON_AWAITING_FRAGMENT,
  REASON_FORWARDED,
  REASON_FRAGMENT_MALFORMED,
  REASON_FRAGMENT_POOL_FULL,
  REASON_FRAGMENT_TIMEOUT,
  SIDE_CAPTURED,
  SIDE_CONSUMER,
  SIDE_PROVIDER,
} from "../abi";
import {
  REC_ENDPOINT,
  REC_LAST_SEEN,
  REC_SEEN,
  REC_SIZE,
  REC_TEMPLATE,
  SEEN_HANDLED,
  TEMPLATE_DESTINATION,
  TEMPLATE_SOURCE,
} from "../abi/records";
import { FRAGMENT_FOLLOWS, FRAGMENT_HELD, FRAGMENT_LET_GO, STAGE_FRAGMENT, TRACE_GOES_ON } from "../abi/trace";
import { CONTINUE } from "../admit/connection";
import { judgeAgain, reasonOf } from "../admit/judge";
import { now } from "../clock";
import { count } from "../counters";
import { emitFrame, emitInput } from "../emit/queue";
import { tally } from "../flow/follow";
import { flowOf, requestOf } from "../flow/lifetime";
import { DEALS } from "../memory";
import { IP, PROTOCOL } from "../parse";
import { rewriteLinkOf } from "../rewrite";
import { trace, tracing } from "../trace";
import { traceFlow, traceRewriteTo, traceRewriteTo6 } from "../traced";
import { concernsSix } from "../translate";
import { dropFor, droppedAt, forwarded, held } from "../verdict";
import * as Ip from "../wire/ip";
import * as Ipv4 from "../wire/ipv4";
import * as Ipv6 from "../wire/ipv6";
import * as Tcp from "../wire/tcp";
import { begin6, destination6, leave6, leavesSix, source6 } from "./across";
import { ownerOf, shardOfDatagram } from "./datagram";
import { from, refuseAll, side, traceFragment } from "./fragment";
import { hasFlow, requestOfFlow } from "./passage";
import { steerLater } from "./steer";
import {
  PLACE_ABOUT,
  PLACE_CAPTURED,
  PLACE_FRAME,
  PLACE_IP,
  PLACE_LINK,
  PLACE_WIRE,
  restPlace,
  takePlace,
} from "./pool";
import { putWaiting, takeWaiting, waitingOf } from "./waiting";

/** Decides on a later fragment, the one at hand. */
export function takeLater(desc: u32, parsed: u32, verdict: u32, datagram: u32): void {
  if (load<u8>(parsed, PROTOCOL) == PROTOCOL_TCP && from < Tcp.HEADER_MIN) {
    refuseAll(parsed, verdict, REASON_FRAGMENT_MALFORMED, datagram);
    return;
  }
  if (DEALS && shardOfDatagram(datagram) >= 0) steerLater(datagram);
  else if (hasFlow(datagram)) follow(desc, parsed, verdict, datagram);
  else hold(desc, parsed, verdict, datagram);
}

/** Lets it leave by the flow of the first fragment, if that lives. */
export function follow(desc: u32, parsed: u32, verdict: u32, datagram: u32): void {
  const request = requestOfFlow(datagram);
  const reason: u32 = request == 0 ? REASON_FRAGMENT_TIMEOUT : 0;
  traceFragment(parsed, reason, datagram, FRAGMENT_FOLLOWS);
  if (request == 0) return dropFor(verdict, REASON_FRAGMENT_TIMEOUT, ownerOf(datagram));
  if (tracing) traceFlow(request);
  const flow = flowOf(request);
  const endpoint = <u32>load<u16>(request, REC_ENDPOINT);
  const judged = judgeAgain(flow, request);
  if (judged != CONTINUE) {
    droppedAt(verdict, reasonOf(judged), flow, endpoint);
    return;
  }
  const frame = load<u32>(desc, DESC_FRAME);
  const link = <u32>load<u8>(desc, DESC_LINK);
  const wire = load<u32>(desc, DESC_WIRE);
  const six = concernsSix(request, SIDE_CONSUMER);
  if (tracing && !six) traceRewriting(load<u32>(parsed, IP), request);
  if (six) {
    begin6(request, side, CAUSE_INPUT);
    if (tracing) traceRewriteTo6(parsed, leavesSix(), source6(), destination6());
    leave6(frame, load<u32>(parsed, IP), link, load<u32>(desc, DESC_CAPTURED), wire);
  } else {
    translate(frame, load<u32>(parsed, IP), link, request);
    emitInput(sideBehind(), flow, desc);
  }
  takeNote(request, wire);
  forwarded(verdict, REASON_FORWARDED, side == SIDE_CAPTURED ? SIDE_CAPTURED : side ^ 1, flow);
}

/** Has it wait for the first fragment, if there is room. */
function hold(desc: u32, parsed: u32, verdict: u32, datagram: u32): void {
  if (!keep(desc, parsed, datagram)) {
    refuseAll(parsed, verdict, REASON_FRAGMENT_POOL_FULL, datagram);
    return;
  }
  traceFragment(parsed, REASON_AWAITING_FRAGMENT, datagram, FRAGMENT_HELD);
  held(verdict, REASON_AWAITING_FRAGMENT, <u32>NO_FLOW);
}

/** Copies the fragment at hand to a place in which it waits; false when there is none for it. */
export function keep(desc: u32, parsed: u32, datagram: u32): bool {
  const captured = load<u32>(desc, DESC_CAPTURED);
  const place = captured > <u32>FRAGMENT_BYTES_MAX ? 0 : takePlace();
  if (place == 0) return false;
  const frame = load<u32>(desc, DESC_FRAME);
  store<u32>(place, captured, PLACE_CAPTURED);
  store<u32>(place, load<u32>(desc, DESC_WIRE), PLACE_WIRE);
  store<u16>(place, <u16>(load<u32>(parsed, IP) - frame), PLACE_IP);
  store<u8>(place, load<u8>(desc, DESC_LINK), PLACE_LINK);
  memory.copy(place + PLACE_FRAME, frame, captured);
  store<u32>(place, load<u32>(desc, DESC_NETWORK), PLACE_ABOUT);
  putWaiting(datagram, place);
  return true;
}

/** Lets those that wait leave behind the first fragment, which left by a flow. */
export function letGo(datagram: u32, flow: u32): void {
  const request = requestOf(flow);
  for (let place = takeWaiting(datagram); place != 0; place = takeWaiting(datagram)) {
    const frame = place + PLACE_FRAME;
    const ip = frame + <u32>load<u16>(place, PLACE_IP);
    const link = <u32>load<u8>(place, PLACE_LINK);
    const wire = load<u32>(place, PLACE_WIRE);
    if (tracing) traceLetGo(ip, frame + wire, datagram);
    const captured = load<u32>(place, PLACE_CAPTURED);
    if (concernsSix(request, SIDE_CONSUMER)) {
      begin6(request, side, CAUSE_HELD);
      leave6(frame, ip, link, captured, wire);
    } else {
      translate(frame, ip, link, request);
      emitFrame(sideBehind(), CAUSE_HELD, link, flow, frame, captured, wire);
    }
    takeNote(request, wire);
    restPlace(place);
    count(REASON_AWAITING_FRAGMENT, -1);
    count(REASON_FORWARDED, 1);
  }
}

/** Gives its direction of the flow the time and the bytes of a fragment of `wire` bytes. */
function takeNote(request: u32, wire: u32): void {
  const record = side == SIDE_CONSUMER ? request : request + REC_SIZE;
  store<u64>(record, now, REC_LAST_SEEN);
  tally(record, side == SIDE_CONSUMER ? SIDE_CONSUMER : SIDE_PROVIDER, wire);
}

/** Gives a fragment what is changed of it. */
function translate(frame: u32, ip: u32, link: u32, request: u32): void {
  const record = side == SIDE_CONSUMER ? request : request + REC_SIZE;
  if (side == SIDE_CAPTURED) {
    Ipv4.restore(ip, templateDestination(request), templateSource(request), addressesDelta(request));
  } else {
    Ipv4.transpose(ip, templateSource(record), templateDestination(record), addressesDelta(record));
    if ((load<u8>(record, REC_SEEN) & SEEN_HANDLED) != 0) rewriteLinkOf(frame, link, record, side);
  }
}

/** Side on which the fragment at hand leaves. */
function sideBehind(): u32 {
  return side == SIDE_PROVIDER ? SIDE_CONSUMER : SIDE_PROVIDER;
}

function templateSource(record: u32): u32 {
  return load<u32>(record, REC_TEMPLATE + TEMPLATE_SOURCE);
}

function templateDestination(record: u32): u32 {
  return load<u32>(record, REC_TEMPLATE + TEMPLATE_DESTINATION);
}

/** What new addresses change in the checksum of the IP header; those of a captured reply change by as much as its request's. */
function addressesDelta(record: u32): u32 {
  return <u32>load<u16>(record, REC_TEMPLATE);
}

function traceRewriting(ip: u32, request: u32): void {
  const record = side == SIDE_PROVIDER ? request + REC_SIZE : request;
  const source = templateSource(record);
  const destination = templateDestination(record);
  if (side == SIDE_CAPTURED) traceRewriteTo(ip, destination, source);
  else traceRewriteTo(ip, source, destination);
}

/** Notes that a held fragment leaves; `end` is where its frame ends on the wire, as for parsing (docs/behaviour.md, 1.2). */
function traceLetGo(ip: u32, end: u32, datagram: u32): void {
  const data = Ip.isSix(ip) ? Ipv6.fragmentData(ip) : ip + Ipv4.headerLength(ip);
  const first = Ip.fragmentOffset(ip, data);
  const stated = Ip.totalLength(ip);
  const behind = first + (stated != 0 ? stated : end - ip) - (data - ip);
  const last = <u32>!Ip.moreFragments(ip, data);
  const number = Ip.identification(ip, data);
  trace(STAGE_FRAGMENT, TRACE_GOES_ON, first, behind, last, number, FRAGMENT_LET_GO, waitingOf(datagram));
}
