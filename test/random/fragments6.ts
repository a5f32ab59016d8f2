// Random fragments of IPv6: packets cut up, mostly as their senders do, with everything that may be wrong about parts and their order.

import type { PacketIn } from "../plane.ts";
import type { Dice } from "./dice.ts";

const HEADER = 40;
const UNIT = 8;
const FRAGMENT = 44;
const UDP = 17;
/** Where the checksum begins, behind the length. */
const UDP_CHECKSUM = 6;
const IDENTIFICATIONS = 5;

/** Keeps what was cut until it is asked for. */
export class Fragments6 {
  private readonly dice: Dice;
  private waiting: PacketIn[] = [];

  constructor(dice: Dice) {
    this.dice = dice;
  }

  /** A part of what was cut before, if it is one's turn. */
  next(): PacketIn | undefined {
    return this.waiting.length > 0 && this.dice.chance(60) ? this.waiting.shift() : undefined;
  }

  /** Cuts a packet whose IPv6 header begins at `ip`, and its TCP or UDP header at `l4`. */
  cut(packet: PacketIn, ip: number, l4: number): void {
    const { dice } = this;
    const rest = Uint8Array.from({ length: dice.below(100) }, () => dice.below(256));
    const data = Uint8Array.from([...packet.frame.subarray(l4), ...rest]);
    const protocol = lastNext(packet.frame, ip, l4);
    if (protocol === UDP && data.length >= UDP_CHECKSUM && dice.chance(95))
      data.set([data.length >> 8, data.length & 255], 4);
    const identification = [dice.below(2), 0, 0, dice.below(IDENTIFICATIONS)];
    const parts = this.parts(data.length);
    if (dice.chance(40)) parts.reverse();
    for (const { from, to, more } of parts) {
      const place = from | (more ? 1 : 0) | (dice.chance(5) ? 6 : 0);
      const header = [protocol, dice.below(2), place >> 8, place & 255, ...identification];
      const frame = Uint8Array.from([...packet.frame.subarray(0, l4), ...header, ...data.subarray(from, to)]);
      setLastNext(frame, ip, l4);
      const view = new DataView(frame.buffer, ip);
      view.setUint16(4, dice.chance(3) ? 0 : frame.length - ip - HEADER);
      if (dice.chance(5)) frame[ip + 7] = dice.pick([0, 1, 2, 254, 255]);
      const captured = dice.chance(5) ? frame.slice(0, dice.below(frame.length + 1)) : frame;
      this.waiting.push({ ...packet, frame: captured, wireLength: frame.length });
    }
  }

  /** Parts of so many bytes, some of which miss, come twice, overlap, or end oddly. */
  private parts(length: number): { from: number; to: number; more: boolean }[] {
    const { dice } = this;
    const parts = [];
    for (let from = 0; from < length; ) {
      const to = Math.min(length, from + UNIT * (1 + dice.below(from === 0 ? 6 : 4)));
      const part = { from, to, more: to < length };
      from = to;
      if (dice.chance(90)) parts.push(part);
      else if (dice.chance(30)) parts.push(part, part);
      else if (dice.chance(40)) parts.push({ ...part, to: Math.max(part.from, part.to - dice.below(9)) });
      else if (dice.chance(45)) parts.push(part, { ...part, from: Math.max(0, part.from - UNIT) });
      else if (dice.chance(50)) parts.push({ ...part, more: !part.more });
    }
    return parts;
  }
}

/** Where the byte lies that names what begins at `l4`. */
function placeOfNext(frame: Uint8Array, ip: number, l4: number): number {
  let place = ip + 6;
  for (let at = ip + HEADER; at < l4; ) {
    place = at;
    at += frame[at + 1] === undefined ? UNIT : ((frame[at + 1] as number) + 1) * UNIT;
  }
  return place;
}

const lastNext = (frame: Uint8Array, ip: number, l4: number): number => frame[placeOfNext(frame, ip, l4)] as number;

function setLastNext(frame: Uint8Array, ip: number, l4: number): void {
  frame[placeOfNext(frame, ip, l4)] = FRAGMENT;
}
