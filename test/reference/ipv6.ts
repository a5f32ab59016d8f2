// IPv6 header and extension headers (RFC 8200) as behaviour 23.1 reads them.
import { addressFrom } from "./address.ts";
import { type Ip, type Kind, kindOf } from "./ip.ts";

/** Offsets in the header, in bytes; all fields in network order. */
export const IPV6 = { start: 0, payloadLength: 4, nextHeader: 6, hopLimit: 7, source: 8, destination: 24, end: 40 };

export const ICMPV6 = 58;
const HOP_BY_HOP = 0;
const ROUTING = 43;
export const FRAGMENT = 44;
/** Fragment header: next header, a reserved byte, then these; it has 8 bytes. */
export const FRAGMENT_HEADER = { offset: 2, identification: 4, end: 8 };
const OFFSET_BITS = 0xfff8;
export const MORE = 1;
const EXTENSIONS = [HOP_BY_HOP, ROUTING, 60, FRAGMENT];
const EXTENSIONS_MOST = 8;
const EXTENSION = { length: 1, segmentsLeft: 3, least: 8 };
/** Types of ICMPv6 that ARP and IGMP are for IPv4: 130 to 137 and 143. */
const isNeighbours = (type: number): boolean => (type >= 130 && type <= 137) || type === 143;

/** The header at `at`, or the reason to drop the packet. */
export function readIpv6(frame: Uint8Array, at: number, wireLength: number): Ip | string {
  if (frame.length - at < IPV6.end) return "truncated";
  const view = new DataView(frame.buffer, frame.byteOffset + at);
  const start = view.getUint32(IPV6.start);
  if (start >>> 28 !== 6) return "bad-ip-header";
  const field = view.getUint16(IPV6.payloadLength);
  const payload = field === 0 ? wireLength - at - IPV6.end : field;
  if (IPV6.end + payload > wireLength - at) return "bad-ip-length";
  const chain = walk(view, payload, view.getUint8(IPV6.nextHeader));
  if (typeof chain === "string") return chain;
  const { protocol, headerLength, fragment } = chain;
  const isPart = fragment !== undefined && (fragment.from !== 0 || fragment.more);
  return {
    family: 6,
    at,
    headerLength,
    totalLength: IPV6.end + payload,
    offloaded: field === 0,
    identification: fragment?.identification ?? 0,
    fragmentFrom: fragment?.from ?? 0,
    moreFragments: fragment?.more ?? false,
    hasFragmentHeader: fragment !== undefined,
    dontFragment: true,
    typeOfService: (start >>> 20) & 0xff,
    ttl: view.getUint8(IPV6.hopLimit),
    protocol,
    kind: isPart ? "fragment" : kindAt(view, protocol, headerLength, IPV6.end + payload),
    source: addressFrom(frame.subarray(at + IPV6.source, at + IPV6.destination)),
    destination: addressFrom(frame.subarray(at + IPV6.destination, at + IPV6.end)),
  };
}

/** What a fragment header says. */
interface FragmentHeader {
  /** Bytes. */
  from: number;
  more: boolean;
  identification: number;
}

/** What is behind the extension headers, where, and the last fragment header; or what is against them. */
export function walk(
  view: DataView,
  payload: number,
  first: number,
): { protocol: number; headerLength: number; fragment?: FragmentHeader } | string {
  let next = first;
  let used = 0;
  let fragment: FragmentHeader | undefined;
  for (let count = 1; EXTENSIONS.includes(next); count++) {
    const left = payload - used;
    const captured = view.byteLength - IPV6.end - used;
    if (count > EXTENSIONS_MOST || (next === HOP_BY_HOP && count > 1) || left < EXTENSION.least)
      return "ipv6-extension";
    if (captured < EXTENSION.least) return "truncated";
    const at = IPV6.end + used;
    if (next === FRAGMENT) {
      fragment = fragmentAt(view, at);
      next = view.getUint8(at);
      used += FRAGMENT_HEADER.end;
      if (fragment.from !== 0 || fragment.more) break;
      continue;
    }
    const length = 8 * (view.getUint8(at + EXTENSION.length) + 1);
    if (length > left || (next === ROUTING && view.getUint8(at + EXTENSION.segmentsLeft) !== 0))
      return "ipv6-extension";
    if (captured < length) return "truncated";
    next = view.getUint8(at);
    used += length;
  }
  return { protocol: next, headerLength: IPV6.end + used, ...(fragment === undefined ? {} : { fragment }) };
}

function fragmentAt(view: DataView, at: number): FragmentHeader {
  const place = view.getUint16(at + FRAGMENT_HEADER.offset);
  const identification = view.getUint32(at + FRAGMENT_HEADER.identification);
  return { from: place & OFFSET_BITS, more: (place & MORE) !== 0, identification };
}

function kindAt(view: DataView, protocol: number, at: number, end: number): Kind {
  const told = protocol === ICMPV6 && at < Math.min(view.byteLength, end);
  return told && isNeighbours(view.getUint8(at)) ? "neighbour" : kindOf(protocol, ICMPV6);
}
