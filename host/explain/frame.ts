// Frames of flows that are asked about, of either family: Ethernet, TCP or UDP with data behind its header, checksums right.

import { addressNumber, addressText } from "../config/address.ts";
import { bytesOf, isSix, textOf } from "../config/ipv6.ts";
import { writeFrame } from "../measure/frame.ts";
import { ETHERNET, TYPE_IPV6 } from "../wire/ethernet.ts";
import { IPV4, IPV6, PROTOCOL_TCP, PROTOCOL_UDP } from "../wire/ip.ts";
import { TCP, UDP } from "../wire/transport.ts";
import { checksumOf, get16, get32, put16, put32, sumOf } from "../wire/words.ts";

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
const IP = ETHERNET.size;
/** Where what an IPv6 header without extensions carries begins. */
const L4 = IP + IPV6.size;
const ADDRESS6 = 16;
const START_IPV6 = 0x60000000;
const HOP_LIMIT = 64;
const TCP_OFFSET = 5;
const WINDOW = 0xffff;

/** A frame that bears data. */
export function frameBetween(protocol: "tcp" | "udp", data: Uint8Array, talk: Talk): Uint8Array {
  if (isSix(talk.source.address)) return frame6(protocol, data, talk);
  const { source, destination, ...rest } = talk;
  const length = Math.max(PLAIN_FRAME, IP + IPV4.min + TCP.min + data.length);
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
  const [number, { min, checksum }] = protocol === "tcp" ? [PROTOCOL_TCP, TCP] : [PROTOCOL_UDP, UDP];
  const length = min + data.length;
  const frame = new Uint8Array(L4 + length);
  frame.set([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, TYPE_IPV6 >> 8, TYPE_IPV6 & 255]);
  put32(frame, IP, START_IPV6);
  put16(frame, IP + IPV6.payloadLength, length);
  frame.set([number, HOP_LIMIT], IP + IPV6.next);
  frame.set(bytesOf(source.address), IP + IPV6.source);
  frame.set(bytesOf(destination.address), IP + IPV6.destination);
  put16(frame, L4, source.port);
  put16(frame, L4 + 2, destination.port);
  if (protocol === "tcp") {
    put32(frame, L4 + TCP.sequence, tcp.sequence);
    put32(frame, L4 + TCP.acknowledgement, tcp.acknowledgement);
    put32(frame, L4 + TCP.offset, TCP_OFFSET * 2 ** 28 + (tcp.flags << 16) + WINDOW);
  } else put16(frame, L4 + UDP.length, length);
  frame.set(data, L4 + min);
  const sum = number + length + sumOf(frame, IP + IPV6.source, frame.length);
  put16(frame, L4 + checksum, checksumOf(sum) || WINDOW);
  return frame;
}

/** Who talks to whom in an untagged Ethernet frame without options or extension headers. */
export function endsOf(frame: Uint8Array): { source: End; destination: End } {
  const six = get16(frame, ETHERNET.type) === TYPE_IPV6;
  const fields = six ? IPV6 : IPV4;
  const ports = IP + (six ? IPV6.size : IPV4.min);
  const address = (field: number): string =>
    six ? textOf(frame.subarray(IP + field, IP + field + ADDRESS6)) : addressText(get32(frame, IP + field));
  return {
    source: { address: address(fields.source), port: get16(frame, ports) },
    destination: { address: address(fields.destination), port: get16(frame, ports + 2) },
  };
}
