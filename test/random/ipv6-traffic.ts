// Random IPv6 traffic: clients of both families, replies to what planes let through in the family that it left in, and a share of
// everything that goes wrong. Every third packet is the IPv4 traffic's.

import { bytesOf } from "../../host/config/ipv6.ts";
import type { LinkName, Outcome, PacketIn } from "../plane.ts";
import type { Dice } from "./dice.ts";
import { Fragments, mayBeCut } from "./fragments.ts";
import { Fragments6 } from "./fragments6.ts";
import { perhapsToGroup } from "./group.ts";
import { icmpErrorAbout } from "./icmp.ts";
import { icmp6ErrorAbout } from "./icmp6.ts";
import { Traffic } from "./traffic.ts";

const LINKS: readonly LinkName[] = ["raw", "null", "sll", "sll2"];
const NETWORKS = ["red", "blue", "provider", "both"];
const DESTINATIONS = ["fd00::4", "fd00::4", "fd00::5", "fd00::6", "fd00::6", "fd00:9::1"].map(bytesOf);
const NATS = ["fd10::1", "fd10::2", "fd10::8"].map(bytesOf);
const CLIENTS = ["fd01::1", "fd01::2", "fd01::3", "2001:db8::1", "fd02::7"].map(bytesOf);
const ODD = ["::", "::1", "ff02::1", "fe80::1", "fd00::4", "fd10::1", "::ffff:10.0.0.4"].map(bytesOf);
const PORTS = [443, 443, 443, 80, 53, 53, 22, 0];
const FLAGS = [0x02, 0x02, 0x02, 0x10, 0x10, 0x18, 0x11, 0x12, 0x04, 0x14, 0x00];
const PROTOCOLS = [6, 6, 6, 6, 6, 17, 17, 17, 58, 44, 47, 41, 1, 59];
const EXTENSIONS = [0, 43, 60];
const FRAGMENT = 44;
const KEPT_MOST = 128;
const HEADER = 40;

interface Kept {
  packet: PacketIn;
  ip: number;
}

/** Makes packets, one after the other. */
export class Ipv6Traffic {
  private readonly dice: Dice;
  private readonly four: Traffic;
  private readonly requests: Kept[] = [];
  private readonly left: Kept[] = [];
  private readonly parts4: Fragments;
  private readonly parts6: Fragments6;
  private time = 0n;

  constructor(dice: Dice) {
    this.dice = dice;
    this.four = new Traffic(dice);
    this.parts4 = new Fragments(dice);
    this.parts6 = new Fragments6(dice);
  }

  next(): PacketIn {
    const { dice } = this;
    const other = this.four.next();
    this.time = other.time;
    const part = this.parts6.next() ?? this.parts4.next()?.packet;
    if (part !== undefined) return { ...part, time: this.time };
    if (dice.chance(33)) return other;
    const packet = this.whole();
    if (dice.chance(8)) this.cut(packet);
    return packet;
  }

  /** Has parts of a packet come later. */
  private cut(packet: PacketIn): void {
    const { frame, link } = packet;
    const ip = ipOf(frame, link);
    if (frame.length < ip + HEADER) return;
    if (mayBeCut(frame, ip)) this.parts4.cut(packet, ip);
    else if ((frame[ip] as number) >> 4 === 6 && [6, 17].includes(protocolOf(frame, ip)))
      this.parts6.cut(packet, ip, behindExtensions(frame, ip));
  }

  private whole(): PacketIn {
    const { dice } = this;
    if (this.left.length > 0 && dice.chance(15)) return this.error();
    if (this.left.length > 0 && dice.chance(35)) return this.turned(dice.pick(this.left), "provider");
    if (this.requests.length > 0 && dice.chance(20)) return this.turned(dice.pick(this.requests), "captured");
    if (this.requests.length > 0 && dice.chance(25)) return this.again();
    return this.damage(this.fresh());
  }

  /** Takes note of what a plane made of a packet, so that backends answer. */
  observe(packet: PacketIn, outcome: Outcome): void {
    this.four.observe(packet, outcome);
    if (packet.side === "provider" || outcome.flow < 0) return;
    const ip = ipOf(packet.frame, packet.link);
    if (packet.frame.length < ip + HEADER || (packet.frame[ip] as number) >> 4 !== 6) return;
    if (protocolOf(packet.frame, ip) === FRAGMENT) return;
    this.keep(this.requests, { packet, ip });
    const left = outcome.out.find(({ cause, side }) => cause === "input" && side === "provider");
    if (left === undefined || outcome.verdict !== "forward" || packet.side === "captured") return;
    const at = ipOf(left.bytes, packet.link);
    const network = left.bytes[at + 12] === 10 ? "both" : "provider";
    this.keep(this.left, { packet: { ...packet, side: "provider", network, frame: left.bytes }, ip: at });
  }

  private keep(list: Kept[], kept: Kept): void {
    if (list.length < KEPT_MOST) list.push(kept);
    else list[this.dice.below(KEPT_MOST)] = kept;
  }

  /** An ICMP error of the provider's side, of the consumer's, or captured on its way to the client. */
  private error(): PacketIn {
    const { dice } = this;
    const kept = dice.chance(45) ? dice.pick(this.left) : dice.pick(this.requests);
    const side = kept.packet.side === "provider" ? "provider" : dice.chance(50) ? "captured" : "consumer";
    const frame = side === "consumer" ? this.turned(kept, "captured").frame : kept.packet.frame;
    const about = (frame[kept.ip] as number) >> 4 === 4 ? icmpErrorAbout : icmp6ErrorAbout;
    if (frame.length < kept.ip + HEADER) return this.fresh();
    const own = about(frame, kept.ip, side === "captured", dice);
    return this.damage({ ...kept.packet, side, frame: own, wireLength: own.length, time: this.time });
  }

  /** Another packet of a tuple that was seen, with other flags. */
  private again(): PacketIn {
    const { dice } = this;
    const { packet, ip } = dice.pick(this.requests);
    const frame = packet.frame.slice();
    const l4 = behindExtensions(frame, ip);
    if (protocolOf(frame, ip) === 6 && frame.length > l4 + 13) frame[l4 + 13] = dice.pick(FLAGS);
    return this.damage({ ...packet, side: dice.chance(30) ? "captured" : "consumer", frame, time: this.time });
  }

  /** The answer to a packet, in the family that it has. */
  private turned({ packet, ip }: Kept, side: "provider" | "captured"): PacketIn {
    const { dice } = this;
    const frame = packet.frame.slice();
    const six = (frame[ip] as number) >> 4 === 6;
    const l4 = six ? behindExtensions(frame, ip) : ip + 20;
    if (six) swap(frame, ip + 8, ip + 24, 16);
    else swap(frame, ip + 12, ip + 16, 4);
    swap(frame, l4, l4 + 2, 2);
    const hops = dice.chance(6) ? dice.pick([0, 1, 254, 255]) : 60;
    frame[six ? ip + 7 : ip + 8] = hops;
    const protocol = six ? protocolOf(frame, ip) : frame[ip + 9];
    if (protocol === 6 && frame.length > l4 + 13) frame[l4 + 13] = dice.pick([0x12, 0x10, 0x18, 0x11, 0x04]);
    if (protocol === 17 && dice.chance(30)) frame.set([0, 0], Math.min(l4 + 6, frame.length - 2));
    if (!six && dice.chance(10)) frame[ip + 6] = dice.pick([0, 0x20, 0x40]);
    if (!six && dice.chance(10)) frame[ip + 1] = dice.below(256);
    return this.damage({ ...packet, side, frame, time: this.time });
  }

  private fresh(): PacketIn {
    const { dice } = this;
    const side = dice.chance(90) ? "consumer" : "provider";
    const link: LinkName = dice.chance(75) ? "ethernet" : dice.pick(LINKS);
    const protocol = dice.pick(PROTOCOLS);
    const kinds = dice.chance(20)
      ? Array.from({ length: 1 + dice.below(dice.pick([3, 10])) }, () => dice.pick([...EXTENSIONS, FRAGMENT]))
      : [];
    const extensions = kinds.flatMap((_, i) => this.extension(kinds[i] as number, kinds[i + 1] ?? protocol));
    const transport = this.transport(protocol, dice.chance(60) ? 0 : dice.below(60));
    const payload = extensions.length + transport.length;
    const head = [
      0x60 + dice.below(2),
      dice.below(256),
      0,
      dice.below(4),
      ...u16(dice.chance(4) ? dice.pick([0, payload - 1, payload + 1, dice.below(100)]) & 0xffff : payload),
      kinds[0] ?? protocol,
      dice.chance(5) ? dice.pick([0, 1, 255]) : 64,
    ];
    const source = dice.chance(6) ? dice.pick(ODD) : dice.pick(CLIENTS);
    const destination = side === "consumer" ? dice.pick(DESTINATIONS) : dice.pick(NATS);
    const trailer = dice.chance(10) ? Array.from({ length: dice.below(9) }, () => 0xee) : [];
    const bytes = [...this.header(link), ...head, ...source, ...destination, ...extensions, ...transport, ...trailer];
    const packet = {
      link,
      side,
      network: dice.pick(NETWORKS),
      time: this.time,
      frame: Uint8Array.from(bytes),
    } as const;
    return side === "consumer" && dice.chance(25) ? { ...packet, side: "captured" } : packet;
  }

  private extension(kind: number, next: number): number[] {
    const { dice } = this;
    if (kind === FRAGMENT)
      return [next, 0, 0, dice.chance(90) ? 0 : dice.below(16), ...Array.from({ length: 4 }, () => dice.below(256))];
    const units = dice.chance(80) ? 0 : dice.below(3);
    const left = dice.chance(4) ? 1 : 0;
    return [next, dice.chance(3) ? dice.below(256) : units, 4, left, ...Array.from({ length: 4 + units * 8 }, () => 0)];
  }

  private transport(protocol: number, payload: number): number[] {
    const { dice } = this;
    const bytes = Array.from({ length: (protocol === 6 ? 20 : 8) + payload }, () => dice.below(256));
    if (protocol === 58) bytes[0] = dice.pick([1, 2, 128, 129, 135, 136, 143, 200]);
    bytes.splice(
      0,
      4,
      ...(protocol === 6 || protocol === 17
        ? [...u16(5000 + dice.below(8)), ...u16(dice.pick(PORTS))]
        : bytes.slice(0, 4)),
    );
    if (protocol === 6) {
      bytes[12] = dice.chance(3) ? dice.below(256) : 0x50;
      bytes[13] = dice.pick(FLAGS);
      if (dice.chance(10))
        bytes.splice(
          16,
          2,
          ...dice.pick([
            [0, 0],
            [0xff, 0xff],
          ]),
        );
    } else if (protocol === 17) {
      bytes.splice(4, 2, ...u16(dice.chance(4) ? dice.below(80) : 8 + payload));
      if (dice.chance(30))
        bytes.splice(
          6,
          2,
          ...dice.pick([
            [0, 0],
            [0xff, 0xff],
          ]),
        );
    }
    return bytes;
  }

  private header(link: LinkName): number[] {
    const { dice } = this;
    if (link === "raw") return [];
    if (link === "null")
      return dice.pick([
        [30, 0, 0, 0],
        [0, 0, 0, 30],
        [24, 0, 0, 0],
        [0, 0, 0, 10],
      ]);
    const tags = dice.chance(75)
      ? []
      : dice.pick([
          [0x81, 0, 0, 10],
          [0x81, 0, 0x20, 20, 0x81, 0, 0, 30],
          [0x88, 0xa8, 0, 40],
        ]);
    const types = [...tags, 0x86, 0xdd];
    const mac = [2, 0, 0, 0, 0, 1];
    const headers: Partial<Record<LinkName, number[]>> = {
      sll: [0, 0, 0, 1, 0, 6, ...mac, 0, 0, ...types],
      sll2: [...types.slice(0, 2), 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, ...mac, 0, 0, ...types.slice(2)],
    };
    return perhapsToGroup(headers[link] ?? [...mac, 2, 0, 0, 0, 0, 2, ...types], link, this.dice);
  }

  /** Cuts a capture short, or changes a byte, once in a while. */
  private damage(packet: PacketIn): PacketIn {
    const { dice } = this;
    const { frame } = packet;
    if (dice.chance(5)) {
      const wireLength = frame.length + dice.below(3);
      return { ...packet, frame: frame.slice(0, dice.below(frame.length + 1)), wireLength };
    }
    if (dice.chance(3)) frame[dice.below(frame.length)] = dice.below(256);
    return packet;
  }
}

const u16 = (value: number): number[] => [value >> 8, value & 255];

/** Where the ports of a packet whose extension headers are sound begin. */
function behindExtensions(frame: Uint8Array, ip: number): number {
  let at = ip + HEADER;
  for (let next = frame[ip + 6] as number; EXTENSIONS.includes(next) && at + 2 <= frame.length; ) {
    next = frame[at] as number;
    at += ((frame[at + 1] as number) + 1) * 8;
  }
  return at;
}

function protocolOf(frame: Uint8Array, ip: number): number {
  let at = ip + HEADER;
  let next = frame[ip + 6] as number;
  while (EXTENSIONS.includes(next) && at + 2 <= frame.length) {
    next = frame[at] as number;
    at += ((frame[at + 1] as number) + 1) * 8;
  }
  return next;
}

function swap(frame: Uint8Array, a: number, b: number, length: number): void {
  for (let i = 0; i < length && b + i < frame.length; i++) {
    const byte = frame[a + i] as number;
    frame[a + i] = frame[b + i] as number;
    frame[b + i] = byte;
  }
}

/** Where the IP header of a frame begins. */
function ipOf(frame: Uint8Array, link: LinkName): number {
  if (link === "raw" || link === "other") return 0;
  if (link === "null") return 4;
  let at = link === "ethernet" ? 14 : link === "sll" ? 16 : 20;
  let type = link === "ethernet" ? 12 : link === "sll" ? 14 : 0;
  for (let depth = 0; depth < 2; depth++) {
    const value = ((frame[type] as number) << 8) | (frame[type + 1] as number);
    if (value !== 0x8100 && value !== 0x88a8) break;
    type = at + 2;
    at += 4;
  }
  return at;
}
