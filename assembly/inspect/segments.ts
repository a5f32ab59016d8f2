// The segments of a first message in a place of the hold pool: which bytes are known, whether new ones agree with them, and
// the frames that wait.

import { DESC_FRAME, DESC_LINK, FIRST_MESSAGE_MAX, HELD_SEGMENTS_MAX } from "../abi";
import {
  BYTES_AT,
  HEADERS_AT,
  HEADERS_ROOM,
  HOLD_COUNT,
  HOLD_HEADERS,
  HOLD_REACH,
  SEGMENTS_AT,
  SEGMENT_SIZE,
} from "./hold";
import { IP, L4 } from "../parse";

/// A held segment. Its data lie among the bytes of the place; what of it lies before them is kept behind its headers.
export const SEGMENT_OFFSET: usize = 0; // u32
export const SEGMENT_LENGTH: usize = 4; // u32
export const SEGMENT_HEAD: usize = 8; // u32, address
export const SEGMENT_HEAD_LENGTH: usize = 12; // u16
export const SEGMENT_LINK: usize = 16; // u8
export const SEGMENT_IP: usize = 17; // u8, bytes in front of its IP header
export const SEGMENT_TCP: usize = 18; // u16, bytes in front of its TCP header
export const SEGMENT_WIRE: usize = 20; // u32, wire length as it came

/// As a limit of what leaves: every held segment, those behind a gap too.
export const ALL_HELD: u32 = FIRST_MESSAGE_MAX;

/** The first segment of a place; the others follow in the order they came. */
export function segments(hold: u32): u32 {
  return hold + SEGMENTS_AT;
}

/** Address behind the last segment. */
export function segmentsEnd(hold: u32): u32 {
  return hold + SEGMENTS_AT + load<u32>(hold, HOLD_COUNT) * SEGMENT_SIZE;
}

/** Whether bytes for an offset differ from what is known there. */
export function conflicts(hold: u32, offset: u32, at: u32, length: u32): bool {
  if (differs(hold, 0, load<u32>(hold, HOLD_REACH), offset, at, length)) return true;
  const last = segmentsEnd(hold);
  for (let s = segments(hold); s < last; s += SEGMENT_SIZE)
    if (differs(hold, load<u32>(s, SEGMENT_OFFSET), load<u32>(s, SEGMENT_LENGTH), offset, at, length)) return true;
  return false;
}

function differs(hold: u32, knownFrom: u32, known: u32, offset: u32, at: u32, length: u32): bool {
  const from = max(knownFrom, offset);
  const to = min(knownFrom + known, offset + length);
  return from < to && memory.compare(hold + BYTES_AT + from, at + from - offset, to - from) != 0;
}

/** Whether every byte of a range is known. */
export function covers(hold: u32, offset: u32, length: u32): bool {
  return knownFrom(hold, offset) >= offset + length;
}

/** First byte at or behind an offset that is not known. */
export function knownFrom(hold: u32, offset: u32): u32 {
  let reach = max(offset, offset <= load<u32>(hold, HOLD_REACH) ? load<u32>(hold, HOLD_REACH) : 0);
  const last = segmentsEnd(hold);
  for (let before: u32 = <u32>-1; before != reach; ) {
    before = reach;
    for (let s = segments(hold); s < last; s += SEGMENT_SIZE) {
      const from = load<u32>(s, SEGMENT_OFFSET);
      const to = from + load<u32>(s, SEGMENT_LENGTH);
      if (from <= reach && to > reach) reach = to;
    }
  }
  return reach;
}

/** Puts bytes in their place, with room for them; how far the bytes reach now without a gap. */
export function place(hold: u32, offset: u32, at: u32, length: u32): u32 {
  memory.copy(hold + BYTES_AT + offset, at, length);
  const reach = load<u32>(hold, HOLD_REACH);
  if (offset > reach) return reach;
  const further = knownFrom(hold, max(reach, offset + length));
  store<u32>(hold, further, HOLD_REACH);
  return further;
}

export function fits(offset: u32, length: u32): bool {
  return offset + length <= <u32>FIRST_MESSAGE_MAX;
}

/** Whether one more segment can be held, with `head` bytes before its data. */
export function hasRoom(hold: u32, head: u32): bool {
  return load<u32>(hold, HOLD_COUNT) < <u32>HELD_SEGMENTS_MAX && load<u32>(hold, HOLD_HEADERS) + head <= HEADERS_ROOM;
}

/** Keeps the frame, which was translated, of a segment whose bytes were placed; `head` bytes are before its data, `wire` is its length as it came. */
export function keepSegment(hold: u32, desc: u32, offset: u32, length: u32, head: u32, parsed: u32, wire: u32): void {
  const headers = load<u32>(hold, HOLD_HEADERS);
  const segment = segmentsEnd(hold);
  const at = hold + HEADERS_AT + headers;
  memory.copy(at, load<u32>(desc, DESC_FRAME), head);
  store<u32>(segment, offset, SEGMENT_OFFSET);
  store<u32>(segment, length, SEGMENT_LENGTH);
  store<u32>(segment, at, SEGMENT_HEAD);
  store<u16>(segment, <u16>head, SEGMENT_HEAD_LENGTH);
  store<u8>(segment, load<u8>(desc, DESC_LINK), SEGMENT_LINK);
  store<u8>(segment, <u8>(load<u32>(parsed, IP) - load<u32>(desc, DESC_FRAME)), SEGMENT_IP);
  store<u16>(segment, <u16>(load<u32>(parsed, L4) - load<u32>(desc, DESC_FRAME)), SEGMENT_TCP);
  store<u32>(segment, wire, SEGMENT_WIRE);
  store<u32>(hold, headers + head, HOLD_HEADERS);
  store<u32>(hold, load<u32>(hold, HOLD_COUNT) + 1, HOLD_COUNT);
}

/** The held segment that leaves next of those that end at `limit` or before: lowest offset, then first come. 0: none. */
export function nextSegment(hold: u32, limit: u32): u32 {
  const last = segmentsEnd(hold);
  let best: u32 = 0;
  let lowest = limit;
  for (let s = segments(hold); s < last; s += SEGMENT_SIZE) {
    const offset = load<u32>(s, SEGMENT_OFFSET);
    if (offset >= lowest || offset + load<u32>(s, SEGMENT_LENGTH) > limit) continue;
    best = s;
    lowest = offset;
  }
  return best;
}

/** Takes a segment off the list; what its emit refers to stays. */
export function dropSegment(hold: u32, segment: u32): void {
  const behind = segment + SEGMENT_SIZE;
  memory.copy(segment, behind, segmentsEnd(hold) - behind);
  store<u32>(hold, load<u32>(hold, HOLD_COUNT) - 1, HOLD_COUNT);
}
