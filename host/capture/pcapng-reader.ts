// Reading pcapng: sections and blocks one after the other. Interfaces are numbered over all sections.

import type { LinkplaneError } from "../errors.ts";
import { GrowingBatch } from "./batch.ts";
import type { BlockBuffer } from "./block-buffer.ts";
import type { CaptureInterface, CaptureReader, FrameBatch } from "./capture.ts";
import { damageAt, FRAME_LIMIT } from "./damage.ts";
import * as Ng from "./pcapng.ts";
import { readInterface, type TimeScale, timeOf } from "./pcapng-interface.ts";

/** Reads blocks one after the other. */
export class PcapngReader implements CaptureReader {
  readonly format = "pcapng";
  readonly interfaces: CaptureInterface[] = [];
  damage: LinkplaneError | undefined;
  private readonly input: BlockBuffer;
  private readonly file: string;
  private readonly scales: TimeScale[] = [];
  private little = true;
  /** Interfaces of earlier sections. */
  private sectionFirst = 0;
  /** Time of the last packet that has one. */
  private last = { seconds: 0, nanoseconds: 0 };
  private packets = 0;

  /** The input stands at the first section header block. */
  constructor(input: BlockBuffer, file: string) {
    this.input = input;
    this.file = file;
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
    const { available, failure } = this.input;
    if (failure instanceof Error) this.stop(`The input ends early: ${failure.message}.`);
    else if (available > 0) this.stop(`The file ends ${available} bytes into a block.`);
  }

  /** Adds the packets of blocks that are there whole; how many bytes the next block takes at least. */
  private gather(batch: GrowingBatch): number {
    const { input } = this;
    while (!batch.full) {
      const { at, end, view } = input;
      if (end - at < Ng.BLOCK.least) return Ng.BLOCK.least;
      if (view.getUint32(at + Ng.BLOCK.type, true) === Ng.BLOCK_SECTION && !this.beginSection(at)) return 0;
      const length = view.getUint32(at + Ng.BLOCK.length, this.little);
      if (length < Ng.BLOCK.least || length % 4 !== 0 || length > Ng.BLOCK.largest) {
        this.stop(`A block claims a length of ${length} bytes.`);
        return 0;
      }
      if (end - at < length) return length;
      const trailer = view.getUint32(at + length - Ng.BLOCK.trailer, this.little);
      if (trailer !== length) {
        this.stop(`A block begins with a length of ${length} bytes and ends with one of ${trailer}.`);
        return 0;
      }
      if (!this.block(batch, at, length)) return 0;
      input.at = at + length;
    }
    return Ng.BLOCK.least;
  }

  private beginSection(at: number): boolean {
    const order = this.input.view.getUint32(at + Ng.SECTION.byteOrder, true);
    if (order !== Ng.BYTE_ORDER_MAGIC && order !== Ng.BYTE_ORDER_SWAPPED) {
      this.stop("A section header has no byte order.");
      return false;
    }
    this.little = order === Ng.BYTE_ORDER_MAGIC;
    this.sectionFirst = this.interfaces.length;
    return true;
  }

  /** Reads one whole block; false when it is damaged. Blocks of other types are skipped. */
  private block(batch: GrowingBatch, at: number, length: number): boolean {
    const { view } = this.input;
    const type = view.getUint32(at + Ng.BLOCK.type, this.little);
    if (type === Ng.BLOCK_ENHANCED_PACKET)
      return this.packet(batch, at, length, view.getUint32(at + Ng.ENHANCED.interfaceId, this.little));
    if (type === Ng.BLOCK_OBSOLETE_PACKET)
      return this.packet(batch, at, length, view.getUint16(at + Ng.OBSOLETE.interfaceId, this.little));
    if (type === Ng.BLOCK_SIMPLE_PACKET) return this.simplePacket(batch, at, length);
    if (type === Ng.BLOCK_INTERFACE) return this.describe(at, length);
    if (type === Ng.BLOCK_SECTION && length < Ng.SECTION.least) return this.stop("A section header is too short.");
    return true;
  }

  private describe(at: number, length: number): boolean {
    if (length < Ng.INTERFACE.least) return this.stop("An interface description is too short.");
    const { described, scale } = readInterface(this.input.view, at, length, this.little, this.interfaces.length);
    this.interfaces.push(described);
    this.scales.push(scale);
    return true;
  }

  /** An enhanced or obsolete packet block: their fields lie alike. */
  private packet(batch: GrowingBatch, at: number, length: number, interfaceId: number): boolean {
    const { view } = this.input;
    const { little } = this;
    if (length < Ng.ENHANCED.least) return this.stop("A packet block is too short.");
    const captured = view.getUint32(at + Ng.ENHANCED.captured, little);
    if (captured > length - Ng.ENHANCED.least || captured > FRAME_LIMIT)
      return this.stop(`A packet claims ${captured} bytes in a block of ${length}.`);
    const id = this.sectionFirst + interfaceId;
    const scale = this.scales[id];
    if (scale === undefined) return this.stop(`A packet names interface ${interfaceId}, which is not described.`);
    const high = view.getUint32(at + Ng.ENHANCED.timeHigh, little);
    const time = timeOf(scale, high, view.getUint32(at + Ng.ENHANCED.timeLow, little));
    this.last = time;
    const wire = view.getUint32(at + Ng.ENHANCED.wire, little);
    batch.add(at + Ng.ENHANCED.data, captured, wire, id, time.seconds, time.nanoseconds);
    this.packets++;
    return true;
  }

  /** A simple packet belongs to the section's first interface. It has no time: it takes that of the packet before it. */
  private simplePacket(batch: GrowingBatch, at: number, length: number): boolean {
    const described = this.interfaces[this.sectionFirst];
    if (length < Ng.SIMPLE.least) return this.stop("A packet block is too short.");
    if (described === undefined) return this.stop("A simple packet comes before any interface is described.");
    const wire = this.input.view.getUint32(at + Ng.SIMPLE.wire, this.little);
    const kept = described.snaplen === 0 ? wire : Math.min(wire, described.snaplen);
    if (kept > length - Ng.SIMPLE.least || kept > FRAME_LIMIT)
      return this.stop(`A packet claims ${kept} bytes in a block of ${length}.`);
    batch.add(at + Ng.SIMPLE.data, kept, wire, described.id, this.last.seconds, this.last.nanoseconds);
    this.packets++;
    return true;
  }

  private stop(sentence: string): false {
    this.damage = damageAt(this.file, this.packets + 1, this.input.place, sentence);
    return false;
  }
}
