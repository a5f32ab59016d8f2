// IP headers and packets that the plane makes itself.
import { addressBytes } from "./address.ts";
import { checksumOf, wordSum } from "./checksum.ts";
import type { Family } from "./ip.ts";
import { IPV4 } from "./ipv4.ts";
import { IPV6 } from "./ipv6.ts";

const VERSION_AND_WORDS = 0x45;
const TTL = 64;
const LENGTH_MOST = 0xffff;

/** What a header says; identification, flow label and the rest are 0. */
export interface Fields {
  protocol: number;
  /** Type of service, or traffic class. */
  typeOfService: number;
  /** IPv4 only: flags and fragment offset. */
  fragment: number;
  /** IPv4 only; 0 when absent. */
  identification?: number;
  /** Bytes behind the header; undefined when the field is to be 0. */
  length: number | undefined;
}

/** A header without addresses, time to live and checksum. */
export function headerOf(family: Family, fields: Fields): Uint8Array {
  const { protocol, typeOfService, fragment, length, identification = 0 } = fields;
  const header = new Uint8Array(family === 6 ? IPV6.end : IPV4.end);
  const view = new DataView(header.buffer);
  if (family === 6) {
    view.setUint32(IPV6.start, 6 * 2 ** 28 + typeOfService * 2 ** 20);
    view.setUint16(IPV6.payloadLength, length ?? 0);
    header[IPV6.nextHeader] = protocol;
    return header;
  }
  const total = length === undefined ? 0 : IPV4.end + length;
  header[IPV4.versionAndWords] = VERSION_AND_WORDS;
  header[IPV4.typeOfService] = typeOfService;
  view.setUint16(IPV4.totalLength, total > LENGTH_MOST ? 0 : total);
  view.setUint16(IPV4.fragment, fragment);
  view.setUint16(IPV4.identification, identification);
  header[IPV4.protocol] = protocol;
  return header;
}

export interface Header {
  protocol: number;
  source: number;
  destination: number;
  /** Flags and fragment offset of IPv4. */
  fragment: number;
  /** 0 when absent. */
  typeOfService?: number;
}

/** Link header, IPv4 header with the checksum in full, TTL 64, and payload in one frame. */
export function frameOf(
  link: Uint8Array,
  { protocol, source, destination, fragment, typeOfService = 0 }: Header,
  payload: Uint8Array,
): Uint8Array {
  const header = headerOf(4, { protocol, typeOfService, fragment, length: payload.length });
  header[IPV4.ttl] = TTL;
  header.set(addressBytes(source), IPV4.source);
  header.set(addressBytes(destination), IPV4.destination);
  new DataView(header.buffer).setUint16(IPV4.checksum, checksumOf(wordSum(header)));
  return Uint8Array.from([...link, ...header, ...payload]);
}

/** The same with an IPv6 header, hop limit 64. */
export function carryingIpv6(
  link: Uint8Array,
  { protocol, source, destination, typeOfService = 0 }: Omit<Header, "fragment">,
  payload: Uint8Array,
): Uint8Array {
  const header = headerOf(6, { protocol, typeOfService, fragment: 0, length: payload.length });
  header[IPV6.hopLimit] = TTL;
  header.set(addressBytes(source), IPV6.source);
  header.set(addressBytes(destination), IPV6.destination);
  return Uint8Array.from([...link, ...header, ...payload]);
}

/** The same with the checksum of the payload, which is 0 yet, at an offset there. */
export function frameOfIpv6(
  link: Uint8Array,
  given: Omit<Header, "fragment">,
  payload: Uint8Array,
  checksumAt: number,
): Uint8Array {
  const frame = carryingIpv6(link, given, payload);
  const pseudo = wordSum(frame, link.length + IPV6.source, link.length + IPV6.end) + given.protocol + payload.length;
  const checksum = checksumOf(pseudo + wordSum(payload));
  new DataView(frame.buffer).setUint16(link.length + IPV6.end + checksumAt, checksum);
  return frame;
}
