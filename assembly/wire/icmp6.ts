// ICMPv6 messages (RFC 4443). Functions take the address of the first byte and check no bounds.

import { adjust, complement, delta16, fold, pseudoSum, sum } from "./checksum";
import * as Ipv6 from "./ipv6";

export const PROTOCOL: u32 = 58;
const TYPE: usize = 0;
const CODE: usize = 1;
const CHECKSUM: usize = 2;
/// MTU of a message that a packet is too big, 0 of others.
const REST: usize = 4;
/** Length of the packet in an error that has extensions, in units of 8 bytes (RFC 4884, 4). */
const LENGTH: usize = 4;
const LENGTH_UNIT: u32 = 8;
const LENGTH_SHIFT: u32 = 24;
export const HEADER: u32 = 8;
/** Bytes of the packet in an error at most: with the headers in front they fill the least MTU there is (RFC 4443, 2.4). */
export const QUOTED_MOST: u32 = 1232;
export const LEAST_MTU: u32 = 1280;

export const TYPE_UNREACHABLE: u32 = 1;
export const TYPE_TOO_BIG: u32 = 2;
export const TYPE_TIME_EXCEEDED: u32 = 3;
export const TYPE_PARAMETER_PROBLEM: u32 = 4;
const TYPE_ECHO: u32 = 128;
const TYPE_ECHO_REPLY: u32 = 129;
/// Codes of an unreachable destination.
export const CODE_NO_ROUTE: u32 = 0;
export const CODE_PROHIBITED: u32 = 1;
export const CODE_PORT: u32 = 4;
/** Code of a parameter problem. */
export const CODE_NEXT_HEADER: u32 = 1;
/// Multicast listeners, then neighbours and routers (RFC 2710, RFC 4861).
const LINK_FIRST: u32 = 130;
const LINK_LAST: u32 = 137;
const LISTENERS: u32 = 143;

/** Whether a message is between neighbours on a link, as ARP and IGMP are for IPv4. */
export function isOfLink(icmp: u32): bool {
  const type = <u32>load<u8>(icmp, TYPE);
  return (type >= LINK_FIRST && type <= LINK_LAST) || type == LISTENERS;
}

/** Bytes of the packet in an error with extensions, 0 without; two types have a length. */
export function quotedLength(icmp: u32): u32 {
  const type = <u32>load<u8>(icmp, TYPE);
  if (type != TYPE_UNREACHABLE && type != TYPE_TIME_EXCEEDED) return 0;
  return <u32>load<u8>(icmp, LENGTH) * LENGTH_UNIT;
}

/** The word behind the checksum, in host order, that says so many bytes. */
export function quotedWord(bytes: u32): u32 {
  return (bytes / LENGTH_UNIT) << LENGTH_SHIFT;
}

/** The MTU of a message that a packet is too big, or where a parameter problem points. */
export function rest(icmp: u32): u32 {
  return bswap<u32>(load<u32>(icmp, REST));
}

/** Whether a message is an error. */
export function isError(icmp: u32): bool {
  const type = <u32>load<u8>(icmp, TYPE);
  return type >= TYPE_UNREACHABLE && type <= TYPE_PARAMETER_PROBLEM;
}

/** Whether a message asks for an echo. */
export function isEcho(icmp: u32): bool {
  return <u32>load<u8>(icmp, TYPE) == TYPE_ECHO && load<u8>(icmp, CODE) == 0;
}

/** Whether the checksum over a message of `length` bytes is right. */
export function isSound(icmp: u32, length: u32, ip: u32): bool {
  return complement(fold(pseudoSum(Ipv6.addressesSum(ip), PROTOCOL, length) + sum(icmp, length))) == 0;
}

/** Carries a change of the message or its pseudo-header into its checksum. */
export function adjustChecksum(icmp: u32, delta: u32): void {
  store<u16>(icmp, <u16>adjust(<u32>load<u16>(icmp, CHECKSUM), delta), CHECKSUM);
}

/** Turns an echo request's header into that of its answer; the addresses change places. */
export function answerEcho(icmp: u32): void {
  store<u8>(icmp, <u8>TYPE_ECHO_REPLY, TYPE);
  adjustChecksum(icmp, delta16(TYPE_ECHO, TYPE_ECHO_REPLY));
}

/** Writes the header of an error about a packet, `quoted` bytes of which lie at `packet`; the IPv6 header at `ip` is written. */
export function writeError(icmp: u32, ip: u32, type: u32, mtu: u32, packet: u32, quoted: u32): void {
  store<u8>(icmp, <u8>type, TYPE);
  store<u8>(icmp, 0, CODE);
  store<u16>(icmp, 0, CHECKSUM);
  store<u32>(icmp, bswap<u32>(mtu), REST);
  const total = fold(
    pseudoSum(Ipv6.addressesSum(ip), PROTOCOL, HEADER + quoted) + fold(sum(icmp, HEADER) + sum(packet, quoted)),
  );
  store<u16>(icmp, <u16>complement(total), CHECKSUM);
}
