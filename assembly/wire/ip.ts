// What IPv4 and IPv6 headers have in common: a packet's version says which of both its header is.

import * as Checksum from "./checksum";
import * as Ipv4 from "./ipv4";
import * as Ipv6 from "./ipv6";

/** TTL and hop limit have one byte. */
export const TTL_MOST: u32 = 255;
/** Lengths have two. */
export const LENGTH_MOST: u32 = 65535;
/** Bytes that an IPv6 header has more than an IPv4 one. */
export const APART: u32 = Ipv6.HEADER - Ipv4.HEADER_MIN;

/** Whether a packet's header is IPv6. */
export function isSix(ip: u32): bool {
  return Ipv4.version(ip) == 6;
}

/** Whether the source of a packet is one that packets between networks can have. */
export function comesFromHost(ip: u32): bool {
  return isSix(ip) ? Ipv6.comesFromHost(ip) : Ipv4.comesFromHost(ip);
}

/** Whether the source of a packet is a loopback address. */
export function comesFromLoopback(ip: u32): bool {
  return isSix(ip) ? Ipv6.comesFromLoopback(ip) : Ipv4.comesFromLoopback(ip);
}

/** Folded sum of the pseudo-header of so many bytes behind a packet's headers. */
export function pseudoSum(ip: u32, protocol: u32, length: u32): u32 {
  return Checksum.pseudoSum(addressesSum(ip), protocol, length);
}

/** TTL or hop limit. */
export function ttl(ip: u32): u32 {
  return isSix(ip) ? Ipv6.hopLimit(ip) : Ipv4.ttl(ip);
}

/** Whether a packet whose headers end at `l4` is a fragment. */
export function isFragment(ip: u32, l4: u32): bool {
  if (!isSix(ip)) return Ipv4.isFragment(ip);
  const header = Ipv6.fragmentHeader(ip, l4);
  return header != 0 && !Ipv6.isAtomic(header);
}

/** Where the data of a fragment begin in its datagram, bytes. */
export function fragmentOffset(ip: u32, l4: u32): u32 {
  return isSix(ip) ? Ipv6.fragmentOffset(Ipv6.fragmentHeader(ip, l4)) : Ipv4.fragmentOffset(ip);
}

/** Whether a fragment is not the last one. */
export function moreFragments(ip: u32, l4: u32): bool {
  return isSix(ip) ? Ipv6.moreFragments(Ipv6.fragmentHeader(ip, l4)) : Ipv4.moreFragments(ip);
}

/** Identification of a fragment, host order. */
export function identification(ip: u32, l4: u32): u32 {
  if (!isSix(ip)) return <u32>bswap<u16>(<u16>Ipv4.identificationBe(ip));
  return bswap<u32>(Ipv6.identificationBe(Ipv6.fragmentHeader(ip, l4)));
}

/** Length of header and payload, bytes; 0 in an offloaded frame. */
export function totalLength(ip: u32): u32 {
  if (!isSix(ip)) return Ipv4.totalLength(ip);
  const payload = Ipv6.payloadLength(ip);
  return payload == 0 ? 0 : Ipv6.HEADER + payload;
}

/** Takes bytes off the end of a packet. A length of 0 says nothing and stays. */
export function shorten(ip: u32, by: u32): void {
  if (!isSix(ip)) return Ipv4.shorten(ip, by);
  const payload = Ipv6.payloadLength(ip);
  if (payload != 0) Ipv6.setPayloadLength(ip, payload - by);
}

/** Says that a packet is so many bytes longer; its length is not 0. */
export function lengthen(ip: u32, by: u32): void {
  if (isSix(ip)) Ipv6.setPayloadLength(ip, Ipv6.payloadLength(ip) + by);
  else Ipv4.lengthen(ip, by);
}

/** Gives a packet its length, its own header's included. */
export function setTotalLength(ip: u32, length: u32): void {
  if (isSix(ip)) Ipv6.setPayloadLength(ip, length - Ipv6.HEADER);
  else Ipv4.setTotalLength(ip, length);
}

/** Folded sum of both addresses, as a pseudo-header has them. */
export function addressesSum(ip: u32): u32 {
  return isSix(ip) ? Ipv6.addressesSum(ip) : Ipv4.addressesSum(ip);
}
