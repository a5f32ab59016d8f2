// Captures of Ethernet given what they seldom have: other link types, and IPv6 packets with extension headers, flow labels, UDP without
// a checksum, or in fragments.

import type { Dice } from "../../random/dice.ts";
import type { Packets } from "./disturbance.ts";

const ETHERNET = { type: 12, size: 14 };
/** Offsets in a frame without VLAN tags. */
const IPV6 = { payload: 18, next: 20, header: 54, udpChecksum: 60 };
const HOP_BY_HOP = 0;
const FRAGMENT = 44;
const DESTINATION = 60;
const [TCP, UDP] = [6, 17];
const UNIT = 8;

/** A frame's other link header, by link type. */
const LINKS: Record<number, (frame: Uint8Array) => number[]> = {
  1: (frame) => [...frame.subarray(0, ETHERNET.size)],
  101: () => [],
  0: (frame) => [frame[ETHERNET.type] === 0x86 ? 30 : 2, 0, 0, 0],
  113: (frame) => [0, 0, 0, 1, 0, 6, ...frame.subarray(6, 12), 0, 0, ...frame.subarray(12, 14)],
  276: (frame) => [...frame.subarray(12, 14), 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, ...frame.subarray(6, 12), 0, 0],
};

/** The same capture, made various. */
export function varied({ packets }: Packets, dice: Dice): Packets {
  const linkType = dice.pick([1, 1, 1, 101, 0, 113, 276]);
  const frames = packets.flatMap((packet, i) =>
    variantsOf(packet.bytes, dice, i).map((frame) => {
      const link = (LINKS[linkType] as (frame: Uint8Array) => number[])(frame);
      const bytes = Uint8Array.from([...link, ...frame.subarray(ETHERNET.size)]);
      return { ...packet, bytes, wireLength: bytes.length };
    }),
  );
  return { linkType, packets: frames };
}

/** A frame, or what it was made: another one, or two fragments. */
function variantsOf(frame: Uint8Array, dice: Dice, number: number): Uint8Array[] {
  const next = frame[IPV6.next] as number;
  const isSix = frame[ETHERNET.type] === 0x86 && frame[ETHERNET.type + 1] === 0xdd;
  const payload = ((frame[IPV6.payload] as number) << 8) | (frame[IPV6.payload + 1] as number);
  if (!isSix || IPV6.header + payload !== frame.length || (next !== TCP && next !== UDP)) return [frame];
  const id = [0, 1, number >> 8, number & 255];
  const data = frame.subarray(IPV6.header);
  const options = (kind: number): number[] => [kind, 0, 1, 4, 0, 0, 0, 0];
  if (dice.chance(10)) return [extended(frame, DESTINATION, options(next), data)];
  if (dice.chance(6)) return [extended(frame, HOP_BY_HOP, [...options(FRAGMENT), next, 0, 0, 0, ...id], data)];
  if (dice.chance(6)) return [labelled(frame, dice)];
  if (dice.chance(6) && data.length > 3 * UNIT) {
    const cut = UNIT * (1 + dice.below(Math.floor((data.length - UNIT - 1) / UNIT)));
    const first = extended(frame, FRAGMENT, [next, 0, 0, 1, ...id], data.subarray(0, cut));
    const later = extended(frame, FRAGMENT, [next, 0, cut >> 8, cut & 255, ...id], data.subarray(cut));
    return dice.chance(30) ? [later, first] : [first, later];
  }
  if (next !== UDP || !dice.chance(10)) return [frame];
  const unsummed = frame.slice();
  unsummed.set([0, 0], IPV6.udpChecksum);
  return [unsummed];
}

/** With headers between the IPv6 header and what is behind. */
function extended(frame: Uint8Array, next: number, headers: number[], data: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from([...frame.subarray(0, IPV6.header), ...headers, ...data]);
  const payload = headers.length + data.length;
  bytes.set([payload >> 8, payload & 255, next], IPV6.payload);
  return bytes;
}

function labelled(frame: Uint8Array, dice: Dice): Uint8Array {
  const bytes = frame.slice();
  bytes.set([0x60 + dice.below(16), dice.below(256), dice.below(256), dice.below(256)], ETHERNET.size);
  return bytes;
}
