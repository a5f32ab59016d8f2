// Random ICMPv6 errors: mostly right, about packets that planes have seen, with everything in them that may be wrong.

import type { Dice } from "./dice.ts";
import { extended } from "./extensions.ts";

const HEADER = 40;
const ICMP = 8;
const SOURCE = 8;
const ADDRESS = 16;
const FRAGMENT = 44;
const QUOTED_MOST = 1232;
const ROUTER = [0xfd, 0x02, ...Array.from({ length: 13 }, () => 0), 7];
const OTHER = [0xfd, 0, ...Array.from({ length: 13 }, () => 0), 5];

/** A frame with an ICMPv6 error about the packet that lies at `ip` of another frame; `captured`: as its sender would be told of it. */
export function icmp6ErrorAbout(frame: Uint8Array, ip: number, captured: boolean, dice: Dice): Uint8Array {
  const packet = quoted(dice.chance(15) ? fragmented(frame.subarray(ip), dice) : frame.subarray(ip), dice);
  const { bytes: inner, length } = dice.chance(20) ? extended(packet, 8, dice) : { bytes: packet, length: 0 };
  const out = new Uint8Array(ip + HEADER + ICMP + inner.length);
  out.set(frame.subarray(0, ip));
  const view = new DataView(out.buffer, ip);
  view.setUint32(0, 0x60000000 + dice.below(256) * 2 ** 20);
  view.setUint16(4, dice.chance(3) ? 0 : ICMP + inner.length);
  view.setUint8(6, 58);
  view.setUint8(7, dice.chance(6) ? dice.pick([0, 1, 255]) : 60);
  // The sender is told: of a captured request its client, of any other packet whoever sent it.
  const to = inner.slice(SOURCE, SOURCE + ADDRESS);
  const from = inner.slice(SOURCE + ADDRESS, HEADER);
  out.set(dice.chance(70) || captured ? from : ROUTER, ip + SOURCE);
  out.set(dice.chance(96) ? to : OTHER, ip + SOURCE + ADDRESS);
  const message = ip + HEADER;
  const rest = length * 2 ** 24 || dice.pick([0, 6, 40, 1280, 1300, 1400, 9000, 0xffffffff, dice.below(48)]);
  out.set([dice.pick([1, 2, 2, 3, 4, 4, 0, 5, 128]), dice.pick([0, 0, 1, 2, 3, 4, 5])], message);
  new DataView(out.buffer).setUint32(message + 4, rest);
  out.set(inner, message + ICMP);
  if (dice.chance(92)) checksum(out, ip);
  return out;
}

/** As much of a packet as an error has. */
function quoted(packet: Uint8Array, dice: Dice): Uint8Array {
  const most = Math.min(packet.length, QUOTED_MOST);
  return packet.slice(0, dice.chance(40) ? Math.min(most, HEADER + dice.pick([7, 8, 9, 16, 24, 25, 28, 48])) : most);
}

/** The packet with a fragment header behind its IPv6 header. */
function fragmented(packet: Uint8Array, dice: Dice): Uint8Array {
  const header = [
    packet[6] as number,
    0,
    0,
    dice.pick([0, 1, 1, 1, 9]),
    ...Array.from({ length: 4 }, () => dice.below(256)),
  ];
  const out = Uint8Array.from([...packet.subarray(0, HEADER), ...header, ...packet.subarray(HEADER)]);
  out[6] = FRAGMENT;
  const view = new DataView(out.buffer);
  view.setUint16(4, view.getUint16(4) + header.length);
  return out;
}

/** Writes the checksum of the message behind the header at `ip`. */
function checksum(bytes: Uint8Array, ip: number): void {
  const message = ip + HEADER;
  let sum = 58 + bytes.length - message;
  for (let at = ip + SOURCE; at < bytes.length; at += 2)
    if (at !== message + 2) sum += ((bytes[at] as number) << 8) + (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  bytes.set([(~sum >>> 8) & 255, ~sum & 255], message + 2);
}
