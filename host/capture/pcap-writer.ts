// Writing classic pcap: one link type and one resolution, microseconds or nanoseconds, for the whole file.

import type { ByteSink, CaptureWriter, WrittenInterface } from "./capture.ts";
import { Output } from "./output.ts";
import { FILE, MAGIC_MICROSECONDS, MAGIC_NANOSECONDS, RECORD } from "./pcap.ts";
import { secondsOf } from "./units.ts";

const NANOSECOND_DIGITS = 9;
const SNAPLEN = 262_144;

export class PcapWriter implements CaptureWriter {
  private readonly output: Output;
  private linkType: number | undefined;
  private nanoseconds: boolean;
  private readonly writable: boolean[] = [];
  /** Frames left out because their interface has another link type than the file. */
  skipped = 0;

  /**
   * Times are in nanoseconds when asked for, or when the first interface is finer than microseconds. Ask for them when a later
   * interface may be: the file's resolution is fixed by then, and finer times would be cut.
   */
  constructor(sink: ByteSink, nanoseconds = false) {
    this.output = new Output(sink);
    this.nanoseconds = nanoseconds;
  }

  addInterface({ linkType, timeDigits }: WrittenInterface): number {
    if (this.linkType === undefined) {
      this.linkType = linkType;
      this.nanoseconds ||= timeDigits > 6;
      this.header();
    }
    return this.writable.push(linkType === this.linkType) - 1;
  }

  packet(interfaceId: number, timeLow: number, timeHigh: number, frame: Uint8Array, wireLength: number): void {
    if (this.writable[interfaceId] !== true) {
      this.skipped++;
      return;
    }
    const { output } = this;
    const at = output.take(RECORD.size + frame.length);
    const { seconds, nanoseconds } = secondsOf(timeLow, timeHigh);
    output.view.setUint32(at + RECORD.seconds, seconds, true);
    output.view.setUint32(at + RECORD.fraction, this.nanoseconds ? nanoseconds : Math.floor(nanoseconds / 1000), true);
    output.view.setUint32(at + RECORD.captured, frame.length, true);
    output.view.setUint32(at + RECORD.wire, wireLength, true);
    output.bytes.set(frame, at + RECORD.size);
  }

  /** Takes what was collected, instead of the sink; valid until more is written. */
  collected(): Uint8Array {
    return this.output.collected();
  }

  drain(): Promise<void> {
    return this.output.drain();
  }

  async close(): Promise<void> {
    if (this.linkType === undefined) this.addInterface({ linkType: 1, snaplen: 0, timeDigits: NANOSECOND_DIGITS });
    await this.output.drain(true);
  }

  private header(): void {
    const { output } = this;
    const at = output.take(FILE.size);
    output.bytes.fill(0, at, at + FILE.size);
    output.view.setUint32(at + FILE.magic, this.nanoseconds ? MAGIC_NANOSECONDS : MAGIC_MICROSECONDS, true);
    output.view.setUint16(at + FILE.major, 2, true);
    output.view.setUint16(at + FILE.minor, 4, true);
    output.view.setUint32(at + FILE.snaplen, SNAPLEN, true);
    output.view.setUint32(at + FILE.linkType, this.linkType ?? 0, true);
  }
}
