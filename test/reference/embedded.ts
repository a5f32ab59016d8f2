// The packet in an ICMP error, and a copy of it with other ends (behaviour 17.2 to 17.4, 23.6).
import { addressBytes, addressFrom } from "./address.ts";
import { carriedOver, checksumOf, wordSum } from "./checksum.ts";
import { type Family, type Ip, TCP, UDP } from "./ip.ts";
import { IPV4, MORE_FRAGMENTS } from "./ipv4.ts";
import { ICMPV6, IPV6, walk } from "./ipv6.ts";
import { addressSum, type Ends } from "./rewrite.ts";
import { PORTS, TCP_HEADER, UDP_HEADER } from "./transport.ts";

/** Offsets of ICMP, bytes. */
export const ICMP_HEADER = { type: 0, code: 1, checksum: 2, mtu: 6, end: 8 };
/** Bytes behind its IP header that a packet in an error has at least. */
const QUOTED = 8;
const OFFSET_BITS = 0x1fff;

/** Where things lie in the frame, and the packet's ends. */
export interface Embedded extends Ends {
  family: Family;
  /** Its IP header, and what follows that. */
  at: number;
  transport: number;
  protocol: number;
  /** Behind the last byte that is captured and within the message. */
  end: number;
  laterFragment: boolean;
  /** Of a packet with a fragment header, or an IPv4 one with more-fragments. */
  fragment?: { identification: number; more: boolean };
}

/** The packet in an error, or what is against it; checksums are not looked at. */
export function embeddedIn(frame: Uint8Array, ip: Ip): Embedded | string {
  const at = ip.at + ip.headerLength + ICMP_HEADER.end;
  const there = ip.at + ip.totalLength - at;
  const end = Math.min(frame.length, ip.at + ip.totalLength);
  const least = ip.family === 6 ? IPV6.end : IPV4.end;
  if (there < least) return "icmp-malformed";
  if (end - at < least) return "truncated";
  const view = new DataView(frame.buffer, frame.byteOffset + at, end - at);
  const header = ip.family === 6 ? headerOfIpv6(view, there) : headerOfIpv4(view);
  if (typeof header === "string") return header;
  if (there < header.length + QUOTED) return "icmp-malformed";
  if (end - at < header.length + QUOTED) return "truncated";
  const { protocol, laterFragment, fragment } = header;
  const [source, destination] = ip.family === 6 ? [IPV6.source, IPV6.destination] : [IPV4.source, IPV4.destination];
  const size = destination - source;
  const transport = at + header.length;
  return {
    family: ip.family,
    at,
    transport,
    protocol,
    end,
    laterFragment,
    ...(fragment === undefined ? {} : { fragment }),
    source: addressFrom(frame.subarray(at + source, at + source + size)),
    destination: addressFrom(frame.subarray(at + destination, at + destination + size)),
    sourcePort: view.getUint16(header.length + PORTS.source),
    destinationPort: view.getUint16(header.length + PORTS.destination),
  };
}

type Header = Pick<Embedded, "protocol" | "laterFragment" | "fragment"> & { length: number };

function headerOfIpv4(view: DataView): Header | string {
  const first = view.getUint8(IPV4.versionAndWords);
  const length = (first & 15) * 4;
  if (first >> 4 !== 4 || length < IPV4.end) return "icmp-malformed";
  if (view.byteLength < length) return { length, protocol: 0, laterFragment: false };
  const flags = view.getUint16(IPV4.fragment);
  const fragment = { identification: view.getUint16(IPV4.identification), more: true };
  return {
    length,
    protocol: view.getUint8(IPV4.protocol),
    laterFragment: (flags & OFFSET_BITS) !== 0,
    ...(flags & MORE_FRAGMENTS ? { fragment } : {}),
  };
}

function headerOfIpv6(view: DataView, there: number): Header | string {
  if (view.getUint8(0) >> 4 !== 6) return "icmp-malformed";
  const chain = walk(view, there - IPV6.end, view.getUint8(IPV6.nextHeader));
  if (typeof chain === "string") return chain === "truncated" ? chain : "icmp-malformed";
  const { protocol, headerLength: length, fragment } = chain;
  if (fragment === undefined) return { length, protocol, laterFragment: false };
  return { length, protocol, laterFragment: fragment.from !== 0, fragment };
}

/** Whether the packet's IP header and, where all of it is captured, the message have right checksums. */
export function isSound(frame: Uint8Array, ip: Ip, { family, at, transport, end }: Embedded): boolean {
  if (family === 4 && checksumOf(wordSum(frame, at, transport)) !== 0) return false;
  const message = ip.at + ip.headerLength;
  const whole = end === ip.at + ip.totalLength;
  const pseudo = family === 6 ? pseudoSum(frame, ip.at, end - message) : 0;
  return !whole || checksumOf(pseudo + wordSum(frame, message, end)) === 0;
}

/** Sum of the pseudo-header of ICMPv6 behind an IPv6 header. */
export const pseudoSum = (frame: Uint8Array, at: number, length: number): number =>
  wordSum(frame, at + IPV6.source, at + IPV6.end) + ICMPV6 + length;

/** Whether it can be one of a flow's. */
export const isOfFlow = ({ laterFragment, protocol }: Embedded): boolean =>
  !laterFragment && (protocol === TCP || protocol === UDP);

/** New numbers of the packet, by offset in its TCP header. */
export type Numbers = { field: number; change: (number: number) => number }[];

/** Ports and numbers that a packet in an error is given. */
export type Given = Pick<Ends, "sourcePort" | "destinationPort"> & { numbers: Numbers };

/** A copy of a frame whose embedded packet has other ends and numbers; all checksums from the ICMP one inwards follow. */
export function withEnds(frame: Uint8Array, ip: Ip, embedded: Embedded, ends: Ends, numbers: Numbers): Uint8Array {
  const out = frame.slice();
  const view = new DataView(out.buffer);
  const { family, at, transport, end } = embedded;
  out.set(addressBytes(ends.source), at + (family === 6 ? IPV6.source : IPV4.source));
  out.set(addressBytes(ends.destination), at + (family === 6 ? IPV6.destination : IPV4.destination));
  if (family === 4) {
    const ipChecksum = at + IPV4.checksum;
    view.setUint16(ipChecksum, carry(view.getUint16(ipChecksum), frame, out, at, transport));
  }
  const addresses = { before: addressSum(frame, embedded), after: addressSum(out, embedded) };
  setTransport(out, { at: transport, end, protocol: embedded.protocol }, { ...ends, numbers }, addresses);
  const message = ip.at + ip.headerLength + ICMP_HEADER.checksum;
  view.setUint16(message, carry(view.getUint16(message), frame, out, at, end));
  return out;
}

/** Gives a TCP or UDP header, of which some bytes are there, other ports and numbers; its checksum follows, addresses included. */
export function setTransport(
  bytes: Uint8Array,
  { at, end, protocol }: { at: number; end: number; protocol: number },
  { sourcePort, destinationPort, numbers }: Given,
  addresses: { before: number; after: number },
): void {
  const view = new DataView(bytes.buffer);
  const numbersEnd = Math.min(at + (protocol === TCP ? TCP_HEADER.offset : PORTS.end), end);
  const before = addresses.before + wordSum(bytes, at, numbersEnd);
  view.setUint16(at + PORTS.source, sourcePort);
  view.setUint16(at + PORTS.destination, destinationPort);
  for (const { field, change } of numbers)
    if (at + field + 4 <= end) view.setUint32(at + field, change(view.getUint32(at + field)));
  const checksum = at + (protocol === TCP ? TCP_HEADER.checksum : UDP_HEADER.checksum);
  if (checksum + 2 > end || (protocol === UDP && view.getUint16(checksum) === 0)) return;
  const carried = carriedOver(view.getUint16(checksum), before, addresses.after + wordSum(bytes, at, numbersEnd));
  view.setUint16(checksum, protocol === UDP && carried === 0 ? 0xffff : carried);
}

const carry = (checksum: number, before: Uint8Array, after: Uint8Array, from: number, to: number): number =>
  carriedOver(checksum, wordSum(before, from, to), wordSum(after, from, to));
