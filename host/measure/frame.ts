// Frames made for measuring and explaining: Ethernet, with a VLAN tag or without, IPv4, TCP or UDP, checksums right.

import { ETHERNET, TAG_SIZE, TAG_TYPES, TYPE_IPV4 } from "../wire/ethernet.ts";
import { DONT_FRAGMENT, IPV4, PROTOCOL_TCP } from "../wire/ip.ts";
import { TCP, UDP } from "../wire/transport.ts";
import { checksumOf, sumOf } from "../wire/words.ts";

const TAG = { control: 14, nextType: 16 } as const;
const [TYPE_VLAN] = TAG_TYPES as [number];
const VERSION_AND_HEADER = 0x4500;
const TTL = 64;
export const FLAG = { fin: 1, syn: 2, rst: 4, push: 8, ack: 16 } as const;

/** What a frame is to say. Addresses and ports in host order. */
export interface FrameContent {
  protocol: number;
  source: number;
  destination: number;
  sourcePort: number;
  destinationPort: number;
  flags: number;
  sequence: number;
  acknowledgement: number;
  /** VLAN identifier; no tag when absent. */
  vlan?: number | undefined;
  /** Payload of a TCP packet without padding; zeros when absent. */
  data?: Uint8Array;
}

/** Writes a frame of `length` bytes at `at`, where the memory is zero or holds a frame of the same length. */
export function writeFrame(view: DataView, at: number, length: number, content: FrameContent): void {
  const tagged = content.vlan !== undefined;
  view.setUint32(at + ETHERNET.destination + 2, 2);
  view.setUint32(at + ETHERNET.source + 2, 1);
  view.setUint16(at + ETHERNET.destination, 0x0200);
  view.setUint16(at + ETHERNET.source, 0x0200);
  view.setUint16(at + ETHERNET.type, tagged ? TYPE_VLAN : TYPE_IPV4);
  if (tagged) {
    view.setUint16(at + TAG.control, content.vlan as number);
    view.setUint16(at + TAG.nextType, TYPE_IPV4);
  }
  const header = ETHERNET.size + (tagged ? TAG_SIZE : 0);
  writeIpv4(view, at + header, stated(length - header, content.protocol, tagged, content.data?.length ?? 0), content);
}

/** A minimal Ethernet frame is padded: its packet is shorter than the room for it. */
function stated(room: number, protocol: number, tagged: boolean, data: number): number {
  const least = IPV4.min + (protocol === PROTOCOL_TCP ? TCP.min : UDP.min) + data;
  return room <= 46 - (tagged ? TAG_SIZE : 0) ? least : room;
}

function writeIpv4(view: DataView, ip: number, length: number, content: FrameContent): void {
  view.setUint32(ip, (VERSION_AND_HEADER << 16) | length);
  view.setUint32(ip + IPV4.identification, DONT_FRAGMENT);
  view.setUint32(ip + IPV4.ttl, (TTL << 24) | (content.protocol << 16));
  view.setUint32(ip + IPV4.source, content.source);
  view.setUint32(ip + IPV4.destination, content.destination);
  view.setUint16(ip + IPV4.checksum, checksumOf(sum(view, ip, IPV4.min)));
  const l4 = ip + IPV4.min;
  const l4Length = length - IPV4.min;
  view.setUint16(l4, content.sourcePort);
  view.setUint16(l4 + 2, content.destinationPort);
  const pseudo = sum(view, ip + IPV4.source, 8) + content.protocol + l4Length;
  if (content.protocol === PROTOCOL_TCP) writeTcp(view, l4, pseudo, content);
  else writeUdp(view, l4, l4Length, pseudo);
}

function writeTcp(view: DataView, tcp: number, pseudo: number, content: FrameContent): void {
  view.setUint32(tcp + TCP.sequence, content.sequence);
  view.setUint32(tcp + TCP.acknowledgement, content.acknowledgement);
  view.setUint32(tcp + TCP.offset, ((TCP.min >> 2) << 28) | (content.flags << 16) | 0xffff);
  view.setUint32(tcp + TCP.checksum, 0);
  const { data } = content;
  if (data !== undefined) new Uint8Array(view.buffer, view.byteOffset).set(data, tcp + TCP.min);
  const length = TCP.min + (data?.length ?? 0);
  view.setUint16(tcp + TCP.checksum, checksumOf(pseudo + sum(view, tcp, length)));
}

function writeUdp(view: DataView, udp: number, length: number, pseudo: number): void {
  view.setUint16(udp + UDP.length, length);
  view.setUint16(udp + UDP.checksum, 0);
  view.setUint16(udp + UDP.checksum, checksumOf(pseudo + sum(view, udp, UDP.min)) || 0xffff);
}

/** Turns a translated request into what the backend answers, checksums right. */
export function writeAnswer(
  view: DataView,
  at: number,
  length: number,
  request: DataView,
  flags: number,
  acknowledgement = 0,
): void {
  const vlan = request.getUint16(ETHERNET.type) === TYPE_VLAN ? request.getUint16(TAG.control) : undefined;
  const ip = ETHERNET.size + (vlan === undefined ? 0 : TAG_SIZE);
  writeFrame(view, at, length, {
    protocol: request.getUint8(ip + IPV4.protocol),
    source: request.getUint32(ip + IPV4.destination),
    destination: request.getUint32(ip + IPV4.source),
    sourcePort: request.getUint16(ip + IPV4.min + 2),
    destinationPort: request.getUint16(ip + IPV4.min),
    flags,
    sequence: 0,
    acknowledgement,
    vlan,
  });
}

/** Whether both checksums of a frame are right. */
export function checksumsAreRight(view: DataView): boolean {
  const ip = ETHERNET.size + (view.getUint16(ETHERNET.type) === TYPE_VLAN ? TAG_SIZE : 0);
  const length = view.getUint16(ip + IPV4.totalLength) - IPV4.min;
  const pseudo = sum(view, ip + IPV4.source, 8) + view.getUint8(ip + IPV4.protocol) + length;
  return checksumOf(sum(view, ip, IPV4.min)) === 0 && checksumOf(pseudo + sum(view, ip + IPV4.min, length)) === 0;
}

const sum = ({ buffer, byteOffset, byteLength }: DataView, from: number, length: number): number =>
  sumOf(new Uint8Array(buffer, byteOffset, byteLength), from, from + length);
