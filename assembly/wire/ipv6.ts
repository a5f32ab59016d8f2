// IPv6 header and the extension headers behind it (RFC 8200). Functions take the address of the header's first byte; nothing here
// checks bounds.

import { fold, sum } from "./checksum";

const VERSION_CLASS_LABEL: usize = 0;
export const PAYLOAD_LENGTH: u32 = 4;
export const NEXT_HEADER: u32 = 6;
export const HOP_LIMIT: u32 = 7;
export const SOURCE: u32 = 8;
export const DESTINATION: u32 = 24;
export const ADDRESS_SIZE: u32 = 16;
export const ADDRESS_WORDS: u32 = 4;
export const HEADER: u32 = 40;
export const DEFAULT_HOP_LIMIT: u32 = 64;

/// Extension headers: next header, length in units of eight bytes beyond the first, then what its kind has.
const EXTENSION_NEXT: usize = 0;
const EXTENSION_LENGTH: usize = 1;
const SEGMENTS_LEFT: usize = 3;
export const EXTENSION_UNIT: u32 = 8;
export const HOP_BY_HOP: u32 = 0;
const ROUTING: u32 = 43;
export const FRAGMENT: u32 = 44;
const DESTINATION_OPTIONS: u32 = 60;
/// Fragment header: next header, reserved, then these. The offset is a multiple of eight, which the low bits leave room for.
const FRAGMENT_OFFSET: usize = 2;
const FRAGMENT_IDENTIFICATION: usize = 4;
const OFFSET_MASK: u32 = 0xfff8;
const MORE_FRAGMENTS: u32 = 1;
/// First byte of multicast addresses; first ten bits of those of a link; last half of ::1.
const MULTICAST: u32 = 0xff;
const OF_LINK: u64 = 0x3fa;
const OF_LINK_SHIFT: u64 = 54;
const LOOPBACK_LAST: u64 = 1;

/** Payload length, bytes; 0 in an offloaded frame. */
export function payloadLength(ip: u32): u32 {
  return <u32>bswap<u16>(load<u16>(ip, PAYLOAD_LENGTH));
}

export function setPayloadLength(ip: u32, length: u32): void {
  store<u16>(ip, bswap<u16>(<u16>length), PAYLOAD_LENGTH);
}

export function nextHeader(ip: u32): u32 {
  return <u32>load<u8>(ip, NEXT_HEADER);
}

export function setNextHeader(ip: u32, protocol: u32): void {
  store<u8>(ip, <u8>protocol, NEXT_HEADER);
}

export function hopLimit(ip: u32): u32 {
  return <u32>load<u8>(ip, HOP_LIMIT);
}

export function setHopLimit(ip: u32, hops: u32): void {
  store<u8>(ip, <u8>hops, HOP_LIMIT);
}

export function trafficClass(ip: u32): u32 {
  return (<u32>bswap<u16>(load<u16>(ip, VERSION_CLASS_LABEL)) >> 4) & 0xff;
}

/** Whether a next header is that of an extension header that is stepped over. */
export function isExtension(next: u32): bool {
  return next == HOP_BY_HOP || next == ROUTING || next == DESTINATION_OPTIONS;
}

/** Length of an extension header, bytes. */
export function extensionLength(at: u32): u32 {
  return (<u32>load<u8>(at, EXTENSION_LENGTH) + 1) * EXTENSION_UNIT;
}

export function extensionNext(at: u32): u32 {
  return <u32>load<u8>(at, EXTENSION_NEXT);
}

/** Whether an extension header says that the packet's destination is not its last one. */
export function leadsOn(kind: u32, at: u32): bool {
  return kind == ROUTING && load<u8>(at, SEGMENTS_LEFT) != 0;
}

/** Where a fragment's data begin in its datagram, bytes; of a fragment header. */
export function fragmentOffset(header: u32): u32 {
  return <u32>bswap<u16>(load<u16>(header, FRAGMENT_OFFSET)) & OFFSET_MASK;
}

/** Whether a fragment is not the last one. */
export function moreFragments(header: u32): bool {
  return (<u32>bswap<u16>(load<u16>(header, FRAGMENT_OFFSET)) & MORE_FRAGMENTS) != 0;
}

/** Identification, network order. */
export function identificationBe(header: u32): u32 {
  return load<u32>(header, FRAGMENT_IDENTIFICATION);
}

/** Whether a fragment header is that of a packet which is whole (RFC 6946). */
export function isAtomic(header: u32): bool {
  return fragmentOffset(header) == 0 && !moreFragments(header);
}

/** The last fragment header of a packet whose extension headers, which are sound, end at `end`; 0 for none. */
export function fragmentHeader(ip: u32, end: u32): u32 {
  let found: u32 = 0;
  let next = nextHeader(ip);
  for (let at = ip + HEADER; at < end; ) {
    if (next == FRAGMENT) found = at;
    const length = next == FRAGMENT ? EXTENSION_UNIT : extensionLength(at);
    next = extensionNext(at);
    at += length;
  }
  return found;
}

/** Where the data of a fragment begin, whose extension headers are sound. */
export function fragmentData(ip: u32): u32 {
  let next = nextHeader(ip);
  let at = ip + HEADER;
  while (next != FRAGMENT || isAtomic(at)) {
    const length = next == FRAGMENT ? EXTENSION_UNIT : extensionLength(at);
    next = extensionNext(at);
    at += length;
  }
  return at + EXTENSION_UNIT;
}

/** Writes a fragment header; the identification is in network order. */
export function writeFragment(header: u32, protocol: u32, offset: u32, more: bool, identificationBe: u32): void {
  store<u16>(header, <u16>protocol, EXTENSION_NEXT);
  store<u16>(header, bswap<u16>(<u16>(offset | <u32>more)), FRAGMENT_OFFSET);
  store<u32>(header, identificationBe, FRAGMENT_IDENTIFICATION);
}

/** Folded sum of an address's words; `at` is where its bytes lie. */
export function addressSum(at: u32): u32 {
  return sum(at, ADDRESS_SIZE);
}

/** Folded sum of both addresses, as a pseudo-header has them. */
export function addressesSum(ip: u32): u32 {
  return fold(sum(ip + SOURCE, 2 * ADDRESS_SIZE));
}

/** Whether the source of a packet is one that a host can have beyond itself and its link: neither ::, nor multicast, nor of fe80::/10 (RFC 4291, 2.5 to 2.7). */
export function comesFromHost(ip: u32): bool {
  const first = firstHalf(ip + SOURCE);
  if (first == 0) return lastHalf(ip + SOURCE) != 0;
  return <u32>load<u8>(ip, SOURCE) != MULTICAST && first >> OF_LINK_SHIFT != OF_LINK;
}

/** Whether the source of a packet is the loopback address. */
export function comesFromLoopback(ip: u32): bool {
  return firstHalf(ip + SOURCE) == 0 && lastHalf(ip + SOURCE) == LOOPBACK_LAST;
}

/** One of the four words of an address, as loaded. */
export function word(address: u32, which: u32): u32 {
  return load<u32>(address + (which << 2));
}

/** First eight bytes of an address, host order. */
export function firstHalf(address: u32): u64 {
  return bswap<u64>(load<u64>(address));
}

/** Last eight bytes of an address, host order. */
export function lastHalf(address: u32): u64 {
  return bswap<u64>(load<u64>(address, 8));
}

/** Copies an address. */
export function copyAddress(to: u32, from: u32): void {
  store<u64>(to, load<u64>(from));
  store<u64>(to, load<u64>(from, 8), 8);
}

/** Whether two addresses are the same. */
export function same(a: u32, b: u32): bool {
  return load<u64>(a) == load<u64>(b) && load<u64>(a, 8) == load<u64>(b, 8);
}

/** Whether source and destination, side by side in both places, are the same. */
export function samePair(a: u32, b: u32): bool {
  return same(a, b) && same(a + ADDRESS_SIZE, b + ADDRESS_SIZE);
}

/** Copies source and destination, which lie side by side. */
export function copyPair(to: u32, from: u32): void {
  copyAddress(to, from);
  copyAddress(to + ADDRESS_SIZE, from + ADDRESS_SIZE);
}

/** Gives a header other addresses, which lie elsewhere. */
export function setAddresses(ip: u32, source: u32, destination: u32): void {
  copyAddress(ip + SOURCE, source);
  copyAddress(ip + DESTINATION, destination);
}

/** Writes a header, flow label 0, but its addresses. */
export function writeFront(ip: u32, itsClass: u32, length: u32, protocol: u32, hops: u32): void {
  store<u32>(ip, bswap<u32>(0x60000000 | (itsClass << 20)), VERSION_CLASS_LABEL);
  setPayloadLength(ip, length);
  setNextHeader(ip, protocol);
  setHopLimit(ip, hops);
}

/** Writes a header of a packet that the plane makes, flow label and traffic class 0. */
export function write(ip: u32, length: u32, protocol: u32, source: u32, destination: u32): void {
  writeFront(ip, 0, length, protocol, DEFAULT_HOP_LIMIT);
  setAddresses(ip, source, destination);
}
