// The Internet checksum (RFC 1071), changed incrementally (RFC 1624). Sums are of 16-bit words as loaded, which is
// network order read little endian: the one's complement sum does not depend on the order of bytes.

/** Folds a sum of 16-bit words into 16 bits, carries added back in. Not 0 unless the sum is. */
export function fold(sum: u32): u32 {
  sum = (sum & 0xffff) + (sum >> 16);
  return (sum & 0xffff) + (sum >> 16);
}

/** What replacing a 16-bit word adds to a sum: ~m + m'. */
export function delta16(beforeBe: u32, afterBe: u32): u32 {
  return (~beforeBe & 0xffff) + afterBe;
}

/** What replacing a 32-bit field adds to a sum. */
export function delta32(beforeBe: u32, afterBe: u32): u32 {
  return delta16(beforeBe & 0xffff, afterBe & 0xffff) + delta16(beforeBe >> 16, afterBe >> 16);
}

/** RFC 1624, equation 3: HC' = ~(~HC + delta), delta being folded and not 0. */
export function adjust(checksumBe: u32, delta: u32): u32 {
  return ~fold((~checksumBe & 0xffff) + delta) & 0xffff;
}

/** Sum of the 16-bit words of `length` bytes, folded; an odd last byte is padded with zero. */
export function sum(at: u32, length: u32): u32 {
  let total: u32 = 0;
  const end = at + (length & ~1);
  for (; at < end; at += 2) total += <u32>load<u16>(at);
  if (length & 1) total += <u32>load<u8>(at);
  return fold(total);
}

/**
 * Folded sum of the pseudo-header (RFC 768; RFC 8200, 8.1) of `length` bytes of a protocol, host order; `addresses` is the folded sum of
 * both addresses.
 */
export function pseudoSum(addresses: u32, protocol: u32, length: u32): u32 {
  const lengths = <u32>bswap<u16>(<u16>length) + <u32>bswap<u16>(<u16>(length >> 16));
  return fold(addresses + (protocol << 8) + lengths);
}

/** The checksum that makes a folded sum come out right. */
export function complement(folded: u32): u32 {
  return ~folded & 0xffff;
}
