// A source that reads on while what it gave is worked on.

import type { ByteSource } from "../capture/capture.ts";

export class ReadAhead implements ByteSource {
  private readonly source: ByteSource;
  /** Memory to read into next, or undefined: nothing is to be read ahead. */
  private readonly memory: () => Uint8Array | undefined;
  private into: Uint8Array | undefined;
  private coming: Promise<number> | undefined;
  /** What came and was not taken yet. */
  private came = new Uint8Array(0);

  constructor(source: ByteSource, memory: () => Uint8Array | undefined) {
    this.source = source;
    this.memory = memory;
  }

  get decompressed(): boolean | undefined {
    return this.source.decompressed;
  }

  /** Nothing is moved when `into` begins where was read ahead. */
  async read(into: Uint8Array): Promise<number> {
    if (this.came.length > 0) return this.give(into);
    if (this.coming === undefined) return this.thenAhead(await this.source.read(into));
    const ahead = this.into as Uint8Array;
    const count = await this.settle();
    if (into.buffer === ahead.buffer && into.byteOffset === ahead.byteOffset && into.length >= count)
      return this.thenAhead(count);
    this.came = ahead.slice(0, count);
    return count === 0 ? 0 : this.give(into);
  }

  /** Waits for what is being read; memory is not touched afterwards. How much it is. Throws what reading failed with. */
  async settle(): Promise<number> {
    const { coming } = this;
    this.coming = undefined;
    return (await coming) ?? 0;
  }

  private thenAhead(count: number): number {
    this.into = count === 0 ? undefined : this.memory();
    if (this.into === undefined) return count;
    this.coming = Promise.resolve(this.source.read(this.into));
    // Told when it is asked for.
    this.coming.catch(() => {});
    return count;
  }

  private give(into: Uint8Array): number {
    const count = Math.min(into.length, this.came.length);
    into.set(this.came.subarray(0, count));
    this.came = this.came.subarray(count);
    return this.came.length > 0 ? count : this.thenAhead(count);
  }
}
