// Stretches of what was let through that a place of the hold pool remembers, in the order of their sequence numbers: so that
// what a client sends again can be compared until the server has acknowledged it.

import { FIRST_MESSAGE_MAX, HELD_SEGMENTS_MAX } from "../abi";
import { INSPECT_FORGOTTEN } from "../abi/records";
import { REMEMBERED_AT } from "./hold";

/// Of a place, from REMEMBERED_AT on: how many stretches, how many bytes; the stretches; their bytes, one behind the other.
const COUNT: u32 = 0; // u32
const USED: u32 = 4; // u32
const STRETCHES: u32 = 8;
const STRETCH_SEQUENCE: usize = 0; // u32
const STRETCH_LENGTH: usize = 4; // u32
const STRETCH_SIZE: u32 = 8;
const STRETCHES_MAX: u32 = HELD_SEGMENTS_MAX;
const BYTES: u32 = STRETCHES + STRETCHES_MAX * STRETCH_SIZE;
export const REMEMBERED_SIZE: u32 = (BYTES + FIRST_MESSAGE_MAX + 63) & ~63;

export function remembersNone(hold: u32): bool {
  return load<u32>(hold + REMEMBERED_AT + COUNT) == 0;
}

/** Whether any byte from a sequence number on is remembered. */
export function remembers(hold: u32, sequence: u32, length: u32): bool {
  const first = hold + REMEMBERED_AT + STRETCHES;
  const last = first + load<u32>(hold + REMEMBERED_AT + COUNT) * STRETCH_SIZE;
  for (let s = first; s < last; s += STRETCH_SIZE) {
    const from = <i32>(load<u32>(s, STRETCH_SEQUENCE) - sequence);
    if (from < <i32>length && from + <i32>load<u32>(s, STRETCH_LENGTH) > 0) return true;
  }
  return false;
}

/** Whether bytes differ from those remembered. */
export function differsFromRemembered(hold: u32, sequence: u32, at: u32, length: u32): bool {
  const base = hold + REMEMBERED_AT;
  const last = base + STRETCHES + load<u32>(base + COUNT) * STRETCH_SIZE;
  let bytes = base + BYTES;
  for (let s = base + STRETCHES; s < last; s += STRETCH_SIZE) {
    const size = load<u32>(s, STRETCH_LENGTH);
    const from = <i32>(load<u32>(s, STRETCH_SEQUENCE) - sequence);
    if (differ(bytes, from, <i32>size, at, <i32>length)) return true;
    bytes += size;
  }
  return false;
}

/** Whether `size` bytes, which belong `from` behind others, differ from those. */
function differ(bytes: u32, from: i32, size: i32, at: u32, length: i32): bool {
  const begin = max(from, 0);
  const end = min(from + size, length);
  return begin < end && memory.compare(bytes + <u32>(begin - from), at + <u32>begin, <u32>(end - begin)) != 0;
}

/** Remembers one more stretch, of 16,384 bytes at most, instead of the oldest ones if need be. */
export function rememberStretch(state: u32, hold: u32, sequence: u32, at: u32, length: u32): void {
  const base = hold + REMEMBERED_AT;
  while (load<u32>(base + COUNT) == STRETCHES_MAX || load<u32>(base + USED) + length > <u32>FIRST_MESSAGE_MAX)
    store<u32>(state, forgetOldest(base), INSPECT_FORGOTTEN);
  const count = load<u32>(base + COUNT);
  const used = load<u32>(base + USED);
  const stretch = base + STRETCHES + count * STRETCH_SIZE;
  store<u32>(stretch, sequence, STRETCH_SEQUENCE);
  store<u32>(stretch, length, STRETCH_LENGTH);
  memory.copy(base + BYTES + used, at, length);
  store<u32>(base + COUNT, count + 1);
  store<u32>(base + USED, used + length);
}

/** Forgets every stretch. */
export function forgetAll(hold: u32): void {
  store<u64>(hold + REMEMBERED_AT + COUNT, 0); // and USED
}

/** Forgets stretches that end at a sequence number or before. */
export function forgetUpTo(hold: u32, sequence: u32): void {
  const base = hold + REMEMBERED_AT;
  while (load<u32>(base + COUNT) != 0) {
    const end = load<u32>(base + STRETCHES, STRETCH_SEQUENCE) + load<u32>(base + STRETCHES, STRETCH_LENGTH);
    if (<i32>(sequence - end) < 0) return;
    forgetOldest(base);
  }
}

/** Remembers in a place what another one does. */
export function copyRemembered(to: u32, from: u32): void {
  const size = BYTES + load<u32>(from + REMEMBERED_AT + USED);
  memory.copy(to + REMEMBERED_AT, from + REMEMBERED_AT, size);
}

/** Forgets the first stretch; the sequence number behind it. */
function forgetOldest(base: u32): u32 {
  const first = base + STRETCHES;
  const size = load<u32>(first, STRETCH_LENGTH);
  const end = load<u32>(first, STRETCH_SEQUENCE) + size;
  const count = load<u32>(base + COUNT) - 1;
  const used = load<u32>(base + USED) - size;
  memory.copy(first, first + STRETCH_SIZE, count * STRETCH_SIZE);
  memory.copy(base + BYTES, base + BYTES + size, used);
  store<u32>(base + COUNT, count);
  store<u32>(base + USED, used);
  return end;
}
