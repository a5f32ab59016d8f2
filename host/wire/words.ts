// Numbers of packets, in network order.

const ALL_ONES = 0xffff;

export function get16(buffer: Uint8Array, at: number): number {
  return ((buffer[at] as number) << 8) | (buffer[at + 1] as number);
}

export function get32(buffer: Uint8Array, at: number): number {
  return ((get16(buffer, at) << 16) | get16(buffer, at + 2)) >>> 0;
}

export function put16(buffer: Uint8Array, at: number, value: number): void {
  buffer[at] = value >>> 8;
  buffer[at + 1] = value;
}

export function put32(buffer: Uint8Array, at: number, value: number): void {
  put16(buffer, at, value >>> 16);
  put16(buffer, at + 2, value & ALL_ONES);
}

/** Sum of the 16-bit words of bytes, the last of an odd number of them being the upper half of a word. */
export function sumOf(buffer: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i += 2) sum += ((buffer[i] as number) << 8) | (i + 1 < to ? (buffer[i + 1] as number) : 0);
  return sum;
}

/** The checksum (RFC 1071) of words with a sum above 0. */
export const checksumOf = (sum: number): number => ALL_ONES - (sum % ALL_ONES || ALL_ONES);
