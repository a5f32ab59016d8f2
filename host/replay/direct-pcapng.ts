// Packet blocks of a pcapng file, made in the core's memory from frames that lie there.

import type { CaptureInterface } from "../capture/capture.ts";
import { BLOCK_ENHANCED_PACKET, ENHANCED, padded } from "../capture/pcapng.ts";
import { PcapngWriter } from "../capture/pcapng-writer.ts";
import { secondsOf } from "../capture/units.ts";
import type { Side } from "../plane.ts";
import type { Areas } from "./areas.ts";
import type { DirectOutput } from "./direct-output.ts";

const HIGH = 2 ** 32;
/** Up to microseconds, times are counted without a BigInt. */
const EXACT_DIGITS = 6;
/** Frames up to this length are copied word by word, which costs less than a call. */
const SHORT = 256;
/** Places of an enhanced packet block in words. */
const INTERFACE = ENHANCED.interfaceId / 4;
const TIME_HIGH = ENHANCED.timeHigh / 4;
const TIME_LOW = ENHANCED.timeLow / 4;
const CAPTURED = ENHANCED.captured / 4;
const WIRE = ENHANCED.wire / 4;
const DATA = ENHANCED.data / 4;
const NOWHERE = { write: (): void => {} };

export class DirectPcapng implements DirectOutput {
  readonly only: Side | undefined;
  readonly leftOut = 0;
  written = 0;
  private readonly areas: Areas;
  private readonly words: Uint32Array;
  private readonly bytes: Uint8Array;
  /** Makes the blocks that are few. */
  private readonly writer = new PcapngWriter(NOWHERE);
  /** Of each captured interface: digits of its times, units a second, nanoseconds a unit. */
  private readonly digits: number[] = [];
  private readonly perSecond: number[] = [];
  private readonly unit: number[] = [];
  /** The written interfaces of each captured one. */
  private readonly consumers: number[] = [];
  private readonly providers: number[] = [];
  /** The time stamp last made. */
  private high = 0;
  private low = 0;

  constructor(areas: Areas, only: Side | undefined) {
    this.areas = areas;
    this.only = only;
    this.words = areas.core.words;
    this.bytes = areas.core.bytes;
  }

  addInterface(captured: CaptureInterface, name: string): number {
    const { linkType, snaplen, timeDigits } = captured;
    const add = (side: Side): number =>
      this.writer.addInterface({ linkType, snaplen, timeDigits, name: `${name} ${side}` });
    this.consumers.push(add(this.only ?? "consumer"));
    this.providers.push(this.only === undefined ? add("provider") : (this.consumers.at(-1) as number));
    this.putCollected();
    this.perSecond.push(10 ** timeDigits);
    this.unit.push(10 ** (9 - timeDigits));
    return this.digits.push(timeDigits) - 1;
  }

  translated(id: number, address: number, length: number, wire: number, timeLow: number, timeHigh: number): void {
    if (this.only === "consumer") return;
    this.written++;
    this.stamp(id, timeLow, timeHigh);
    this.block(this.providers[id] as number, address, length, wire);
  }

  other(
    id: number,
    side: Side,
    address: number,
    length: number,
    wire: number,
    timeLow: number,
    timeHigh: number,
    comment: string | undefined,
  ): void {
    if (this.only !== undefined && side !== this.only) return;
    this.written++;
    const to = (side === "consumer" ? this.consumers : this.providers)[id] as number;
    if (comment === undefined) {
      this.stamp(id, timeLow, timeHigh);
      this.block(to, address, length, wire);
    } else {
      const frame = this.bytes.subarray(address, address + length);
      this.writer.packet(to, timeLow, timeHigh, frame, wire, comment);
      this.putCollected();
    }
  }

  close(): void {
    this.putCollected();
  }

  private putCollected(): void {
    const blocks = this.writer.collected();
    if (blocks.length > 0) this.areas.put(blocks);
  }

  /** An enhanced packet block; blocks begin at multiples of four bytes. */
  private block(id: number, address: number, length: number, wire: number): void {
    const { words, areas } = this;
    const at = areas.end;
    const size = ENHANCED.least + padded(length);
    const word = at >>> 2;
    words[word] = BLOCK_ENHANCED_PACKET;
    words[word + 1] = size;
    words[word + INTERFACE] = id;
    words[word + TIME_HIGH] = this.high;
    words[word + TIME_LOW] = this.low;
    words[word + CAPTURED] = length;
    words[word + WIRE] = wire;
    const trailer = word + (size >>> 2) - 1;
    if (length > SHORT) {
      words[trailer - 1] = 0;
      this.bytes.copyWithin(at + ENHANCED.data, address, address + length);
    } else {
      this.copy(address, word + DATA, length);
    }
    words[trailer] = size;
    areas.add(at, size);
    areas.end = at + size;
  }

  /** Copies a short frame to a word's place, whatever its own alignment, and zeros behind it up to a whole word. */
  private copy(address: number, to: number, length: number): void {
    const { words } = this;
    const whole = length >>> 2;
    const shift = (address & 3) * 8;
    let from = address >>> 2;
    let word = to;
    const end = to + whole;
    if (shift === 0) for (; word < end; word++, from++) words[word] = words[from] as number;
    else
      for (; word < end; word++, from++)
        words[word] = ((words[from] as number) >>> shift) | ((words[from + 1] as number) << (32 - shift));
    const rest = length & 3;
    if (rest === 0) return;
    const both =
      shift === 0
        ? (words[from] as number)
        : ((words[from] as number) >>> shift) | ((words[from + 1] as number) << (32 - shift));
    words[word] = both & (0xffffffff >>> (32 - rest * 8));
  }

  /** The time in the units of an interface. */
  private stamp(id: number, timeLow: number, timeHigh: number): void {
    const digits = this.digits[id] as number;
    if (digits > EXACT_DIGITS) return this.fineStamp(digits, timeLow, timeHigh);
    const { seconds, nanoseconds } = secondsOf(timeLow, timeHigh);
    const units = seconds * (this.perSecond[id] as number) + Math.floor(nanoseconds / (this.unit[id] as number));
    this.high = Math.floor(units / HIGH);
    this.low = units >>> 0;
  }

  private fineStamp(digits: number, timeLow: number, timeHigh: number): void {
    this.high = timeHigh;
    this.low = timeLow;
    if (digits === 9) return;
    const units = ((BigInt(timeHigh) << 32n) | BigInt(timeLow)) / 10n ** BigInt(9 - digits);
    this.high = Number(units >> 32n);
    this.low = Number(units & 0xffffffffn);
  }
}
