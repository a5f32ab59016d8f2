// IPv4 header (RFC 791) as behaviour 1.2 reads it.
import { ICMP, type Ip, kindOf } from "./ip.ts";

/** Offsets in the header, in bytes; all fields in network order. */
export const IPV4 = {
  versionAndWords: 0,
  typeOfService: 1,
  totalLength: 2,
  identification: 4,
  fragment: 6,
  ttl: 8,
  protocol: 9,
  checksum: 10,
  source: 12,
  destination: 16,
  end: 20,
};
export const DONT_FRAGMENT = 0x4000;
export const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET = 0x1fff;
/** Bytes that one step of the offset stands for. */
const FRAGMENT_UNIT = 8;

/** The header at `at`, or the reason to drop the packet. */
export function readIpv4(frame: Uint8Array, at: number, wireLength: number): Ip | string {
  if (frame.length - at < IPV4.end) return "truncated";
  const view = new DataView(frame.buffer, frame.byteOffset + at);
  const first = view.getUint8(IPV4.versionAndWords);
  const headerLength = (first & 15) * 4;
  if (first >> 4 !== 4 || headerLength < IPV4.end) return "bad-ip-header";
  if (frame.length - at < headerLength) return "truncated";
  const field = view.getUint16(IPV4.totalLength);
  const totalLength = field === 0 ? wireLength - at : field;
  if (totalLength < headerLength || totalLength > wireLength - at) return "bad-ip-length";
  const protocol = view.getUint8(IPV4.protocol);
  const fragment = view.getUint16(IPV4.fragment);
  const isFragment = (fragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) !== 0;
  return {
    family: 4,
    at,
    headerLength,
    totalLength,
    offloaded: field === 0,
    identification: view.getUint16(IPV4.identification),
    fragmentFrom: (fragment & FRAGMENT_OFFSET) * FRAGMENT_UNIT,
    moreFragments: (fragment & MORE_FRAGMENTS) !== 0,
    dontFragment: (fragment & DONT_FRAGMENT) !== 0,
    typeOfService: view.getUint8(IPV4.typeOfService),
    ttl: view.getUint8(IPV4.ttl),
    protocol,
    kind: isFragment ? "fragment" : kindOf(protocol, ICMP),
    source: view.getUint32(IPV4.source),
    destination: view.getUint32(IPV4.destination),
  };
}
