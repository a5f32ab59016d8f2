// What a packet's fields were when it came and what they are as it left, read from the bytes of both.

import { addressText } from "../config/address.ts";
import { textOf } from "../config/ipv6.ts";
import type { LinkName } from "../links.ts";
import { IPV6 } from "../wire/ip.ts";
import { packet6 } from "../replay/frame6.ts";
import { FrameView, IPV4, PROTOCOL_TCP, PROTOCOL_UDP, TCP, UDP } from "../replay/frame.ts";

/** A field whose bytes are others than before. */
export interface Change {
  /** Name of the field, such as `TTL` or `TCP checksum`; of the packet in an ICMP error behind `packet in it: `. */
  field: string;
  before: string;
  after: string;
}

type Show = (bytes: Uint8Array) => string;
type Field = readonly [name: string, at: number, size: number, show: Show];

const number: Show = (bytes) => String(valueOf(bytes));
const hex: Show = (bytes) => `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
const address: Show = (bytes) => addressText(valueOf(bytes));
const mac: Show = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");

const MAC_SIZE = 6;
const ETHERNET_FIELDS: readonly Field[] = [
  ["destination MAC", 0, MAC_SIZE, mac],
  ["source MAC", MAC_SIZE, MAC_SIZE, mac],
];
const IP_FIELDS: readonly Field[] = [
  ["total length", IPV4.totalLength, 2, number],
  ["TTL", IPV4.ttl, 1, number],
  ["IP checksum", IPV4.checksum, 2, hex],
  ["source", IPV4.source, 4, address],
  ["destination", IPV4.destination, 4, address],
];
const IPV6_FIELDS: readonly Field[] = [
  ["payload length", IPV6.payloadLength, 2, number],
  ["TTL", IPV6.hops, 1, number],
  ["source", IPV6.source, 16, textOf],
  ["destination", IPV6.destination, 16, textOf],
];
const PORT_FIELDS: readonly Field[] = [
  ["source port", 0, 2, number],
  ["destination port", 2, 2, number],
];
const TCP_FIELDS: readonly Field[] = [
  ["sequence", 4, 4, number],
  ["acknowledgement", 8, 4, number],
  ["TCP checksum", TCP.checksum, 2, hex],
];
const UDP_FIELDS: readonly Field[] = [["UDP checksum", UDP.checksum, 2, hex]];
const PROTOCOL_ICMP = 1;
const ICMP = { header: 8, errors: [3, 11, 12] };
const ICMP_FIELDS: readonly Field[] = [["ICMP checksum", 2, 2, hex]];
const EMBEDDED = "packet in it: ";
const FRAGMENT_OFFSET = 0x1fff;

/** The fields that differ, in the order in which they lie in the packet. */
export function changesBetween(before: Uint8Array, after: Uint8Array, link: LinkName): Change[] {
  const fields = fieldsOf(before, link);
  const changes: Change[] = [];
  for (const [field, now] of fieldsOf(after, link)) {
    const was = fields.get(field);
    if (was !== undefined && was !== now) changes.push({ field, before: was, after: now });
  }
  return changes;
}

/** Fields of a frame by name, as far as they are captured. */
function fieldsOf(
  frame: Uint8Array,
  link: LinkName,
  into = new Map<string, string>(),
  prefix = "",
): Map<string, string> {
  const view = new FrameView();
  view.read(frame, 0, frame.length, link, 0, () => undefined);
  const read = (fields: readonly Field[], from: number): void => {
    for (const [name, at, size, show] of fields)
      if (from + at + size <= frame.length) into.set(prefix + name, show(frame.subarray(from + at, from + at + size)));
  };
  if (link === "ethernet") read(ETHERNET_FIELDS, 0);
  if (view.six >= 0) return fieldsOf6(frame, view.six, read, into);
  if (!view.addressed) return into;
  const { ip, l4, protocol } = view;
  read(IP_FIELDS, ip);
  if ((valueOf(frame.subarray(ip + IPV4.fragment, ip + IPV4.fragment + 2)) & FRAGMENT_OFFSET) !== 0) return into;
  if (protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP) read(PORT_FIELDS, l4);
  if (protocol === PROTOCOL_TCP) read(TCP_FIELDS, l4);
  if (protocol === PROTOCOL_UDP) read(UDP_FIELDS, l4);
  if (protocol !== PROTOCOL_ICMP) return into;
  read(ICMP_FIELDS, l4);
  const inner = frame.subarray(Math.min(l4 + ICMP.header, frame.length));
  return prefix === "" && ICMP.errors.includes(frame[l4] ?? 0) ? fieldsOf(inner, "raw", into, EMBEDDED) : into;
}

/** Those of an IPv6 packet, whose hop limit is compared with a TTL. */
function fieldsOf6(
  frame: Uint8Array,
  ip: number,
  read: (fields: readonly Field[], from: number) => void,
  into: Map<string, string>,
): Map<string, string> {
  const packet = packet6(frame, ip);
  if (packet === undefined) return into;
  read(IPV6_FIELDS, ip);
  if (packet.protocol === PROTOCOL_TCP || packet.protocol === PROTOCOL_UDP) read(PORT_FIELDS, packet.l4);
  if (packet.protocol === PROTOCOL_TCP) read(TCP_FIELDS, packet.l4);
  if (packet.protocol === PROTOCOL_UDP) read(UDP_FIELDS, packet.l4);
  return into;
}

/** Up to four bytes as a number, the first one highest. */
const valueOf = (bytes: Uint8Array): number => bytes.reduce((value, byte) => value * 256 + byte, 0);
