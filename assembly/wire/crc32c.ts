// CRC-32C (RFC 9260, appendix A): reflected, over bytes in the order they are sent.

const POLYNOMIAL: u32 = 0x82f63b78;

/** The checksum of `length` bytes. */
export function crc32c(at: u32, length: u32): u32 {
  let crc: u32 = ~(<u32>0);
  const end = at + length;
  for (; at < end; at++) {
    crc ^= <u32>load<u8>(at);
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (POLYNOMIAL & -(crc & 1));
  }
  return ~crc;
}
