// Selective acknowledgements among TCP options (RFC 2018): kind 5, length, then blocks of two sequence numbers.

import { fold, sum } from "./checksum";

const KIND_END: u32 = 0;
const KIND_NOTHING: u32 = 1;
const KIND_SACK: u32 = 5;
const LENGTH: usize = 1;
const BLOCKS: u32 = 2;
const BLOCK_FIRST: usize = 0;
const BLOCK_BEHIND: usize = 4;
const BLOCK_SIZE: u32 = 8;

/// What is done to each number: lowered or raised by `by`, as said below.
let from: u32 = 0;
let by: u32 = 0;
let raising: bool = false;
let inclusive: bool = false;
/// Whether that changed anything.
let changed: bool = false;

/** Lowers numbers by `length` that are `start + length` or behind; those between become `start`. */
export function lowered(number: u32, start: u32, length: u32): u32 {
  const ahead = <i32>(number - start);
  if (ahead <= 0) return number;
  return ahead >= <i32>length ? number - length : start;
}

/** Raises numbers by `length` that lie behind `start`, or at it with `atStart`. */
export function raised(number: u32, start: u32, length: u32, atStart: bool): u32 {
  const ahead = <i32>(number - start);
  return ahead > 0 || (atStart && ahead == 0) ? number + length : number;
}

/** Lowers every number; blocks that come to nothing go. What that adds to the checksum, 0 for nothing. */
export function lowerAll(options: u32, end: u32, start: u32, length: u32): u32 {
  from = start;
  by = length;
  raising = false;
  return changeAll(options, end);
}

/** Raises every number. What that adds to the checksum, 0 for nothing. */
export function raiseAll(options: u32, end: u32, start: u32, length: u32, atStart: bool): u32 {
  from = start;
  by = length;
  raising = true;
  inclusive = atStart;
  return changeAll(options, end);
}

function changeAll(options: u32, end: u32): u32 {
  const before = sum(options, end - options);
  changed = false;
  for (let p = options; p < end; ) {
    const kind = <u32>load<u8>(p);
    if (kind == KIND_END) break;
    if (kind == KIND_NOTHING) {
      p++;
      continue;
    }
    if (p + 1 >= end) break;
    const length = <u32>load<u8>(p, LENGTH);
    if (length < BLOCKS || p + length > end) break;
    if (kind == KIND_SACK && length > BLOCKS && ((length - BLOCKS) & (BLOCK_SIZE - 1)) == 0) change(p, length);
    p += length;
  }
  return changed ? fold((~before & 0xffff) + sum(options, end - options)) : 0;
}

/** Changes the blocks of one option; those that come to nothing by being lowered go, and the others close up. */
function change(option: u32, length: u32): void {
  const end = option + length;
  let to = option + BLOCKS;
  for (let block = option + BLOCKS; block < end; block += BLOCK_SIZE) {
    const first = changedNumber(bswap<u32>(load<u32>(block, BLOCK_FIRST)));
    const behind = changedNumber(bswap<u32>(load<u32>(block, BLOCK_BEHIND)));
    if (!raising && first == behind) continue;
    store<u32>(to, bswap<u32>(first), BLOCK_FIRST);
    store<u32>(to, bswap<u32>(behind), BLOCK_BEHIND);
    to += BLOCK_SIZE;
  }
  if (to == end) return;
  changed = true;
  if (to == option + BLOCKS) to = option;
  else store<u8>(option, <u8>(to - option), LENGTH);
  memory.fill(to, <u8>KIND_NOTHING, end - to);
}

function changedNumber(number: u32): u32 {
  const after = raising ? raised(number, from, by, inclusive) : lowered(number, from, by);
  if (after != number) changed = true;
  return after;
}
