// Packets read as aligned little-endian words, so that fields are in network order. Where a word stands is counted from the
// word at which its header begins.

export const ETHERNET_HEADER = 14;
/** Bytes from a frame's beginning to the word whose upper half is the ethertype. */
export const TYPE_AT = 10;
export const TYPE_IPV4_BE = 0x0008;
export const TAG_SIZE = 4;
const TAG_IDENTIFIER_BE = 0xff0f;
const TAG_TYPES_BE = [0x0081, 0xa888, 0x0091];
const IDENTIFIERS = 4096;

/** IPv4 (RFC 791): version, lengths; fragment; TTL, protocol, checksum; addresses. */
export const IP_FRAGMENT = 1;
export const IP_LIFE = 2;
export const IP_SOURCE = 3;
export const IP_DESTINATION = 4;
export const IP_HEADER_MIN = 20;
export const FRAGMENT_MASK_BE = 0xff3f;
/** What one less of TTL adds to the sum. */
export const TTL_LESS_ONE = 0xfffe;
export const TCP = 6;
export const UDP = 17;
/** TCP (RFC 9293). */
export const TCP_SEQUENCE = 1;
export const TCP_ACKNOWLEDGEMENT = 2;
export const TCP_OFFSET = 3;
export const TCP_CHECKSUM = 4;
export const TCP_ACK = 16;
const TCP_CHECKSUM_END = 18;
const TCP_HEADER_MIN = 20;
/** UDP (RFC 768): length and checksum. */
export const UDP_LENGTH = 1;
const UDP_HEADER = 8;

export function swap16(value: number): number {
  return ((value & 0xff) << 8) | ((value >>> 8) & 0xff);
}

export function swap32(value: number): number {
  return (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
}

/** RFC 1624, equation 3. Takes the checksum in the lower half of a word; `delta` is folded, or so once TTL_LESS_ONE is taken off. */
export function adjust(word: number, delta: number): number {
  const sum = (~word & 0xffff) + delta;
  const folded = (sum & 0xffff) + (sum >>> 16);
  return ~(folded + (folded >>> 16)) & 0xffff;
}

/** Sequence number behind a segment of `length` bytes; `word` is the header's with offset and flags. */
export function sequenceEnd(sequenceBe: number, word: number, length: number): number {
  return (swap32(sequenceBe) + length - ((word & 0xf0) >>> 2) + ((word >>> 9) & 1) + ((word >>> 8) & 1)) | 0;
}

/** Whether a TCP header with payload, `length` bytes of which `present` were captured, can be translated. */
export function tcpIsSound(word: number, length: number, present: number): boolean {
  const header = (word & 0xf0) >>> 2;
  return present >= TCP_CHECKSUM_END && header >= TCP_HEADER_MIN && header <= length;
}

/** The same for UDP; `word` has length and checksum. Only an offloaded frame may leave its length out. */
export function udpIsSound(word: number, length: number, present: number, offloaded: boolean): boolean {
  const stated = swap16(word);
  if (present < UDP_HEADER || stated > length) return false;
  return stated >= UDP_HEADER || (stated === 0 && offloaded);
}

/** Network of a frame with one VLAN tag around IPv4; -1 for any other. `about` is a descriptor's, `frame` the frame's address. */
export function networkOfTag(
  frames: Int32Array,
  frame: number,
  captured: number,
  about: number,
  vlans: Uint16Array,
): number {
  if (captured < ETHERNET_HEADER + TAG_SIZE) return -1;
  const tag = frames[(frame + ETHERNET_HEADER) >> 2] as number;
  const type = (frames[(frame + TYPE_AT) >> 2] as number) >>> 16;
  if (!TAG_TYPES_BE.includes(type) || tag >>> 16 !== TYPE_IPV4_BE) return -1;
  const known = vlans[(about >>> 24) * IDENTIFIERS + swap16(tag & TAG_IDENTIFIER_BE)] as number;
  return known === 0 ? about & 0xffff : known - 1;
}
