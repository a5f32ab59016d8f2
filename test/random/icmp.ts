// Random ICMP errors: mostly right, about packets that planes have seen, with everything in them that may be wrong.

import type { Dice } from "./dice.ts";
import { extended } from "./extensions.ts";

const HEADER = 20;
const ICMP = 8;

/** A frame with an ICMP error about the packet that lies at `ip` of another frame; `captured`: as its sender would be told of it. */
export function icmpErrorAbout(frame: Uint8Array, ip: number, captured: boolean, dice: Dice): Uint8Array {
  const header = ((frame[ip] as number) & 15) * 4;
  const packet = frame.slice(
    ip,
    dice.chance(60) ? ip + header + dice.pick([8, 8, 8, 7, 9, 12, 18, 20, 28]) : frame.length,
  );
  const { bytes: inner, length } = dice.chance(20) ? extended(packet, 4, dice) : { bytes: packet, length: 0 };
  if (dice.chance(85)) checksum(inner, 0, Math.min(header, inner.length), 10);
  const out = new Uint8Array(ip + HEADER + ICMP + inner.length);
  out.set(frame.subarray(0, ip));
  const view = new DataView(out.buffer, ip);
  view.setUint8(0, 0x45);
  view.setUint16(2, HEADER + ICMP + inner.length);
  view.setUint16(6, 0x4000);
  view.setUint8(8, dice.chance(6) ? dice.pick([0, 1, 255]) : 60);
  view.setUint8(9, 1);
  // The sender is told: of a captured request its client, of any other packet whoever sent it.
  const [to, from] = [12, 16].map((at) => inner.slice(at, at + 4)) as [Uint8Array, Uint8Array];
  out.set(dice.chance(70) || captured ? from : [10, 0, 0, 1], ip + 12);
  out.set(dice.chance(96) ? to : [10, 0, 0, 4], ip + 16);
  checksum(out, ip, ip + HEADER, 10);
  const message = ip + HEADER;
  out.set(
    [dice.pick([3, 3, 3, 11, 12, 5, 0]), dice.pick([0, 1, 3, 4]), 0, 0, 0, length, dice.below(6), dice.below(256)],
    message,
  );
  out.set(inner, message + ICMP);
  if (dice.chance(90)) checksum(out, message, out.length, 2);
  return out;
}

/** Writes the checksum over a part of some bytes, whose field lies `field` bytes into it. */
function checksum(bytes: Uint8Array, from: number, to: number, field: number): void {
  if (from + field + 2 > to) return;
  bytes.set([0, 0], from + field);
  let sum = 0;
  for (let at = from; at < to; at += 2)
    sum += ((bytes[at] as number) << 8) + (at + 1 < to ? (bytes[at + 1] as number) : 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  bytes.set([(~sum >>> 8) & 255, ~sum & 255], from + field);
}
