// The replay's own reading of an IPv6 packet, apart from the core's: the headers in front of what it carries, read strictly for
// what is compared, leniently for what explanations show.

import { textOf } from "../config/ipv6.ts";
import { IPV6 } from "../wire/ip.ts";
import { get16 } from "../wire/words.ts";

const ADDRESS = 16;
/** Hop-by-hop options, routing, destination options. */
const EXTENSIONS: readonly number[] = [0, 43, 60];
const HOP_BY_HOP = 0;
const ROUTING = 43;
const SEGMENTS_LEFT = 3;
const FRAGMENT = 44;
/** Of a fragment header (RFC 8200, 4.5). */
export const FRAGMENT6 = { offset: 2, identification: 4, size: 8, offsetMask: 0xfff8, more: 1 };
const VERSION = 6;
const EXTENSION_UNIT = 8;
const EXTENSIONS_MOST = 8;

/** An IPv6 packet seen in place. */
export interface Packet6 {
  source: string;
  destination: string;
  hopLimit: number;
  /** Last next header, and where what it names begins. */
  protocol: number;
  l4: number;
}

/** Looks at the packet whose header begins at `ip`; undefined when that is not all there. */
export function packet6(buffer: Uint8Array, ip: number): Packet6 | undefined {
  if (buffer.length < ip + IPV6.size) return undefined;
  let protocol = buffer[ip + IPV6.next] as number;
  let l4 = ip + IPV6.size;
  for (let count = 0; EXTENSIONS.includes(protocol) && count < EXTENSIONS_MOST && l4 + 2 <= buffer.length; count++) {
    const length = lengthOf(buffer, l4, protocol);
    protocol = buffer[l4] as number;
    l4 += length;
  }
  return {
    source: textOf(buffer.subarray(ip + IPV6.source, ip + IPV6.source + ADDRESS)),
    destination: textOf(buffer.subarray(ip + IPV6.destination, ip + IPV6.destination + ADDRESS)),
    hopLimit: buffer[ip + IPV6.hops] as number,
    protocol,
    l4,
  };
}

/** What is behind the extension headers of a packet, as an offset, and where the packet ends on the wire. */
export interface Behind6 {
  protocol: number;
  l4: number;
  end: number;
  /** Of a fragment: where in its datagram it begins, bytes. */
  fragmentFrom: number | undefined;
  /** Its last fragment header, -1 without one; that of an atomic fragment (RFC 6946) makes it none. */
  fragment: number;
}

/**
 * Steps over the headers of the packet that begins at `ip`, in a frame that is captured up to `captured` and has so many bytes on the
 * wire, up to the header of a fragment; undefined when one is unsound.
 */
export function behind6(buffer: Uint8Array, ip: number, captured: number, wireLength: number): Behind6 | undefined {
  if (captured < ip + IPV6.size || (buffer[ip] as number) >> 4 !== VERSION) return undefined;
  const stated = get16(buffer, ip + IPV6.payloadLength);
  const end = stated === 0 ? wireLength : ip + IPV6.size + stated;
  const seen = Math.min(end, captured);
  let protocol = buffer[ip + IPV6.next] as number;
  let l4 = ip + IPV6.size;
  let fragment = -1;
  if (end < l4 || end > wireLength) return undefined;
  for (let count = 0; EXTENSIONS.includes(protocol) || protocol === FRAGMENT; count++) {
    const misplaced = count === EXTENSIONS_MOST || (protocol === HOP_BY_HOP && count > 0);
    if (misplaced || seen < l4 + EXTENSION_UNIT) return undefined;
    const length = lengthOf(buffer, l4, protocol);
    const leadsOn = protocol === ROUTING && buffer[l4 + SEGMENTS_LEFT] !== 0;
    if (leadsOn || seen < l4 + length) return undefined;
    if (protocol === FRAGMENT) fragment = l4;
    const ends = protocol === FRAGMENT && isFragment6(buffer, l4);
    protocol = buffer[l4] as number;
    l4 += length;
    if (ends) break;
  }
  const fragmentFrom = isFragment6(buffer, fragment)
    ? get16(buffer, fragment + FRAGMENT6.offset) & FRAGMENT6.offsetMask
    : undefined;
  return { protocol, l4, end, fragmentFrom, fragment };
}

/** Whether a fragment header is that of a fragment: it has an offset, or more fragments follow. */
const isFragment6 = (buffer: Uint8Array, at: number): boolean =>
  at >= 0 && (get16(buffer, at + FRAGMENT6.offset) & (FRAGMENT6.offsetMask | FRAGMENT6.more)) !== 0;

/** Bytes of an extension header. */
const lengthOf = (buffer: Uint8Array, at: number, protocol: number): number =>
  protocol === FRAGMENT ? FRAGMENT6.size : ((buffer[at + 1] as number) + 1) * EXTENSION_UNIT;
