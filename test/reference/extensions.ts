// Extensions of an ICMP error that goes to the other family (behaviour 25).
import { type Embedded, ICMP_HEADER } from "./embedded.ts";
import type { Family } from "./ip.ts";

const LEAST = 128;
const HEADERS_LEAST = 20;
const EXTENSIONS_LEAST = 4;
const VERSION = 2;
/** Where the length is, of which types, and its unit, bytes. */
const LENGTH = {
  4: { at: 5, types: [3, 11, 12], unit: 4 },
  6: { at: 4, types: [1, 3], unit: 8 },
};
const IPV4_MOST = 1020;
/** Bytes behind the ICMPv6 header at most. */
const IPV6_MOST = 1232;

/** What is behind the header of the packet in the error. */
export interface Body {
  bytes: Uint8Array;
  /** Bytes 4 to 7 of the message, if they say a length. */
  rest?: number;
}

/** That of an error whose packet has a header of so many bytes in the other family; undefined when it has no extensions. */
export function extendedBody(
  frame: Uint8Array,
  { family, at, transport, end }: Embedded,
  whole: boolean,
  to: { family: Family; type: number; header: number },
): Body | undefined {
  const message = at - ICMP_HEADER.end;
  const { at: place, types, unit } = LENGTH[family];
  const told = types.includes(frame[message] as number) ? (frame[message + place] as number) * unit : 0;
  if (!whole || told < LEAST || told < transport - at + HEADERS_LEAST || at + told + EXTENSIONS_LEAST > end)
    return undefined;
  const extensions = frame.subarray(at + told, end);
  if ((extensions[0] as number) >> 4 !== VERSION) return undefined;
  const datagram = frame.subarray(transport, at + told);
  const own = LENGTH[to.family];
  const most = to.family === 4 ? IPV4_MOST : Math.floor((IPV6_MOST - extensions.length) / own.unit) * own.unit;
  if (!own.types.includes(to.type) || most < LEAST) return { bytes: datagram };
  const length = Math.min(most, Math.max(LEAST, Math.ceil((to.header + datagram.length) / own.unit) * own.unit));
  const room = length - to.header;
  const zeros = new Uint8Array(Math.max(0, room - datagram.length));
  const bytes = Uint8Array.from([...datagram.subarray(0, room), ...zeros, ...extensions]);
  return { bytes, rest: (length / own.unit) * 2 ** (8 * (7 - own.at)) };
}
