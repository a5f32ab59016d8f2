// The host's end of one worker: slots filled and read in turn, questions asked, failures noticed.

import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { LinkplaneError } from "../errors.ts";
import type { Flow } from "../flows.ts";
import type { Front, Hand, ShardLayout } from "../shards/front.ts";
import type { Message, Question, Start } from "./message.ts";
import {
  BELL,
  FAILED,
  FREE,
  FULL,
  ON,
  SAID,
  Shared,
  SLOT_COUNT,
  SLOT_DISTANCE,
  SLOT_EMITS,
  SLOT_ENDED,
  SLOT_FRAME_BYTES,
  SLOT_HANDLED,
  SLOT_MORE,
  SLOT_SHARD,
  SLOTS,
  type Slot,
  STOP,
  TOLD,
} from "./slot.ts";
import type { WorkerData } from "./worker-data.ts";

/** A batch that was dealt out, until all that became of it is gathered. */
export interface Flight {
  front: Front;
  /** Frames. */
  count: number;
  /** Hands not yet gathered. */
  out: number;
}

interface Outstanding {
  flight: Flight;
  hand: Hand;
  /** Frames of the hand that were gathered. */
  gathered: number;
}

/** A worker that does not answer for so long while the host is blocked has died unheard. */
const PATIENCE_MILLISECONDS = 60_000;

const AWAKE_MILLISECONDS = 2 ** 30;

/** Beside the bundle that this is in; of the sources, what host/build/worker.ts makes. */
const FILE = new URL(import.meta.url.endsWith(".ts") ? "../../build/worker.js" : "./worker.js", import.meta.url);

/** Not among the declarations of the language level this is checked at. */
const { waitAsync } = Atomics as unknown as {
  waitAsync(
    words: Int32Array<SharedArrayBuffer>,
    index: number,
    value: number,
  ): { async: boolean; value: Promise<string> | string };
};

export class WorkerLink {
  readonly shards: readonly number[];
  private readonly worker: Worker;
  private readonly shared: Shared;
  private readonly port: MessagePort;
  private readonly outstanding: Outstanding[] = [];
  private readonly exited: Promise<unknown>;
  private readonly ended: (flows: Flow[]) => void;
  private filled = 0;
  private read = 0;
  private seen = 0;
  private failure: LinkplaneError | undefined;

  /** Starts a worker; it is ready once it has said something. `ended` is told of flows that ended. */
  constructor(start: Start, ended: (flows: Flow[]) => void) {
    const { port1, port2 } = new MessageChannel();
    this.shared = new Shared(new SharedArrayBuffer(Shared.sizeFor(start)), start);
    this.port = port1;
    this.shards = start.shards;
    this.ended = ended;
    const workerData: WorkerData = { ...start, buffer: this.shared.buffer, port: port2 };
    this.worker = new Worker(FILE, { workerData, transferList: [port2] });
    this.worker.unref();
    this.worker.on("error", (error) => this.fail(`A worker failed: ${error.message}.`));
    this.exited = new Promise((resolve) => this.worker.once("exit", resolve));
    this.worker.on("exit", (code) => this.fail(`A worker ended with ${code}.`));
  }

  /** Whether the worker has begun: it counts that as something said. */
  get ready(): boolean {
    return this.seen > 0;
  }

  get hasRoom(): boolean {
    return this.filled - this.read < SLOTS;
  }

  get isOut(): boolean {
    return this.outstanding.length > 0;
  }

  /** Whether the oldest slot can be gathered. */
  get hasTold(): boolean {
    return this.isOut && this.shared.stateOf(this.slot(this.read)) === TOLD;
  }

  /** Gives the worker a hand; there has to be room. */
  give(flight: Flight, hand: Hand): void {
    const { shared } = this;
    const slot = this.slot(this.filled++);
    shared.bytes.set(hand.descriptors, slot.descriptors);
    shared.bytes.set(hand.frames, slot.frames);
    shared.set(slot, SLOT_SHARD, hand.shard);
    shared.set(slot, SLOT_COUNT, hand.count);
    shared.set(slot, SLOT_DISTANCE, hand.distance);
    shared.set(slot, SLOT_FRAME_BYTES, hand.frames.length);
    shared.pass(slot, FULL);
    shared.ring(BELL);
    this.outstanding.push({ flight, hand, gathered: 0 });
    flight.out++;
  }

  /** Gathers what the oldest slot tells. */
  gather(layout: ShardLayout): void {
    const { shared } = this;
    const slot = this.slot(this.read);
    const oldest = this.outstanding[0] as Outstanding;
    const { flight, hand } = oldest;
    const handled = shared.get(slot, SLOT_HANDLED);
    const { bytes, words } = shared;
    const { verdicts, emits, heads, kept } = slot;
    const said = { bytes, words, verdicts, emits, heads, kept, handled, emitCount: shared.get(slot, SLOT_EMITS) };
    flight.front.gather(hand.shard, hand.first + oldest.gathered, said, layout);
    if (shared.get(slot, SLOT_ENDED) !== 0) this.ended(this.message()?.ended ?? []);
    oldest.gathered += handled;
    if (shared.get(slot, SLOT_MORE) !== 0) {
      shared.pass(slot, ON);
      shared.ring(BELL);
      return;
    }
    hand.frames.set(bytes.subarray(slot.frames, slot.frames + hand.frames.length));
    shared.pass(slot, FREE);
    this.read++;
    this.outstanding.shift();
    flight.out--;
  }

  ask(question: Question): void {
    this.port.postMessage(question);
    this.shared.ring(BELL);
  }

  /** The next message there is. */
  message(): Message | undefined {
    return (receiveMessageOnPort(this.port) as { message: Message } | undefined)?.message;
  }

  /** Resolves when the worker has said something since this was called last. Throws what it failed with. */
  async hear(): Promise<void> {
    this.check();
    const waiting = waitAsync(this.shared.control, SAID, this.seen);
    if (waiting.async) {
      // Neither the wait nor the worker keeps the process alive.
      const awake = setInterval(() => undefined, AWAKE_MILLISECONDS);
      await waiting.value;
      clearInterval(awake);
    }
    this.heard();
  }

  /** As `hear`, and blocks the thread. */
  block(): void {
    this.check();
    if (Atomics.wait(this.shared.control, SAID, this.seen, PATIENCE_MILLISECONDS) === "timed-out")
      this.fail("A worker does not answer.");
    this.heard();
  }

  /** Has the worker end, and waits until it has. */
  async close(): Promise<void> {
    this.failure ??= new LinkplaneError("WORKER_FAILED", "The plane is closed.", { remedy: "Make another one." });
    this.port.close();
    this.worker.ref();
    Atomics.store(this.shared.control, STOP, 1);
    this.shared.ring(BELL);
    await this.exited;
  }

  private slot(turn: number): Slot {
    return this.shared.slots[turn % SLOTS] as Slot;
  }

  private heard(): void {
    this.seen = Atomics.load(this.shared.control, SAID);
    this.check();
  }

  /** Throws what the worker failed with, if it did. */
  check(): void {
    if (Atomics.load(this.shared.control, FAILED) !== 0 && this.failure === undefined) {
      let said = this.message();
      while (said !== undefined && said.failed === undefined) said = this.message();
      const { code = "WORKER_FAILED", sentence = "A worker failed.", remedy } = said?.failed ?? {};
      this.failure = new LinkplaneError(code, sentence, remedy === undefined ? {} : { remedy });
    }
    if (this.failure !== undefined) throw this.failure;
  }

  private fail(sentence: string): void {
    if (Atomics.load(this.shared.control, FAILED) === 0)
      this.failure ??= new LinkplaneError("WORKER_FAILED", sentence, {
        remedy: "Close the plane and make another one.",
      });
    this.shared.ring(SAID);
  }
}
