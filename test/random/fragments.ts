// Random fragments: packets cut up, mostly as routers do, with everything that may be wrong about parts, their order and their number.

import type { PacketIn } from "../plane.ts";
import type { Dice } from "./dice.ts";

/** Offsets in the IPv4 header, in bytes. */
const IP = { total: 2, identification: 4, fragment: 6, ttl: 8, protocol: 9, end: 20 };
const DONT_FRAGMENT = 0x4000;
const MORE_FRAGMENTS = 0x2000;
const OFFSET = 0x1fff;
const UNIT = 8;
const UDP = 17;
const UDP_LENGTH = 4;
const IDENTIFICATIONS = 6;
/** More than a datagram may have parts, than are held at once, and than datagrams there may be. */
const PARTS = 70;
const DATAGRAMS = 1100;
const LARGE = 9300;

/** A part of a datagram, in bytes. */
interface Part {
  from: number;
  to: number;
  more: boolean;
}

/** Keeps what was cut until it is asked for. */
export class Fragments {
  private readonly dice: Dice;
  private waiting: PacketIn[] = [];
  /** Of a flood no time passes in between. */
  private flood = false;

  constructor(dice: Dice) {
    this.dice = dice;
  }

  /** A part of what was cut before, if it is one's turn, and whether time passes before it. */
  next(): { packet: PacketIn; passes: boolean } | undefined {
    const { dice } = this;
    if (this.waiting.length === 0 || !(this.flood || dice.chance(70))) return undefined;
    const packet = this.waiting.shift() as PacketIn;
    return { packet, passes: !this.flood && dice.chance(30) };
  }

  /** Cuts a packet whose IP header begins at `ip`. */
  cut(packet: PacketIn, ip: number): void {
    const { dice } = this;
    const kind = dice.below(1000);
    this.flood = kind < 12;
    const parts = kind < 4 ? PARTS * UNIT : kind < 8 ? 160 : kind > 990 ? LARGE : dice.below(200);
    const whole = longer(packet.frame, ip, parts, dice);
    const data = whole.length - ip - headerOf(whole, ip);
    if (kind < 4)
      this.put(
        packet,
        ip,
        whole,
        this.disordered(
          cutInto(data, () => UNIT),
          30,
        ),
      );
    else if (kind < 8) this.putMany(packet, ip, whole, dice.pick([PARTS, PARTS, DATAGRAMS]));
    else if (kind > 990)
      this.put(
        packet,
        ip,
        whole,
        this.disordered(
          cutInto(
            data,
            first(dice, () => LARGE - 200 + dice.below(200)),
          ),
          50,
        ),
      );
    else
      this.put(
        packet,
        ip,
        whole,
        this.disordered(
          this.spoilt(
            cutInto(
              data,
              first(dice, () => UNIT * (1 + dice.below(8))),
            ),
          ),
          50,
        ),
      );
  }

  private put(packet: PacketIn, ip: number, whole: Uint8Array, parts: Part[], identification?: number): void {
    const { dice } = this;
    const number = identification ?? dice.below(IDENTIFICATIONS);
    const flags = dice.chance(5) ? DONT_FRAGMENT : 0;
    for (const part of parts) {
      const frame = partOf(whole, ip, part, flags, number);
      if (dice.chance(4)) frame[ip + IP.ttl] = dice.pick([0, 1, 2, 254, 255]);
      const trailer = dice.chance(10) ? dice.below(12) : 0;
      const wire = Uint8Array.from([...frame, ...new Uint8Array(trailer)]);
      if (dice.chance(3)) wire.set([0, 0], ip + IP.total);
      const captured = dice.chance(4) ? wire.slice(0, dice.below(wire.length + 1)) : wire;
      this.waiting.push({ ...packet, frame: captured, wireLength: wire.length });
    }
  }

  /** One part, first or later, of many datagrams. */
  private putMany(packet: PacketIn, ip: number, whole: Uint8Array, count: number): void {
    const [one, ...rest] = cutInto(whole.length - ip - headerOf(whole, ip), () => 32) as [Part, ...Part[]];
    const part = this.dice.chance(50) ? one : this.dice.pick([one, ...rest]);
    for (let i = 0; i < count; i++) this.put(packet, ip, whole, [part], i);
  }

  /** Sometimes lets a part overlap, miss, end oddly or claim to be the last. */
  private spoilt(parts: Part[]): Part[] {
    const { dice } = this;
    return parts.flatMap((part) => {
      const { from, to, more } = part;
      if (dice.chance(88)) return [part];
      return dice.pick<Part[]>([
        [],
        [part, part],
        [part, { ...part }],
        [{ ...part, from: Math.max(0, from - UNIT) }],
        [part, { from, to: to + UNIT, more }],
        [{ from, to: Math.max(from, to - 1 - dice.below(3)), more }],
        [{ from, to, more: !more }],
        [part, { from: to, to: to + UNIT, more: false }],
      ]);
    });
  }

  private disordered(parts: Part[], percent: number): Part[] {
    const { dice } = this;
    if (!dice.chance(percent)) return parts;
    if (dice.chance(30)) return parts.reverse();
    for (let i = parts.length - 1; i > 0; i--) {
      const other = dice.below(i + 1);
      [parts[i], parts[other]] = [parts[other] as Part, parts[i] as Part];
    }
    return parts;
  }
}

const headerOf = (frame: Uint8Array, ip: number): number => ((frame[ip] as number) & 15) * 4;

/** Sizes of parts: the first one seldom ends within a TCP header. */
function first(dice: Dice, size: () => number): () => number {
  let begun = false;
  return () => {
    if (begun) return size();
    begun = true;
    return dice.chance(93) ? UNIT * (3 + dice.below(4)) : UNIT * (1 + dice.below(2));
  };
}

function cutInto(data: number, size: () => number): Part[] {
  const parts: Part[] = [];
  for (let from = 0; from < data || parts.length === 0; ) {
    const to = Math.min(data, from + size());
    parts.push({ from, to, more: to < data });
    from = to;
  }
  return parts;
}

/** The packet up to its total length with so many bytes more, its lengths right. */
function longer(frame: Uint8Array, ip: number, bytes: number, dice: Dice): Uint8Array {
  const end = ip + new DataView(frame.buffer, frame.byteOffset + ip).getUint16(IP.total);
  const rest = Uint8Array.from({ length: bytes }, () => dice.below(256));
  const whole = Uint8Array.from([...frame.subarray(0, end), ...rest]);
  const view = new DataView(whole.buffer, ip);
  const header = headerOf(whole, ip);
  if (whole[ip + IP.protocol] === UDP && dice.chance(95) && whole.length >= ip + header + UDP_LENGTH + 2)
    view.setUint16(header + UDP_LENGTH, whole.length - ip - header);
  return whole;
}

function partOf(whole: Uint8Array, ip: number, { from, to, more }: Part, flags: number, identification: number) {
  const header = headerOf(whole, ip);
  const data = whole.subarray(ip + header + from, ip + header + to);
  const frame = Uint8Array.from([...whole.subarray(0, ip + header), ...data]);
  const view = new DataView(frame.buffer, ip);
  view.setUint16(IP.total, header + data.length);
  view.setUint16(IP.identification, identification);
  view.setUint16(IP.fragment, flags | (more ? MORE_FRAGMENTS : 0) | ((from / UNIT) & OFFSET));
  return frame;
}

/** Whether a frame has an IPv4 packet of TCP or UDP at `ip` that can be cut. */
export function mayBeCut(frame: Uint8Array, ip: number): boolean {
  if (frame.length < ip + IP.end || (frame[ip] as number) >> 4 !== 4) return false;
  const view = new DataView(frame.buffer, frame.byteOffset + ip);
  const total = view.getUint16(IP.total);
  const isFragment = (view.getUint16(IP.fragment) & (MORE_FRAGMENTS | OFFSET)) !== 0;
  return !isFragment && headerOf(frame, ip) >= IP.end && total > headerOf(frame, ip) && ip + total <= frame.length;
}

/** Whether a packet is a fragment that is not the first of its datagram. */
export const isLater = (frame: Uint8Array, ip: number): boolean =>
  (new DataView(frame.buffer, frame.byteOffset + ip).getUint16(IP.fragment) & OFFSET) !== 0;
