// TCP header (RFC 9293). Functions take the address of its first byte; nothing here checks bounds.

import { adjust, complement, delta16, delta32, fold, pseudoSum, sum } from "./checksum";

const PORTS: usize = 0;
const SEQUENCE: usize = 4;
const ACKNOWLEDGEMENT: usize = 8;
const DATA_OFFSET: usize = 12;
const FLAGS: usize = 13;
const WINDOW: usize = 14;
const CHECKSUM: usize = 16;
const URGENT: usize = 18;
export const HEADER_MIN: u32 = 20;
/** Bytes that must be present to read the ports, the flags, the numbers, the checksum. */
export const PORTS_END: u32 = 4;
export const OFFSET_END: u32 = 13;
export const FLAGS_END: u32 = 14;
export const ACKNOWLEDGEMENT_END: u32 = 12;
export const NUMBERS_END: u32 = 16;
export const CHECKSUM_END: u32 = 18;

export const FIN: u32 = 1;
export const SYN: u32 = 2;
export const RST: u32 = 4;
export const ACK: u32 = 16;
export const URG: u32 = 32;
const PROTOCOL: u32 = 6;

/** Checksum as loaded. */
export function checksum(tcp: u32): u32 {
  return <u32>load<u16>(tcp, CHECKSUM);
}

/** Source and destination port, as in the packet. */
export function portsBe(tcp: u32): u32 {
  return load<u32>(tcp, PORTS);
}

/** Data offset, bytes. */
export function dataOffset(tcp: u32): u32 {
  return (<u32>load<u8>(tcp, DATA_OFFSET) >> 4) << 2;
}

export function flags(tcp: u32): u32 {
  return <u32>load<u8>(tcp, FLAGS);
}

/** Sequence number, host order. */
export function sequence(tcp: u32): u32 {
  return bswap<u32>(load<u32>(tcp, SEQUENCE));
}

/** Acknowledgement number, host order. */
export function acknowledgement(tcp: u32): u32 {
  return bswap<u32>(load<u32>(tcp, ACKNOWLEDGEMENT));
}

/** Sequence number behind a segment: `length` bytes of header and payload, and SYN and FIN count as one each. Host order. */
export function sequenceEnd(tcp: u32, length: u32, flags: u32): u32 {
  return sequence(tcp) + (length - dataOffset(tcp)) + ((flags >> 1) & 1) + (flags & 1);
}

/** Carries a change of the pseudo-header or the ports into the checksum. */
export function adjustChecksum(tcp: u32, delta: u32): void {
  store<u16>(tcp, <u16>adjust(<u32>load<u16>(tcp, CHECKSUM), delta), CHECKSUM);
}

/** Replaces the sequence number, host order; the checksum follows where it is there. */
export function setSequence(tcp: u32, sequence: u32, hasChecksum: bool = true): void {
  setNumber(tcp, SEQUENCE, bswap<u32>(sequence), hasChecksum);
}

/** Replaces the acknowledgement number, host order; the checksum follows where it is there. */
export function setAcknowledgement(tcp: u32, acknowledgement: u32, hasChecksum: bool = true): void {
  setNumber(tcp, ACKNOWLEDGEMENT, bswap<u32>(acknowledgement), hasChecksum);
}

function setNumber(tcp: u32, field: usize, afterBe: u32, hasChecksum: bool): void {
  const at = tcp + <u32>field;
  if (hasChecksum) adjustChecksum(tcp, fold(delta32(load<u32>(at), afterBe)));
  store<u32>(at, afterBe);
}

/** Replaces both ports; the checksum follows them and `addresses`, a change of the pseudo-header, where it is there. */
export function setPorts(tcp: u32, portsBe: u32, addresses: u32, hasChecksum: bool): void {
  if (hasChecksum) adjustChecksum(tcp, fold(addresses + delta32(load<u32>(tcp, PORTS), portsBe)));
  store<u32>(tcp, portsBe, PORTS);
}

/**
 * Carries into the checksum that `more` bytes at `at` are put in front of the payload of a segment of `length` bytes, whose header
 * is present. Behind an odd number of them the payload's bytes change places in their words; its sum is what the checksum says.
 */
export function gainPayload(tcp: u32, length: u32, at: u32, more: u32, addressesBe: u32): void {
  const lengths = delta16(<u32>bswap<u16>(<u16>length), <u32>bswap<u16>(<u16>(length + more)));
  let delta = fold(sum(at, more) + lengths);
  if (more & 1) {
    const words = ~checksum(tcp) & 0xffff;
    const header = fold(sum(tcp, dataOffset(tcp)) + words);
    const rest = fold(pseudoSum(addressesBe, PROTOCOL, length) + header);
    const payload = fold(words + (~rest & 0xffff));
    delta = fold(delta + delta16(payload, <u32>bswap<u16>(<u16>payload)));
  }
  adjustChecksum(tcp, delta);
}

/** Makes a header that of an acknowledgement which bears the `payload` bytes behind it, its checksum right. Numbers in host order. */
export function acknowledgeWith(tcp: u32, payload: u32, sequence: u32, addressesBe: u32): void {
  store<u32>(tcp, bswap<u32>(sequence), SEQUENCE);
  const length = dataOffset(tcp) + payload;
  store<u8>(tcp, <u8>ACK, FLAGS);
  store<u16>(tcp, 0, URGENT);
  store<u16>(tcp, 0, CHECKSUM);
  const total = fold(sum(tcp, length) + pseudoSum(addressesBe, PROTOCOL, length));
  store<u16>(tcp, <u16>complement(total), CHECKSUM);
}

/** Carries into the checksum that a segment of `header` and `payload` bytes loses its payload, which is present. */
export function losePayload(tcp: u32, header: u32, payload: u32): void {
  const lengths = delta16(<u32>bswap<u16>(<u16>(header + payload)), <u32>bswap<u16>(<u16>header));
  const delta = fold((~sum(tcp + header, payload) & 0xffff) + lengths);
  store<u16>(tcp, <u16>adjust(<u32>load<u16>(tcp, CHECKSUM), delta), CHECKSUM);
}

/** Writes the header of a reset that acknowledges, checksum right; `addressesBe` is the folded sum of the packet's addresses. */
export function writeReset(tcp: u32, portsBe: u32, sequence: u32, acknowledgement: u32, addressesBe: u32): void {
  store<u32>(tcp, portsBe, PORTS);
  store<u32>(tcp, bswap<u32>(sequence), SEQUENCE);
  store<u32>(tcp, bswap<u32>(acknowledgement), ACKNOWLEDGEMENT);
  store<u8>(tcp, <u8>((HEADER_MIN >> 2) << 4), DATA_OFFSET);
  store<u8>(tcp, <u8>(RST | ACK), FLAGS);
  store<u16>(tcp, 0, WINDOW);
  store<u16>(tcp, 0, CHECKSUM);
  store<u16>(tcp, 0, URGENT);
  const total = fold(sum(tcp, HEADER_MIN) + pseudoSum(addressesBe, PROTOCOL, HEADER_MIN));
  store<u16>(tcp, <u16>complement(total), CHECKSUM);
}
