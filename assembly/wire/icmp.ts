// ICMP (RFC 792): errors and the packet in them, echo.

import { adjust, complement, delta16, fold, sum } from "./checksum";

const TYPE: usize = 0;
const CODE: usize = 1;
const CHECKSUM: usize = 2;
const REST: usize = 4;
/** Next-hop MTU of a message that a packet is too big (RFC 1191). */
const MTU: usize = 6;
/** Byte of the packet that a parameter problem points at. */
const POINTER: usize = 4;
/** Length of the packet in an error that has extensions, in units of 4 bytes (RFC 4884, 4). */
const LENGTH: usize = 5;
const LENGTH_UNIT: u32 = 4;
const LENGTH_SHIFT: u32 = 16;
/** Bytes of the packet in such an error at least, and at most. */
export const EXTENDED_LEAST: u32 = 128;
export const EXTENDED_MOST: u32 = 255 * LENGTH_UNIT;
/** Extensions begin with their version, 2 (RFC 4884, 7). */
export const EXTENSIONS_HEADER: u32 = 4;
const EXTENSIONS_VERSION: u32 = 2;
/** Header; the packet in an error lies behind it. */
export const HEADER: u32 = 8;
/** Bytes of the packet in an error at most: with the headers in front they are what every host takes (RFC 1812, 4.3.2.3). */
export const QUOTED_MOST: u32 = 548;
/** Bytes of the packet's payload that an error has at least. */
export const QUOTED_PAYLOAD: u32 = 8;

export const TYPE_UNREACHABLE: u32 = 3;
const TYPE_ECHO: u32 = 8;
export const TYPE_TIME_EXCEEDED: u32 = 11;
export const TYPE_PARAMETER_PROBLEM: u32 = 12;
/// Codes of an unreachable destination.
export const CODE_HOST: u32 = 1;
export const CODE_PROTOCOL: u32 = 2;
export const CODE_PORT: u32 = 3;
export const CODE_FRAGMENTATION_NEEDED: u32 = 4;
const CODE_NETWORK_PROHIBITED: u32 = 9;
export const CODE_HOST_PROHIBITED: u32 = 10;
export const CODE_HOST_FOR_SERVICE: u32 = 12;
const CODE_PROHIBITED: u32 = 13;
const CODE_CUTOFF: u32 = 15;
/** Code of a parameter problem. */
export const CODE_BAD_LENGTH: u32 = 2;

export function type(icmp: u32): u32 {
  return <u32>load<u8>(icmp, TYPE);
}

export function code(icmp: u32): u32 {
  return <u32>load<u8>(icmp, CODE);
}

/** Whether a code of an unreachable destination says that some administrator does not want it reached. */
export function isProhibited(code: u32): bool {
  const host = code == CODE_NETWORK_PROHIBITED || code == CODE_HOST_PROHIBITED;
  return host || code == CODE_PROHIBITED || code == CODE_CUTOFF;
}

export function mtu(icmp: u32): u32 {
  return <u32>bswap<u16>(load<u16>(icmp, MTU));
}

export function pointer(icmp: u32): u32 {
  return <u32>load<u8>(icmp, POINTER);
}

/** Bytes of the packet in an error with extensions, 0 without. */
export function quotedLength(icmp: u32): u32 {
  return <u32>load<u8>(icmp, LENGTH) * LENGTH_UNIT;
}

/** The word behind the checksum, in host order, that says so many bytes. */
export function quotedWord(bytes: u32): u32 {
  return (bytes / LENGTH_UNIT) << LENGTH_SHIFT;
}

export function isExtensions(at: u32): bool {
  return <u32>load<u8>(at) >> 4 == EXTENSIONS_VERSION;
}

/** Folded sum of all of a message but its checksum, as far as `length` bytes go. */
export function sumWithout(icmp: u32, length: u32): u32 {
  return fold(sum(icmp, <u32>CHECKSUM) + sum(icmp + <u32>REST, length - <u32>REST));
}

/** Writes a header whose checksum is another one's yet; `rest` is in host order. */
export function writeHeader(icmp: u32, type: u32, code: u32, rest: u32, other: u32): void {
  store<u8>(icmp, <u8>type, TYPE);
  store<u8>(icmp, <u8>code, CODE);
  store<u16>(icmp, load<u16>(other, CHECKSUM), CHECKSUM);
  store<u32>(icmp, bswap<u32>(rest), REST);
}

/** Whether a message is an error. */
export function isError(icmp: u32): bool {
  const its = type(icmp);
  return its == TYPE_UNREACHABLE || its == TYPE_TIME_EXCEEDED || its == TYPE_PARAMETER_PROBLEM;
}

/** Whether a message asks for an echo. */
export function isEcho(icmp: u32): bool {
  return <u32>load<u8>(icmp, TYPE) == TYPE_ECHO && load<u8>(icmp, CODE) == 0;
}

/** Whether the checksum over a message of `length` bytes is right. */
export function isSound(icmp: u32, length: u32): bool {
  return complement(sum(icmp, length)) == 0;
}

/** Carries a change of the message into its checksum. */
export function adjustChecksum(icmp: u32, delta: u32): void {
  store<u16>(icmp, <u16>adjust(<u32>load<u16>(icmp, CHECKSUM), delta), CHECKSUM);
}

/**
 * Turns an echo request's header into that of its answer. All else in that may be 0, and then a checksum of 0 is wrong, the sum of
 * nothing being 0 (RFC 1071): it is the other 0 in any case.
 */
export function answerEcho(icmp: u32): void {
  store<u8>(icmp, 0, TYPE);
  adjustChecksum(icmp, delta16(TYPE_ECHO, 0));
  if (load<u16>(icmp, CHECKSUM) == 0) store<u16>(icmp, 0xffff, CHECKSUM);
}

/** Writes the header of an error about a packet, `quoted` bytes at `packet`, that will follow it; `mtu` is 0 where it has none. */
export function writeError(icmp: u32, type: u32, code: u32, mtu: u32, packet: u32, quoted: u32): void {
  store<u8>(icmp, <u8>type, TYPE);
  store<u8>(icmp, <u8>code, CODE);
  store<u16>(icmp, 0, CHECKSUM);
  store<u32>(icmp, 0, REST);
  store<u16>(icmp, bswap<u16>(<u16>mtu), MTU);
  store<u16>(icmp, <u16>complement(fold(sum(icmp, HEADER) + sum(packet, quoted))), CHECKSUM);
}
