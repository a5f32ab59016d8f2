// Frames of flows that are asked about, of either family: Ethernet, TCP or UDP with data behind its header, checksums right.

import { addressNumber, addressText } from "../config/address.ts";
import { bytesOf, isSix, textOf } from "../config/ipv6.ts";
import { PROTOCOL_TCP, PROTOCOL_UDP, writeFrame } from "../measure/frame.ts";

interface End {
  address: string;
  port: number;
}

/** Who talks to whom, both in one family; numbers are TCP's. */
export interface Talk {
  source: End;
  destination: End;
  flags: number;
  sequence: number;
  acknowledgement: number;
}

const PLAIN_FRAME = 60;
const ETHERNET = 14;
const IPV4 = { source: 26, destination: 30, end: 34 };
const IPV6 = { payload: 18, next: 20, hopLimit: 21, source: 22, destination: 38, end: 54 };
const ADDRESS6 = 16;
const TYPE_IPV6 = 0x86dd;
const START_IPV6 = 0x60000000;
const HOP_LIMIT = 64;
const TCP_HEADER = 20;
const UDP_HEADER = 8;
const TCP = { sequence: 4, acknowledgement: 8, offset: 12, checksum: 16 };
const UDP = { length: 4, checksum: 6 };
const TCP_OFFSET = 5;
const WINDOW = 0xffff;

/** A frame that bears data. */
export function frameBetween(protocol: "tcp" | "udp", data: Uint8Array, talk: Talk): Uint8Array {
  if (isSix(talk.source.address)) return frame6(protocol, data, talk);
  const { source, destination, ...rest } = talk;
  const length = Math.max(PLAIN_FRAME, IPV4.end + TCP_HEADER + data.length);
  const frame = new Uint8Array(length);
  writeFrame(new DataView(frame.buffer), 0, length, {
    ...rest,
    source: addressNumber(source.address),
    sourcePort: source.port,
    destination: addressNumber(destination.address),
    destinationPort: destination.port,
    protocol: protocol === "tcp" ? PROTOCOL_TCP : PROTOCOL_UDP,
    data,
  });
  return frame;
}

function frame6(protocol: "tcp" | "udp", data: Uint8Array, { source, destination, ...tcp }: Talk): Uint8Array {
  const header = protocol === "tcp" ? TCP_HEADER : UDP_HEADER;
  const length = header + data.length;
  const frame = new Uint8Array(IPV6.end + length);
  const view = new DataView(frame.buffer);
  frame.set([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, TYPE_IPV6 >> 8, TYPE_IPV6 & 255]);
  view.setUint32(ETHERNET, START_IPV6);
  view.setUint16(IPV6.payload, length);
  const number = protocol === "tcp" ? PROTOCOL_TCP : PROTOCOL_UDP;
  frame.set([number, HOP_LIMIT], IPV6.next);
  frame.set(bytesOf(source.address), IPV6.source);
  frame.set(bytesOf(destination.address), IPV6.destination);
  view.setUint16(IPV6.end, source.port);
  view.setUint16(IPV6.end + 2, destination.port);
  if (protocol === "tcp") {
    view.setUint32(IPV6.end + TCP.sequence, tcp.sequence);
    view.setUint32(IPV6.end + TCP.acknowledgement, tcp.acknowledgement);
    view.setUint32(IPV6.end + TCP.offset, TCP_OFFSET * 2 ** 28 + (tcp.flags << 16) + WINDOW);
  } else view.setUint16(IPV6.end + UDP.length, length);
  frame.set(data, IPV6.end + header);
  const checksum = checksumOf(view, number + length);
  view.setUint16(IPV6.end + (protocol === "tcp" ? TCP.checksum : UDP.checksum), checksum || WINDOW);
  return frame;
}

/** Checksum over addresses and payload, whose own checksum is 0 yet, and the sum of the rest of the pseudo-header. */
function checksumOf(view: DataView, rest: number): number {
  let sum = rest;
  for (let at = IPV6.source; at < view.byteLength; at += 2)
    sum += at + 1 < view.byteLength ? view.getUint16(at) : view.getUint8(at) * 256;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** Who talks to whom in an untagged Ethernet frame without options or extension headers. */
export function endsOf(frame: Uint8Array): { source: End; destination: End } {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const six = view.getUint16(ETHERNET - 2) === TYPE_IPV6;
  const fields = six ? IPV6 : IPV4;
  const address = (at: number): string =>
    six ? textOf(frame.subarray(at, at + ADDRESS6)) : addressText(view.getUint32(at));
  return {
    source: { address: address(fields.source), port: view.getUint16(fields.end) },
    destination: { address: address(fields.destination), port: view.getUint16(fields.end + 2) },
  };
}
