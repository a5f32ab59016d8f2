// Frames made for measuring and explaining: Ethernet, with a VLAN tag or without, IPv4, TCP or UDP, checksums right.

const ETHERNET = { destination: 0, source: 6, type: 12, header: 14 } as const;
const TAG = { control: 14, nextType: 16, size: 4 } as const;
const IP = {
  start: 0,
  identification: 4,
  ttl: 8,
  protocol: 9,
  checksum: 10,
  source: 12,
  destination: 16,
  header: 20,
} as const;
const TCP = { sequence: 4, acknowledgement: 8, offset: 12, flags: 13, window: 14, checksum: 16, header: 20 } as const;
const UDP = { length: 4, checksum: 6, header: 8 } as const;
const TYPE_IPV4 = 0x0800;
const TYPE_VLAN = 0x8100;
const VERSION_AND_HEADER = 0x4500;
const DONT_FRAGMENT = 0x4000;
const TTL = 64;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
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
  const header = ETHERNET.header + (tagged ? TAG.size : 0);
  writeIpv4(view, at + header, stated(length - header, content.protocol, tagged, content.data?.length ?? 0), content);
}

/** A minimal Ethernet frame is padded: its packet is shorter than the room for it. */
function stated(room: number, protocol: number, tagged: boolean, data: number): number {
  const least = IP.header + (protocol === PROTOCOL_TCP ? TCP.header : UDP.header) + data;
  return room <= 46 - (tagged ? TAG.size : 0) ? least : room;
}

function writeIpv4(view: DataView, ip: number, length: number, content: FrameContent): void {
  view.setUint32(ip + IP.start, (VERSION_AND_HEADER << 16) | length);
  view.setUint32(ip + IP.identification, DONT_FRAGMENT);
  view.setUint32(ip + IP.ttl, (TTL << 24) | (content.protocol << 16));
  view.setUint32(ip + IP.source, content.source);
  view.setUint32(ip + IP.destination, content.destination);
  view.setUint16(ip + IP.checksum, complement(sum(view, ip, IP.header)));
  const l4 = ip + IP.header;
  const l4Length = length - IP.header;
  view.setUint16(l4, content.sourcePort);
  view.setUint16(l4 + 2, content.destinationPort);
  const pseudo = sum(view, ip + IP.source, 8) + content.protocol + l4Length;
  if (content.protocol === PROTOCOL_TCP) writeTcp(view, l4, pseudo, content);
  else writeUdp(view, l4, l4Length, pseudo);
}

function writeTcp(view: DataView, tcp: number, pseudo: number, content: FrameContent): void {
  view.setUint32(tcp + TCP.sequence, content.sequence);
  view.setUint32(tcp + TCP.acknowledgement, content.acknowledgement);
  view.setUint32(tcp + TCP.offset, ((TCP.header >> 2) << 28) | (content.flags << 16) | 0xffff);
  view.setUint32(tcp + TCP.checksum, 0);
  const { data } = content;
  if (data !== undefined) new Uint8Array(view.buffer, view.byteOffset).set(data, tcp + TCP.header);
  const length = TCP.header + (data?.length ?? 0);
  view.setUint16(tcp + TCP.checksum, complement(pseudo + sum(view, tcp, length)));
}

function writeUdp(view: DataView, udp: number, length: number, pseudo: number): void {
  view.setUint16(udp + UDP.length, length);
  view.setUint16(udp + UDP.checksum, 0);
  view.setUint16(udp + UDP.checksum, complement(pseudo + sum(view, udp, UDP.header)) || 0xffff);
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
  const ip = ETHERNET.header + (vlan === undefined ? 0 : TAG.size);
  writeFrame(view, at, length, {
    protocol: request.getUint8(ip + IP.protocol),
    source: request.getUint32(ip + IP.destination),
    destination: request.getUint32(ip + IP.source),
    sourcePort: request.getUint16(ip + IP.header + 2),
    destinationPort: request.getUint16(ip + IP.header),
    flags,
    sequence: 0,
    acknowledgement,
    vlan,
  });
}

/** Whether both checksums of a frame are right. */
export function checksumsAreRight(view: DataView): boolean {
  const ip = ETHERNET.header + (view.getUint16(ETHERNET.type) === TYPE_VLAN ? TAG.size : 0);
  const length = view.getUint16(ip + 2) - IP.header;
  const pseudo = sum(view, ip + IP.source, 8) + view.getUint8(ip + IP.protocol) + length;
  return complement(sum(view, ip, IP.header)) === 0 && complement(pseudo + sum(view, ip + IP.header, length)) === 0;
}

function sum(view: DataView, from: number, length: number): number {
  let total = 0;
  const even = from + (length & ~1);
  for (let at = from; at < even; at += 2) total += view.getUint16(at);
  return length % 2 === 0 ? total : total + view.getUint8(even) * 256;
}

function complement(total: number): number {
  let folded = total;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}
