// A window on a source: whole records in one buffer, the part of a record at its end carried over to the front.

import type { ByteSource } from "./capture.ts";

/** Bytes read at once. */
export const BLOCK_SIZE = 1_048_576;

/**
 * Gives memory to read into behind `rest` bytes that are carried over to its front, asked before each time; what lies in the memory
 * given before is not touched by the reader any more.
 */
export type ReadMemory = (rest: number) => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;

export class BlockBuffer {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;
  /** Next byte to look at, and end of what was read. */
  at = 0;
  end = 0;
  /** Offset in the source of the first byte of `bytes`. */
  base = 0;
  private readonly source: ByteSource;
  private readonly memory: ReadMemory;
  private ended = false;
  /** What the source failed with, after everything before it was given. */
  failure: unknown;

  constructor(source: ByteSource, memory: ReadMemory = ownMemory(BLOCK_SIZE)) {
    this.source = source;
    this.memory = memory;
    this.bytes = new Uint8Array(0);
    this.view = viewOf(this.bytes);
  }

  /** Bytes from `at` on. */
  get available(): number {
    return this.end - this.at;
  }

  /** Offset in the source of `at`. */
  get offset(): number {
    return this.base + this.at;
  }

  /** Where `at` is, in words. */
  get place(): string {
    return `byte ${this.offset}${this.source.decompressed === true ? " of the decompressed data" : ""}`;
  }

  /** Bytes taken from the source. */
  get bytesRead(): number {
    return this.base + this.end;
  }

  /** Reads on until `needed` bytes are there from `at` on, and as many more as one read gives. False: the source ended before. */
  async fill(needed: number): Promise<boolean> {
    if (this.available >= needed) return true;
    this.carryOver(await this.memory(this.available), needed);
    while (this.end < needed && !this.ended) {
      const count = await this.readOn();
      if (count === 0) this.ended = true;
      this.end += count;
    }
    return this.end >= needed;
  }

  private async readOn(): Promise<number> {
    try {
      return await this.source.read(this.bytes.subarray(this.end));
    } catch (error) {
      this.failure = error;
      return 0;
    }
  }

  /** Puts what is left at the front of the memory to read into, or of a buffer of its own when a record is larger than that. */
  private carryOver(memory: Uint8Array<ArrayBuffer>, needed: number): void {
    const next = needed <= memory.length ? memory : new Uint8Array(2 ** Math.ceil(Math.log2(needed)));
    if (next === this.bytes) next.copyWithin(0, this.at, this.end);
    else {
      next.set(this.bytes.subarray(this.at, this.end));
      this.bytes = next;
      this.view = viewOf(next);
    }
    this.base += this.at;
    this.end -= this.at;
    this.at = 0;
  }
}

/** The same buffer each time. */
export function ownMemory(size: number): ReadMemory {
  const buffer = new Uint8Array(size);
  return () => buffer;
}

function viewOf({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>): DataView<ArrayBuffer> {
  return new DataView(buffer, byteOffset, length);
}
