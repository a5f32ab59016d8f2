// Writing pcapng: one section, enhanced packet blocks, a comment where there is something to say.

import type { ByteSink, CaptureWriter, WrittenInterface } from "./capture.ts";
import { Output } from "./output.ts";
import * as Ng from "./pcapng.ts";
import { secondsOf } from "./units.ts";

const APPLICATION = "linkplane";
const HIGH = 2 ** 32;
/** Up to microseconds, every u64 of nanoseconds is below 2^53 units. */
const EXACT_DIGITS = 6;

export class PcapngWriter implements CaptureWriter {
  private readonly output: Output;
  private readonly encoder = new TextEncoder();
  /** Digits of each interface's time resolution. */
  private readonly digits: number[] = [];

  constructor(sink: ByteSink) {
    this.output = new Output(sink);
    this.section();
  }

  addInterface({ linkType, snaplen, timeDigits, name }: WrittenInterface): number {
    const encoded = name === undefined ? new Uint8Array(0) : this.encoder.encode(name);
    const options =
      (name === undefined ? 0 : Ng.OPTION_HEADER + Ng.padded(encoded.length)) + 2 * Ng.OPTION_HEADER + Ng.OPTION_HEADER;
    const at = this.block(Ng.BLOCK_INTERFACE, Ng.INTERFACE.least + options);
    const { view } = this.output;
    view.setUint16(at + Ng.INTERFACE.linkType, linkType, true);
    view.setUint32(at + Ng.INTERFACE.snaplen, snaplen, true);
    let option = at + Ng.INTERFACE.options;
    if (name !== undefined) option = this.option(option, Ng.OPTION_NAME, encoded);
    this.option(option, Ng.OPTION_TIME_RESOLUTION, Uint8Array.of(timeDigits));
    return this.digits.push(timeDigits) - 1;
  }

  packet(
    interfaceId: number,
    timeLow: number,
    timeHigh: number,
    frame: Uint8Array,
    wireLength: number,
    comment: string | undefined,
  ): void {
    const { output } = this;
    const encoded = comment === undefined ? undefined : this.encoder.encode(comment);
    const options = encoded === undefined ? 0 : 2 * Ng.OPTION_HEADER + Ng.padded(encoded.length);
    const data = Ng.padded(frame.length);
    const at = this.block(Ng.BLOCK_ENHANCED_PACKET, Ng.ENHANCED.least + data + options);
    const { view, bytes } = output;
    view.setUint32(at + Ng.ENHANCED.interfaceId, interfaceId, true);
    this.time(at, timeLow, timeHigh, this.digits[interfaceId] as number);
    view.setUint32(at + Ng.ENHANCED.captured, frame.length, true);
    view.setUint32(at + Ng.ENHANCED.wire, wireLength, true);
    bytes.set(frame, at + Ng.ENHANCED.data);
    if (encoded !== undefined) this.option(at + Ng.ENHANCED.data + data, Ng.OPTION_COMMENT, encoded);
  }

  /** Takes what was collected, instead of the sink; valid until more is written. */
  collected(): Uint8Array {
    return this.output.collected();
  }

  drain(): Promise<void> {
    return this.output.drain();
  }

  close(): Promise<void> {
    return this.output.drain(true);
  }

  private section(): void {
    const encoded = this.encoder.encode(APPLICATION);
    const options = 2 * Ng.OPTION_HEADER + Ng.padded(encoded.length);
    const at = this.block(Ng.BLOCK_SECTION, Ng.SECTION.least + options);
    const { view } = this.output;
    view.setUint32(at + Ng.SECTION.byteOrder, Ng.BYTE_ORDER_MAGIC, true);
    view.setUint16(at + Ng.SECTION.major, 1, true);
    view.setBigInt64(at + Ng.SECTION.sectionLength, -1n, true);
    this.option(at + Ng.SECTION.options, Ng.OPTION_APPLICATION, encoded);
  }

  /** Takes a zeroed block of a length; where it begins. */
  private block(type: number, length: number): number {
    const { output } = this;
    const at = output.take(length);
    const { view, bytes } = output;
    bytes.fill(0, at, at + length);
    view.setUint32(at + Ng.BLOCK.type, type, true);
    view.setUint32(at + Ng.BLOCK.length, length, true);
    view.setUint32(at + length - Ng.BLOCK.trailer, length, true);
    return at;
  }

  /** Writes an option; where the next one begins. The end of options is the zeroes that follow. */
  private option(at: number, code: number, value: Uint8Array): number {
    const { view, bytes } = this.output;
    view.setUint16(at, code, true);
    view.setUint16(at + 2, value.length, true);
    bytes.set(value, at + Ng.OPTION_HEADER);
    return at + Ng.OPTION_HEADER + Ng.padded(value.length);
  }

  /** The time in units of 10^-digits seconds, as two halves. */
  private time(at: number, timeLow: number, timeHigh: number, digits: number): void {
    const { view } = this.output;
    let high = timeHigh;
    let low = timeLow;
    if (digits <= EXACT_DIGITS) {
      const { seconds, nanoseconds } = secondsOf(timeLow, timeHigh);
      const units = seconds * 10 ** digits + Math.floor(nanoseconds / 10 ** (9 - digits));
      high = Math.floor(units / HIGH);
      low = units % HIGH;
    } else if (digits < 9) {
      const units = ((BigInt(timeHigh) << 32n) | BigInt(timeLow)) / 10n ** BigInt(9 - digits);
      high = Number(units >> 32n);
      low = Number(units & 0xffffffffn);
    }
    view.setUint32(at + Ng.ENHANCED.timeHigh, high, true);
    view.setUint32(at + Ng.ENHANCED.timeLow, low, true);
  }
}
