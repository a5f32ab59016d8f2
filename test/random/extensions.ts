// Random extensions of ICMP errors (RFC 4884) behind the packet in them, and things that are nearly that.

import type { Dice } from "./dice.ts";

const LENGTHS = [128, 128, 136, 144, 256, 512, 1016, 1020, 1200, 2040];

/** What is in an error with extensions, and its length in units of so many bytes. */
export function extended(inner: Uint8Array, unit: number, dice: Dice): { bytes: Uint8Array; length: number } {
  const told = Math.max(unit, Math.floor((dice.chance(90) ? dice.pick(LENGTHS) : dice.below(300)) / unit) * unit);
  const datagram = Array.from({ length: told }, (_, i) => inner[i] ?? 0);
  const version = dice.chance(92) ? 0x20 : dice.below(256);
  const size = dice.pick([3, 4, 12, 12, 13, 40, 300, 1100]);
  const extensions = Array.from({ length: size }, (_, i) => (i === 0 ? version : dice.below(256)));
  const length = dice.chance(95) ? told / unit : dice.below(256);
  return { bytes: Uint8Array.from([...datagram, ...extensions]), length: Math.min(255, length) };
}
