// Packets of the consumer's leg: an IPv4 packet becomes IPv6, as routing_action_nat46.p4 of sonic-net/DASH has it, with the checksums
// that a software plane has to carry along, and goes into NVGRE (RFC 7637) or VXLAN (RFC 7348).

import type { FrameView } from "../replay/frame.ts";
import { IPV4, PROTOCOL_TCP, TCP, UDP } from "../replay/frame.ts";
import { changed, get16, put16, put32 } from "../replay/readdress.ts";

const ETHERNET = { destination: 0, source: 6, type: 12, size: 14 };
const IPV6 = { length: 4, next: 6, hops: 7, source: 8, destination: 24, size: 40 };
const NVGRE = { flags: 0x2000, type: 0x6558, size: 8 };
const VXLAN = { flags: 0x08, port: 4789, size: 8 };
const TYPE_IPV4 = 0x0800;
const TYPE_IPV6 = 0x86dd;
const PROTOCOL_GRE = 47;
const PROTOCOL_UDP = 17;
const DONT_FRAGMENT = 0x4000;
const TTL = 64;
/** RFC 7348, section 5: source ports that spread flows are dynamic ones. */
const ENTROPY_FIRST = 49_152;
const ENTROPY_MASK = 0x3fff;
const ALL_ONES = 0xffff;
/** Of the underlay's two ends, which the path knows nothing of, and of frames that came without a link header. */
const MAC = [2, 0, 0, 0, 0xda];

/** Where a packet of the leg goes, outside and inside. */
export interface Ends {
  underlaySource: number;
  underlayDestination: number;
  source: bigint;
  destination: bigint;
  sourcePort: number;
  destinationPort: number;
  key: number;
  vxlan: boolean;
}

/** The packet in a view, a whole TCP or UDP one, as it is on the leg; `wireLength` is that of its frame. Both lengths are given. */
export function legOf(view: FrameView, isEthernet: boolean, wireLength: number, ends: Ends) {
  const l4 = transportOf(view, ends);
  const outer = ETHERNET.size + IPV4.min + (ends.vxlan ? UDP.min + VXLAN.size : NVGRE.size);
  const head = outer + ETHERNET.size + IPV6.size;
  const frame = new Uint8Array(head + l4.length);
  const length = lengthOf(view, wireLength);
  writeOuter(frame, head + length - ETHERNET.size, ends, entropyOf(ends, view.protocol));
  if (isEthernet) frame.set(view.buffer.subarray(0, ETHERNET.type), outer);
  else writeMacs(frame, outer, 1, 2);
  put16(frame, outer + ETHERNET.type, TYPE_IPV6);
  writeIpv6(frame, outer + ETHERNET.size, view, length, ends);
  frame.set(l4, head);
  return { frame, wireLength: head + length };
}

/** Bytes behind the IPv4 header, on the wire. */
function lengthOf({ buffer, ip, l4 }: FrameView, wireLength: number): number {
  const total = get16(buffer, ip + IPV4.totalLength);
  return (total === 0 ? wireLength - ip : total) - (l4 - ip);
}

/** A copy of the TCP or UDP header and what follows, with the ports, and the checksum that follows from all that changes. */
function transportOf(view: FrameView, { source, destination, sourcePort, destinationPort }: Ends): Uint8Array {
  const { buffer, ip, l4, end, protocol } = view;
  const copy = buffer.slice(l4, end);
  const addresses = words(source) + words(destination);
  const ports = sourcePort + destinationPort - view.sourcePort - view.destinationPort;
  const growth = addresses - words32(buffer, ip + IPV4.source) - words32(buffer, ip + IPV4.destination) + ports;
  put16(copy, 0, sourcePort);
  put16(copy, 2, destinationPort);
  if (protocol === PROTOCOL_TCP) {
    if (copy.length >= TCP.checksumEnd) put16(copy, TCP.checksum, changed(get16(copy, TCP.checksum), growth));
    return copy;
  }
  if (copy.length < UDP.checksumEnd) return copy;
  const before = get16(copy, UDP.checksum);
  if (before !== 0) put16(copy, UDP.checksum, changed(before, growth) || ALL_ONES);
  else writeChecksum(copy, addresses);
  return copy;
}

/** The checksum that UDP over IPv6 has to have (RFC 8200, section 8.1), where all it covers was captured. */
function writeChecksum(udp: Uint8Array, addresses: number): void {
  const length = get16(udp, UDP.length);
  if (length < UDP.min || length > udp.length) return;
  let sum = addresses + PROTOCOL_UDP + length;
  for (let i = 0; i < length; i += 2) sum += ((udp[i] as number) << 8) | (i + 1 < length ? (udp[i + 1] as number) : 0);
  put16(udp, UDP.checksum, ALL_ONES - (sum % ALL_ONES) || ALL_ONES);
}

function writeIpv6(frame: Uint8Array, at: number, view: FrameView, length: number, { source, destination }: Ends) {
  frame[at] = 0x60;
  put16(frame, at + IPV6.length, length > ALL_ONES ? 0 : length);
  frame[at + IPV6.next] = view.protocol;
  frame[at + IPV6.hops] = view.ttl;
  put128(frame, at + IPV6.source, source);
  put128(frame, at + IPV6.destination, destination);
}

/** Outer headers; `length` is that of the IPv4 packet. */
function writeOuter(frame: Uint8Array, length: number, ends: Ends, entropy: number): void {
  writeMacs(frame, 0, 3, 4);
  put16(frame, ETHERNET.type, TYPE_IPV4);
  const ip = ETHERNET.size;
  frame[ip] = 0x45;
  put16(frame, ip + IPV4.totalLength, length > ALL_ONES ? 0 : length);
  put16(frame, ip + IPV4.fragment, DONT_FRAGMENT);
  frame[ip + IPV4.ttl] = TTL;
  frame[ip + IPV4.protocol] = ends.vxlan ? PROTOCOL_UDP : PROTOCOL_GRE;
  put32(frame, ip + IPV4.source, ends.underlaySource);
  put32(frame, ip + IPV4.destination, ends.underlayDestination);
  let sum = 0;
  for (let i = 0; i < IPV4.min; i += 2) sum += get16(frame, ip + i);
  put16(frame, ip + IPV4.checksum, ALL_ONES - (sum % ALL_ONES || ALL_ONES));
  const behind = ip + IPV4.min;
  if (ends.vxlan) {
    put16(frame, behind, ENTROPY_FIRST + (entropy & ENTROPY_MASK));
    put16(frame, behind + 2, VXLAN.port);
    put16(frame, behind + UDP.length, (length - IPV4.min) & ALL_ONES);
    frame[behind + UDP.min] = VXLAN.flags;
  } else {
    put16(frame, behind, NVGRE.flags);
    put16(frame, behind + 2, NVGRE.type);
  }
  // VNI and virtual subnet identifier are the upper 24 bits of a word; a FlowID of 0 is none.
  put32(frame, behind + (ends.vxlan ? UDP.min : 0) + 4, ends.key * 256);
}

/** The same for all packets of a flow in one direction. */
function entropyOf({ source, destination, sourcePort, destinationPort }: Ends, protocol: number): number {
  const sum = words(source) * 31 + words(destination) * 17 + sourcePort * 7 + destinationPort * 3 + protocol;
  return Math.imul(sum, 0x9e3779b1) >>> 16;
}

function writeMacs(frame: Uint8Array, at: number, destination: number, source: number): void {
  frame.set([...MAC, destination], at + ETHERNET.destination);
  frame.set([...MAC, source], at + ETHERNET.source);
}

/** Sum of the 16-bit words of an address. */
function words(address: bigint): number {
  let sum = 0;
  for (let rest = address; rest > 0n; rest >>= 16n) sum += Number(rest & 0xffffn);
  return sum;
}

const words32 = (buffer: Uint8Array, at: number): number => get16(buffer, at) + get16(buffer, at + 2);

function put128(buffer: Uint8Array, at: number, value: bigint): void {
  for (let i = 0; i < 8; i++) put16(buffer, at + i * 2, Number((value >> BigInt(112 - i * 16)) & 0xffffn));
}
