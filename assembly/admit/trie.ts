// 32-bit numbers -> values, by tries that are walked a byte at a time; the host builds them (host/config/trie.ts).

import { NODE_BEFORE, NODE_RUNS, NODE_STARTS, TRIE_VALUE } from "../abi/tables";
import { TABLES } from "../memory";

const BYTE_SHIFT: u32 = 24;
const WORD_SHIFT: u32 = 6;
const WORD_MASK: u32 = 63;

/** Value of a number; `entry` is the trie's root, the number in host order. */
export function valueOf(entry: u32, number: u32): u32 {
  for (; (entry & TRIE_VALUE) == 0; number <<= 8) entry = childOf(entry, number >> BYTE_SHIFT);
  return entry - TRIE_VALUE;
}

/** Entry of a node for a byte. */
export function childOf(node: u32, byte: u32): u32 {
  const at = TABLES + node;
  const word = byte >> WORD_SHIFT;
  const upTo = load<u64>(at + (word << 3), NODE_STARTS) << (<u64>(WORD_MASK - (byte & WORD_MASK)));
  const run = <u32>load<u8>(at + word, NODE_BEFORE) + <u32>popcnt<u64>(upTo) - 1;
  return load<u32>(at + (run << 2), NODE_RUNS);
}
