// Frames in tunnels, for tests: an outer Ethernet frame around bytes. Fields that are not given are those of a sound header.

import { addressNumber } from "../host/config/address.ts";
import { bytesOf } from "../host/config/ipv6.ts";
import { frameOf } from "./conformance/packet.ts";
import { checksumOf, wordSum } from "./reference/checksum.ts";

/** Of UDP, or of GRE with the flag for one: none, right, wrong, or the sum of the pseudo-header alone, which a card is to complete. */
export type Checksum = "none" | "right" | "wrong" | "partial";

export interface Around {
  /** VNI, virtual subnet identifier or key; GRE has no key without one. */
  id?: number;
  /** UDP destination port. */
  port?: number;
  /** First byte of a VXLAN header, first two bytes of a GENEVE header, first word of a GRE header. */
  flags?: number;
  /** Protocol type of GENEVE and GRE; 0x6558 for an Ethernet frame. */
  type?: number;
  /** Bytes of GENEVE options. */
  options?: number;
  /** None of UDP and a right one of GRE when it is left out. */
  checksum?: Checksum;
  /** The outer packet is IPv6. */
  six?: boolean;
  /** Words that the outer packet's text ends with, such as `vlan=10`. */
  outer?: string;
}

export const BRIDGED = 0x6558;
const OUTER = "172.31.0.1";
const END = "172.31.0.2";
const OUTER6 = "[2001:db8::1]";
const END6 = "[2001:db8::2]";
const KEY = 0x2000;
const CHECKSUM = 0x8000;
const SEQUENCE = 0x1000;
const GRE_CHECKSUM = 4;
const PROTOCOL_UDP = 17;
const UDP_HEADER = 8;

/** A frame in VXLAN (RFC 7348). */
export const vxlan = (frame: Uint8Array, { id = 7, port = 4789, flags = 0x08, ...around }: Around = {}): Uint8Array =>
  udp(port, [flags, 0, 0, 0, ...word(id * 256)], frame, around);

/** A frame in GENEVE (RFC 8926). */
export function geneve(frame: Uint8Array, around: Around = {}): Uint8Array {
  const { id = 7, port = 6081, options = 0, type = BRIDGED } = around;
  const flags = around.flags ?? (options / 4) * 256;
  const head = [...half(flags), ...half(type), ...word(id * 256), ...Array.from({ length: options }, () => 0xaa)];
  return udp(port, head, frame, around);
}

/** A frame in GRE (RFC 2784, RFC 2890); NVGRE (RFC 7637) when its key is `id * 256` and a flow's byte. */
export function gre(frame: Uint8Array, around: Around = {}): Uint8Array {
  const { id, type = BRIDGED, checksum = "right", outer = "", six = false } = around;
  const flags = around.flags ?? (id === undefined ? 0 : KEY);
  const words = [
    ...((flags & CHECKSUM) === 0 ? [] : word(0)),
    ...((flags & KEY) === 0 ? [] : word(id ?? 0)),
    ...((flags & SEQUENCE) === 0 ? [] : word(1)),
  ];
  const bytes = [...half(flags), ...half(type), ...words, ...frame];
  const sum = checksumOf(wordSum(Uint8Array.from(bytes)));
  if ((flags & CHECKSUM) !== 0) bytes.splice(GRE_CHECKSUM, 2, ...half(checksum === "wrong" ? sum ^ 1 : sum));
  return frameOf(`gre ${six ? OUTER6 : OUTER} > ${six ? END6 : END} hex=${hex(bytes)} ${outer}`);
}

/** A frame in NVGRE, with a flow's byte beside its virtual subnet identifier. */
export const nvgre = (frame: Uint8Array, { id = 7, ...around }: Around = {}): Uint8Array =>
  gre(frame, { ...around, id: id * 256 + 0x55 });

function udp(
  port: number,
  head: number[],
  frame: Uint8Array,
  { checksum = "none", outer = "", six = false }: Around,
): Uint8Array {
  const ends = six ? [OUTER6, END6] : [OUTER, END];
  const bytes = [...head, ...frame];
  const text = `udp ${ends[0]}:50000 > ${ends[1]}:${port} hex=${hex(bytes)} ${outer}`;
  if (checksum === "right") return frameOf(text);
  const addresses = ends.flatMap((end) => (six ? [...bytesOf(end.slice(1, -1))] : word(addressNumber(end))));
  const pseudo = wordSum(Uint8Array.from(addresses)) + PROTOCOL_UDP + UDP_HEADER + bytes.length;
  const sums = { none: 0, wrong: checksumOf(pseudo) || 1, partial: 0xffff - checksumOf(pseudo) };
  return frameOf(`${text} l4sum=${sums[checksum]}`);
}

const half = (value: number): number[] => [(value >>> 8) & 255, value & 255];
const word = (value: number): number[] => [...half(value >>> 16), ...half(value & 0xffff)];
const hex = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
