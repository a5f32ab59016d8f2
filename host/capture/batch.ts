// Frames of one batch under construction.

import type { FrameBatch } from "./capture.ts";

/** Frames a batch holds at most. */
export const BATCH_FRAMES = 1024;
const HIGH = 2 ** 32;

/** A batch that readers fill; the arrays are used again for the next. */
export class GrowingBatch implements FrameBatch {
  count = 0;
  buffer: Uint8Array = new Uint8Array(0);
  readonly offset = new Uint32Array(BATCH_FRAMES);
  readonly captured = new Uint32Array(BATCH_FRAMES);
  readonly wire = new Uint32Array(BATCH_FRAMES);
  readonly interfaceId = new Uint32Array(BATCH_FRAMES);
  readonly time = new BigUint64Array(BATCH_FRAMES);
  private readonly halves = new Uint32Array(this.time.buffer);
  /** The second of the packet before, and the same in halves of a u64 of nanoseconds. */
  private seconds = Number.NaN;
  private secondLow = 0;
  private secondHigh = 0;

  get full(): boolean {
    return this.count === BATCH_FRAMES;
  }

  /** Adds a frame, its time in whole seconds (may be negative) and nanoseconds (below 2^53). */
  add(offset: number, captured: number, wire: number, interfaceId: number, seconds: number, nanoseconds: number): void {
    const i = this.count++;
    this.offset[i] = offset;
    this.captured[i] = captured;
    this.wire[i] = wire < captured ? captured : wire;
    this.interfaceId[i] = interfaceId;
    if (seconds !== this.seconds) this.begin(seconds);
    const low = this.secondLow + nanoseconds;
    const over = low < HIGH ? 0 : Math.floor(low / HIGH);
    this.halves[i * 2] = low;
    this.halves[i * 2 + 1] = this.secondHigh + over;
  }

  /** Works out seconds * 10^9 exactly, in two parts that each stay below 2^53: most packets share theirs with the one before. */
  private begin(seconds: number): void {
    const upper = Math.floor(seconds / 65536) * 1e9;
    const lower = (seconds - Math.floor(seconds / 65536) * 65536) * 1e9;
    const middle = Math.floor(upper / 65536);
    const low = (upper - middle * 65536) * 65536 + lower;
    this.seconds = seconds;
    this.secondHigh = middle + Math.floor(low / HIGH);
    this.secondLow = low - Math.floor(low / HIGH) * HIGH;
  }
}
