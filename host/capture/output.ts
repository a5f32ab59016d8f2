// Bytes collected before they go to a sink: writers append without allocating for each packet.

import type { ByteSink } from "./capture.ts";

const FIRST_SIZE = 1_048_576;
const DRAIN_AT = 524_288;

export class Output {
  bytes = new Uint8Array(FIRST_SIZE);
  view = new DataView(this.bytes.buffer);
  end = 0;
  private readonly sink: ByteSink;

  constructor(sink: ByteSink) {
    this.sink = sink;
  }

  /** Makes room for `size` more bytes, zeroes not promised; where they begin. */
  take(size: number): number {
    const at = this.end;
    this.end += size;
    if (this.end > this.bytes.length) {
      const grown = new Uint8Array(2 ** Math.ceil(Math.log2(this.end)));
      grown.set(this.bytes.subarray(0, at));
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    return at;
  }

  /** Takes what was collected, instead of the sink; valid until more is. */
  collected(): Uint8Array {
    const { end } = this;
    this.end = 0;
    return this.bytes.subarray(0, end);
  }

  /** Hands everything to the sink when there is much of it, or always. */
  async drain(always = false): Promise<void> {
    if (this.end === 0 || (!always && this.end < DRAIN_AT)) return;
    const { end } = this;
    await this.sink.write(this.bytes.subarray(0, end));
    this.end = 0;
  }
}
