// Maximum segment size among TCP options (RFC 9293, 3.7.1): kind 2, length 4, 16 bits.

import { fold, sum } from "./checksum";

const KIND_END: u32 = 0;
const KIND_NOTHING: u32 = 1;
const KIND_MSS: u32 = 2;
const LENGTH: usize = 1;
const VALUE: usize = 2;
const SIZE: u32 = 4;
const SHORTEST: u32 = 2;
export const NONE: u32 = <u32>-1;

/** Address of the option among those from `at` up to `end`, or NONE. */
export function find(at: u32, end: u32): u32 {
  while (at + 1 < end) {
    const kind = <u32>load<u8>(at);
    if (kind == KIND_END) return NONE;
    if (kind == KIND_NOTHING) {
      at++;
      continue;
    }
    const length = <u32>load<u8>(at, LENGTH);
    if (length < SHORTEST || at + length > end) return NONE;
    if (kind == KIND_MSS && length == SIZE) return at;
    at += length;
  }
  return NONE;
}

/** Segment size that an option says, bytes. */
export function value(option: u32): u32 {
  return <u32>bswap<u16>(load<u16>(option, VALUE));
}

/** Replaces it; what that adds to the sum of the options, which begin at `options`: the option may lie at an odd place. */
export function setValue(option: u32, options: u32, end: u32, size: u32): u32 {
  const before = sum(options, end - options);
  store<u16>(option, bswap<u16>(<u16>size), VALUE);
  return fold((~before & 0xffff) + sum(options, end - options));
}
