// Captured frames in tunnels (docs/behaviour.md, section 22.1): the replay's own reading, so that roles, names and replies are found
// in what the tunnels carry. What the core does not open goes in as it was captured.

import type { Configuration, TunnelType } from "../config/configuration.ts";
import { DEFAULT_PORTS } from "../config/tunnels.ts";
import type { LinkName } from "../links.ts";
import type { CapturedFrame } from "./parts.ts";
import { FrameView, IPV4, PROTOCOL_UDP, UDP, type VlanNetworks } from "./frame.ts";

const PROTOCOL_GRE = 47;
const PORTS_END = 4;
const DESTINATION_PORT = 2;
const WORD = 4;
const BRIDGED = 0x6558;
const CARRIED: Record<number, LinkName> = { [BRIDGED]: "ethernet", 0x0800: "raw", 0x86dd: "raw" };
const VXLAN = { end: UDP.min + 8, flags: UDP.min, vni: UDP.min + 4, valid: 0x08 };
const GENEVE = { end: UDP.min + 8, options: UDP.min, flags: UDP.min + 1, type: UDP.min + 2, vni: UDP.min + 4 };
const GENEVE_CONTROL_OR_CRITICAL = 0xc0;
const GRE = { type: 2, checksum: 0x8000, key: 0x2000, sequence: 0x1000, refused: 0x4c07 };

/** What a tunnel's header says: where what it carries begins behind the IP header, link type of that, identifier if there is one. */
interface Header {
  size: number;
  link: LinkName;
  identifier?: number;
}

/** A frame that was opened, and what of. */
export interface Opened {
  frame: CapturedFrame;
  type: TunnelType;
  source: number;
  destination: number;
  identifier: number | undefined;
  /** Number of the network that the identifier names. */
  named: number | undefined;
}

/** Opens captured frames. */
export class Tunnels {
  private readonly ports = new Map<number, TunnelType>();
  private readonly protocols: readonly TunnelType[];
  private readonly networks = new Map<number, number>();
  private readonly vlans: VlanNetworks;
  private readonly view = new FrameView();
  private readonly listed: boolean;

  constructor({ settings, virtualNetworks }: Configuration, vlans: VlanNetworks) {
    const { tunnels } = settings;
    this.vlans = vlans;
    this.listed = tunnels.length > 0;
    this.protocols = tunnels.map(({ type }) => type).filter((type) => type === "nvgre" || type === "gre");
    for (const { type, port = DEFAULT_PORTS[type] } of tunnels) if (port !== undefined) this.ports.set(port, type);
    virtualNetworks.forEach(({ vni }, index) => {
      if (vni !== undefined) this.networks.set(vni, index);
    });
  }

  /** What is in a frame that is a tunnel's; the frame itself when it is none; undefined when it is one that the core leaves closed. */
  open(frame: CapturedFrame): Opened | CapturedFrame | undefined {
    if (!this.listed) return frame;
    const type = this.typeOf(frame);
    if (type === undefined) return frame;
    const { source, destination } = this.view;
    const header = this.read(frame, type);
    if (header === undefined) return undefined;
    const { ip, l4, network } = this.view;
    const begins = l4 + header.size;
    const end = ip + this.total(frame);
    const named = header.identifier === undefined ? undefined : this.networks.get(header.identifier);
    const inner = {
      ...frame,
      bytes: frame.bytes.subarray(begins, Math.min(frame.bytes.length, end)),
      wireLength: end - begins,
      link: header.link,
      network: named ?? network,
    };
    const isNvgre = type === "gre" && this.isNvgre(frame.bytes, l4);
    // A tunnel in it stays closed: only the core, which sees how deep it is, can tell.
    if (this.typeOf(inner) !== undefined) return undefined;
    return {
      frame: inner,
      type: isNvgre ? "nvgre" : type,
      source,
      destination,
      identifier: header.identifier,
      named,
    };
  }

  /** Type of the tunnel that a frame is of; `gre` for NVGRE too. The view is on it then. */
  private typeOf(frame: CapturedFrame): TunnelType | undefined {
    const { view } = this;
    const { bytes, link, network } = frame;
    view.read(bytes, 0, bytes.length, link, network, this.vlans);
    if (!view.addressed || isFragment(bytes, view.ip) || bytes.length < view.l4) return undefined;
    const total = this.total(frame);
    if (total < view.l4 - view.ip || total > frame.wireLength - view.ip) return undefined;
    if (view.protocol === PROTOCOL_GRE) return this.protocols.length > 0 ? "gre" : undefined;
    const captured = Math.min(bytes.length, view.ip + total) - view.l4;
    if (view.protocol !== PROTOCOL_UDP || captured < PORTS_END) return undefined;
    return this.ports.get(u16(bytes, view.l4 + DESTINATION_PORT));
  }

  /** Total length of the packet in the view. */
  private total({ bytes, wireLength }: CapturedFrame): number {
    const { ip } = this.view;
    return u16(bytes, ip + IPV4.totalLength) || wireLength - ip;
  }

  /** Reads the header of a tunnel; undefined when it is not opened, or not whole. */
  private read(frame: CapturedFrame, type: TunnelType): Header | undefined {
    const { ip, l4 } = this.view;
    const end = Math.min(frame.bytes.length, ip + this.total(frame));
    const header = this.headerOf(frame.bytes.subarray(l4, end), type);
    return header === undefined || l4 + header.size > end ? undefined : header;
  }

  private headerOf(bytes: Uint8Array, type: TunnelType): Header | undefined {
    if (type === "vxlan") return vxlanHeader(bytes);
    if (type === "geneve") return geneveHeader(bytes);
    if (bytes.length < WORD || (u16(bytes, 0) & GRE.refused) !== 0) return undefined;
    const isNvgre = this.isNvgre(bytes, 0);
    return isNvgre || this.protocols.includes("gre") ? greHeader(bytes, isNvgre) : undefined;
  }

  private isNvgre(bytes: Uint8Array, at: number): boolean {
    const fields = u16(bytes, at) & (GRE.checksum | GRE.key | GRE.sequence);
    return this.protocols.includes("nvgre") && fields === GRE.key && u16(bytes, at + GRE.type) === BRIDGED;
  }
}

function vxlanHeader(bytes: Uint8Array): Header | undefined {
  if (bytes.length < VXLAN.end || ((bytes[VXLAN.flags] as number) & VXLAN.valid) === 0) return undefined;
  return { size: VXLAN.end, link: "ethernet", identifier: u32(bytes, VXLAN.vni) >>> 8 };
}

function geneveHeader(bytes: Uint8Array): Header | undefined {
  if (bytes.length < GENEVE.end) return undefined;
  const first = bytes[GENEVE.options] as number;
  const link = CARRIED[u16(bytes, GENEVE.type)];
  const isClosed = first >> 6 !== 0 || ((bytes[GENEVE.flags] as number) & GENEVE_CONTROL_OR_CRITICAL) !== 0;
  if (isClosed || link === undefined) return undefined;
  return { size: GENEVE.end + (first & 0x3f) * WORD, link, identifier: u32(bytes, GENEVE.vni) >>> 8 };
}

function greHeader(bytes: Uint8Array, isNvgre: boolean): Header | undefined {
  const flags = u16(bytes, 0);
  const link = CARRIED[u16(bytes, GRE.type)];
  const fields = [GRE.checksum, GRE.key, GRE.sequence].filter((field) => (flags & field) !== 0).length;
  const size = WORD + fields * WORD;
  if (link === undefined || bytes.length < size) return undefined;
  if ((flags & GRE.key) === 0) return { size, link };
  const key = u32(bytes, (flags & GRE.checksum) === 0 ? WORD : 2 * WORD);
  return { size, link, identifier: isNvgre ? key >>> 8 : key };
}

const isFragment = (bytes: Uint8Array, ip: number): boolean => (u16(bytes, ip + IPV4.fragment) & 0x3fff) !== 0;
const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
const u32 = (bytes: Uint8Array, at: number): number => ((u16(bytes, at) << 16) | u16(bytes, at + 2)) >>> 0;
