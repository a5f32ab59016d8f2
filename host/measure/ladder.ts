// The rungs of the ladder: packets of established flows through the core, in random order, both directions. Frames are put
// fresh into the core's ring before each batch; only the call into the core is timed.

import * as Abi from "../../assembly/abi.ts";
import type { Core } from "../core.ts";
import type { Subject } from "./rounds.ts";
import { checksumsAreRight } from "./frame.ts";
import type { EstablishedFlows, Frames } from "./traffic.ts";

/** Virtual nanoseconds between packets: 20 million a second. */
export const STEP = 50;
/** Packets between two whose checksums are verified, outside the timed part. */
const SAMPLE = 4099;

/** What is sent, in which order, in batches of which size. */
export interface Load {
  frames: Frames;
  order: Uint32Array;
  batch: number;
  /** Packets of one turn; the next turn goes on in the order. */
  perTurn: number;
}

/** The core under a load. */
export class CoreSubject implements Subject {
  readonly name: string;
  private readonly core: Core;
  private readonly load: Load;
  private time: number;
  private placed = 0;
  private ringEnd: number;

  constructor(name: string, { plane, time }: EstablishedFlows, load: Load) {
    this.name = name;
    this.core = plane.core;
    this.load = load;
    this.time = time;
    this.ringEnd = plane.core.ring;
  }

  turn(round: number): number {
    const { order, batch, perTurn } = this.load;
    const from = turnStart(this.load, round);
    let milliseconds = 0;
    for (let first = from; first < from + perTurn; first += batch) {
      const last = Math.min(first + batch, from + perTurn);
      this.ringEnd = this.core.ring;
      for (let i = first; i < last; i++) this.place(order[i] as number);
      const start = performance.now();
      const handled = this.core.run();
      milliseconds += performance.now() - start;
      this.verify(handled, last - first);
    }
    return perTurn / (milliseconds * 1e6);
  }

  /** Makes no object: a stream of garbage would take the caches from what is measured. */
  private place(which: number): void {
    const { core } = this;
    const { words, stride, lengths } = this.load.frames;
    const length = lengths[which] as number;
    const to = this.ringEnd >>> 2;
    const from = (which * stride) >>> 2;
    const count = (length + 3) >>> 2;
    for (let i = 0; i < count; i++) core.words[to + i] = words[from + i] as number;
    this.time += STEP;
    const high = Math.floor(this.time / 2 ** 32);
    const side = which & 1;
    core.describe(this.ringEnd, length, length, side, Abi.LINK_ETHERNET, side, this.time - high * 2 ** 32, high);
    this.ringEnd += (length + 15) & ~15;
  }

  private verify(handled: number, count: number): void {
    const { core } = this;
    if (handled !== count || core.emitCount !== count) throw new Error("The packets measured were not all forwarded.");
    this.placed += count;
    if (this.placed < SAMPLE) return;
    this.placed = 0;
    for (const i of [0, count >> 1, count - 1]) {
      const emit = core.emit(i);
      const length = core.u32(emit + Abi.EMIT_BODY_LENGTH);
      const view = new DataView(core.bytes.buffer, core.u32(emit + Abi.EMIT_BODY), length);
      if (!checksumsAreRight(view)) throw new Error("A measured packet left with a wrong checksum.");
    }
  }
}

/** Where in the order a turn begins. */
export function turnStart({ order, perTurn }: Load, round: number): number {
  return (round * perTurn) % (order.length - perTurn + 1);
}
