// Giving a packet other addresses and ports, with its checksums carried along: the replay's own arithmetic, which is what
// lets it find the core's wrong.

import { get16, put16, put32 } from "../wire/words.ts";
import { type FrameView, IPV4, PROTOCOL_TCP, TCP, UDP } from "./frame.ts";

const ALL_ONES = 0xffff;

/** New addresses of a packet, as numbers. */
export interface Addresses {
  source: number;
  destination: number;
}

/** New addresses and ports. */
export interface Tuple extends Addresses {
  sourcePort: number;
  destinationPort: number;
}

/**
 * Rewrites the packet a view looks at, in place, raising its TTL by `raise`. IPv4 and TCP checksums keep the error they had,
 * if any; a UDP checksum of 0 (none) stays 0.
 */
export function readdress(view: FrameView, to: Tuple, raise: number): void {
  const { buffer, ip, l4 } = view;
  const addresses = halves(to.source) + halves(to.destination) - halves(view.source) - halves(view.destination);
  const ports = to.sourcePort + to.destinationPort - view.sourcePort - view.destinationPort;
  put16(buffer, ip + IPV4.checksum, changed(get16(buffer, ip + IPV4.checksum), addresses + raise * 256));
  buffer[ip + IPV4.ttl] = view.ttl + raise;
  put32(buffer, ip + IPV4.source, to.source);
  put32(buffer, ip + IPV4.destination, to.destination);
  put16(buffer, l4, to.sourcePort);
  put16(buffer, l4 + 2, to.destinationPort);
  if (view.protocol === PROTOCOL_TCP) {
    if (l4 + TCP.checksumEnd <= view.end)
      put16(buffer, l4 + TCP.checksum, changed(get16(buffer, l4 + TCP.checksum), addresses + ports));
  } else if (l4 + UDP.checksumEnd <= view.end) {
    const before = get16(buffer, l4 + UDP.checksum);
    if (before !== 0) put16(buffer, l4 + UDP.checksum, changed(before, addresses + ports) || ALL_ONES);
  }
}

/** Gives a packet without ports other addresses, in place, raising its TTL; its header checksum keeps the error it had, if any. */
export function readdressHeader({ buffer, ip, ttl, source, destination }: FrameView, to: Addresses, raise = 0): void {
  const growth = halves(to.source) + halves(to.destination) - halves(source) - halves(destination);
  put16(buffer, ip + IPV4.checksum, changed(get16(buffer, ip + IPV4.checksum), growth + raise * 256));
  buffer[ip + IPV4.ttl] = ttl + raise;
  put32(buffer, ip + IPV4.source, to.source);
  put32(buffer, ip + IPV4.destination, to.destination);
}

/** Checksum after the sum of the words it covers has grown by `growth` (may be negative): its complement grows alike. */
export function changed(checksum: number, growth: number): number {
  const sum = (ALL_ONES - checksum + growth) % ALL_ONES;
  const positive = sum <= 0 ? sum + ALL_ONES : sum;
  return ALL_ONES - positive;
}

function halves(address: number): number {
  return (address >>> 16) + (address & ALL_ONES);
}
