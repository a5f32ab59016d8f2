// Later fragments of flows with IPv6 addresses: 6 to 6 in place, 6 to 4 behind headers of the other family, which are an emit's head
// (docs/behaviour.md, 23.8; RFC 7915).

import { SIDE_CAPTURED, SIDE_CONSUMER, SIDE_PROVIDER } from "../abi";
import { REC_SEEN, REC_SIZE, REC_TEMPLATE, SEEN_HANDLED, TEMPLATE_DESTINATION, TEMPLATE_SOURCE } from "../abi/records";
import { addressAt } from "../address/book";
import { emitFrame, emitJoined } from "../emit/queue";
import { flowOf } from "../flow/lifetime";
import { rewriteLinkOf } from "../rewrite";
import { beginAcross, leavesAsSix, totalFour, writeFour, writeSix } from "../translate";
import * as Ip from "../wire/ip";
import * as Ipv4 from "../wire/ipv4";
import * as Ipv6 from "../wire/ipv6";

/// The direction that fragments at hand are of, the side they came from, and what they leave for.
let record: u32 = 0;
let side: u32 = 0;
let cause: u32 = 0;

/** Says what fragments are of, that are to leave: the flow by its request direction, the side they came from, the cause they leave for. */
export function begin6(request: u32, itsSide: u32, itsCause: u32): void {
  record = itsSide == SIDE_PROVIDER ? request + REC_SIZE : request;
  side = itsSide;
  cause = itsCause;
}

/** Whether they leave as IPv6. */
export function leavesSix(): bool {
  return leavesAsSix(record, side == SIDE_CAPTURED ? SIDE_CONSUMER : side);
}

/** New source, as templates have it; that of a captured reply is where its request went. */
export function source6(): u32 {
  return side == SIDE_CAPTURED ? ofTemplate(TEMPLATE_DESTINATION) : ofTemplate(TEMPLATE_SOURCE);
}

/** New destination likewise. */
export function destination6(): u32 {
  return side == SIDE_CAPTURED ? ofTemplate(TEMPLATE_SOURCE) : ofTemplate(TEMPLATE_DESTINATION);
}

function ofTemplate(field: u32): u32 {
  return load<u32>(record + REC_TEMPLATE + field);
}

/** Lets one leave, whose IP header lies at `ip`. */
export function leave6(frame: u32, ip: u32, link: u32, captured: u32, wire: u32): void {
  const ttl = Ip.ttl(ip) + (side == SIDE_CAPTURED ? 1 : -1);
  const behind: u32 = side == SIDE_PROVIDER ? SIDE_CONSUMER : SIDE_PROVIDER;
  const flow = flowOf(record);
  if (Ip.isSix(ip) && leavesSix()) {
    Ipv6.setHopLimit(ip, ttl);
    Ipv6.setAddresses(ip, addressAt(source6()), addressAt(destination6()));
    readdressLink(frame, link);
    return emitFrame(behind, cause, link, flow, frame, captured, wire);
  }
  const own = beginAcross(frame, ip, link);
  const linkLength = ip - frame;
  readdressLink(own - linkLength, link);
  const data = Ip.isSix(ip) ? Ipv6.fragmentData(ip) : ip + Ipv4.headerLength(ip);
  const headLength = linkLength + (Ip.isSix(ip) ? writeFourOf(own, ip, data, ttl) : writeSixOf(own, ip, data));
  const gone = data - frame;
  emitJoined(behind, cause, link, flow, headLength, data, captured - gone, wire - gone + headLength);
}

/** MAC addresses, where the flow's backend has one. */
function readdressLink(frame: u32, link: u32): void {
  if (side == SIDE_CAPTURED || (load<u8>(record, REC_SEEN) & SEEN_HANDLED) == 0) return;
  rewriteLinkOf(frame, link, record, side);
}

/** Writes the IPv4 header of an IPv6 fragment; its length. */
function writeFourOf(own: u32, ip: u32, data: u32, ttl: u32): u32 {
  const total = totalFour(ip, Ipv6.payloadLength(ip) - (data - ip - Ipv6.HEADER));
  const protocol = Ipv6.extensionNext(data - Ipv6.EXTENSION_UNIT);
  writeFour(own, ip, data, total, ttl, protocol, source6(), destination6());
  return Ipv4.HEADER_MIN;
}

/** Writes the IPv6 headers of an IPv4 fragment; their length. */
function writeSixOf(own: u32, ip: u32, data: u32): u32 {
  return writeSix(own, ip, Ipv4.totalLength(ip) - (data - ip), <u32>-1, source6(), destination6());
}
