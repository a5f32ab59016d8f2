// Interface descriptions of a pcapng section: link type, snaplen, and how their time stamps count.

import type { CaptureInterface } from "./capture.ts";
import { secondsOf } from "./units.ts";
import {
  INTERFACE,
  OPTION_END,
  OPTION_HEADER,
  OPTION_NAME,
  OPTION_TIME_OFFSET,
  OPTION_TIME_RESOLUTION,
  padded,
} from "./pcapng.ts";

const BINARY = 0x80;
const EXPONENT = 0x7f;
const DIGITS_DEFAULT = 6;
const DIGITS_MAX = 9;
const HIGH = 2 ** 32;

/** How time stamps of an interface become seconds and nanoseconds. */
export interface TimeScale {
  /** Units a second: 10^n or 2^n. */
  unitsPerSecond: bigint;
  /** Seconds to add. */
  offset: number;
}

/** Reads an interface description block that starts at `at` and is `length` bytes long. */
export function readInterface(
  view: DataView,
  at: number,
  length: number,
  little: boolean,
  id: number,
): { described: CaptureInterface; scale: TimeScale } {
  const described: CaptureInterface = {
    id,
    linkType: view.getUint16(at + INTERFACE.linkType, little),
    snaplen: view.getUint32(at + INTERFACE.snaplen, little),
    timeDigits: DIGITS_DEFAULT,
  };
  const scale: TimeScale = { unitsPerSecond: 10n ** BigInt(DIGITS_DEFAULT), offset: 0 };
  const end = at + length - OPTION_HEADER;
  for (let option = at + INTERFACE.options; option + OPTION_HEADER <= end; ) {
    const code = view.getUint16(option, little);
    const size = view.getUint16(option + 2, little);
    const value = option + OPTION_HEADER;
    if (code === OPTION_END || value + size > end) break;
    if (code === OPTION_TIME_RESOLUTION && size >= 1) setResolution(described, scale, view.getUint8(value));
    if (code === OPTION_TIME_OFFSET && size >= 8) scale.offset = Number(view.getBigInt64(value, little));
    if (code === OPTION_NAME) described.name = text(view, value, size);
    option = value + padded(size);
  }
  return { described, scale };
}

function setResolution(described: CaptureInterface, scale: TimeScale, resolution: number): void {
  const exponent = resolution & EXPONENT;
  const binary = (resolution & BINARY) !== 0;
  scale.unitsPerSecond = (binary ? 2n : 10n) ** BigInt(exponent);
  described.timeDigits = binary ? DIGITS_MAX : Math.min(exponent, DIGITS_MAX);
}

function text(view: DataView, at: number, size: number): string {
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, size)).replace(/\0+$/, "");
}

/** Seconds and nanoseconds of a time stamp given in two halves. */
export function timeOf(scale: TimeScale, high: number, low: number): { seconds: number; nanoseconds: number } {
  const { unitsPerSecond, offset } = scale;
  if (unitsPerSecond === 1_000_000_000n) {
    const { seconds, nanoseconds } = secondsOf(low, high);
    return { seconds: seconds + offset, nanoseconds };
  }
  if (unitsPerSecond === 1_000_000n) {
    // high * 2^32 + low microseconds, below 2^53 for every plausible time.
    const units = high * HIGH + low;
    if (units <= Number.MAX_SAFE_INTEGER) {
      const seconds = Math.floor(units / 1e6);
      return { seconds: seconds + offset, nanoseconds: (units - seconds * 1e6) * 1000 };
    }
  }
  const units = (BigInt(high) << 32n) | BigInt(low);
  const seconds = units / unitsPerSecond;
  const nanoseconds = ((units - seconds * unitsPerSecond) * 1_000_000_000n) / unitsPerSecond;
  return { seconds: Number(seconds) + offset, nanoseconds: Number(nanoseconds) };
}
