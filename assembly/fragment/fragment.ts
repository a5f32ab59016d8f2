// Any fragment to an endpoint, to a NAT address, or from an endpoint in a capture: whether it can be one, and whether it fits
// those of its datagram that came before (docs/behaviour.md, 19.1; RFC 791, RFC 5722).

import {
  NO_FLOW,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  REASON_FRAGMENT,
  REASON_FRAGMENT_DUPLICATE,
  REASON_FRAGMENT_MALFORMED,
  REASON_FRAGMENT_TABLE_FULL,
  REASON_REPLY_UNMATCHED,
  REASON_TTL_EXPIRED,
  SIDE_CAPTURED,
} from "../abi";
import { FRAGMENT_REFUSED, STAGE_FRAGMENT, STAGE_KIND, TRACE_GOES_ON } from "../abi/trace";
import { keyFront } from "../address/key";
import { countedAs } from "../address/known";
import { sourceSpeaker } from "../admit/whose";
import { answerTimeExceeded } from "../emit/icmp-error";
import { DEALS, HAS_FRAGMENTS } from "../memory";
import { IP, L4, L4_LENGTH, NETWORK, PROTOCOL } from "../parse";
import { isSixService } from "../size/mtu";
import { SHARDS } from "../tables";
import { trace, tracing } from "../trace";
import { traceCapturedTtl, traceTtl } from "../traced";
import { dropFor } from "../verdict";
import * as Ip from "../wire/ip";
import * as Ipv4 from "../wire/ipv4";
import * as Ipv6 from "../wire/ipv6";
import { findDatagram, isDead, makeDatagram, ownerOf, refuse, refusedWith, release, releaseDead } from "./datagram";
import { takeDealt } from "./dealt";
import { takeFirst } from "./first";
import { takeLater } from "./later";
import { steerToAnswer } from "./steer";
import { addStretch, faultOf, isComplete } from "./stretches";
import { waitingOf } from "./waiting";

/// Dead datagrams that a fragment has released.
const RELEASED_MOST: u32 = 2;

/** The fragment at hand: the side it came from, SIDE_CAPTURED for a captured reply, and which bytes of its datagram it has. */
export let side: u32 = 0;
export let from: u32 = 0;
export let to: u32 = 0;
let last: bool = false;

/** Decides on a fragment that an endpoint's address sent in a capture; 0, as those that decide on packets without a record. */
export function capturedFragment(desc: u32, parsed: u32, verdict: u32): u32 {
  return takeFragment(desc, parsed, verdict, SIDE_CAPTURED, sourceSpeaker(parsed));
}

/** Decides on a fragment; `endpoint` is its destination's, of a captured reply its source's, -1 from the provider's side. */
export function takeFragment(desc: u32, parsed: u32, verdict: u32, itsSide: u32, endpoint: i32): u32 {
  const protocol = <u32>load<u8>(parsed, PROTOCOL);
  if (!HAS_FRAGMENTS || (protocol != PROTOCOL_TCP && protocol != PROTOCOL_UDP)) {
    if (tracing) trace(STAGE_KIND, REASON_FRAGMENT);
    return drop(verdict, REASON_FRAGMENT, endpoint);
  }
  const ip = load<u32>(parsed, IP);
  side = itsSide;
  const l4 = load<u32>(parsed, L4);
  from = Ip.fragmentOffset(ip, l4);
  to = from + load<u32>(parsed, L4_LENGTH);
  last = !Ip.moreFragments(ip, l4);
  if (!isSound(parsed, ip, endpoint)) return refuseAlone(parsed, verdict, REASON_FRAGMENT_MALFORMED, 0, endpoint);
  if (isExpired(desc, parsed, verdict, endpoint)) return 0;
  if (SHARDS > 1 && !DEALS) takeDealt(desc, parsed, verdict, endpoint);
  else takePart(desc, parsed, verdict, endpoint);
  return 0;
}

/** Finds the datagram of the fragment at hand, and whether it fits what came of it before. */
function takePart(desc: u32, parsed: u32, verdict: u32, endpoint: i32): u32 {
  releaseDead(RELEASED_MOST);
  const datagram = datagramOf(parsed, endpoint);
  if (datagram == 0) return refuseAlone(parsed, verdict, REASON_FRAGMENT_TABLE_FULL, 0, endpoint);
  const refused = refusedWith(datagram);
  if (refused != 0) return refuseAlone(parsed, verdict, refused, datagram, ownerOf(datagram));
  const fault = faultOf(datagram, from, to, last);
  if (fault == REASON_FRAGMENT_DUPLICATE) return refuseAlone(parsed, verdict, fault, datagram, ownerOf(datagram));
  if (fault != 0) return refuseAll(parsed, verdict, fault, datagram);
  addStretch(datagram, from, to, last);
  if (from == 0) takeFirst(desc, parsed, verdict, datagram, endpoint);
  else takeLater(desc, parsed, verdict, datagram);
  if (refusedWith(datagram) == 0 && isComplete(datagram)) release(datagram);
  return 0;
}

/** Whether it can be a fragment of a datagram at all. */
function isSound(parsed: u32, ip: u32, endpoint: i32): bool {
  const data = to - from;
  if (data == 0 || (!last && (data & 7) != 0)) return false;
  // What leaves as IPv4 has a header there.
  const across = Ip.isSix(ip) && endpoint >= 0 && !isSixService(endpoint);
  if (across && to > Ip.LENGTH_MOST - Ipv4.HEADER_MIN) return false;
  // An IPv6 payload has all that is behind the header, but its fragment header does not stay.
  const headers = load<u32>(parsed, L4) - ip - (Ip.isSix(ip) ? Ipv6.HEADER + Ipv6.EXTENSION_UNIT : 0);
  return to <= Ip.LENGTH_MOST - headers;
}

/** Drops a fragment whose TTL has run out. Only the first of a datagram is answered (RFC 1122, 3.2.2). */
function isExpired(desc: u32, parsed: u32, verdict: u32, endpoint: i32): bool {
  const ttl = Ip.ttl(load<u32>(parsed, IP));
  if (side == SIDE_CAPTURED) {
    if (ttl != 0 && ttl != Ip.TTL_MOST) return false;
    if (DEALS) return steerToAnswer();
    if (tracing) traceCapturedTtl(load<u32>(parsed, IP));
    dropFor(verdict, ttl == 0 ? REASON_TTL_EXPIRED : REASON_REPLY_UNMATCHED, endpoint);
    return true;
  }
  if (tracing) traceTtl(parsed);
  if (ttl > 1) return false;
  if (DEALS) return steerToAnswer();
  if (from == 0) answerTimeExceeded(desc, parsed, <u32>NO_FLOW);
  dropFor(verdict, REASON_TTL_EXPIRED, endpoint);
  return true;
}

/** The datagram of the fragment at hand, made if it is not there or dead; 0 when there is no room for it. */
function datagramOf(parsed: u32, owner: i32): u32 {
  const low = keyLow(parsed);
  const high = keyHigh(parsed);
  const addresses = addressesAt(parsed);
  const found = findDatagram(low, high, addresses);
  if (found != 0 && !isDead(found)) return found;
  if (found != 0) release(found);
  return makeDatagram(low, high, addresses, owner);
}

/** Key of the datagram that the fragment at hand is of (datagram.ts), KEY_LOW. */
export function keyLow(parsed: u32): u64 {
  const ip = load<u32>(parsed, IP);
  const network = <u32>load<u16>(parsed, NETWORK);
  const protocol = <u32>load<u8>(parsed, PROTOCOL);
  if (Ip.isSix(ip)) return keyFront(side, protocol, network) | ((<u64>countedAs(ip + Ipv6.SOURCE)) << 32);
  return <u64>((side + 1) | (protocol << 8) | (network << 16)) | ((<u64>Ipv4.sourceBe(ip)) << 32);
}

/** The same, KEY_HIGH. */
export function keyHigh(parsed: u32): u64 {
  const ip = load<u32>(parsed, IP);
  if (!Ip.isSix(ip)) return <u64>Ipv4.destinationBe(ip) | ((<u64>Ipv4.identificationBe(ip)) << 32);
  const identificationBe = Ipv6.identificationBe(Ipv6.fragmentHeader(ip, load<u32>(parsed, L4)));
  return <u64>countedAs(ip + Ipv6.DESTINATION) | ((<u64>identificationBe) << 32);
}

/** Where source and destination of the fragment at hand lie, if it is an IPv6 one. */
export function addressesAt(parsed: u32): u32 {
  return load<u32>(parsed, IP) + Ipv6.SOURCE;
}

/** Drops the fragment at hand, and nothing else. */
export function refuseAlone(parsed: u32, verdict: u32, reason: u32, datagram: u32, owner: i32): u32 {
  traceFragment(parsed, reason, datagram, FRAGMENT_REFUSED);
  return drop(verdict, reason, owner);
}

/** Drops the fragment at hand and refuses its datagram. */
export function refuseAll(parsed: u32, verdict: u32, reason: u32, datagram: u32): u32 {
  refuseAlone(parsed, verdict, reason, datagram, ownerOf(datagram));
  refuse(datagram, reason);
  return 0;
}

function drop(verdict: u32, reason: u32, owner: i32): u32 {
  dropFor(verdict, reason, owner);
  return 0;
}

/** Notes what becomes of the fragment at hand. */
export function traceFragment(parsed: u32, reason: u32, datagram: u32, what: u32): void {
  if (!tracing) return;
  const identification = Ip.identification(load<u32>(parsed, IP), load<u32>(parsed, L4));
  const waiting = datagram == 0 ? 0 : waitingOf(datagram);
  const result = reason == 0 ? <u32>TRACE_GOES_ON : reason;
  trace(STAGE_FRAGMENT, result, from, to, <u32>last, identification, what, waiting);
}
