// A window on a source: whole records in one buffer, the part of a record at its end carried over to the front.

import type { ByteSource } from "./capture.ts";

/** Bytes read at once. */
export const BLOCK_SIZE = 1_048_576;

export class BlockBuffer {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;
  /** Next byte to look at, and end of what was read. */
  at = 0;
  end = 0;
  /** Offset in the source of the first byte of `bytes`. */
  base = 0;
  private readonly source: ByteSource;
  private ended = false;
  /** What the source failed with, after everything before it was given. */
  failure: unknown;

  constructor(source: ByteSource, size = BLOCK_SIZE) {
    this.source = source;
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Bytes from `at` on. */
  get available(): number {
    return this.end - this.at;
  }

  /** Offset in the source of `at`. */
  get offset(): number {
    return this.base + this.at;
  }

  /** Bytes taken from the source. */
  get bytesRead(): number {
    return this.base + this.end;
  }

  /** Reads on until `needed` bytes are there from `at` on, and as many more as one read gives. False: the source ended before. */
  async fill(needed: number): Promise<boolean> {
    if (this.available >= needed) return true;
    this.bytes.copyWithin(0, this.at, this.end);
    this.base += this.at;
    this.end -= this.at;
    this.at = 0;
    if (needed > this.bytes.length) this.grow(needed);
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

  private grow(needed: number): void {
    const grown = new Uint8Array(2 ** Math.ceil(Math.log2(needed)));
    grown.set(this.bytes.subarray(0, this.end));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}
