// Random traffic for planes: mostly sensible packets of a few clients, replies to what planes let through, and a share of
// everything that goes wrong.

import { addressNumber } from "../../host/config/address.ts";
import type { LinkName, Outcome, PacketIn, Side } from "../plane.ts";
import type { Dice } from "./dice.ts";
import { Fragments, isLater, mayBeCut } from "./fragments.ts";
import { icmpErrorAbout } from "./icmp.ts";
import { perhapsToGroup } from "./group.ts";
import { randomTunnel } from "./tunnel.ts";

const LINKS: readonly LinkName[] = ["raw", "null", "sll", "sll2", "other"];
const NETWORKS = ["red", "blue", "provider", "both"];
const DESTINATIONS = ["10.0.0.4", "10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.2.4", "10.0.2.5", "8.8.8.8"].map(
  addressNumber,
);
const NAT_ADDRESSES = ["172.16.0.1", "172.16.0.2", "10.0.9.1", "10.0.9.2", "172.16.0.8"].map(addressNumber);
const PORTS = [443, 443, 443, 80, 53, 53, 22, 0, 65535];
const FLAGS = [0x02, 0x02, 0x02, 0x10, 0x10, 0x18, 0x11, 0x11, 0x12, 0x04, 0x14, 0x00, 0x06, 0x03];
const PROTOCOLS = [6, 6, 6, 6, 6, 6, 17, 17, 17, 1, 47, 4, 50];
/** Sequence and acknowledgement numbers of most packets. */
const NUMBERS = 24;
const REPLIES_MAX = 256;
const SECOND = 1_000_000_000;
const HEADERS: Record<LinkName, number[]> = {
  ethernet: [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2],
  raw: [],
  null: [2, 0, 0, 0],
  sll: [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 2, 0, 0],
  sll2: [],
  other: [1, 2, 3, 4],
};

/** A frame that a backend might answer with. */
interface Reply {
  packet: PacketIn;
  ip: number;
}

/** Makes packets, one after the other. */
export class Traffic {
  private readonly dice: Dice;
  private readonly replies: Reply[] = [];
  /** Requests let through or refused, as they came. */
  private readonly requests: Reply[] = [];
  /** What is in a frame that was put into a tunnel. */
  private readonly inside = new WeakMap<Uint8Array, PacketIn>();
  private readonly fragments: Fragments;
  /** Packets of a hundred that are cut. */
  private readonly cut: number;
  private time: bigint;
  /** Held fragments and segments that left. */
  letGo = 0;

  constructor(dice: Dice, cut = 5) {
    this.cut = cut;
    this.dice = dice;
    this.fragments = new Fragments(dice);
    this.time = dice.pick([0n, 1n, 1_700_000_000_000_000_000n]);
  }

  next(): PacketIn {
    const packet = this.bare();
    return this.dice.chance(10) ? this.tunnelled(packet) : packet;
  }

  /** A packet in a tunnel of any type, nearly always a sound one. */
  private tunnelled(packet: PacketIn): PacketIn {
    const frame = randomTunnel(packet.frame, packet.link === "ethernet", this.dice);
    const outer = this.damage({ ...packet, frame, link: "ethernet", wireLength: frame.length });
    this.inside.set(outer.frame, packet);
    return outer;
  }

  private bare(): PacketIn {
    const fragment = this.fragments.next();
    if (fragment !== undefined) {
      if (fragment.passes) this.pass();
      return { ...fragment.packet, time: this.time };
    }
    this.pass();
    const cuts = this.dice.chance(this.cut);
    const packet = cuts && this.requests.length > 0 && this.dice.chance(50) ? this.again() : this.whole();
    const ip = findIp(packet.frame, packet.link);
    if (cuts && mayBeCut(packet.frame, ip)) this.fragments.cut(packet, ip);
    return packet;
  }

  /** A request that was seen before. */
  private again(): PacketIn {
    const { packet } = this.dice.pick(this.requests);
    return { ...packet, time: this.time };
  }

  private whole(): PacketIn {
    const { dice } = this;
    if (this.replies.length > 0 && dice.chance(35)) return this.reply();
    if (this.requests.length > 0 && dice.chance(15)) return this.capturedReply();
    if (this.requests.length > 0 && dice.chance(8)) return this.icmpError();
    const side: Side = dice.chance(88) ? "consumer" : "provider";
    const packet = this.damage(this.fresh(side));
    return side === "consumer" && dice.chance(30) ? { ...packet, side: "captured" } : packet;
  }

  /** Takes note of what a plane made of a packet, so that backends answer. */
  observe(observed: PacketIn, outcome: Outcome): void {
    const packet = this.inside.get(observed.frame) ?? observed;
    this.letGo += outcome.out.filter(({ cause }) => cause === "held").length;
    if (packet.side === "provider") return;
    const at = findIp(packet.frame, packet.link);
    if (outcome.flow >= 0 && isLater(packet.frame, at)) return;
    if (outcome.flow >= 0) this.keep(this.requests, { packet, ip: findIp(packet.frame, packet.link) });
    if (outcome.verdict !== "forward") return;
    const left = outcome.out.find((emit) => emit.cause === "input");
    if (left === undefined) return;
    const ip = findIp(packet.frame, packet.link);
    const network = left.bytes[ip + 12] === 10 ? "both" : "provider";
    const reply: Reply = { packet: { ...packet, side: "provider", network, frame: left.bytes }, ip };
    this.keep(this.replies, reply);
  }

  private keep(frames: Reply[], frame: Reply): void {
    if (frames.length < REPLIES_MAX) frames.push(frame);
    else frames[this.dice.below(REPLIES_MAX)] = frame;
  }

  /** The answer to a request as the consumer saw it. */
  private capturedReply(): PacketIn {
    const { dice } = this;
    return this.turned(dice.pick(this.requests), dice.chance(8) ? dice.pick([0, 1, 254, 255]) : 60, "captured");
  }

  private pass(): void {
    const { dice } = this;
    const kind = dice.below(1000);
    const most = kind < 900 ? 0.05 : kind < 970 ? 2 : kind < 992 ? 40 : kind < 997 ? 400 : kind < 999 ? -50 : 3e9;
    const step = BigInt(Math.floor((dice.bits() / 2 ** 32) * most * SECOND));
    this.time = this.time + step < 0n ? 0n : this.time + step;
    if (this.time > 4_000_000_000_000_000_000n) this.time = 4_000_000_000_000_000_000n;
  }

  /** The answer to a translated request, sometimes from the wrong place or with odd flags. */
  private reply(): PacketIn {
    return this.turned(this.dice.pick(this.replies), this.dice.chance(4) ? 1 : 60, "provider");
  }

  /** An ICMP error about a packet of either direction, as it comes from either side or a capture has it. */
  private icmpError(): PacketIn {
    const { dice } = this;
    const fromProvider = this.replies.length > 0 && dice.chance(40);
    const { packet, ip } = dice.pick(fromProvider ? this.replies : this.requests);
    const captured = !fromProvider && dice.chance(40);
    const frame = packet.frame.slice();
    // Of what the provider's side is told about, and a capture, the packet is a request; a client speaks of replies.
    if (!fromProvider && !captured) turnEnds(frame, ip);
    const side = fromProvider ? "provider" : captured ? "captured" : "consumer";
    const error = icmpErrorAbout(frame, ip, captured, dice);
    return this.damage({ ...packet, side, frame: error, wireLength: error.length, time: this.time });
  }

  private turned({ packet, ip }: Reply, ttl: number, side: PacketIn["side"]): PacketIn {
    const { dice } = this;
    const frame = packet.frame.slice();
    const l4 = turnEnds(frame, ip);
    frame[ip + 8] = ttl;
    if (frame[ip + 9] === 6 && frame.length > l4 + 13) frame[l4 + 13] = dice.pick([0x12, 0x10, 0x18, 0x11, 0x04, 0x10]);
    if (frame[ip + 9] === 6 && frame.length > l4 + 16 && dice.chance(50)) this.numbers(new DataView(frame.buffer, l4));
    if (dice.chance(4)) frame[dice.pick([ip + 15, ip + 19, l4 + 1, l4 + 3])] = dice.below(256);
    return this.damage({ ...packet, side, frame, time: this.time });
  }

  private fresh(side: Side): PacketIn {
    const { dice } = this;
    const link: LinkName = dice.chance(85) ? "ethernet" : dice.pick(LINKS);
    const header = this.header(link);
    const options = dice.chance(6) ? dice.below(11) * 4 : 0;
    const protocol = dice.pick(PROTOCOLS);
    const payload = dice.chance(60) ? 0 : dice.below(60);
    const total = 20 + options + (protocol === 6 ? 20 : 8) + payload;
    const frame = new Uint8Array(header.length + total + (dice.chance(20) ? dice.below(20) : 0));
    frame.set(header);
    const view = new DataView(frame.buffer, header.length);
    view.setUint8(0, 0x45 + options / 4);
    view.setUint16(2, dice.chance(3) ? dice.below(200) : total);
    view.setUint16(6, dice.chance(4) ? dice.pick([0x2000, 0x0001, 0x4000, 0x20ff]) : 0x4000);
    view.setUint8(8, dice.chance(4) ? dice.below(2) : 64);
    view.setUint8(9, protocol);
    view.setUint16(10, dice.pick([0, 0xffff, dice.below(65536), dice.below(65536)]));
    view.setUint32(12, this.source());
    view.setUint32(16, side === "consumer" ? dice.pick(DESTINATIONS) : dice.pick(NAT_ADDRESSES));
    this.transport(new DataView(frame.buffer, header.length + 20 + options), protocol, payload);
    const packet = { frame, link, side, network: dice.pick(NETWORKS), time: this.time };
    return dice.chance(15) ? { ...packet, backend: `172.17.${1 + dice.below(2)}.${1 + dice.below(10)}` } : packet;
  }

  private source(): number {
    const { dice } = this;
    if (dice.chance(5))
      return dice.pick([
        ...DESTINATIONS,
        ...NAT_ADDRESSES,
        0,
        0x7f000001,
        0xa9fe0001,
        0xe0000001,
        0xf0000001,
        0xffffffff,
      ]);
    // A backend that is a client.
    if (dice.chance(8)) return addressNumber(`172.17.${1 + dice.below(2)}.${1 + dice.below(10)}`);
    return 0x0a010001 + dice.below(6);
  }

  private transport(view: DataView, protocol: number, payload: number): void {
    const { dice } = this;
    for (let i = 0; i < view.byteLength; i++) view.setUint8(i, dice.below(256));
    view.setUint16(0, 5000 + dice.below(12));
    view.setUint16(2, dice.pick(PORTS));
    if (protocol === 1 && dice.chance(60)) {
      view.setUint8(0, dice.pick([8, 8, 0, 3, 11, 12, 5]));
      view.setUint8(1, dice.pick([0, 0, 1]));
    }
    if (protocol === 6) {
      view.setUint8(12, dice.chance(3) ? dice.below(256) : 0x50);
      if (payload >= 8 && dice.chance(40)) this.options(view);
      view.setUint8(13, dice.pick(FLAGS));
      if (dice.chance(70)) this.numbers(view);
      view.setUint16(16, dice.pick([0, 0xffff, dice.below(65536)]));
    } else if (protocol === 17) {
      view.setUint16(4, dice.chance(4) ? dice.below(80) : 8 + payload);
      view.setUint16(6, dice.pick([0, 0, 0xffff, dice.below(65536)]));
    }
  }

  /** Numbers so close together that RSTs and SYNs are in sequence as often as not. */
  private numbers(view: DataView): void {
    view.setUint32(4, this.dice.below(NUMBERS));
    view.setUint32(8, this.dice.below(NUMBERS));
  }

  /** Eight bytes of options, an MSS among them nearly always. */
  private options(view: DataView): void {
    const { dice } = this;
    view.setUint8(12, 0x70);
    const mss = [2, 4, dice.below(6), dice.below(256)];
    const all = dice.pick([
      [...mss, 1, 1, 1, 0],
      [1, ...mss, 1, 1, 1],
      [0, 1, 1, 1, ...mss],
      [3, 3, 7, ...mss, 1],
      [9, 9, 1, 1, ...mss],
      [2, 3, 1, ...mss, 1],
    ]);
    all.forEach((byte, i) => view.setUint8(20 + i, byte));
  }

  private header(link: LinkName): number[] {
    const { dice } = this;
    const base = HEADERS[link];
    if (link === "raw" || link === "null" || link === "other") return [...base];
    const tags: number[] = [];
    const kind = dice.below(100);
    const type = (): number[] => (dice.chance(80) ? [0x81, 0] : [0x88, 0xa8]);
    if (kind >= 65 && kind < 80) tags.push(...type(), 0, dice.pick([10, 40, 7, 0]));
    if (kind >= 80 && kind < 96) tags.push(...type(), 0x20, 20, ...type(), 0, dice.pick([30, 31, 32]));
    if (kind >= 98) tags.push(...type(), 0, 1, ...type(), 0, 2, ...type(), 0, 3);
    const network = dice.chance(96)
      ? [8, 0]
      : dice.pick([
          [0x86, 0xdd],
          [8, 6],
          [0, 0x26],
        ]);
    const types = [...tags, ...network];
    if (link === "sll2")
      return perhapsToGroup(
        [...types.slice(0, 2), 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 2, 0, 0, ...types.slice(2)],
        link,
        dice,
      );
    return perhapsToGroup([...base, ...types], link, dice);
  }

  /** Cuts a capture short, or changes a byte, once in a while. */
  private damage(packet: PacketIn): PacketIn {
    const { dice } = this;
    if (dice.chance(5)) {
      const wireLength = packet.frame.length + dice.below(3);
      return { ...packet, frame: packet.frame.slice(0, dice.below(packet.frame.length + 1)), wireLength };
    }
    if (dice.chance(3) && packet.frame.length > 0) packet.frame[dice.below(packet.frame.length)] = dice.below(256);
    return packet;
  }
}

/** Exchanges a packet's ends; where its ports are. */
function turnEnds(frame: Uint8Array, ip: number): number {
  const l4 = ip + ((frame[ip] as number) & 15) * 4;
  swap(frame, ip + 12, ip + 16, 4);
  swap(frame, l4, l4 + 2, 2);
  return l4;
}

function swap(frame: Uint8Array, a: number, b: number, length: number): void {
  for (let i = 0; i < length && b + i < frame.length; i++) {
    const byte = frame[a + i] as number;
    frame[a + i] = frame[b + i] as number;
    frame[b + i] = byte;
  }
}

/** Where the IP header of a frame that a plane forwarded begins. */
function findIp(frame: Uint8Array, link: LinkName): number {
  if (link === "raw") return 0;
  if (link === "null") return 4;
  let at = link === "ethernet" ? 14 : link === "sll" ? 16 : 20;
  let type = link === "ethernet" ? 12 : link === "sll" ? 14 : 0;
  for (let depth = 0; depth < 2 && isTag(frame, type); depth++) {
    type = at + 2;
    at += 4;
  }
  return at;
}

function isTag(frame: Uint8Array, at: number): boolean {
  const type = ((frame[at] as number) << 8) | (frame[at + 1] as number);
  return type === 0x8100 || type === 0x88a8 || type === 0x9100;
}
