// IPv6 clients of IPv4 servers: what their packets become, and what comes back of a reply, by the replay's own arithmetic (docs/behaviour.md,
// 23.3 and 23.8; RFC 7915). Frames are rewritten in place: a packet over IPv4 is shorter.

import type { LinkName } from "../links.ts";
import { TYPE_IPV4, TYPE_IPV6 } from "../wire/ethernet.ts";
import { DONT_FRAGMENT, IPV6 } from "../wire/ip.ts";
import { checksumOf, get16, put16, put32, sumOf } from "../wire/words.ts";
import { isSixNumber } from "./address-book.ts";
import { type FrameView, IPV4, PROTOCOL_UDP, UDP } from "./frame.ts";
import { FRAGMENT6 } from "./frame6.ts";
import { type Addresses, readdress, readdressHeader, type Tuple } from "./readdress.ts";

const VERSION_AND_WORDS = 0x45;
const TOTAL_MAX = 0xffff;
const ALL_ONES = 0xffff;
const MORE_FRAGMENTS = 0x2000;
const SLL2_HEADER = 20;
/** Families of BSD null and loopback. */
const FAMILY = { 4: 2, 6: 30 };

/** Gives the packet in a view other addresses and ports, and their family; a packet without ports keeps what it has. */
export function translate(view: FrameView, link: LinkName, to: Tuple, raise: number): void {
  toFamilyOf(view, link, to);
  if (view.ported) readdress(view, to, raise);
  else readdressHeader(view, to, raise);
}

function toFamilyOf(view: FrameView, link: LinkName, { source }: Addresses): void {
  if (view.version === 6 && !isSixNumber(source)) overIpv4(view, link);
}

/**
 * Puts an IPv4 header in the place of the IPv6 header and its extension headers. It has no addresses yet, and its checksum is right for
 * those that the view tells, so that readdressing makes it whole.
 */
function overIpv4(view: FrameView, link: LinkName): void {
  const { buffer, ip, l4, protocol, ttl, fragmentHeader } = view;
  const trafficClass = (get16(buffer, ip) >> 4) & 0xff;
  const total = total4(view);
  const identification = fragmentHeader < 0 ? 0 : get16(buffer, fragmentHeader + FRAGMENT6.identification + 2);
  const place = fragmentHeader < 0 ? 0 : get16(buffer, fragmentHeader + FRAGMENT6.offset);
  const more = (place & FRAGMENT6.more) === 0 ? 0 : MORE_FRAGMENTS;
  const addresses = view.addressesSum();
  buffer.copyWithin(ip + IPV4.min, l4);
  buffer.fill(0, ip, ip + IPV4.min);
  buffer[ip] = VERSION_AND_WORDS;
  buffer[ip + IPV4.trafficClass] = trafficClass;
  put16(buffer, ip + IPV4.totalLength, total);
  put16(buffer, ip + IPV4.identification, identification);
  put16(buffer, ip + IPV4.fragment, fragmentHeader < 0 ? DONT_FRAGMENT : (place >> 3) | more);
  buffer[ip + IPV4.ttl] = ttl;
  buffer[ip + IPV4.protocol] = protocol;
  put16(buffer, ip + IPV4.checksum, checksumOf(sumOf(buffer, ip, ip + IPV4.min) + addresses));
  nameFamily(buffer, ip, link, 4);
  view.version = 4;
  view.six = -1;
  view.total = total;
  shift(view, IPV4.min);
}

/**
 * Makes of the reply in a view what is left of it by way of IPv4 and back: no flow label and no extension headers. UDP without a
 * checksum gets one when its addresses are the last.
 */
export function returned(view: FrameView, link: LinkName): void {
  const { buffer, ip, l4, protocol } = view;
  const trafficClass = (get16(buffer, ip) >> 4) & 0xff;
  const total = total4(view);
  const payload = total === 0 ? 0 : total - IPV4.min;
  buffer.copyWithin(ip + IPV6.size, l4);
  put32(buffer, ip, (6 * 2 ** 28 + trafficClass * 2 ** 20) >>> 0);
  put16(buffer, ip + IPV6.payloadLength, payload);
  buffer[ip + IPV6.next] = protocol;
  nameFamily(buffer, ip, link, 6);
  view.total = payload === 0 ? 0 : IPV6.size + payload;
  shift(view, IPV6.size);
}

/** Gives a UDP packet over IPv6 the checksum that it lacks (RFC 8200, 8.1); false when it cannot have one: not all of it is captured. */
export function withChecksum(view: FrameView, wireLength: number): boolean {
  const { buffer, l4, end, protocol } = view;
  const at = l4 + UDP.checksum;
  if (protocol !== PROTOCOL_UDP || l4 + UDP.checksumEnd > end || get16(buffer, at) !== 0) return true;
  const length = get16(buffer, l4 + UDP.length) || view.length4(wireLength);
  if (l4 + length > end) return false;
  const sum = view.addressesSum() + PROTOCOL_UDP + length + sumOf(buffer, l4, l4 + length);
  put16(buffer, at, checksumOf(sum) || ALL_ONES);
  return true;
}

/** Total length of the packet in a view over IPv4, 0 when it has none there. */
function total4({ total, l4, ip }: FrameView): number {
  const over = total - (l4 - ip) + IPV4.min;
  return total === 0 || over > TOTAL_MAX ? 0 : over;
}

/** What was behind the headers has moved up to behind one of so many bytes. */
function shift(view: FrameView, header: number): void {
  const shorter = view.l4 - view.ip - header;
  view.l4 -= shorter;
  view.end -= shorter;
  view.fragmentHeader = -1;
  view.buffer = view.buffer.subarray(0, view.buffer.length - shorter);
}

/** Makes a link header name a family. */
function nameFamily(buffer: Uint8Array, ip: number, link: LinkName, family: 4 | 6): void {
  if (link === "raw" || link === "other") return;
  if (link === "null") {
    const isBig = buffer[ip - 4] === 0;
    buffer.fill(0, ip - 4, ip);
    buffer[isBig ? ip - 1 : ip - 4] = FAMILY[family];
    return;
  }
  // Of Linux cooked v2 without tags the type stands in front.
  const at = link === "sll2" && ip === SLL2_HEADER ? 0 : ip - 2;
  put16(buffer, at, family === 4 ? TYPE_IPV4 : TYPE_IPV6);
}
