// Internet checksums (RFC 1071) as arithmetic modulo 0xffff, of which one's complement addition is another name.

const MODULUS = 0xffff;

/** Sum of the 16-bit words of a part of some bytes, an odd last byte padded with zero. Not folded. */
export function wordSum(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let sum = 0;
  for (let at = from; at < to; at += 2) {
    sum += (bytes[at] as number) * 256;
    if (at + 1 < to) sum += bytes[at + 1] as number;
  }
  return sum;
}

/** The checksum over words whose sum is given, the checksum field counted as 0. */
export function checksumOf(sum: number): number {
  let folded = sum;
  while (folded > MODULUS) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return MODULUS - folded;
}

/**
 * The checksum of a header whose words summed to `before` and sum to `after`: right if the old one was, else wrong by as
 * much. The least of the two representations of zero, so 0 to 0xfffe.
 */
export function carriedOver(checksum: number, before: number, after: number): number {
  const rest = (checksum + before - after) % MODULUS;
  return rest < 0 ? rest + MODULUS : rest;
}
