// Captured frames in tunnels (docs/behaviour.md, section 22.1): the replay's own reading, so that roles, names and replies are found
// in what the tunnels carry. What the core does not open goes in as it was captured.

import { addressText } from "../config/address.ts";
import type { Configuration, TunnelType } from "../config/configuration.ts";
import { DEFAULT_PORTS } from "../config/tunnels.ts";
import type { LinkName } from "../links.ts";
import { TYPE_BRIDGED, TYPE_IPV4, TYPE_IPV6 } from "../wire/ethernet.ts";
import { IPV4, PROTOCOL_GRE, PROTOCOL_UDP } from "../wire/ip.ts";
import { PORTS_END, UDP } from "../wire/transport.ts";
import { GENEVE, GRE, IDENTIFIER_SHIFT, VXLAN } from "../wire/tunnel.ts";
import { get16, get32 } from "../wire/words.ts";
import type { CapturedFrame } from "./parts.ts";
import { FrameView, type VlanNetworks } from "./frame.ts";
import { type Behind6, behind6, packet6 } from "./frame6.ts";
import { areSound, isLeftToCard } from "./outer-checksum.ts";

const CARRIED: Record<number, LinkName> = { [TYPE_BRIDGED]: "ethernet", [TYPE_IPV4]: "raw", [TYPE_IPV6]: "raw" };
const WORD = 4;
const OPTION_WORDS = 0x3f;
const VERSION_SHIFT = 6;

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
  source: string;
  destination: string;
  identifier: number | undefined;
  /** Number of the network that the identifier names. */
  named: number | undefined;
}

/** An IP packet: what it carries, where that begins, where it ends on the wire, and its addresses. */
export interface Packet extends Omit<Behind6, "fragment"> {
  /** Where its header begins. */
  ip: number;
  six: boolean;
  source: string;
  destination: string;
}

/** The outer packet of a tunnel. */
interface Outer extends Packet {
  type: TunnelType;
  network: number;
}

/** What a captured frame is: none of a tunnel, one that the core leaves closed, or one that was opened. */
export type Opening = { is: "bare" } | { is: "closed" } | { is: "opened"; opened: Opened };

const BARE: Opening = { is: "bare" };
const CLOSED: Opening = { is: "closed" };

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

  /** Opens a frame if it is a tunnel's. */
  open(frame: CapturedFrame): Opening {
    if (!this.listed) return BARE;
    const outer = this.outerOf(frame);
    if (outer === undefined) return BARE;
    const { type, l4, end, network, source, destination } = outer;
    if (outer.fragmentFrom !== undefined) return CLOSED;
    const header = this.read(frame, outer);
    if (header === undefined) return CLOSED;
    const begins = l4 + header.size;
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
    if (this.outerOf(inner) !== undefined) return CLOSED;
    if (!areSound(frame.bytes, outer) && !this.isLeftToCard(inner)) return CLOSED;
    const opened = {
      frame: inner,
      type: isNvgre ? ("nvgre" as const) : type,
      source,
      destination,
      identifier: header.identifier,
      named,
    };
    return { is: "opened", opened };
  }

  /** What is around the contents of a frame that is a tunnel's. */
  private outerOf(frame: CapturedFrame): Outer | undefined {
    const packet = this.packetOf(frame);
    if (packet === undefined) return undefined;
    const { bytes } = frame;
    const type = this.typeOf(bytes.subarray(0, Math.min(bytes.length, packet.end)), packet);
    return type === undefined ? undefined : { ...packet, type, network: this.view.network };
  }

  private isLeftToCard(frame: CapturedFrame): boolean {
    const packet = this.packetOf(frame);
    return packet !== undefined && isLeftToCard(frame.bytes, packet);
  }

  private packetOf(frame: CapturedFrame): Packet | undefined {
    const { view } = this;
    const { bytes, link, network } = frame;
    view.read(bytes, 0, bytes.length, link, network, this.vlans);
    return view.six >= 0 ? this.packet6(frame) : this.packet4(frame);
  }

  /** The IPv4 packet in the view, if it is sound. */
  private packet4({ bytes, wireLength }: CapturedFrame): Packet | undefined {
    const { addressed, ip, l4, protocol, source, destination, fragmented, fragmentOffset } = this.view;
    if (!addressed || bytes.length < l4) return undefined;
    const total = get16(bytes, ip + IPV4.totalLength) || wireLength - ip;
    if (total < l4 - ip || total > wireLength - ip) return undefined;
    return {
      ip,
      six: false,
      protocol,
      l4,
      end: ip + total,
      fragmentFrom: fragmented ? fragmentOffset : undefined,
      source: addressText(source),
      destination: addressText(destination),
    };
  }

  private packet6({ bytes, wireLength }: CapturedFrame): Packet | undefined {
    const { six } = this.view;
    const behind = behind6(bytes, six, bytes.length, wireLength);
    const { source, destination } = packet6(bytes, six) ?? {};
    if (behind === undefined || source === undefined || destination === undefined) return undefined;
    return { ...behind, ip: six, six: true, source, destination };
  }

  /** Type of the tunnel that a packet is of, which lies up to the end of some bytes; `gre` for NVGRE too. */
  private typeOf(bytes: Uint8Array, { protocol, l4, fragmentFrom = 0 }: Packet): TunnelType | undefined {
    if (protocol === PROTOCOL_GRE) return this.protocols.length > 0 ? "gre" : undefined;
    if (protocol !== PROTOCOL_UDP || fragmentFrom !== 0 || bytes.length < l4 + PORTS_END) return undefined;
    return this.ports.get(get16(bytes, l4 + UDP.destinationPort));
  }

  /** Reads the header of a tunnel; undefined when it is not opened, or not whole. */
  private read({ bytes }: CapturedFrame, { type, l4, end }: Outer): Header | undefined {
    const captured = Math.min(bytes.length, end);
    const header = this.headerOf(bytes.subarray(l4, captured), type);
    return header === undefined || l4 + header.size > captured ? undefined : header;
  }

  private headerOf(bytes: Uint8Array, type: TunnelType): Header | undefined {
    if (type === "vxlan") return vxlanHeader(bytes);
    if (type === "geneve") return geneveHeader(bytes);
    if (bytes.length < GRE.min || (get16(bytes, 0) & GRE.refused) !== 0) return undefined;
    const isNvgre = this.isNvgre(bytes, 0);
    return isNvgre || this.protocols.includes("gre") ? greHeader(bytes, isNvgre) : undefined;
  }

  private isNvgre(bytes: Uint8Array, at: number): boolean {
    const fields = get16(bytes, at) & (GRE.checksum | GRE.key | GRE.sequence);
    return this.protocols.includes("nvgre") && fields === GRE.key && get16(bytes, at + GRE.type) === TYPE_BRIDGED;
  }
}

function vxlanHeader(bytes: Uint8Array): Header | undefined {
  const size = UDP.min + VXLAN.size;
  if (bytes.length < size || ((bytes[UDP.min + VXLAN.flags] as number) & VXLAN.valid) === 0) return undefined;
  return { size, link: "ethernet", identifier: get32(bytes, UDP.min + VXLAN.vni) >>> IDENTIFIER_SHIFT };
}

function geneveHeader(bytes: Uint8Array): Header | undefined {
  const size = UDP.min + GENEVE.size;
  if (bytes.length < size) return undefined;
  const first = bytes[UDP.min + GENEVE.options] as number;
  const link = CARRIED[get16(bytes, UDP.min + GENEVE.type)];
  const flags = bytes[UDP.min + GENEVE.flags] as number;
  if (first >> VERSION_SHIFT !== 0 || (flags & GENEVE.controlOrCritical) !== 0 || link === undefined) return undefined;
  const identifier = get32(bytes, UDP.min + GENEVE.vni) >>> IDENTIFIER_SHIFT;
  return { size: size + (first & OPTION_WORDS) * WORD, link, identifier };
}

function greHeader(bytes: Uint8Array, isNvgre: boolean): Header | undefined {
  const flags = get16(bytes, GRE.flags);
  const link = CARRIED[get16(bytes, GRE.type)];
  const fields = [GRE.checksum, GRE.key, GRE.sequence].filter((field) => (flags & field) !== 0).length;
  const size = GRE.min + fields * WORD;
  if (link === undefined || bytes.length < size) return undefined;
  if ((flags & GRE.key) === 0) return { size, link };
  const key = get32(bytes, (flags & GRE.checksum) === 0 ? GRE.min : GRE.min + WORD);
  return { size, link, identifier: isNvgre ? key >>> IDENTIFIER_SHIFT : key };
}
