// Numbers of TCP headers as client and server know them (behaviour 16): each function gives a frame whose numbers are the other's.
import { carriedOver, wordSum } from "./checksum.ts";
import { ACK, TCP_HEADER } from "./transport.ts";

const WORD = 4;
const END = 0;
const FILLER = 1;
const SACK = 5;
const FRONT = 2;
const BLOCK = 8;

/** A copy of a frame with another number in its TCP header, at an offset there. */
function withNumber(frame: Uint8Array, tcp: number, field: number, number: number): Uint8Array {
  const changed = frame.slice();
  new DataView(changed.buffer).setUint32(tcp + field, number);
  return summed(frame, changed, tcp);
}

/** Carries into the checksum of a changed copy what became of the header; the copy. */
function summed(before: Uint8Array, after: Uint8Array, tcp: number): Uint8Array {
  const end = tcp + headerLength(before, tcp);
  const view = new DataView(after.buffer);
  const at = tcp + TCP_HEADER.checksum;
  const same = before.subarray(tcp, end).every((byte, i) => byte === after[tcp + i]);
  if (!same) view.setUint16(at, carriedOver(view.getUint16(at), wordSum(before, tcp, end), wordSum(after, tcp, end)));
  return after;
}

const headerLength = (frame: Uint8Array, tcp: number): number =>
  ((frame[tcp + TCP_HEADER.offset] as number) >> 4) * WORD;

export const withSequence = (frame: Uint8Array, tcp: number, number: number): Uint8Array =>
  withNumber(frame, tcp, TCP_HEADER.sequence, number >>> 0);

/** A copy whose acknowledgement number, if it has ACK, and selective acknowledgements are changed; `tidy`: empty blocks go. */
export function withAcknowledgements(
  frame: Uint8Array,
  tcp: number,
  change: (number: number) => number,
  tidy: boolean,
): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset);
  const has = ((frame[tcp + TCP_HEADER.flags] as number) & ACK) !== 0;
  const told = view.getUint32(tcp + TCP_HEADER.acknowledgement);
  const first = has ? withNumber(frame, tcp, TCP_HEADER.acknowledgement, change(told)) : frame.slice();
  const second = first.slice();
  const from = tcp + TCP_HEADER.end;
  const to = tcp + headerLength(frame, tcp);
  if (from < to) second.set(optionsAfter(first.slice(from, to), change, tidy), from);
  return summed(first, second, tcp);
}

/** Options with the numbers in selective acknowledgements changed; as many bytes. */
function optionsAfter(options: Uint8Array, change: (number: number) => number, tidy: boolean): number[] {
  const [kind, length = 0] = options;
  if (kind === undefined || kind === END) return [...options];
  if (kind === FILLER) return [FILLER, ...optionsAfter(options.slice(1), change, tidy)];
  if (length < FRONT || length > options.length) return [...options];
  const own = options.slice(0, length);
  const rest = optionsAfter(options.slice(length), change, tidy);
  const isSack = kind === SACK && length > FRONT && (length - FRONT) % BLOCK === 0;
  return [...(isSack ? blocksAfter(own, change, tidy) : own), ...rest];
}

function blocksAfter(option: Uint8Array, change: (number: number) => number, tidy: boolean): number[] {
  const view = new DataView(option.buffer);
  const blocks: number[][] = [];
  for (let at = FRONT; at < option.length; at += BLOCK)
    blocks.push([change(view.getUint32(at)), change(view.getUint32(at + WORD))]);
  const kept = tidy ? blocks.filter(([from, to]) => from !== to) : blocks;
  const bytes = kept.flat().flatMap((number) => [24, 16, 8, 0].map((by) => (number >>> by) & 255));
  const shown = kept.length === 0 ? [] : [SACK, FRONT + bytes.length, ...bytes];
  return [...shown, ...Array.from({ length: option.length - shown.length }, () => FILLER)];
}
