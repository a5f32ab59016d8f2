// A TCP segment as far as it is captured: numbers, lengths and selective acknowledgements, by the replay's own reading.

import { get16, get32, put16, put32, sumOf } from "../wire/words.ts";
import { type FrameView, TCP } from "./frame.ts";
import { changed } from "./readdress.ts";

export const SEQUENCE = 4;
const ACKNOWLEDGEMENT = 8;
const WORD = 4;
const NUMBERS = 2 ** 32;

const KIND_END = 0;
const KIND_NOTHING = 1;
const KIND_SACK = 5;
const OPTION_MIN = 2;
const BLOCK = 8;

/** What a segment says of itself. */
export interface Segment {
  sequence: number;
  flags: number;
  /** Bytes of its TCP header, and of its data on the wire. */
  header: number;
  length: number;
  /** Total length of its packet, 0 when offloading left it out. */
  total: number;
  /** Its data are all captured. */
  complete: boolean;
}

/** Reads a TCP segment of a frame of so many bytes on the wire; undefined when its header is not wholly captured. */
export function segmentOf(view: FrameView, wireLength: number): Segment | undefined {
  const { buffer, l4, end, total } = view;
  const length4 = view.length4(wireLength);
  const captured = Math.min(end - l4, length4);
  if (captured < TCP.min) return undefined;
  const header = ((buffer[l4 + TCP.offset] as number) >> 4) * WORD;
  if (captured < header) return undefined;
  const sequence = get32(buffer, l4 + SEQUENCE);
  return { sequence, flags: view.flags, header, length: length4 - header, total, complete: captured === length4 };
}

/** How far a number lies behind another one, modulo 2^32; negative when it lies before it. */
export const ahead = (number: number, of: number): number => (number - of) | 0;

export const acknowledgement = ({ buffer, l4 }: FrameView): number => get32(buffer, l4 + ACKNOWLEDGEMENT);

/** Gives the segment in a view another sequence number; the checksum is carried along. */
export function setSequence(view: FrameView, number: number): void {
  setNumber(view, view.l4 + SEQUENCE, number);
}

/** The same with its acknowledgement number. */
export function setAcknowledgement(view: FrameView, number: number): void {
  setNumber(view, view.l4 + ACKNOWLEDGEMENT, number);
}

function setNumber({ buffer, l4 }: FrameView, at: number, number: number): void {
  const before = sumOf(buffer, at, at + BLOCK / 2);
  put32(buffer, at, number);
  const checksum = l4 + TCP.checksum;
  put16(buffer, checksum, changed(get16(buffer, checksum), sumOf(buffer, at, at + BLOCK / 2) - before));
}

/** The numbers in the selective acknowledgements of a segment with a whole header (RFC 2018). */
export function selectiveNumbers({ buffer, l4 }: FrameView): number[] {
  return blocksOf(buffer, l4).flatMap((blocks) =>
    blocks.flatMap((at) => [get32(buffer, at), get32(buffer, at + BLOCK / 2)]),
  );
}

/** Changes each of these numbers, and takes out blocks that have come to nothing; the checksum is carried along. */
export function changeSelective({ buffer, l4 }: FrameView, change: (number: number) => number): void {
  const before = optionsSum(buffer, l4);
  for (const blocks of blocksOf(buffer, l4)) {
    const numbers = blocks.map((at) => [get32(buffer, at), get32(buffer, at + BLOCK / 2)].map(change));
    const kept = numbers.filter(([first, behind]) => first !== behind);
    const option = (blocks[0] as number) - OPTION_MIN;
    const end = option + OPTION_MIN + BLOCK * blocks.length;
    const used = kept.length === 0 ? 0 : OPTION_MIN + BLOCK * kept.length;
    if (used > 0) buffer[option + 1] = used;
    kept.flat().forEach((number, i) => put32(buffer, option + OPTION_MIN + i * (BLOCK / 2), number));
    buffer.fill(KIND_NOTHING, option + used, end);
  }
  const growth = optionsSum(buffer, l4) - before;
  const checksum = l4 + TCP.checksum;
  if (growth !== 0) put16(buffer, checksum, changed(get16(buffer, checksum), growth));
}

/** Offsets of the blocks of each selective acknowledgement. */
function blocksOf(buffer: Uint8Array, l4: number): number[][] {
  const end = l4 + headerOf(buffer, l4);
  const found: number[][] = [];
  for (let at = l4 + TCP.min; at < end; ) {
    const kind = buffer[at];
    const length = kind === KIND_NOTHING ? 1 : (buffer[at + 1] as number);
    const fits = kind === KIND_NOTHING || (at + 1 < end && length >= OPTION_MIN && at + length <= end);
    if (kind === KIND_END || !fits) break;
    const count = (length - OPTION_MIN) / BLOCK;
    if (kind === KIND_SACK && count >= 1 && Number.isInteger(count))
      found.push(Array.from({ length: count }, (_, i) => at + OPTION_MIN + i * BLOCK));
    at += length;
  }
  return found;
}

/** Sum of the 16-bit words of a TCP header's options. */
function optionsSum(buffer: Uint8Array, l4: number): number {
  return sumOf(buffer, l4 + TCP.min, l4 + headerOf(buffer, l4));
}

const headerOf = (buffer: Uint8Array, l4: number): number => ((buffer[l4 + TCP.offset] as number) >> 4) * WORD;

/** A number so many further on. */
export const further = (number: number, by: number): number => (number + by) % NUMBERS;
