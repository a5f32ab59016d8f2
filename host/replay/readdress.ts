// Giving a packet other addresses and ports, with its checksums carried along: the replay's own arithmetic, which is what
// lets it find the core's wrong.

import { IPV6 } from "../wire/ip.ts";
import { get16, put16, put32 } from "../wire/words.ts";
import { isSixNumber } from "./address-book.ts";
import { type FrameView, IPV4, PROTOCOL_TCP, TCP, UDP } from "./frame.ts";

const ALL_ONES = 0xffff;

/** New addresses of a packet, as numbers. */
export interface Addresses {
  source: number;
  destination: number;
}

/** New addresses and ports. Made anew for each packet: spreading another object into it takes longer than all of readdressing (measured). */
export interface Tuple extends Addresses {
  sourcePort: number;
  destinationPort: number;
}

/**
 * Rewrites the packet a view looks at, in place, raising its TTL by `raise`; the new addresses are of its family. IPv4 and TCP checksums keep the error they had,
 * if any; a UDP checksum of 0 (none) stays 0. By how much the sum of the addresses' words has grown.
 */
export function readdress(view: FrameView, to: Tuple, raise: number): number {
  const { buffer, l4 } = view;
  const addresses = readdressHeader(view, to, raise);
  const ports = to.sourcePort + to.destinationPort - view.sourcePort - view.destinationPort;
  put16(buffer, l4, to.sourcePort);
  put16(buffer, l4 + 2, to.destinationPort);
  if (view.protocol === PROTOCOL_TCP) {
    if (l4 + TCP.checksumEnd <= view.end)
      put16(buffer, l4 + TCP.checksum, changed(get16(buffer, l4 + TCP.checksum), addresses + ports));
  } else if (l4 + UDP.checksumEnd <= view.end) {
    const before = get16(buffer, l4 + UDP.checksum);
    if (before !== 0) put16(buffer, l4 + UDP.checksum, changed(before, addresses + ports) || ALL_ONES);
  }
  return addresses;
}

/**
 * Gives a packet without ports other addresses, in place, raising its TTL; its header checksum keeps the error it had, if any. By how
 * much the sum of the addresses' words has grown.
 */
export function readdressHeader(view: FrameView, to: Addresses, raise = 0): number {
  const { buffer, ip, ttl, source, destination, version } = view;
  const growth = sum(view, to.source) + sum(view, to.destination) - sum(view, source) - sum(view, destination);
  if (version === 6) {
    buffer[ip + IPV6.hops] = ttl + raise;
    if (to.source !== source) buffer.set(bytesOf(view, to.source), ip + IPV6.source);
    if (to.destination !== destination) buffer.set(bytesOf(view, to.destination), ip + IPV6.destination);
    return growth;
  }
  put16(buffer, ip + IPV4.checksum, changed(get16(buffer, ip + IPV4.checksum), growth + raise * 256));
  buffer[ip + IPV4.ttl] = ttl + raise;
  put32(buffer, ip + IPV4.source, to.source);
  put32(buffer, ip + IPV4.destination, to.destination);
  return growth;
}

/** Gives the packet of a frame whose headers lie as in a view another length, its header checksum carried along. */
export function setTotal({ ip, version, total }: FrameView, packet: Uint8Array, length: number): void {
  if (version === 6) return put16(packet, ip + IPV6.payloadLength, length - IPV6.size);
  put16(packet, ip + IPV4.totalLength, length);
  put16(packet, ip + IPV4.checksum, changed(get16(packet, ip + IPV4.checksum), length - total));
}

/** Checksum after the sum of the words it covers has grown by `growth` (may be negative): its complement grows alike. */
export function changed(checksum: number, growth: number): number {
  const sum = (ALL_ONES - checksum + growth) % ALL_ONES;
  const positive = sum <= 0 ? sum + ALL_ONES : sum;
  return ALL_ONES - positive;
}

/** Sum of the words of an address. */
const sum = ({ book }: FrameView, address: number): number =>
  isSixNumber(address) ? (book?.sum(address) ?? 0) : (address >>> 16) + (address & ALL_ONES);

const bytesOf = ({ book }: FrameView, address: number): Uint8Array => book?.bytes(address) ?? new Uint8Array(0);
