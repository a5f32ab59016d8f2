// An IPv6 packet -> offsets and kind, as parse.ts has them of IPv4 (docs/behaviour.md, 23.1). Its key is made when it is handled
// (address/key.ts).

import {
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  REASON_BAD_IP_HEADER,
  REASON_BAD_IP_LENGTH,
  REASON_ICMP,
  REASON_IPV6,
  REASON_IPV6_EXTENSION,
  REASON_TRUNCATED,
} from "./abi";
import { NO_KEY } from "./address/key";
import {
  IP,
  KEY_HIGH,
  KEY_LOW,
  KIND_SPECIAL,
  L4,
  L4_CAPTURED,
  L4_LENGTH,
  PROTOCOL,
  finish,
  fragment,
  parseTcp,
  parseUdp,
  special,
  tunnelOrOther,
} from "./parse";
import * as Icmp6 from "./wire/icmp6";
import * as Ipv4 from "./wire/ipv4";
import * as Ipv6 from "./wire/ipv6";
import * as Tcp from "./wire/tcp";

const EXTENSIONS_MOST: u32 = 8;

/** What follows the extension headers walked last: its number, where it lies, its bytes in all and those captured. */
export let next: u32 = 0;
export let at: u32 = 0;
export let left: u32 = 0;
export let there: u32 = 0;

/** Parses an IPv6 packet whose captured bytes end at `end`, its frame on the wire at `wireEnd`. */
export function parseIpv6(ip: u32, end: u32, wireEnd: u32, parsed: u32): void {
  if (end - ip < Ipv6.HEADER) return finish(parsed, REASON_TRUNCATED);
  if (Ipv4.version(ip) != 6) return finish(parsed, REASON_BAD_IP_HEADER);
  const room = wireEnd - ip - Ipv6.HEADER;
  const stated = Ipv6.payloadLength(ip);
  if (stated > room) return finish(parsed, REASON_BAD_IP_LENGTH);
  const against = walk(ip, end, stated == 0 ? room : stated);
  if (against != 0) return finish(parsed, against);
  const isFragment = next == Ipv6.FRAGMENT;
  const header = at;
  if (isFragment) step(Ipv6.EXTENSION_UNIT);
  store<u32>(parsed, ip, IP);
  store<u32>(parsed, at, L4);
  store<u32>(parsed, left, L4_LENGTH);
  store<u32>(parsed, there, L4_CAPTURED);
  store<u8>(parsed, <u8>next, PROTOCOL);
  store<u64>(parsed, NO_KEY, KEY_LOW);
  store<u64>(parsed, 0, KEY_HIGH);
  if (isFragment) return fragment(parsed, Ipv6.fragmentOffset(header) != 0);
  if (next == PROTOCOL_TCP) parseTcp(at, left, there, parsed);
  else if (next == PROTOCOL_UDP) parseUdp(at, left, there, stated == 0, parsed);
  else if (next != Icmp6.PROTOCOL) return tunnelOrOther(parsed, next);
  else if (there != 0 && Icmp6.isOfLink(at)) return finish(parsed, REASON_IPV6);
  else return special(parsed, KIND_SPECIAL, REASON_ICMP);
  if (there >= Tcp.PORTS_END) store<u64>(parsed, (<u64>load<u32>(at)) << 32, KEY_HIGH);
}

/**
 * Steps over the extension headers of a packet with so many bytes behind its header; what is against them, or 0. The header of a fragment
 * is not stepped over.
 */
export function walk(ip: u32, end: u32, payload: u32): u32 {
  next = Ipv6.nextHeader(ip);
  at = ip + Ipv6.HEADER;
  left = payload;
  there = min(end - at, left);
  for (let count: u32 = 0; Ipv6.isExtension(next) || next == Ipv6.FRAGMENT; count++) {
    if (count == EXTENSIONS_MOST || (next == Ipv6.HOP_BY_HOP && count != 0) || left < Ipv6.EXTENSION_UNIT)
      return REASON_IPV6_EXTENSION;
    if (there < Ipv6.EXTENSION_UNIT) return REASON_TRUNCATED;
    if (next == Ipv6.FRAGMENT && !Ipv6.isAtomic(at)) return 0;
    const length = next == Ipv6.FRAGMENT ? Ipv6.EXTENSION_UNIT : Ipv6.extensionLength(at);
    if (length > left || Ipv6.leadsOn(next, at)) return REASON_IPV6_EXTENSION;
    if (there < length) return REASON_TRUNCATED;
    step(length);
  }
  return 0;
}

/** Steps over an extension header of so many bytes. */
function step(length: u32): void {
  next = Ipv6.extensionNext(at);
  at += length;
  left -= length;
  there -= length;
}
