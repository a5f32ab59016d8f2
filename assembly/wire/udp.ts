// UDP header (RFC 768). Functions take the address of its first byte; nothing here checks bounds.

import { adjust, complement, delta32, fold, sum } from "./checksum";

const PORTS: usize = 0;
const DESTINATION_PORT: usize = 2;
const LENGTH: usize = 4;
const CHECKSUM: usize = 6;
export const HEADER_MIN: u32 = 8;
/** Bytes that must be present to read the ports, the length, the checksum. */
export const PORTS_END: u32 = 4;
export const LENGTH_END: u32 = 6;
export const CHECKSUM_END: u32 = 8;

/** Length of header and data, bytes. */
export function length(udp: u32): u32 {
  return <u32>bswap<u16>(load<u16>(udp, LENGTH));
}

export function destinationPortBe(udp: u32): u32 {
  return <u32>load<u16>(udp, DESTINATION_PORT);
}

/** Checksum as loaded; 0 for none. */
export function checksum(udp: u32): u32 {
  return <u32>load<u16>(udp, CHECKSUM);
}

/** Gives it a checksum that was computed: 0 is sent as all ones. */
export function setChecksum(udp: u32, computed: u32): void {
  store<u16>(udp, computed == 0 ? 0xffff : <u16>computed, CHECKSUM);
}

/** Whether a checksum over `length` bytes is right, `pseudo` being the folded sum of the pseudo-header, or that of the pseudo-header alone, which a sender leaves to its card. */
export function isSound(udp: u32, length: u32, pseudo: u32): bool {
  return checksum(udp) == pseudo || complement(fold(pseudo + sum(udp, length))) == 0;
}

/** Replaces both ports; the checksum follows them and `addresses`, a change of the pseudo-header. */
export function setPorts(udp: u32, portsBe: u32, addresses: u32): void {
  adjustChecksum(udp, fold(addresses + delta32(load<u32>(udp, PORTS), portsBe)));
  store<u32>(udp, portsBe, PORTS);
}

/** Carries a change into the checksum: none (0) stays none, a computed 0 is sent as all ones. */
export function adjustChecksum(udp: u32, delta: u32): void {
  const before = <u32>load<u16>(udp, CHECKSUM);
  if (before == 0) return;
  const after = adjust(before, delta);
  store<u16>(udp, after == 0 ? 0xffff : <u16>after, CHECKSUM);
}
