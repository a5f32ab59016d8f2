// The whole way of a packet through a plane of shards: placed, dealt out, copied to its shard, handled, gathered. Flows of random
// clients, requests only; wall-clock time, in one thread or in workers.

import * as Abi from "../host/abi.ts";
import type { Core } from "../host/core.ts";
import { FLAG, writeFrame } from "../host/measure/frame.ts";
import { STEP } from "../host/measure/ladder.ts";
import type { Subject } from "../host/measure/rounds.ts";
import { randomOrder } from "../host/measure/tape.ts";
import { FRAME_LEAST, PLAIN, requestOf } from "../host/measure/traffic.ts";

const STRIDE = 64;
const FRAMES_AT_ONCE = Abi.DEAL_MAX;

/** Handles frames without an object each, as WorkerPlane.stream does. */
export type Stream = (
  fill: (front: Core) => boolean,
  settle: (front: Core, count: number) => void,
) => void | Promise<void>;

/** A stream through a plane in one thread. */
export function streamOf(core: Core): Stream {
  return (fill, settle) => {
    for (let more = true; more || core.waiting > 0; ) {
      if (more) more = fill(core);
      settle(core, core.run());
    }
  };
}

export class WholePath implements Subject {
  readonly name: string;
  private readonly stream: Stream;
  private readonly perTurn: number;
  private readonly order: Uint32Array;
  private readonly frame = new Uint8Array(STRIDE);
  private readonly view = new DataView(this.frame.buffer);
  private readonly frames = new Uint8Array(FRAMES_AT_ONCE * STRIDE);
  private time = 1;

  constructor(name: string, stream: Stream, flows: number, perTurn: number) {
    this.name = name;
    this.stream = stream;
    this.perTurn = perTurn;
    this.order = randomOrder(perTurn, flows);
  }

  /** Opens the first so many flows. */
  async open(flows: number): Promise<void> {
    await this.send(flows, FLAG.syn, (i) => i);
  }

  async turn(): Promise<number> {
    const start = performance.now();
    await this.send(this.perTurn, FLAG.ack, (i) => this.order[i] as number);
    return this.perTurn / ((performance.now() - start) * 1e6);
  }

  /** Sends a packet of a flow each; every one has to be let through. */
  async send(packets: number, flags: number, flowOf: (i: number) => number): Promise<void> {
    let next = 0;
    let forwarded = 0;
    await this.stream(
      (front) => {
        this.prepare(front, flags);
        const end = Math.min(next + FRAMES_AT_ONCE, packets);
        while (next < end && front.fits(FRAME_LEAST)) this.place(front, flowOf(next++));
        return next < packets;
      },
      (front, count) => {
        for (let i = 0; i < count; i++) forwarded += Number(front.u8(front.verdict(i)) === Abi.FORWARD);
      },
    );
    if (forwarded !== packets) throw new Error(`Of ${packets} packets measured only ${forwarded} were forwarded.`);
  }

  /** Puts fresh frames into the ring, all alike; `place` makes them different. */
  private prepare(front: Core, flags: number): void {
    writeFrame(this.view, 0, FRAME_LEAST, requestOf(SHAPE, 0, flags));
    if (this.frames[FLAGS_AT] !== flags)
      for (let i = 0; i < FRAMES_AT_ONCE; i++) this.frames.set(this.frame, i * STRIDE);
    front.bytes.set(this.frames, front.ring);
  }

  private place(front: Core, flow: number): void {
    const at = front.ring + front.waiting * STRIDE;
    const { source, sourcePort } = requestOf(SHAPE, flow, 0);
    front.halves[(at + SOURCE_AT) >>> 1] = swapped(source >>> 16);
    front.halves[(at + SOURCE_AT + 2) >>> 1] = swapped(source & 0xffff);
    front.halves[(at + PORT_AT) >>> 1] = swapped(sourcePort);
    this.time += STEP;
    const high = Math.floor(this.time / 2 ** 32);
    front.describe(
      at,
      FRAME_LEAST,
      FRAME_LEAST,
      0,
      Abi.LINK_ETHERNET,
      Abi.SIDE_CONSUMER,
      this.time - high * 2 ** 32,
      high,
    );
  }
}

const SHAPE = { ...PLAIN, flows: 1 };
/** In a frame: source address, source port, TCP flags. */
const SOURCE_AT = 26;
const PORT_AT = 34;
const FLAGS_AT = 47;

const swapped = (half: number): number => ((half & 0xff) << 8) | (half >>> 8);
