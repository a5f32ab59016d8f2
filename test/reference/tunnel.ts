// Tunnels that are opened (behaviour 22.1).
import type { Configuration, TunnelType } from "../../host/config/configuration.ts";
import type { PacketIn } from "../plane.ts";
import { checksumOf } from "./checksum.ts";
import { type Ip, TCP, UDP } from "./ip.ts";
import { readIpv4 } from "./ipv4.ts";
import { readIpv6 } from "./ipv6.ts";
import { readLink } from "./link.ts";
import type { Networks } from "./networks.ts";
import { isUndamaged, pseudoHeaderSum } from "./outer-checksum.ts";

const GRE = 47;
const UDP_HEADER = 8;
const PORTS_END = 4;
const DESTINATION_PORT = 2;
const PORTS: Record<string, number> = { vxlan: 4789, geneve: 6081 };

const VXLAN = { end: 8, flags: 0, vni: 4, valid: 0x08 };
const GENEVE = { end: 8, options: 0, flags: 1, type: 2, vni: 4, controlOrCritical: 0xc0 };
const GRE_FIELDS = { checksum: 0x8000, key: 0x2000, sequence: 0x1000, refused: 0x4000 | 0x0800 | 0x0400 | 0x0007 };
const WORD = 4;
/** Where a header has its checksum. */
const CHECKSUM_AT: Record<number, number> = { [TCP]: 16, [UDP]: 6 };

const BRIDGED = 0x6558;
const CARRIED = [BRIDGED, 0x0800, 0x86dd];

/** What is in a tunnel: where it begins behind the outer IP header, its ethertype, and its identifier, if it has one. */
interface Content {
  begins: number;
  type: number;
  identifier?: number;
}

/** Reads bytes behind an IP header. Throws a reason for those that are not there. */
class Payload {
  private readonly view: DataView;
  private readonly length: number;

  constructor(frame: Uint8Array, ip: Ip) {
    const begins = ip.at + ip.headerLength;
    this.length = ip.totalLength - ip.headerLength;
    const captured = Math.min(frame.length - begins, this.length);
    this.view = new DataView(frame.buffer, frame.byteOffset + begins, captured);
  }

  need(bytes: number): void {
    if (this.length < bytes) throw "tunnel";
    if (this.view.byteLength < bytes) throw "truncated";
  }

  u8 = (at: number): number => this.view.getUint8(at);
  u16 = (at: number): number => this.view.getUint16(at);
  u24 = (at: number): number => this.view.getUint32(at) >>> 8;
  u32 = (at: number): number => this.view.getUint32(at);
}

/** Why a tunnel's packet goes no further. */
type Closed = "tunnel" | "truncated" | "tunnel-fragment" | "tunnel-bad-checksum";

/** The packet itself, or what is in it when it is a tunnel's that is opened; the reason when it goes no further. */
export function opened(
  { tunnels }: Configuration["settings"],
  networks: Networks,
  packet: PacketIn,
): PacketIn | Closed {
  const { frame, wireLength = frame.length } = packet;
  const link = readLink(packet.link, frame);
  if (typeof link === "string") return packet;
  const ip = (link.family === 6 ? readIpv6 : readIpv4)(frame, link.length, wireLength);
  if (typeof ip === "string") return packet;
  const types = typesOf(tunnels, frame, ip);
  if (types.length === 0) return packet;
  if (ip.kind === "fragment") return "tunnel-fragment";
  try {
    const content = contentOf(types, new Payload(frame, ip));
    const begins = ip.at + ip.headerLength + content.begins;
    const end = ip.at + ip.totalLength;
    const side = packet.side === "provider" ? "provider" : "consumer";
    const given = networks.of(link.tags, side, packet.network);
    const inside: PacketIn = {
      ...packet,
      frame: frame.subarray(begins, Math.min(frame.length, end)),
      wireLength: end - begins,
      link: content.type === BRIDGED ? "ethernet" : "raw",
      network: networks.nameOf(networks.ofIdentifier(content.identifier, side) ?? given),
    };
    return isUndamaged(frame, ip) || isForTheCard(inside) ? inside : "tunnel-bad-checksum";
  } catch (reason) {
    if (reason === "tunnel" || reason === "truncated") return reason;
    throw reason;
  }
}

/** Whether a packet of TCP or UDP has the sum of its pseudo-header where its checksum belongs. */
function isForTheCard({ frame, link: name, wireLength = frame.length }: PacketIn): boolean {
  const link = readLink(name, frame);
  if (typeof link === "string") return false;
  const ip = (link.family === 6 ? readIpv6 : readIpv4)(frame, link.length, wireLength);
  if (typeof ip === "string" || ip.kind !== "transport") return false;
  const at = ip.at + ip.headerLength + (CHECKSUM_AT[ip.protocol] ?? 0);
  if (Math.min(frame.length, ip.at + ip.totalLength) < at + 2) return false;
  const stored = new DataView(frame.buffer, frame.byteOffset).getUint16(at);
  return checksumOf(pseudoHeaderSum(frame, ip, ip.totalLength - ip.headerLength)) + stored === 0xffff;
}

/** Types of tunnels that a packet may be of: one by its port, both by protocol 47. */
function typesOf(tunnels: Configuration["settings"]["tunnels"], frame: Uint8Array, ip: Ip): TunnelType[] {
  if (ip.protocol === GRE) return tunnels.map(({ type }) => type).filter((type) => type === "nvgre" || type === "gre");
  const at = ip.at + ip.headerLength;
  const end = Math.min(frame.length, ip.at + ip.totalLength);
  if (ip.protocol !== UDP || ip.fragmentFrom !== 0 || end - at < PORTS_END) return [];
  const port = new DataView(frame.buffer, frame.byteOffset).getUint16(at + DESTINATION_PORT);
  const found = tunnels.find((tunnel) => (tunnel.port ?? PORTS[tunnel.type]) === port);
  return found === undefined ? [] : [found.type];
}

function contentOf(types: TunnelType[], payload: Payload): Content {
  if (types.includes("vxlan")) return vxlan(payload);
  return types.includes("geneve") ? geneve(payload) : gre(payload, types);
}

function vxlan(payload: Payload): Content {
  payload.need(UDP_HEADER + VXLAN.end);
  if ((payload.u8(UDP_HEADER + VXLAN.flags) & VXLAN.valid) === 0) throw "tunnel";
  return { begins: UDP_HEADER + VXLAN.end, type: BRIDGED, identifier: payload.u24(UDP_HEADER + VXLAN.vni) };
}

function geneve(payload: Payload): Content {
  payload.need(UDP_HEADER + GENEVE.end);
  const first = payload.u8(UDP_HEADER + GENEVE.options);
  if (first >> 6 !== 0 || (payload.u8(UDP_HEADER + GENEVE.flags) & GENEVE.controlOrCritical) !== 0) throw "tunnel";
  const type = carried(payload.u16(UDP_HEADER + GENEVE.type));
  const begins = UDP_HEADER + GENEVE.end + (first & 0x3f) * WORD;
  payload.need(begins);
  return { begins, type, identifier: payload.u24(UDP_HEADER + GENEVE.vni) };
}

function gre(payload: Payload, types: TunnelType[]): Content {
  const { checksum, key, sequence, refused } = GRE_FIELDS;
  payload.need(WORD);
  const flags = payload.u16(0);
  if ((flags & refused) !== 0) throw "tunnel";
  const type = payload.u16(2);
  const isNvgre = types.includes("nvgre") && type === BRIDGED && (flags & (checksum | key | sequence)) === key;
  if (!isNvgre) {
    if (!types.includes("gre")) throw "tunnel";
    carried(type);
  }
  const words = [checksum, key, sequence].filter((flag) => (flags & flag) !== 0).length;
  const begins = WORD + words * WORD;
  payload.need(begins);
  if ((flags & key) === 0) return { begins, type };
  const at = (flags & checksum) === 0 ? WORD : 2 * WORD;
  return { begins, type, identifier: isNvgre ? payload.u24(at) : payload.u32(at) };
}

function carried(type: number): number {
  if (!CARRIED.includes(type)) throw "tunnel";
  return type;
}
