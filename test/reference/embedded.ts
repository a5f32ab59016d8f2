// The packet in an ICMP error, and a copy of it with other ends (behaviour 17.2 to 17.4).
import { carriedOver, checksumOf, wordSum } from "./checksum.ts";
import { type Ip, TCP, UDP } from "./ip.ts";
import { IPV4 } from "./ipv4.ts";
import type { Ends } from "./rewrite.ts";
import { PORTS, TCP_HEADER, UDP_HEADER } from "./transport.ts";

/** Offsets of ICMP, bytes. */
export const ICMP_HEADER = { type: 0, code: 1, checksum: 2, mtu: 6, end: 8 };
/** Bytes behind its IP header that a packet in an error has at least. */
const QUOTED = 8;
const OFFSET_BITS = 0x1fff;

/** Where things lie in the frame, and the packet's ends. */
export interface Embedded extends Ends {
  /** Its IP header, and what follows that. */
  at: number;
  transport: number;
  protocol: number;
  /** Behind the last byte that is captured and within the message. */
  end: number;
  laterFragment: boolean;
}

/** The packet in an error, or what is against it; checksums are not looked at. */
export function embeddedIn(frame: Uint8Array, ip: Ip): Embedded | string {
  const icmp = ip.at + ip.headerLength;
  const at = icmp + ICMP_HEADER.end;
  const there = ip.at + ip.totalLength - at;
  const end = Math.min(frame.length, ip.at + ip.totalLength);
  if (there < IPV4.end) return "icmp-malformed";
  if (end - at < IPV4.end) return "truncated";
  const view = new DataView(frame.buffer, frame.byteOffset);
  const first = view.getUint8(at + IPV4.versionAndWords);
  const header = (first & 15) * 4;
  if (first >> 4 !== 4 || header < IPV4.end || there < header + QUOTED) return "icmp-malformed";
  if (end - at < header + QUOTED) return "truncated";
  const transport = at + header;
  return {
    at,
    transport,
    protocol: view.getUint8(at + IPV4.protocol),
    end,
    laterFragment: (view.getUint16(at + IPV4.fragment) & OFFSET_BITS) !== 0,
    source: view.getUint32(at + IPV4.source),
    destination: view.getUint32(at + IPV4.destination),
    sourcePort: view.getUint16(transport + PORTS.source),
    destinationPort: view.getUint16(transport + PORTS.destination),
  };
}

/** Whether the packet's IP header and, where all of it is captured, the message have right checksums. */
export function isSound(frame: Uint8Array, ip: Ip, { at, transport, end }: Embedded): boolean {
  if (checksumOf(wordSum(frame, at, transport)) !== 0) return false;
  const message = ip.at + ip.headerLength;
  const whole = end === ip.at + ip.totalLength;
  return !whole || checksumOf(wordSum(frame, message, end)) === 0;
}

/** Whether it can be one of a flow's. */
export const isOfFlow = ({ laterFragment, protocol }: Embedded): boolean =>
  !laterFragment && (protocol === TCP || protocol === UDP);

/** New numbers of the packet, by offset in its TCP header. */
export type Numbers = { field: number; change: (number: number) => number }[];

/** A copy of a frame whose embedded packet has other ends and numbers; all checksums from the ICMP one inwards follow. */
export function withEnds(frame: Uint8Array, ip: Ip, embedded: Embedded, ends: Ends, numbers: Numbers): Uint8Array {
  const out = frame.slice();
  const view = new DataView(out.buffer);
  const { at, transport, protocol, end } = embedded;
  view.setUint32(at + IPV4.source, ends.source);
  view.setUint32(at + IPV4.destination, ends.destination);
  view.setUint16(transport + PORTS.source, ends.sourcePort);
  view.setUint16(transport + PORTS.destination, ends.destinationPort);
  for (const { field, change } of numbers)
    if (transport + field + 4 <= end) view.setUint32(transport + field, change(view.getUint32(transport + field)));
  const ipChecksum = at + IPV4.checksum;
  view.setUint16(ipChecksum, carry(view.getUint16(ipChecksum), frame, out, at, transport));
  const checksum = transport + (protocol === TCP ? TCP_HEADER.checksum : UDP_HEADER.checksum);
  if (checksum + 2 <= end && !(protocol === UDP && view.getUint16(checksum) === 0)) {
    const numbersEnd = Math.min(transport + (protocol === TCP ? TCP_HEADER.offset : PORTS.end), end);
    const before = wordSum(frame, at + IPV4.source, at + IPV4.end) + wordSum(frame, transport, numbersEnd);
    const after = wordSum(out, at + IPV4.source, at + IPV4.end) + wordSum(out, transport, numbersEnd);
    const carried = carriedOver(view.getUint16(checksum), before, after);
    view.setUint16(checksum, protocol === UDP && carried === 0 ? 0xffff : carried);
  }
  const message = ip.at + ip.headerLength + ICMP_HEADER.checksum;
  view.setUint16(message, carry(view.getUint16(message), frame, out, at, end));
  return out;
}

const carry = (checksum: number, before: Uint8Array, after: Uint8Array, from: number, to: number): number =>
  carriedOver(checksum, wordSum(before, from, to), wordSum(after, from, to));
