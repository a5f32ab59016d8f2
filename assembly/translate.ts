// Packets of flows with IPv6 addresses: 6 to 6 in place, 6 to 4 by another header, which for replies needs more room than there is
// and leaves as the head of an emit (docs/behaviour.md, 23.3; RFC 7915).

import {
  CAUSE_INPUT,
  DESC_CAPTURED,
  DESC_FRAME,
  DESC_LINK,
  DESC_WIRE,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  SIDE_CONSUMER,
  SIDE_PROVIDER,
} from "./abi";
import { REC_KEY, REC_SEEN, REC_SIZE, REC_TEMPLATE, SEEN_HANDLED } from "./abi/records";
import { addressAt } from "./address/book";
import { isSixKey } from "./address/key";
import { emitWithHead, nextHead } from "./emit/queue";
import { HAS_SIX } from "./memory";
import { IP, L4, L4_CAPTURED, L4_LENGTH, PROTOCOL } from "./parse";
import { rewriteLink } from "./rewrite";
import { tracing } from "./trace";
import { traceRewrite6 } from "./traced";
import { complement, fold, pseudoSum, sum } from "./wire/checksum";
import * as Ip from "./wire/ip";
import * as Ipv4 from "./wire/ipv4";
import * as Ipv6 from "./wire/ipv6";
import * as Link from "./wire/link";
import * as Tcp from "./wire/tcp";
import * as Udp from "./wire/udp";

/** Whether a packet of a record has to do with IPv6; `side` is the one it entered on. */
export function concernsSix(record: u32, side: u32): bool {
  return HAS_SIX && isSixKey(load<u64>(side == SIDE_CONSUMER ? record : record - REC_SIZE, REC_KEY));
}

/** Whether a packet that entered on a side, of a record, leaves as IPv6. */
export function leavesAsSix(record: u32, side: u32): bool {
  return isSixKey(load<u64>(side == SIDE_CONSUMER ? record + REC_SIZE : record - REC_SIZE, REC_KEY));
}

/** Rewrites a packet of a flow with IPv6 addresses that entered on `side` by the template of its record. */
export function rewrite6(desc: u32, parsed: u32, record: u32, side: u32): void {
  const low = load<u64>(record, REC_TEMPLATE);
  const high = load<u64>(record, REC_TEMPLATE + 8);
  const toSix = leavesAsSix(record, side);
  if (tracing) traceRewrite6(parsed, toSix, <u32>(low >> 32), <u32>high, <u32>(high >> 32));
  rewritePorts(parsed, <u32>(high >> 32), <u32>(low >> 16) & 0xffff);
  const fromSix = Ip.isSix(load<u32>(parsed, IP));
  if (fromSix) readdress(desc, parsed, toSix, <u32>(low >> 32), <u32>high, <u32>-1);
  else if (load<u8>(parsed, PROTOCOL) == PROTOCOL_UDP) addChecksum(parsed, <u32>(low >> 32), <u32>high);
  if ((load<u8>(record, REC_SEEN) & SEEN_HANDLED) != 0) rewriteLink(desc, record, side);
}

/** Turns a captured IPv6 reply back into what its backend sent; `record` is its request's. */
export function turnBack6(desc: u32, parsed: u32, record: u32): void {
  const low = load<u64>(record, REC_TEMPLATE);
  const high = load<u64>(record, REC_TEMPLATE + 8);
  const ports = rotl<u32>(<u32>(high >> 32), 16);
  const toSix = leavesAsSix(record, SIDE_CONSUMER);
  if (tracing) traceRewrite6(parsed, toSix, <u32>high, <u32>(low >> 32), ports);
  rewritePorts(parsed, ports, <u32>(low >> 16) & 0xffff);
  readdress(desc, parsed, toSix, <u32>high, <u32>(low >> 32), 1);
}

/** Gives a packet its new ports; the checksum follows those and the addresses, where it is there. */
function rewritePorts(parsed: u32, portsBe: u32, delta: u32): void {
  const l4 = load<u32>(parsed, L4);
  const captured = load<u32>(parsed, L4_CAPTURED);
  store<u32>(l4, portsBe);
  if (load<u8>(parsed, PROTOCOL) == PROTOCOL_TCP) {
    if (captured >= Tcp.CHECKSUM_END) Tcp.adjustChecksum(l4, delta);
  } else if (captured >= Udp.CHECKSUM_END) Udp.adjustChecksum(l4, delta);
}

/** Gives an IPv6 packet other addresses, or an IPv4 header in its own one's place; `hops` is what its hop limit gains. */
function readdress(desc: u32, parsed: u32, toSix: bool, source: u32, destination: u32, hops: u32): void {
  const ip = load<u32>(parsed, IP);
  const ttl = Ipv6.hopLimit(ip) + hops;
  if (toSix) {
    Ipv6.setHopLimit(ip, ttl);
    return Ipv6.setAddresses(ip, addressAt(source), addressAt(destination));
  }
  const l4 = load<u32>(parsed, L4);
  const own = l4 - Ipv4.HEADER_MIN;
  const protocol = <u32>load<u8>(parsed, PROTOCOL);
  writeFour(own, ip, l4, totalFour(ip, load<u32>(parsed, L4_LENGTH)), ttl, protocol, source, destination);
  moveLink(desc, ip, own);
  store<u32>(parsed, own, IP);
}

/** Total length of the IPv4 packet that an IPv6 one with so many bytes behind its headers becomes; 0 when that says none, or is too long. */
export function totalFour(ip: u32, behind: u32): u32 {
  const total = Ipv4.HEADER_MIN + behind;
  return Ipv6.payloadLength(ip) == 0 || total > Ip.LENGTH_MOST ? 0 : total;
}

/**
 * Writes the IPv4 header of an IPv6 packet between addresses in network order; what its headers carry begins at `l4`. It may lie over
 * those behind the IPv6 header.
 */
export function writeFour(
  own: u32,
  ip: u32,
  l4: u32,
  total: u32,
  ttl: u32,
  protocol: u32,
  source: u32,
  destination: u32,
): void {
  const fragment = Ipv6.fragmentHeader(ip, l4);
  const identificationBe = fragment == 0 ? 0 : Ipv6.identificationBe(fragment) >> 16;
  const offset = fragment == 0 ? 0 : Ipv6.fragmentOffset(fragment);
  const more = fragment != 0 && Ipv6.moreFragments(fragment);
  Ipv4.writeWith(own, Ipv6.trafficClass(ip), total, ttl, protocol, source, destination);
  if (fragment != 0) Ipv4.setFragment(own, identificationBe, offset, more);
}

/** Moves a frame's link header on to where its packet begins now, and makes it name IPv4. */
function moveLink(desc: u32, ip: u32, own: u32): void {
  const frame = load<u32>(desc, DESC_FRAME);
  const less = own - ip;
  memory.copy(frame + less, frame, ip - frame);
  Link.nameFamily(frame + less, <u32>load<u8>(desc, DESC_LINK), ip - frame, false);
  store<u32>(desc, frame + less, DESC_FRAME);
  store<u32>(desc, load<u32>(desc, DESC_CAPTURED) - less, DESC_CAPTURED);
  store<u32>(desc, load<u32>(desc, DESC_WIRE) - less, DESC_WIRE);
}

/** Bytes of a UDP packet that its checksum is over. */
function summed(parsed: u32): u32 {
  const stated = Udp.length(load<u32>(parsed, L4));
  return stated == 0 ? load<u32>(parsed, L4_LENGTH) : stated;
}

/** Whether a server's packet that leaves as IPv6 lacks a checksum, which cannot be made as not all of it is captured. */
export function lacksChecksum(parsed: u32, record: u32): bool {
  if (load<u8>(parsed, PROTOCOL) != PROTOCOL_UDP || Ip.isSix(load<u32>(parsed, IP))) return false;
  const captured = load<u32>(parsed, L4_CAPTURED);
  if (!concernsSix(record, SIDE_PROVIDER)) return false;
  return captured >= Udp.CHECKSUM_END && Udp.checksum(load<u32>(parsed, L4)) == 0 && captured < summed(parsed);
}

/** Gives a UDP packet that leaves as IPv6 a checksum, if it has none. All its bytes are there then. */
function addChecksum(parsed: u32, source: u32, destination: u32): void {
  const udp = load<u32>(parsed, L4);
  if (load<u32>(parsed, L4_CAPTURED) < Udp.CHECKSUM_END || Udp.checksum(udp) != 0) return;
  const length = summed(parsed);
  const addresses = fold(Ipv6.addressSum(addressAt(source)) + Ipv6.addressSum(addressAt(destination)));
  Udp.setChecksum(udp, complement(fold(pseudoSum(addresses, PROTOCOL_UDP, length) + sum(udp, length))));
}

/** Begins a packet of the other family at `nextHead`, with the link header in front of `ip`; where its IP header goes. */
export function beginAcross(frame: u32, ip: u32, link: u32): u32 {
  const head = nextHead();
  const length = ip - frame;
  memory.copy(head, frame, length);
  Link.nameFamily(head, link, length, !Ip.isSix(ip));
  return head + length;
}

/** Lets an IPv4 packet, rewritten behind its header, leave as IPv6 to the client of a reply direction's record. */
export function emitAsSix(desc: u32, parsed: u32, reply: u32, flow: u32): void {
  const frame = load<u32>(desc, DESC_FRAME);
  const ip = load<u32>(parsed, IP);
  const l4 = load<u32>(parsed, L4);
  const own = beginAcross(frame, ip, <u32>load<u8>(desc, DESC_LINK));
  const low = load<u64>(reply, REC_TEMPLATE);
  const length = load<u32>(parsed, L4_LENGTH);
  const written = writeSix(own, ip, length, <u32>-1, <u32>(low >> 32), <u32>load<u64>(reply, REC_TEMPLATE + 8));
  const headLength = ip - frame + written;
  const before = l4 - frame;
  emitWithHead(
    SIDE_CONSUMER,
    flow,
    desc,
    headLength,
    l4,
    load<u32>(desc, DESC_CAPTURED) - before,
    load<u32>(desc, DESC_WIRE) - before + headLength,
    CAUSE_INPUT,
  );
}

/**
 * Writes the IPv6 headers of an IPv4 packet with so many bytes behind its own, between addresses of the book; how long they are. `hops` is
 * what its hop limit gains.
 */
export function writeSix(own: u32, ip: u32, behind: u32, hops: u32, source: u32, destination: u32): u32 {
  const isFragment = Ipv4.isFragment(ip);
  const more = isFragment ? Ipv6.EXTENSION_UNIT : 0;
  const protocol = Ipv4.protocol(ip);
  const length = Ipv4.totalLength(ip) == 0 ? 0 : behind + more;
  Ipv6.writeFront(own, Ipv4.typeOfService(ip), length, isFragment ? Ipv6.FRAGMENT : protocol, Ipv4.ttl(ip) + hops);
  Ipv6.setAddresses(own, addressAt(source), addressAt(destination));
  if (isFragment) {
    const identificationBe = Ipv4.identificationBe(ip) << 16;
    const offset = Ipv4.fragmentOffset(ip);
    Ipv6.writeFragment(own + Ipv6.HEADER, protocol, offset, Ipv4.moreFragments(ip), identificationBe);
  }
  return Ipv6.HEADER + more;
}

/** Bytes that a packet's headers take less when it leaves to a record's provider. */
export function shrinks(parsed: u32, request: u32): u32 {
  const ip = load<u32>(parsed, IP);
  if (!Ip.isSix(ip) || leavesAsSix(request, SIDE_CONSUMER)) return 0;
  return load<u32>(parsed, L4) - ip - Ipv4.HEADER_MIN;
}
