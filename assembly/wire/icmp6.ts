// ICMPv6 messages (RFC 4443). Functions take the address of the first byte and check no bounds.

import { complement, fold, sum } from "./checksum";
import * as Ipv6 from "./ipv6";

export const PROTOCOL: u32 = 58;
const TYPE: usize = 0;
const CODE: usize = 1;
const CHECKSUM: usize = 2;
/// MTU of a message that a packet is too big, 0 of others.
const REST: usize = 4;
export const HEADER: u32 = 8;
/** Bytes of the packet in an error at most: with the headers in front they fill the least MTU there is (RFC 4443, 2.4). */
export const QUOTED_MOST: u32 = 1232;
export const LEAST_MTU: u32 = 1280;

export const TYPE_TOO_BIG: u32 = 2;
export const TYPE_TIME_EXCEEDED: u32 = 3;
/// Multicast listeners, then neighbours and routers (RFC 2710, RFC 4861).
const LINK_FIRST: u32 = 130;
const LINK_LAST: u32 = 137;
const LISTENERS: u32 = 143;
const PROTOCOL_BE: u32 = PROTOCOL << 8;

/** Whether a message is between neighbours on a link, as ARP and IGMP are for IPv4. */
export function isOfLink(icmp: u32): bool {
  const type = <u32>load<u8>(icmp, TYPE);
  return (type >= LINK_FIRST && type <= LINK_LAST) || type == LISTENERS;
}

/** Writes the header of an error about a packet, `quoted` bytes of which lie at `packet`; the IPv6 header at `ip` is written. */
export function writeError(icmp: u32, ip: u32, type: u32, mtu: u32, packet: u32, quoted: u32): void {
  store<u8>(icmp, <u8>type, TYPE);
  store<u8>(icmp, 0, CODE);
  store<u16>(icmp, 0, CHECKSUM);
  store<u32>(icmp, bswap<u32>(mtu), REST);
  const length = <u32>bswap<u16>(<u16>(HEADER + quoted));
  const pseudo = fold(Ipv6.addressesSum(ip) + PROTOCOL_BE + length);
  const total = fold(pseudo + fold(sum(icmp, HEADER) + sum(packet, quoted)));
  store<u16>(icmp, <u16>complement(total), CHECKSUM);
}
