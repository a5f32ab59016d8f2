// The replay's own reading of an IPv6 packet, apart from the core's: what explanations show of it.

import { textOf } from "../config/ipv6.ts";
import { IPV6 } from "../wire/ip.ts";
import { get16 } from "../wire/words.ts";

const ADDRESS = 16;
/** Hop-by-hop options, routing, destination options. */
const EXTENSIONS: readonly number[] = [0, 43, 60];
const HOP_BY_HOP = 0;
const ROUTING = 43;
const SEGMENTS_LEFT = 3;
/** Its header has 8 bytes, these two among them: offset and more-fragments flag, which are 0 in one that is no fragment's (RFC 6946). */
const FRAGMENT = 44;
const OFFSET_AND_MORE = 2;
const FRAGMENT_MASK = 0xfff9;
const FRAGMENT_OFFSET = 0xfff8;
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
    protocol = buffer[l4] as number;
    l4 += ((buffer[l4 + 1] as number) + 1) * EXTENSION_UNIT;
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
}

/** Steps over the headers of the packet that begins at `ip`, whose frame has so many bytes on the wire; undefined when one is unsound. */
export function behind6(buffer: Uint8Array, ip: number, wireLength: number): Behind6 | undefined {
  if (buffer.length < ip + IPV6.size || (buffer[ip] as number) >> 4 !== VERSION) return undefined;
  const stated = get16(buffer, ip + IPV6.payloadLength);
  const end = stated === 0 ? wireLength : ip + IPV6.size + stated;
  let protocol = buffer[ip + IPV6.next] as number;
  let l4 = ip + IPV6.size;
  if (end < l4 || end > wireLength) return undefined;
  for (let count = 0; EXTENSIONS.includes(protocol) || protocol === FRAGMENT; count++) {
    const misplaced = count === EXTENSIONS_MOST || (protocol === HOP_BY_HOP && count > 0);
    if (misplaced || Math.min(end, buffer.length) < l4 + EXTENSION_UNIT) return undefined;
    const fragment = protocol === FRAGMENT ? get16(buffer, l4 + OFFSET_AND_MORE) & FRAGMENT_MASK : 0;
    if (fragment !== 0)
      return { protocol: buffer[l4] as number, l4: l4 + EXTENSION_UNIT, end, fragmentFrom: fragment & FRAGMENT_OFFSET };
    const length = protocol === FRAGMENT ? EXTENSION_UNIT : ((buffer[l4 + 1] as number) + 1) * EXTENSION_UNIT;
    const leadsOn = protocol === ROUTING && buffer[l4 + SEGMENTS_LEFT] !== 0;
    if (leadsOn || Math.min(end, buffer.length) < l4 + length) return undefined;
    protocol = buffer[l4] as number;
    l4 += length;
  }
  return { protocol, l4, end, fragmentFrom: undefined };
}
