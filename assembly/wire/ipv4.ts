// IPv4 header (RFC 791). Functions take the address of its first byte; nothing here checks bounds.

import { adjust, complement, delta16, delta32, fold, sum } from "./checksum";

const VERSION_IHL: usize = 0;
const TYPE_OF_SERVICE: usize = 1;
export const TOTAL_LENGTH: u32 = 2;
export const IDENTIFICATION: u32 = 4;
const FRAGMENT: usize = 6;
export const TTL: u32 = 8;
export const PROTOCOL: u32 = 9;
const CHECKSUM: usize = 10;
export const SOURCE: u32 = 12;
export const DESTINATION: u32 = 16;
/** Where a header without options ends and the ports begin. */
export const HEADER_MIN: u32 = 20;
/** Offset of the 16 bytes TTL to ports that a flow's key and template mirror. */
export const TUPLE: u32 = 8;

/** More-fragments flag and fragment offset, as loaded. */
const FRAGMENT_MASK_BE: u32 = 0xff3f;
/** Fragment offset, as loaded. */
const OFFSET_MASK_BE: u32 = 0xff1f;
const MORE_FRAGMENTS_BE: u32 = 0x0020;
const DONT_FRAGMENT_BE: u16 = 0x0040;
const TTL_LESS_ONE: u32 = 0xfffe;
const TTL_MORE_ONE: u32 = 0x0001;
const DEFAULT_TTL: u32 = 64;
const INTERNETWORK_CONTROL: u32 = 0xc0;
/// First bytes of addresses that are no host's.
const LOOPBACK: u32 = 127;
const MULTICAST: u32 = 224;
const MULTICAST_BITS: u32 = 0xf0;
const BROADCAST: u32 = 0xffffffff;
/** First half of addresses of a link, as loaded. */
const OF_LINK_BE: u32 = 0xfea9;

export function version(ip: u32): u32 {
  return <u32>load<u8>(ip, VERSION_IHL) >> 4;
}

/** Header length, bytes. */
export function headerLength(ip: u32): u32 {
  return (<u32>load<u8>(ip, VERSION_IHL) & 15) << 2;
}

/** Total length, bytes; 0 in an offloaded frame. */
export function totalLength(ip: u32): u32 {
  return <u32>bswap<u16>(load<u16>(ip, TOTAL_LENGTH));
}

export function isFragment(ip: u32): bool {
  return (<u32>load<u16>(ip, FRAGMENT) & FRAGMENT_MASK_BE) != 0;
}

export function ttl(ip: u32): u32 {
  return <u32>load<u8>(ip, TTL);
}

export function protocol(ip: u32): u32 {
  return <u32>load<u8>(ip, PROTOCOL);
}

/**
 * Whether the source of a packet is one that a host can have beyond itself: neither of 0.0.0.0/8, nor multicast, nor the
 * broadcast address (RFC 1812, 5.3.7), nor of 169.254.0.0/16 (RFC 3927, 2.6.2). Some clouds give hosts addresses of 240.0.0.0/4,
 * and captures that were taken on a host's loopback have its addresses.
 */
export function comesFromHost(ip: u32): bool {
  const first = <u32>load<u8>(ip, SOURCE);
  if (first == 0) return false;
  if (load<u16>(ip, SOURCE) == OF_LINK_BE) return false;
  return (first & MULTICAST_BITS) != MULTICAST && load<u32>(ip, SOURCE) != BROADCAST;
}

/** Whether the source of a packet is a loopback address. */
export function comesFromLoopback(ip: u32): bool {
  return <u32>load<u8>(ip, SOURCE) == LOOPBACK;
}

export function sourceBe(ip: u32): u32 {
  return load<u32>(ip, SOURCE);
}

export function destinationBe(ip: u32): u32 {
  return load<u32>(ip, DESTINATION);
}

/** Replaces both addresses and takes one off the TTL; `delta` is the addresses' change, TTL not included. */
export function transpose(ip: u32, sourceBe: u32, destinationBe: u32, delta: u32): void {
  const checksum = adjust(<u32>load<u16>(ip, CHECKSUM), delta + TTL_LESS_ONE);
  store<u8>(ip, <u8>(ttl(ip) - 1), TTL);
  store<u16>(ip, <u16>checksum, CHECKSUM);
  store<u32>(ip, sourceBe, SOURCE);
  store<u32>(ip, destinationBe, DESTINATION);
}

/** Replaces both addresses and adds one to the TTL, which is below 255; `delta` is the addresses' change. */
export function restore(ip: u32, sourceBe: u32, destinationBe: u32, delta: u32): void {
  const checksum = adjust(<u32>load<u16>(ip, CHECKSUM), delta + TTL_MORE_ONE);
  store<u8>(ip, <u8>(ttl(ip) + 1), TTL);
  store<u16>(ip, <u16>checksum, CHECKSUM);
  store<u32>(ip, sourceBe, SOURCE);
  store<u32>(ip, destinationBe, DESTINATION);
}

/** As `restore` for a header without options, with the ports that follow it; `low` and `high` are the request's template. */
export function restoreWithPorts(ip: u32, low: u64, high: u64, delta: u32): void {
  const head = load<u32>(ip, TTL);
  const checksum = adjust(head >> 16, delta + TTL_MORE_ONE);
  const ports = rotl<u32>(<u32>(high >> 32), 16);
  store<u64>(ip, (high << 32) | <u64>(((head & 0xffff) + 1) | (checksum << 16)), TTL);
  store<u64>(ip, (low >> 32) | ((<u64>ports) << 32), DESTINATION);
}

/** As `transpose` for a header without options, with the ports that follow it, in two stores; `low` and `high` are a template. */
export function transposeWithPorts(ip: u32, low: u64, high: u64, delta: u32): void {
  const head = load<u32>(ip, TTL);
  const checksum = adjust(head >> 16, delta + TTL_LESS_ONE);
  store<u64>(ip, (low & 0xffffffff00000000) | <u64>(((head & 0xffff) - 1) | (checksum << 16)), TTL);
  store<u64>(ip, high, DESTINATION);
}

/** Replaces both addresses; the checksum follows. */
export function readdress(ip: u32, sourceBe: u32, destinationBe: u32): void {
  const delta = addressesDelta(ip, sourceBe, destinationBe);
  store<u16>(ip, <u16>adjust(<u32>load<u16>(ip, CHECKSUM), delta), CHECKSUM);
  store<u32>(ip, sourceBe, SOURCE);
  store<u32>(ip, destinationBe, DESTINATION);
}

/** What other addresses add to a sum that holds both; folded. */
export function addressesDelta(ip: u32, sourceBe: u32, destinationBe: u32): u32 {
  return fold(delta32(load<u32>(ip, SOURCE), sourceBe) + delta32(load<u32>(ip, DESTINATION), destinationBe));
}

/** Checksum as loaded. */
export function checksum(ip: u32): u32 {
  return <u32>load<u16>(ip, CHECKSUM);
}

/** Whether the header, all of which is there, has the right checksum. */
export function isSound(ip: u32): bool {
  return complement(sum(ip, headerLength(ip))) == 0;
}

export function typeOfService(ip: u32): u32 {
  return <u32>load<u8>(ip, TYPE_OF_SERVICE);
}

export function setTypeOfService(ip: u32, value: u32): void {
  const before = <u32>load<u16>(ip, VERSION_IHL);
  store<u8>(ip, <u8>value, TYPE_OF_SERVICE);
  const delta = fold(delta16(before, <u32>load<u16>(ip, VERSION_IHL)));
  store<u16>(ip, <u16>adjust(<u32>load<u16>(ip, CHECKSUM), delta), CHECKSUM);
}

/** Whether the packet must not be fragmented. */
export function dontFragment(ip: u32): bool {
  return (load<u16>(ip, FRAGMENT) & DONT_FRAGMENT_BE) != 0;
}

/** Whether the fragment offset is not 0. */
export function isLaterFragment(ip: u32): bool {
  return (<u32>load<u16>(ip, FRAGMENT) & OFFSET_MASK_BE) != 0;
}

/** Where a fragment's data begin in its datagram, bytes. */
export function fragmentOffset(ip: u32): u32 {
  return (<u32>bswap<u16>(<u16>(<u32>load<u16>(ip, FRAGMENT) & OFFSET_MASK_BE))) << 3;
}

/** Whether a fragment is not the last one. */
export function moreFragments(ip: u32): bool {
  return (<u32>load<u16>(ip, FRAGMENT) & MORE_FRAGMENTS_BE) != 0;
}

/** Identification, network order. */
export function identificationBe(ip: u32): u32 {
  return <u32>load<u16>(ip, IDENTIFICATION);
}

/** Takes bytes off the end of a packet. A total length of 0 says nothing and stays. */
export function shorten(ip: u32, by: u32): void {
  const before = <u32>load<u16>(ip, TOTAL_LENGTH);
  if (before == 0) return;
  const after = <u32>bswap<u16>(<u16>(totalLength(ip) - by));
  store<u16>(ip, <u16>after, TOTAL_LENGTH);
  store<u16>(ip, <u16>adjust(<u32>load<u16>(ip, CHECKSUM), fold(delta16(before, after))), CHECKSUM);
}

/** Says that a packet is so many bytes longer; its total length is not 0. */
export function lengthen(ip: u32, by: u32): void {
  const before = <u32>load<u16>(ip, TOTAL_LENGTH);
  const after = <u32>bswap<u16>(<u16>(totalLength(ip) + by));
  store<u16>(ip, <u16>after, TOTAL_LENGTH);
  store<u16>(ip, <u16>adjust(<u32>load<u16>(ip, CHECKSUM), fold(delta16(before, after))), CHECKSUM);
}

/** Gives a header its total length, checksum right. */
export function setTotalLength(ip: u32, length: u32): void {
  store<u16>(ip, bswap<u16>(<u16>length), TOTAL_LENGTH);
  store<u16>(ip, 0, CHECKSUM);
  store<u16>(ip, <u16>complement(sum(ip, headerLength(ip))), CHECKSUM);
}

/** Folded sum of both addresses, as a pseudo-header has them. */
export function addressesSum(ip: u32): u32 {
  return sum(ip + SOURCE, 8);
}

/** Writes a header without options, don't-fragment set or not, checksum right. */
export function write(
  ip: u32,
  length: u32,
  protocol: u32,
  sourceBe: u32,
  destinationBe: u32,
  dontFragment: bool,
): void {
  writeFront(ip, 0, length, dontFragment, DEFAULT_TTL, protocol);
  finish(ip, sourceBe, destinationBe);
}

/** Writes a header without options of what the network says to hosts: precedence internetwork control (RFC 1812, 4.3.2.5). */
export function writeControl(ip: u32, length: u32, protocol: u32, sourceBe: u32, destinationBe: u32): void {
  writeFront(ip, INTERNETWORK_CONTROL, length, false, DEFAULT_TTL, protocol);
  finish(ip, sourceBe, destinationBe);
}

/** Writes a header without options of a packet that was IPv6, don't-fragment set, checksum right. */
export function writeWith(
  ip: u32,
  typeOfService: u32,
  length: u32,
  ttl: u32,
  protocol: u32,
  sourceBe: u32,
  destinationBe: u32,
): void {
  writeFront(ip, typeOfService, length, true, ttl, protocol);
  finish(ip, sourceBe, destinationBe);
}

/** Gives a header that was written without options identification and place of a fragment, whose offset is in bytes; checksum right. */
export function setFragment(ip: u32, identificationBe: u32, offset: u32, more: bool): void {
  store<u16>(ip, <u16>identificationBe, IDENTIFICATION);
  store<u16>(ip, <u16>(<u32>bswap<u16>(<u16>(offset >> 3)) | (more ? MORE_FRAGMENTS_BE : 0)), FRAGMENT);
  finish(ip, sourceBe(ip), destinationBe(ip));
}

function writeFront(ip: u32, typeOfService: u32, length: u32, dontFragment: bool, ttl: u32, protocol: u32): void {
  store<u8>(ip, 0x45, VERSION_IHL);
  store<u8>(ip, <u8>typeOfService, TYPE_OF_SERVICE);
  store<u16>(ip, bswap<u16>(<u16>length), TOTAL_LENGTH);
  store<u16>(ip, 0, IDENTIFICATION);
  store<u16>(ip, dontFragment ? DONT_FRAGMENT_BE : 0, FRAGMENT);
  store<u8>(ip, <u8>ttl, TTL);
  store<u8>(ip, <u8>protocol, PROTOCOL);
}

function finish(ip: u32, sourceBe: u32, destinationBe: u32): void {
  store<u16>(ip, 0, CHECKSUM);
  store<u32>(ip, sourceBe, SOURCE);
  store<u32>(ip, destinationBe, DESTINATION);
  store<u16>(ip, <u16>complement(sum(ip, HEADER_MIN)), CHECKSUM);
}
