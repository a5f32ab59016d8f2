// A rung of the ladder: packets of established flows through the core. Before each batch its frames are put fresh into the
// core's ring; only the call into the core is timed.

import * as Abi from "../abi.ts";
import type { Core } from "../core.ts";
import { placeBatch } from "./batch.ts";
import { checksumsAreRight } from "./frame.ts";
import type { Subject } from "./rounds.ts";
import type { Tape } from "./tape.ts";

/** Virtual nanoseconds between packets: 20 million a second. */
export const STEP = 50;
/** Batches between two of which some packets' checksums are verified, outside the timed part. */
const SAMPLE = 16;

/** What is played, in batches of which size, and how much of it in one turn; the next turn goes on from there. */
export interface Load {
  tape: Tape;
  batch: number;
  perTurn: number;
}

/** The core under a load. */
export class CoreSubject implements Subject {
  readonly name: string;
  private readonly core: Core;
  private readonly load: Load;
  /** Time of the last packet, ns. */
  private time: number;
  private batches = 0;

  constructor(name: string, core: Core, load: Load, time: number) {
    this.name = name;
    this.core = core;
    this.load = load;
    this.time = time;
  }

  turn(round: number): number {
    const milliseconds = this.calls(round).reduce((total, call) => total + call, 0);
    return this.load.perTurn / (milliseconds * 1e6);
  }

  /** Plays a turn; milliseconds of each call. */
  protected calls(round: number): number[] {
    const { batch, perTurn } = this.load;
    const from = turnStart(this.load, round);
    const calls: number[] = [];
    for (let first = from; first < from + perTurn; first += batch) {
      const count = Math.min(batch, from + perTurn - first);
      this.place(first, count);
      const start = performance.now();
      const handled = this.core.run();
      calls.push(performance.now() - start);
      this.verify(handled, count);
    }
    return calls;
  }

  /** Puts a batch before the core. */
  protected place(first: number, count: number): void {
    this.time = placeBatch(this.core, this.load.tape, first, count, this.time, STEP);
  }

  private verify(handled: number, count: number): void {
    const { core } = this;
    if (handled !== count || core.emitCount !== count) throw new Error("The packets measured were not all forwarded.");
    if (++this.batches % SAMPLE !== 0) return;
    for (const i of [0, count >> 1, count - 1]) {
      const emit = core.emit(i);
      const length = core.u32(emit + Abi.EMIT_BODY_LENGTH);
      const view = new DataView(core.bytes.buffer, core.u32(emit + Abi.EMIT_BODY), length);
      if (!checksumsAreRight(view)) throw new Error("A measured packet left with a wrong checksum.");
    }
  }
}

/** Where on the tape a turn begins. */
export function turnStart({ tape, perTurn }: Load, round: number): number {
  return (round * perTurn) % (tape.packets - perTurn + 1);
}
