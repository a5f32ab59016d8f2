// GRE header (RFC 2784, with the key and sequence number of RFC 2890), and the part of it that NVGRE uses (RFC 7637, section 3.2).
// Functions take the address of its first byte; nothing here checks bounds.

import { complement, sum } from "./checksum";

/** Its number in an IP header. */
export const PROTOCOL: u32 = 47;

const FLAGS: usize = 0; // with the version in its lowest bits
const TYPE: usize = 2;
/** Without the fields that flags announce, a word each: checksum, key, sequence number. */
export const HEADER_MIN: u32 = 4;
const CHECKSUM: u32 = 0x8000;
const KEY: u32 = 0x2000;
const SEQUENCE: u32 = 0x1000;
/** Version, and what RFC 2784 says to discard: routing, strict source route, the first bit of recursion control. */
const REFUSED: u32 = 0x4c07;
/** The lowest byte of an NVGRE key is a flow's, the rest is the virtual subnet identifier. */
export const FLOW_ID_BITS: u32 = 8;

function flags(gre: u32): u32 {
  return <u32>bswap<u16>(load<u16>(gre, FLAGS));
}

/** Whether it is of the version, and without the fields, that can be read. */
export function isReadable(gre: u32): bool {
  return (flags(gre) & REFUSED) == 0;
}

/** Bytes of the header with what its flags announce. */
export function headerLength(gre: u32): u32 {
  return HEADER_MIN + (popcnt<u32>(flags(gre) & (CHECKSUM | KEY | SEQUENCE)) << 2);
}

export function hasChecksum(gre: u32): bool {
  return (flags(gre) & CHECKSUM) != 0;
}

/** Whether the checksum over header and payload, `length` bytes, is right (RFC 2784, 2.4). */
export function isSound(gre: u32, length: u32): bool {
  return complement(sum(gre, length)) == 0;
}

export function hasKey(gre: u32): bool {
  return (flags(gre) & KEY) != 0;
}

/** Whether the key is all that follows, as in NVGRE. */
export function hasOnlyKey(gre: u32): bool {
  return (flags(gre) & (CHECKSUM | KEY | SEQUENCE)) == KEY;
}

/** The key, host order. */
export function key(gre: u32): u32 {
  const behind: u32 = (flags(gre) & CHECKSUM) != 0 ? HEADER_MIN : 0;
  return bswap<u32>(load<u32>(gre + HEADER_MIN + behind));
}

/** Ethertype of what it carries. */
export function typeBe(gre: u32): u32 {
  return <u32>load<u16>(gre, TYPE);
}
