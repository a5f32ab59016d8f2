// Frame -> key, offsets and kind. Reads nothing beyond the captured bytes, whatever the bytes say, and decides nothing
// about endpoints (docs/behaviour.md, section 1).

import {
  DESC_CAPTURED,
  DESC_FRAME,
  DESC_LINK,
  DESC_NETWORK,
  DESC_WIRE,
  LINK_OTHER,
  LINK_RAW,
  PROTOCOL_ICMP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  REASON_BAD_IP_HEADER,
  REASON_BAD_IP_LENGTH,
  REASON_BAD_TCP_HEADER,
  REASON_BAD_UDP_LENGTH,
  REASON_FORWARDED,
  REASON_FRAGMENT,
  REASON_ICMP,
  REASON_IPV6,
  REASON_LINK_TYPE,
  REASON_NOT_IP,
  REASON_PROTOCOL,
  REASON_TRUNCATED,
  REASON_VLAN_DEPTH,
  SIDE_CAPTURED,
} from "./abi";
import { NO_KEY } from "./address/key";
import { networkOfPair, networkOfVlan } from "./admit/network";
import { markReply } from "./captured";
import { HAS_SIX } from "./memory";
import { parseIpv6 } from "./parse6";
import { PLAIN } from "./tables";
import { open, verify } from "./tunnel/open";
import * as Gre from "./wire/gre";
import * as Ip from "./wire/ip";
import * as Ipv4 from "./wire/ipv4";
import * as Link from "./wire/link";
import * as Plain from "./wire/plain";
import * as Tcp from "./wire/tcp";
import * as Udp from "./wire/udp";

/// What parsing leaves of a frame, one for each frame of a lane.
export const KEY_LOW: usize = 0; // u64
export const KEY_HIGH: usize = 8; // u64
export const IP: usize = 16; // u32, address of the IP header
export const L4: usize = 20; // u32, address of the TCP or UDP header
export const L4_LENGTH: usize = 24; // u32, bytes on the wire
export const L4_CAPTURED: usize = 28; // u32, bytes present
export const GROUP: usize = 32; // u32, group of the index
export const RECORD: usize = 36; // u32, record found by its tag, later by its key, or 0
export const TAG: usize = 40; // u8
export const KIND: usize = 41; // u8
export const REASON: usize = 42; // u8
export const FLAGS: usize = 43; // u8, TCP flags
export const NETWORK: usize = 44; // u16
export const SIDE: usize = 46; // u8
export const PROTOCOL: usize = 47; // u8
export const PARSED_SIZE: u32 = 48;

/// TCP or UDP with all it takes to translate it.
export const KIND_FLOW: u32 = 0;
/// REASON says it all; no address was read.
export const KIND_FINAL: u32 = 1;
/// Concerns an endpoint or not; if it does, REASON is why it is dropped.
export const KIND_SPECIAL: u32 = 2;
/// As KIND_SPECIAL, and passed as a tunnel if it concerns none.
export const KIND_TUNNEL: u32 = 3;
/// A captured reply, its key that of its request; REASON is why it is dropped, or REASON_FORWARDED.
export const KIND_REPLY: u32 = 4;
/// A captured packet from endpoint to endpoint; REASON as for KIND_REPLY.
export const KIND_BETWEEN: u32 = 5;

/// ICMP that an endpoint's address sent in a capture.
export const KIND_ICMP_REPLY: u32 = 6;

/// A fragment that an endpoint's address sent in a capture.
export const KIND_FRAGMENT_REPLY: u32 = 7;

const PROTOCOL_IPIP: u32 = 4;
const PROTOCOL_6IN4: u32 = 41;
const KEEP_KEY: u64 = 0xffffffff0000ff00;
/// Within the word at DESC_NETWORK: network, link type, side.
const LINK_MASK: u32 = 0xff0000;
const SIDE_SHIFT: u32 = 24;
const CAPTURED: u32 = (<u32>SIDE_CAPTURED) << SIDE_SHIFT;

/** Parses a frame. The commonest form is recognised by a few compares. */
export function parse(desc: u32, parsed: u32): void {
  const about = load<u32>(desc, DESC_NETWORK);
  // LINK_ETHERNET is 0.
  if ((about & (LINK_MASK | CAPTURED)) >= PLAIN) return parseElse(desc, parsed, about);
  parseEthernet(desc, parsed, about);
}

/** Parses what is not Ethernet, was captured at a consumer, or may be a tunnel's. */
function parseElse(desc: u32, parsed: u32, about: u32): void {
  parseFrame(desc, parsed, about & ~CAPTURED);
  if (PLAIN == 0 && open(desc, parsed)) {
    parseFrame(desc, parsed, load<u32>(desc, DESC_NETWORK) & ~CAPTURED);
    verify(desc, parsed);
  }
  if (about >= CAPTURED) markReply(parsed);
}

function parseFrame(desc: u32, parsed: u32, about: u32): void {
  if ((about & LINK_MASK) != 0) parseAny(desc, parsed, about >> SIDE_SHIFT);
  else parseEthernet(desc, parsed, about);
}

/** Parses an Ethernet frame; `parseAny` takes those of every form. */
function parseEthernet(desc: u32, parsed: u32, about: u32): void {
  const side = about >> SIDE_SHIFT;
  const frame = load<u32>(desc, DESC_FRAME);
  const captured = load<u32>(desc, DESC_CAPTURED);
  if (captured < Plain.L4 + Tcp.HEADER_MIN) return parseAny(desc, parsed, side);
  if (Plain.difference(frame) != 0) return parseAny(desc, parsed, side);
  const length = Plain.l4Length(frame);
  const l4 = frame + Plain.L4;
  const room = load<u32>(desc, DESC_WIRE) - Plain.L4;
  if (length - Tcp.HEADER_MIN > room - Tcp.HEADER_MIN) return parseAny(desc, parsed, side);
  const protocol = Plain.protocol(frame);
  let flags: u32 = 0;
  if (protocol == PROTOCOL_TCP) {
    if (Tcp.dataOffset(l4) - Tcp.HEADER_MIN > length - Tcp.HEADER_MIN) return parseAny(desc, parsed, side);
    flags = Tcp.flags(l4);
  } else {
    if (protocol != PROTOCOL_UDP) return parseAny(desc, parsed, side);
    if (Udp.length(l4) - Udp.HEADER_MIN > length - Udp.HEADER_MIN) return parseAny(desc, parsed, side);
  }
  store<u32>(parsed, frame + Plain.IP, IP);
  store<u32>(parsed, l4, L4);
  store<u32>(parsed, length, L4_LENGTH);
  store<u32>(parsed, min(captured - Plain.L4, length), L4_CAPTURED);
  // TAG, KIND, REASON and FLAGS, then NETWORK, SIDE and PROTOCOL lie side by side.
  store<u32>(parsed, flags << 24, TAG);
  store<u32>(parsed, (about & 0xffff) | (side << 16) | (protocol << 24), NETWORK);
  makeKey(frame + Plain.IP, l4, about & 0xffff, side, parsed);
}

/** Parses a frame of any form. */
function parseAny(desc: u32, parsed: u32, side: u32): void {
  const frame = load<u32>(desc, DESC_FRAME);
  const captured = load<u32>(desc, DESC_CAPTURED);
  store<u16>(parsed, load<u16>(desc, DESC_NETWORK), NETWORK);
  store<u8>(parsed, <u8>side, SIDE);
  store<u8>(parsed, <u8>KIND_FLOW, KIND);
  const ip = networkHeader(desc, parsed);
  if (ip != 0) parseIpv4(ip, frame + captured, frame + load<u32>(desc, DESC_WIRE), parsed, side);
}

/** Walks the link layer; 0 when the frame carries no IPv4, and the reason is set. Reads the network off VLAN tags. */
function networkHeader(desc: u32, parsed: u32): u32 {
  const frame = load<u32>(desc, DESC_FRAME);
  const end = frame + load<u32>(desc, DESC_CAPTURED);
  const link = <u32>load<u8>(desc, DESC_LINK);
  if (link >= <u32>LINK_OTHER) return final(parsed, REASON_LINK_TYPE);
  let at = frame + Link.headerLength(link);
  if (at > end || frame == end) return final(parsed, REASON_TRUNCATED);
  const tagged = Link.hasEthertype(link);
  let type = tagged ? Link.ethertypeBe(frame, link) : Link.impliedTypeBe(frame, link);
  if (tagged && Link.isTag(type)) {
    if (at + Link.TAG_SIZE > end) return final(parsed, REASON_TRUNCATED);
    const outer = Link.tagIdentifier(at);
    type = Link.tagNextTypeBe(at);
    at += Link.TAG_SIZE;
    let network = networkOfVlan(<u32>load<u8>(parsed, SIDE), outer);
    if (Link.isTag(type)) {
      if (at + Link.TAG_SIZE > end) return final(parsed, REASON_TRUNCATED);
      network = networkOfPair(<u32>load<u8>(parsed, SIDE), outer, Link.tagIdentifier(at));
      type = Link.tagNextTypeBe(at);
      at += Link.TAG_SIZE;
      if (Link.isTag(type)) return final(parsed, REASON_VLAN_DEPTH);
    }
    if (network >= 0) store<u16>(parsed, <u16>network, NETWORK);
  }
  if (type == Link.TYPE_IPV4_BE) return at;
  if (type == Link.TYPE_IPV6_BE && HAS_SIX) return six(desc, parsed, at);
  if (type == Link.TYPE_IPV6_BE) return unread(parsed, at);
  return final(parsed, type == 0 && link == LINK_RAW ? REASON_BAD_IP_HEADER : REASON_NOT_IP);
}

/** Leaves an IPv6 packet unread, where none is handled; only whoever opens tunnels looks at it. */
function unread(parsed: u32, ip: u32): u32 {
  store<u32>(parsed, ip, IP);
  return final(parsed, REASON_IPV6);
}

/** Parses an IPv6 packet; 0, as there is no IPv4 header. */
function six(desc: u32, parsed: u32, ip: u32): u32 {
  const frame = load<u32>(desc, DESC_FRAME);
  parseIpv6(ip, frame + load<u32>(desc, DESC_CAPTURED), frame + load<u32>(desc, DESC_WIRE), parsed);
  return 0;
}

function parseIpv4(ip: u32, end: u32, wireEnd: u32, parsed: u32, side: u32): void {
  if (end - ip < Ipv4.HEADER_MIN) return finish(parsed, REASON_TRUNCATED);
  const header = Ipv4.headerLength(ip);
  if (Ipv4.version(ip) != 4 || header < Ipv4.HEADER_MIN) return finish(parsed, REASON_BAD_IP_HEADER);
  if (end - ip < header) return finish(parsed, REASON_TRUNCATED);
  const stated = Ipv4.totalLength(ip);
  const total = stated != 0 ? stated : wireEnd - ip;
  if (total < header || total > wireEnd - ip) return finish(parsed, REASON_BAD_IP_LENGTH);
  const protocol = Ipv4.protocol(ip);
  store<u32>(parsed, ip, IP);
  store<u32>(parsed, ip + header, L4);
  store<u8>(parsed, <u8>protocol, PROTOCOL);
  const length = total - header;
  const captured = min(end - ip - header, length);
  store<u32>(parsed, length, L4_LENGTH);
  store<u32>(parsed, captured, L4_CAPTURED);
  if (Ipv4.isFragment(ip)) return fragment(parsed, Ipv4.isLaterFragment(ip));
  if (protocol == PROTOCOL_TCP) parseTcp(ip + header, length, captured, parsed);
  else if (protocol == PROTOCOL_UDP) parseUdp(ip + header, length, captured, stated == 0, parsed);
  else return other(parsed, protocol);
  if (captured >= Tcp.PORTS_END) makeKey(ip, ip + header, <u32>load<u16>(parsed, NETWORK), side, parsed);
}

/** Whether bytes that were captured make an impossible TCP header. */
export function parseTcp(tcp: u32, length: u32, captured: u32, parsed: u32): void {
  store<u8>(parsed, captured >= Tcp.FLAGS_END ? <u8>Tcp.flags(tcp) : 0, FLAGS);
  if (length < Tcp.HEADER_MIN) return special(parsed, KIND_SPECIAL, REASON_BAD_TCP_HEADER);
  if (captured >= Tcp.OFFSET_END) {
    const offset = Tcp.dataOffset(tcp);
    if (offset < Tcp.HEADER_MIN || offset > length) special(parsed, KIND_SPECIAL, REASON_BAD_TCP_HEADER);
  } else if (captured < Tcp.PORTS_END) {
    special(parsed, KIND_SPECIAL, REASON_TRUNCATED);
  }
}

/** Whether bytes that were captured make an impossible UDP header. */
export function parseUdp(udp: u32, length: u32, captured: u32, offloaded: bool, parsed: u32): void {
  store<u8>(parsed, 0, FLAGS);
  if (length < Udp.HEADER_MIN) return special(parsed, KIND_SPECIAL, REASON_BAD_UDP_LENGTH);
  if (captured >= Udp.LENGTH_END) {
    const stated = Udp.length(udp);
    if (stated == 0 ? !offloaded : stated < Udp.HEADER_MIN || stated > length)
      special(parsed, KIND_SPECIAL, REASON_BAD_UDP_LENGTH);
  } else if (captured < Udp.PORTS_END) {
    special(parsed, KIND_SPECIAL, REASON_TRUNCATED);
  }
}

/** The key: side, protocol and network, then addresses and ports as they lie in the packet. */
function makeKey(ip: u32, l4: u32, network: u32, side: u32, parsed: u32): void {
  const low = load<u64>(ip + Ipv4.TUPLE) & KEEP_KEY;
  store<u64>(parsed, low | <u64>((side + 1) | (network << 16)), KEY_LOW);
  store<u64>(parsed, <u64>Ipv4.destinationBe(ip) | ((<u64>load<u32>(l4)) << 32), KEY_HIGH);
}

/** A fragment, and whether it is a later one of its datagram. */
export function fragment(parsed: u32, later: bool): void {
  const captured = load<u32>(parsed, L4_CAPTURED);
  const flagged = load<u8>(parsed, PROTOCOL) == PROTOCOL_TCP && !later && captured >= Tcp.FLAGS_END;
  store<u8>(parsed, flagged ? <u8>Tcp.flags(load<u32>(parsed, L4)) : 0, FLAGS);
  special(parsed, KIND_SPECIAL, REASON_FRAGMENT);
}

/** Gives the first fragment of a TCP or UDP datagram, whose header is captured, what an unfragmented packet has; an IPv6 one no key yet. */
export function parseFirst(parsed: u32): void {
  const network = <u32>load<u16>(parsed, NETWORK);
  const ip = load<u32>(parsed, IP);
  const l4 = load<u32>(parsed, L4);
  if (Ip.isSix(ip)) {
    store<u64>(parsed, NO_KEY, KEY_LOW);
    store<u64>(parsed, (<u64>load<u32>(l4)) << 32, KEY_HIGH);
  } else makeKey(ip, l4, network, <u32>load<u8>(parsed, SIDE), parsed);
  special(parsed, KIND_FLOW, REASON_FORWARDED);
}

function other(parsed: u32, protocol: u32): void {
  if (protocol == PROTOCOL_ICMP) special(parsed, KIND_SPECIAL, REASON_ICMP);
  else tunnelOrOther(parsed, protocol);
}

export function tunnelOrOther(parsed: u32, protocol: u32): void {
  if (protocol == PROTOCOL_IPIP || protocol == PROTOCOL_6IN4 || protocol == Gre.PROTOCOL)
    special(parsed, KIND_TUNNEL, REASON_PROTOCOL);
  else special(parsed, KIND_SPECIAL, REASON_PROTOCOL);
}

export function special(parsed: u32, kind: u32, reason: u32): void {
  store<u8>(parsed, <u8>kind, KIND);
  store<u8>(parsed, <u8>reason, REASON);
}

export function finish(parsed: u32, reason: u32): void {
  special(parsed, KIND_FINAL, reason);
}

function final(parsed: u32, reason: u32): u32 {
  finish(parsed, reason);
  return 0;
}

/** Notes why a packet is forwarded by a record, which it returns. */
export function leaves(parsed: u32, record: u32, reason: u32): u32 {
  store<u8>(parsed, <u8>reason, REASON);
  return record;
}
