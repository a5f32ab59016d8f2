// ICMP (RFC 792): the one message the plane makes, time exceeded.

import { complement, sum } from "./checksum";

const TYPE: usize = 0;
const CODE: usize = 1;
const CHECKSUM: usize = 2;
const UNUSED: usize = 4;
export const HEADER: u32 = 8;
const TYPE_TIME_EXCEEDED: u8 = 11;

/** Writes a time exceeded in transit whose quoted packet (`quoted` bytes) already lies behind the header. */
export function writeTimeExceeded(icmp: u32, quoted: u32): void {
  store<u8>(icmp, TYPE_TIME_EXCEEDED, TYPE);
  store<u8>(icmp, 0, CODE);
  store<u16>(icmp, 0, CHECKSUM);
  store<u32>(icmp, 0, UNUSED);
  store<u16>(icmp, <u16>complement(sum(icmp, HEADER + quoted)), CHECKSUM);
}
