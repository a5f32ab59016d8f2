// Packets played to the core in an order of our own, from an empty table on.

import type { Core } from "../../host/core.ts";
import { placeBatch } from "../../host/measure/batch.ts";
import { type FrameContent, writeFrame } from "../../host/measure/frame.ts";
import { STEP } from "../../host/measure/ladder.ts";
import type { Tape } from "../../host/measure/tape.ts";
import { FRAME_LEAST } from "../../host/measure/traffic.ts";

const STRIDE = 64;

/** A tape of frames of the least size, all zeros. */
export function blankTape(packets: number): Tape {
  return {
    bytes: new Uint8Array(packets * STRIDE),
    stride: STRIDE,
    packets,
    lengths: new Uint16Array(packets).fill(FRAME_LEAST),
    sides: new Uint8Array(packets),
  };
}

/** Writes the frame of a packet of a tape. */
export function writePacket({ bytes, stride, sides }: Tape, packet: number, side: number, content: FrameContent): void {
  writeFrame(new DataView(bytes.buffer), packet * stride, FRAME_LEAST, content);
  sides[packet] = side;
}

/** Plays tapes to a core, and keeps its time. */
export class Player {
  readonly core: Core;
  readonly batch: number;
  /** Time of the last packet, ns. */
  time = 0;

  constructor(core: Core, batch: number) {
    this.core = core;
    this.batch = batch;
  }

  /** Plays packets; milliseconds that the core took. `onBatch` hears of each batch's. Every packet must be forwarded. */
  play(tape: Tape, first = 0, count = tape.packets, onBatch: (milliseconds: number) => void = () => {}): number {
    let milliseconds = 0;
    for (let at = first; at < first + count; at += this.batch) {
      const packets = Math.min(this.batch, first + count - at);
      this.time = placeBatch(this.core, tape, at, packets, this.time, STEP);
      const start = performance.now();
      const handled = this.core.run();
      const spent = performance.now() - start;
      if (handled !== packets || this.core.emitCount !== packets)
        throw new Error("The packets measured were not all forwarded.");
      milliseconds += spent;
      onBatch(spent);
    }
    return milliseconds;
  }

  /** Moves the clock on to `time`, ns, and lets everything due end; milliseconds that the core took. */
  advance(time: number): number {
    this.time = time;
    const start = performance.now();
    while (!this.core.advance(BigInt(time)));
    return performance.now() - start;
  }

  /** Begins anew with an empty table. */
  reset(): void {
    this.core.reset();
    this.time = 0;
  }
}
