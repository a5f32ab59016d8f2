// A plane in JavaScript as a subject of the benchmark. Before each batch its frames are put fresh before the plane; only the
// plane's own work is timed.

import { checksumsAreRight } from "../../host/measure/frame.ts";
import { type Load, STEP, turnStart } from "../../host/measure/ladder.ts";
import type { Subject } from "../../host/measure/rounds.ts";
import { BODY, BODY_LENGTH, EMIT, FRAME_SHIFT } from "./boundary.ts";
import type { JavascriptPlane } from "./planes.ts";

/** Batches between two of which some packets' checksums are verified, outside the timed part. */
const SAMPLE = 16;

/** A plane in JavaScript under a load; its boundary must have room for a batch of the tape's frames. */
export class JavascriptSubject implements Subject {
  readonly name: string;
  private readonly plane: JavascriptPlane;
  private readonly load: Load;
  /** Time of the last packet, ns. */
  private time: number;
  private batches = 0;

  constructor(plane: JavascriptPlane, load: Load) {
    this.name = plane.name;
    this.plane = plane;
    this.load = load;
    this.time = plane.boundary.clock[0] as number;
  }

  turn(round: number): number {
    const { batch, perTurn } = this.load;
    const from = turnStart(this.load, round);
    let milliseconds = 0;
    for (let first = from; first < from + perTurn; first += batch) {
      const count = Math.min(batch, from + perTurn - first);
      this.place(first, count);
      const start = performance.now();
      const forwarded = this.plane.run(count);
      milliseconds += performance.now() - start;
      this.verify(forwarded, count);
    }
    return perTurn / (milliseconds * 1e6);
  }

  private place(first: number, count: number): void {
    const { boundary } = this.plane;
    const { bytes, stride, lengths, sides } = this.load.tape;
    boundary.frames.set(bytes.subarray(first * stride, (first + count) * stride), FRAME_SHIFT);
    for (let i = 0; i < count; i++) {
      const side = sides[first + i] as number;
      this.time += STEP;
      boundary.describe(i, FRAME_SHIFT + i * stride, lengths[first + i] as number, side, side, this.time);
    }
  }

  private verify(forwarded: number, count: number): void {
    if (forwarded !== count) throw new Error(`${this.name} did not forward every packet.`);
    if (++this.batches % SAMPLE !== 0) return;
    const { emits, frames } = this.plane.boundary;
    for (const i of [0, count >> 1, count - 1]) {
      const body = emits[i * EMIT + BODY] as number;
      const length = emits[i * EMIT + BODY_LENGTH] as number;
      const view = new DataView(frames.buffer, body, length);
      if (!checksumsAreRight(view)) throw new Error(`A packet left ${this.name} with a wrong checksum.`);
    }
  }
}
