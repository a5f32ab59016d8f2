// Classic pcap (draft-ietf-opsawg-pcap): microsecond and nanosecond files and the modified form with longer record headers,
// in both byte orders.

import type { LinkplaneError } from "../errors.ts";
import { GrowingBatch } from "./batch.ts";
import type { BlockBuffer } from "./block-buffer.ts";
import type { CaptureInterface, CaptureReader, FrameBatch } from "./capture.ts";
import { damageAt, FRAME_LIMIT } from "./damage.ts";

export const MAGIC_MICROSECONDS = 0xa1b2c3d4;
export const MAGIC_NANOSECONDS = 0xa1b23c4d;
const MAGIC_MODIFIED = 0xa1b2cd34;

/** File header. */
export const FILE = { magic: 0, major: 4, minor: 6, snaplen: 16, linkType: 20, size: 24 };
/** Record header; the modified form has eight more bytes. */
export const RECORD = { seconds: 0, fraction: 4, captured: 8, wire: 12, size: 16 };
const MODIFIED_EXTRA = 8;
/** The upper bits of the link type field say whether frames end in a check sequence. */
const LINK_TYPE_MASK = 0xffff;

/** Whether four bytes begin a classic pcap, and in which byte order. */
export function pcapByteOrder(view: DataView): "little" | "big" | undefined {
  for (const little of [true, false]) {
    const magic = view.getUint32(FILE.magic, little);
    if (magic === MAGIC_MICROSECONDS || magic === MAGIC_NANOSECONDS || magic === MAGIC_MODIFIED)
      return little ? "little" : "big";
  }
  return undefined;
}

/** Reads records one after the other. */
export class PcapReader implements CaptureReader {
  readonly format = "pcap";
  readonly interfaces: CaptureInterface[];
  damage: LinkplaneError | undefined;
  private readonly input: BlockBuffer;
  private readonly file: string;
  private readonly little: boolean;
  private readonly nanoseconds: boolean;
  private readonly headerSize: number;
  private readonly limit: number;
  private packets = 0;

  /** Whether record headers are in the form that linkplane writes: little endian, 16 bytes. */
  get writesAlike(): boolean {
    return this.little && this.headerSize === RECORD.size;
  }

  /** The input stands at the file header, which is there whole. */
  constructor(input: BlockBuffer, file: string) {
    const { view, at } = input;
    this.input = input;
    this.file = file;
    this.little = pcapByteOrder(view) === "little";
    const magic = view.getUint32(at + FILE.magic, this.little);
    const snaplen = view.getUint32(at + FILE.snaplen, this.little);
    const linkType = view.getUint32(at + FILE.linkType, this.little) & LINK_TYPE_MASK;
    this.nanoseconds = magic === MAGIC_NANOSECONDS;
    this.headerSize = RECORD.size + (magic === MAGIC_MODIFIED ? MODIFIED_EXTRA : 0);
    this.limit = FRAME_LIMIT;
    this.interfaces = [{ id: 0, linkType, snaplen, timeDigits: this.nanoseconds ? 9 : 6 }];
    input.at += FILE.size;
  }

  get bytesRead(): number {
    return this.input.bytesRead;
  }

  async *batches(): AsyncGenerator<FrameBatch, void, void> {
    const batch = new GrowingBatch();
    for (;;) {
      batch.count = 0;
      const needed = this.gather(batch);
      batch.buffer = this.input.bytes;
      if (batch.count > 0) yield batch;
      if (this.damage !== undefined) return;
      if (!batch.full && !(await this.input.fill(needed))) break;
    }
    if (this.input.available > 0 || this.input.failure !== undefined) this.damage = this.cutShort();
  }

  /** Adds the records that are there whole; how many bytes the next one takes at least. */
  private gather(batch: GrowingBatch): number {
    const { input, little, headerSize } = this;
    const { view, end } = input;
    const scale = this.nanoseconds ? 1 : 1000;
    while (!batch.full) {
      const { at } = input;
      if (end - at < headerSize) return headerSize;
      const captured = view.getUint32(at + RECORD.captured, little);
      if (captured > this.limit) {
        this.damage = damageAt(this.file, this.packets + 1, input.place, `A record claims ${captured} bytes.`);
        return 0;
      }
      if (end - at < headerSize + captured) return headerSize + captured;
      const seconds = view.getUint32(at + RECORD.seconds, little);
      const nanoseconds = view.getUint32(at + RECORD.fraction, little) * scale;
      batch.add(at + headerSize, captured, view.getUint32(at + RECORD.wire, little), 0, seconds, nanoseconds);
      input.at = at + headerSize + captured;
      this.packets++;
    }
    return headerSize;
  }

  private cutShort(): LinkplaneError {
    const { failure, available, place } = this.input;
    const sentence =
      failure instanceof Error
        ? `The input ends early: ${failure.message}.`
        : `The file ends ${available} bytes into a record.`;
    return damageAt(this.file, this.packets + 1, place, sentence);
  }
}
