// Checksums recomputed in full, for `--verify-checksums`: how wrong each one of a packet is, before and after translation.

import { get16, sumOf } from "../wire/words.ts";
import { type FrameView, PROTOCOL_TCP, TCP, UDP } from "./frame.ts";

const ALL_ONES = 0xffff;

/** Error of a checksum modulo 65535: 0 when right; undefined when it is not there or its data is not all captured. */
export type ChecksumError = number | undefined;

/** Error of the IPv4 header checksum; IPv6 has none. */
export function ipError(view: FrameView): ChecksumError {
  return view.version === 6 ? 0 : error(sumOf(view.buffer, view.ip, view.l4));
}

/** Error of the TCP or UDP checksum over pseudo-header and data. */
export function transportError(view: FrameView): ChecksumError {
  const { buffer, ip, l4, total } = view;
  const end = ip + total;
  if (total === 0 || end > view.end) return undefined;
  const field = l4 + (view.protocol === PROTOCOL_TCP ? TCP.checksum : UDP.checksum);
  if (field + 2 > end || (view.protocol !== PROTOCOL_TCP && get16(buffer, field) === 0)) return undefined;
  const pseudo = view.addressesSum() + view.protocol + (end - l4);
  return error(pseudo + sumOf(buffer, l4, end));
}

function error(total: number): number {
  return total % ALL_ONES;
}
