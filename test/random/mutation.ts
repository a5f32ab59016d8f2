// Damage to bytes: what a broken disk, a hostile sender or a fuzzer makes of them.

import type { Dice } from "./dice.ts";

/** Values at which lengths and counters break. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff];

/** A changed copy: one to `most` changes of single bits, bytes, ranges, or the length. */
export function mutated(bytes: Uint8Array, dice: Dice, most = 6): Uint8Array {
  let result: Uint8Array = bytes.slice();
  for (let changes = 1 + dice.below(most); changes > 0 && result.length > 0; changes--) result = changed(result, dice);
  return result;
}

function changed(bytes: Uint8Array, dice: Dice): Uint8Array {
  const at = dice.below(bytes.length);
  const length = dice.below(Math.min(64, bytes.length - at) + 1);
  switch (dice.below(8)) {
    case 0:
    case 1:
      bytes[at] = (bytes[at] as number) ^ (1 << dice.below(8));
      return bytes;
    case 2:
      bytes[at] = dice.below(256);
      return bytes;
    case 3:
      bytes[at] = dice.pick(EDGES);
      return bytes;
    case 4:
      return bytes.fill(dice.pick(EDGES), at, at + Math.min(length, 4));
    case 5:
      return dice.chance(30) ? bytes.slice(0, at) : bytes;
    case 6:
      return dice.chance(30) ? Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + length)]) : bytes;
    default:
      bytes.copyWithin(dice.below(bytes.length), at, at + length);
      return bytes;
  }
}
