// The rewrite of a forwarded packet (behaviour 5).
import { carriedOver, wordSum } from "./checksum.ts";
import { IPV4, type Ipv4, UDP } from "./ipv4.ts";
import { PORTS, type Transport } from "./transport.ts";

/** Addresses and ports that a packet leaves with. */
export interface Ends {
  source: number;
  sourcePort: number;
  destination: number;
  destinationPort: number;
}

/** A translated copy of a frame; its link header is as it was. `ttl` is what is left of the packet's. */
export function rewrite(
  frame: Uint8Array,
  ip: Ipv4,
  transport: Transport,
  ends: Ends,
  ttl: number = ip.ttl - 1,
): Uint8Array {
  const out = frame.slice();
  const view = new DataView(out.buffer);
  const header = ip.at;
  const headerEnd = ip.at + ip.headerLength;
  const { at, checksumAt } = transport;
  const headerBefore = wordSum(out, header, headerEnd);
  const transportBefore = pseudoSum(out, header) + wordSum(out, at, at + PORTS.end);

  out[header + IPV4.ttl] = ttl;
  view.setUint32(header + IPV4.source, ends.source);
  view.setUint32(header + IPV4.destination, ends.destination);
  view.setUint16(at + PORTS.source, ends.sourcePort);
  view.setUint16(at + PORTS.destination, ends.destinationPort);

  const headerAfter = wordSum(out, header, headerEnd);
  const transportAfter = pseudoSum(out, header) + wordSum(out, at, at + PORTS.end);
  const headerChecksum = view.getUint16(header + IPV4.checksum);
  view.setUint16(header + IPV4.checksum, carriedOver(headerChecksum, headerBefore, headerAfter));
  if (checksumAt === undefined) return out;
  const checksum = view.getUint16(checksumAt);
  if (ip.protocol === UDP && checksum === 0) return out;
  const carried = carriedOver(checksum, transportBefore, transportAfter);
  view.setUint16(checksumAt, ip.protocol === UDP && carried === 0 ? 0xffff : carried);
  return out;
}

/** A copy of a frame whose IP header has other addresses and another TTL, and nothing else. */
export function withAddresses(
  frame: Uint8Array,
  ip: Ipv4,
  { source, destination }: Pick<Ends, "source" | "destination">,
  ttl: number,
): Uint8Array {
  const out = frame.slice();
  const view = new DataView(out.buffer);
  const end = ip.at + ip.headerLength;
  const before = wordSum(out, ip.at, end);
  out[ip.at + IPV4.ttl] = ttl;
  view.setUint32(ip.at + IPV4.source, source);
  view.setUint32(ip.at + IPV4.destination, destination);
  const checksum = ip.at + IPV4.checksum;
  view.setUint16(checksum, carriedOver(view.getUint16(checksum), before, wordSum(out, ip.at, end)));
  return out;
}

/** Sum of the words of the pseudo-header that a rewrite changes: both addresses. */
const pseudoSum = (frame: Uint8Array, header: number): number =>
  wordSum(frame, header + IPV4.source, header + IPV4.end);
