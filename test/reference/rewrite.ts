// The rewrite of a forwarded packet (behaviour 5 and 23.3).
import type { LinkName } from "../plane.ts";
import { addressBytes, isIpv6 } from "./address.ts";
import { carriedOver, checksumOf, wordSum } from "./checksum.ts";
import { type Family, type Ip, UDP } from "./ip.ts";
import { DONT_FRAGMENT, IPV4, MORE_FRAGMENTS } from "./ipv4.ts";
import { FRAGMENT, FRAGMENT_HEADER, IPV6, MORE } from "./ipv6.ts";
import { naming } from "./link.ts";
import { headerOf } from "./packet.ts";
import { PORTS, type Transport, UDP_HEADER } from "./transport.ts";

/** Addresses and ports that a packet leaves with. */
export interface Ends {
  source: number;
  sourcePort: number;
  destination: number;
  destinationPort: number;
}

/** A packet as it leaves: its frame, and what its headers are there. */
export interface Leaving {
  bytes: Uint8Array;
  ip: Ip;
  transport: Transport;
}

const NO_CHECKSUM = 0xffff;

export const familyOf = (address: number): Family => (isIpv6(address) ? 6 : 4);

/** A translated copy of a frame; addresses in its link header are as they were. `ttl` is what is left of the packet's. */
export function rewrite(
  frame: Uint8Array,
  link: LinkName,
  given: Ip,
  read: Transport,
  ends: Ends,
  ttl: number = given.ttl - 1,
): Leaving {
  const family = familyOf(ends.source);
  const same = family === given.family;
  const moved = same
    ? { bytes: frame.slice(), ip: { ...given, ttl }, transport: read }
    : other(frame, link, given, read);
  const { bytes, ip, transport } = moved;
  const before = addressSum(frame, given) + wordSum(frame, read.at, read.at + PORTS.end);
  readdress(bytes, ip, ends, ttl, same);
  const view = new DataView(bytes.buffer);
  const { at, checksumAt } = transport;
  view.setUint16(at + PORTS.source, ends.sourcePort);
  view.setUint16(at + PORTS.destination, ends.destinationPort);
  const leaving = { bytes, ip: { ...ip, ttl, source: ends.source, destination: ends.destination }, transport };
  if (checksumAt === undefined) return leaving;
  const after = addressSum(bytes, ip) + wordSum(bytes, at, at + PORTS.end);
  const checksum = view.getUint16(checksumAt);
  if (ip.protocol === UDP && checksum === 0) {
    if (!same && family === 6) view.setUint16(checksumAt, udpChecksum(bytes, ip, at));
    return leaving;
  }
  const carried = carriedOver(checksum, before, after);
  view.setUint16(checksumAt, ip.protocol === UDP && carried === 0 ? NO_CHECKSUM : carried);
  return leaving;
}

/** The same packet with a header of the other family, in which addresses and time to live are still to be set (RFC 7915). */
function other(frame: Uint8Array, link: LinkName, given: Ip, read: Transport): Leaving {
  const family = given.family === 4 ? 6 : 4;
  const length = given.totalLength - given.headerLength;
  const header = otherHeader(given);
  const behind = given.at + given.headerLength;
  const bytes = Uint8Array.from([...naming(frame.slice(0, given.at), link, family), ...header, ...frame.slice(behind)]);
  const shift = header.length - given.headerLength;
  const total = header.length + length;
  const ip: Ip = {
    ...given,
    family,
    headerLength: header.length,
    totalLength: total,
    offloaded: given.offloaded || (family === 4 && total > 0xffff),
    dontFragment: given.hasFragmentHeader !== true,
  };
  const { checksumAt } = read;
  const transport = {
    ...read,
    at: read.at + shift,
    ...(checksumAt === undefined ? {} : { checksumAt: checksumAt + shift }),
  };
  return { bytes, ip, transport };
}

/** The headers of a packet in the other family, its fragment header included, without addresses and time to live. */
function otherHeader(given: Ip): Uint8Array {
  const { protocol, typeOfService, identification, fragmentFrom, moreFragments, kind } = given;
  const length = given.offloaded ? undefined : given.totalLength - given.headerLength;
  if (given.family === 6) {
    const place = fragmentFrom / 8 + (moreFragments ? MORE_FRAGMENTS : 0);
    const fragment = given.hasFragmentHeader === true ? place : DONT_FRAGMENT;
    return headerOf(4, { protocol, typeOfService, fragment, length, identification });
  }
  if (kind !== "fragment") return headerOf(6, { protocol, typeOfService, fragment: 0, length });
  const longer = length === undefined ? undefined : length + FRAGMENT_HEADER.end;
  const first = headerOf(6, { protocol: FRAGMENT, typeOfService, fragment: 0, length: longer });
  const behind = new Uint8Array(FRAGMENT_HEADER.end);
  const view = new DataView(behind.buffer);
  view.setUint8(0, protocol);
  view.setUint16(FRAGMENT_HEADER.offset, fragmentFrom + (moreFragments ? MORE : 0));
  view.setUint32(FRAGMENT_HEADER.identification, identification);
  return Uint8Array.from([...first, ...behind]);
}

/** The copy of a frame whose addresses, TTL and perhaps family change, and nothing behind its headers. */
export function headersRewritten(
  frame: Uint8Array,
  link: LinkName,
  given: Ip,
  ends: Pick<Ends, "source" | "destination">,
  ttl: number,
): Uint8Array {
  const family = familyOf(ends.source);
  if (family === given.family) return withAddresses(frame, given, ends, ttl);
  const header = otherHeader(given);
  const behind = frame.slice(given.at + given.headerLength);
  const bytes = Uint8Array.from([...naming(frame.slice(0, given.at), link, family), ...header, ...behind]);
  readdress(bytes, { ...given, family, headerLength: header.length }, ends, ttl, false);
  return bytes;
}

/** Gives the IP header other addresses and another TTL. `carries`: an IPv4 checksum keeps the error that it has, else it is right. */
function readdress(
  bytes: Uint8Array,
  { family, at, headerLength }: Ip,
  { source, destination }: Pick<Ends, "source" | "destination">,
  ttl: number,
  carries: boolean,
): void {
  if (family === 6) {
    bytes[at + IPV6.hopLimit] = ttl;
    bytes.set(addressBytes(source), at + IPV6.source);
    bytes.set(addressBytes(destination), at + IPV6.destination);
    return;
  }
  const view = new DataView(bytes.buffer);
  const before = wordSum(bytes, at, at + headerLength);
  bytes[at + IPV4.ttl] = ttl;
  bytes.set(addressBytes(source), at + IPV4.source);
  bytes.set(addressBytes(destination), at + IPV4.destination);
  const after = wordSum(bytes, at, at + headerLength);
  const checksum = view.getUint16(at + IPV4.checksum);
  view.setUint16(at + IPV4.checksum, carries ? carriedOver(checksum, before, after) : checksumOf(after - checksum));
}

/** A copy of a frame whose IPv4 header has other addresses and another TTL, and nothing else. */
export function withAddresses(
  frame: Uint8Array,
  ip: Ip,
  addresses: Pick<Ends, "source" | "destination">,
  ttl: number,
): Uint8Array {
  const out = frame.slice();
  readdress(out, ip, addresses, ttl, true);
  return out;
}

/** Sum of the words of both addresses in an IP header. */
export const addressSum = (frame: Uint8Array, { family, at }: Pick<Ip, "family" | "at">): number =>
  family === 6 ? wordSum(frame, at + IPV6.source, at + IPV6.end) : wordSum(frame, at + IPV4.source, at + IPV4.end);

/** Bytes that a UDP checksum is over. */
export function udpLength(frame: Uint8Array, ip: Ip, at: number): number {
  const told = new DataView(frame.buffer, frame.byteOffset).getUint16(at + UDP_HEADER.length);
  return told === 0 ? ip.totalLength - ip.headerLength : told;
}

/** The checksum of a UDP packet that had none. */
function udpChecksum(bytes: Uint8Array, ip: Ip, at: number): number {
  const length = udpLength(bytes, ip, at);
  return checksumOf(addressSum(bytes, ip) + UDP + length + wordSum(bytes, at, at + length)) || NO_CHECKSUM;
}
