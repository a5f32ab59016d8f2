// Packets of the consumer's leg: an IPv4 packet becomes IPv6, as routing_action_nat46.p4 of sonic-net/DASH has it, with the checksums
// that a software plane has to carry along, and goes into NVGRE (RFC 7637) or VXLAN (RFC 7348).

import { entropyOf } from "../encapsulation/entropy.ts";
import { headSize, type Ends as Outer, writeOuter } from "../encapsulation/outer.ts";
import type { FrameView } from "../replay/frame.ts";
import { changed } from "../replay/readdress.ts";
import { ETHERNET, madeUpMac, TYPE_IPV6 } from "../wire/ethernet.ts";
import { IPV4, IPV6, PROTOCOL_TCP, PROTOCOL_UDP } from "../wire/ip.ts";
import { TCP, UDP } from "../wire/transport.ts";
import { checksumOf, get16, put16, sumOf } from "../wire/words.ts";

const ALL_ONES = 0xffff;
const VERSION_6 = 0x60;
/** Last bytes of made-up addresses, for frames that came without a link header. */
const DESTINATION = 1;
const SOURCE = 2;

/** Where a packet of the leg goes, inside and outside. */
export interface Ends {
  /** Addresses of 16 bytes. */
  source: Uint8Array;
  destination: Uint8Array;
  sourcePort: number;
  destinationPort: number;
  outer: Outer;
}

/** A packet of a leg. */
export interface WirePacket {
  frame: Uint8Array;
  wireLength: number;
}

/** One of the consumer's leg, and its tunnel. */
export interface LegPacket extends WirePacket {
  outer: Outer;
}

/** The packet in a view, a whole TCP or UDP one, as it is on the leg; `wireLength` is that of its frame. */
export function legOf(view: FrameView, isEthernet: boolean, wireLength: number, ends: Ends): LegPacket {
  const l4 = transportOf(view, ends);
  const inner = headSize(ends.outer);
  const ip = inner + ETHERNET.size;
  const head = ip + IPV6.size;
  const frame = new Uint8Array(head + l4.length);
  const length = lengthOf(view, wireLength);
  if (isEthernet) frame.set(view.buffer.subarray(0, ETHERNET.type), inner);
  else writeMacs(frame, inner);
  put16(frame, inner + ETHERNET.type, TYPE_IPV6);
  writeIpv6(frame, ip, view, length, ends);
  frame.set(l4, head);
  // FlowIDs are not the design's.
  const entropy = ends.outer.type === "vxlan" ? entropyOf(frame, ip) : 0;
  writeOuter(frame, ends.outer, head + length - inner, entropy);
  return { frame, wireLength: head + length, outer: ends.outer };
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
  const addresses = sumOf(source, 0, source.length) + sumOf(destination, 0, destination.length);
  const ports = sourcePort + destinationPort - view.sourcePort - view.destinationPort;
  const growth = addresses - sumOf(buffer, ip + IPV4.source, ip + IPV4.min) + ports;
  put16(copy, 0, sourcePort);
  put16(copy, UDP.destinationPort, destinationPort);
  carryChecksum(copy, protocol, growth);
  if (protocol === PROTOCOL_UDP && copy.length >= UDP.checksumEnd && get16(copy, UDP.checksum) === 0)
    writeChecksum(copy, addresses);
  return copy;
}

/** Carries the checksum of a TCP or UDP header along with a sum that grew; a UDP checksum of 0, which is none, stays. */
export function carryChecksum(l4: Uint8Array, protocol: number, growth: number): void {
  if (protocol === PROTOCOL_TCP) {
    if (l4.length >= TCP.checksumEnd) put16(l4, TCP.checksum, changed(get16(l4, TCP.checksum), growth));
  } else if (l4.length >= UDP.checksumEnd) {
    const before = get16(l4, UDP.checksum);
    if (before !== 0) put16(l4, UDP.checksum, changed(before, growth) || ALL_ONES);
  }
}

/** The checksum that UDP over IPv6 has to have (RFC 8200, section 8.1), where all it covers was captured. */
function writeChecksum(udp: Uint8Array, addresses: number): void {
  const length = get16(udp, UDP.length);
  if (length < UDP.min || length > udp.length) return;
  const sum = addresses + PROTOCOL_UDP + length + sumOf(udp, 0, length);
  put16(udp, UDP.checksum, checksumOf(sum) || ALL_ONES);
}

function writeIpv6(frame: Uint8Array, at: number, view: FrameView, length: number, { source, destination }: Ends) {
  frame[at] = VERSION_6;
  put16(frame, at + IPV6.payloadLength, length > ALL_ONES ? 0 : length);
  frame[at + IPV6.next] = view.protocol;
  frame[at + IPV6.hops] = view.ttl;
  frame.set(source, at + IPV6.source);
  frame.set(destination, at + IPV6.destination);
}

function writeMacs(frame: Uint8Array, at: number): void {
  frame.set(madeUpMac(DESTINATION), at + ETHERNET.destination);
  frame.set(madeUpMac(SOURCE), at + ETHERNET.source);
}
