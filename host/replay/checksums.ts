// Checksums recomputed in full, for `--verify-checksums`: how wrong each one of a packet is, before and after translation.

import { type FrameView, IPV4, PROTOCOL_TCP, TCP, UDP } from "./frame.ts";

const ALL_ONES = 0xffff;
const PSEUDO_PROTOCOL_AT = 9;

/** Error of a checksum modulo 65535: 0 when right; undefined when it is not there or its data is not all captured. */
export type ChecksumError = number | undefined;

/** Error of the IPv4 header checksum. */
export function ipError(view: FrameView): ChecksumError {
  return error(sum(view.buffer, view.ip, view.l4));
}

/** Error of the TCP or UDP checksum over pseudo-header and data. */
export function transportError(view: FrameView): ChecksumError {
  const { buffer, ip, l4 } = view;
  const total = get16(buffer, ip + IPV4.totalLength);
  const end = ip + total;
  if (total === 0 || end > view.end) return undefined;
  const field = l4 + (view.protocol === PROTOCOL_TCP ? TCP.checksum : UDP.checksum);
  if (field + 2 > end || (view.protocol !== PROTOCOL_TCP && get16(buffer, field) === 0)) return undefined;
  const pseudo =
    sum(buffer, ip + IPV4.source, ip + IPV4.min) + (buffer[ip + PSEUDO_PROTOCOL_AT] as number) + (end - l4);
  return error(pseudo + sum(buffer, l4, end));
}

function error(total: number): number {
  return total % ALL_ONES;
}

/** Sum of 16-bit words, an odd last byte padded with zero. */
function sum(buffer: Uint8Array, from: number, to: number): number {
  let total = 0;
  let at = from;
  for (; at + 1 < to; at += 2) total += get16(buffer, at);
  return at < to ? total + (buffer[at] as number) * 256 : total;
}

function get16(buffer: Uint8Array, at: number): number {
  return ((buffer[at] as number) << 8) | (buffer[at + 1] as number);
}
