// Established flows in the midst of a flood of SYNs: every other packet of a batch is a SYN of a tuple that never came before.

import * as Abi from "../../host/abi.ts";
import type { Settings } from "../../host/config/configuration.ts";
import type { Core } from "../../host/core.ts";
import { placeBatch } from "../../host/measure/batch.ts";
import { measuredConfiguration } from "../../host/measure/configuration.ts";
import { FLAG, writeFrame } from "../../host/measure/frame.ts";
import { intervalOf } from "../../host/measure/interval.ts";
import { CoreSubject, STEP } from "../../host/measure/ladder.ts";
import type { Subject } from "../../host/measure/rounds.ts";
import { BATCH } from "../../host/measure/rung.ts";
import { recordTape, type Tape } from "../../host/measure/tape.ts";
import { type EstablishedFlows, establish, FRAME_LEAST, PLAIN, requestOf } from "../../host/measure/traffic.ts";
import { blankTape } from "./script.ts";

const FLOODER = 0x0b000001;
const PORTS = 60_000;

/** A plane with established flows, room for half as many more unless settings say otherwise, and what is played to them. */
export class Flooded implements Subject {
  readonly name: string;
  private readonly open: EstablishedFlows;
  private readonly tape: Tape;
  private readonly flooders: "one" | "many";
  private readonly batch = blankTape(BATCH);
  private readonly view = new DataView(this.batch.bytes.buffer);
  private readonly syn = requestOf({ ...PLAIN, flows: 1 }, 0, FLAG.syn);
  private time: number;
  private at = 0;
  /** SYNs so far. */
  private syns = 0;

  private constructor(name: string, open: EstablishedFlows, packets: number, flooders: "one" | "many") {
    this.name = name;
    this.open = open;
    this.tape = recordTape(open.frames, packets);
    this.flooders = flooders;
    this.time = open.time;
  }

  /** Opens the flows; `packets` of theirs are played in a turn. The flood has one client, or one for each SYN. */
  static async open(
    name: string,
    flows: number,
    packets: number,
    settings: Partial<Settings>,
    flooders: "one" | "many" = "many",
  ): Promise<Flooded> {
    const configuration = measuredConfiguration(flows + flows / 2);
    Object.assign(configuration.settings, settings);
    return new Flooded(name, await establish({ flows, ...PLAIN }, {}, configuration), packets, flooders);
  }

  get plane(): EstablishedFlows["plane"] {
    return this.open.plane;
  }

  /** Packets of established flows a nanosecond in the turn's median call, the flood's share of it included. */
  turn(): number {
    const calls: number[] = [];
    for (let played = 0; played < this.tape.packets; played += BATCH / 2) calls.push(this.play());
    return BATCH / 2 / (intervalOf(calls).median * 1e6);
  }

  /** Plays a batch, of whose established flows every packet must be forwarded; milliseconds that it took. */
  private play(): number {
    const { core } = this.plane;
    for (let i = 0; i < BATCH; i += 2) {
      this.copyPacket(i);
      this.writeSyn(i + 1);
    }
    this.time = placeBatch(core, this.batch, 0, BATCH, this.time, STEP);
    const start = performance.now();
    const handled = core.run();
    const spent = performance.now() - start;
    if (handled !== BATCH) throw new Error("A batch of the flood did not fit the queues.");
    for (let i = 0; i < BATCH; i += 2) mustBeForwarded(core, i);
    return spent;
  }

  private copyPacket(to: number): void {
    const { bytes, stride, sides } = this.tape;
    const from = this.at * stride;
    for (let i = 0; i < stride; i++) this.batch.bytes[to * stride + i] = bytes[from + i] as number;
    this.batch.sides[to] = sides[this.at] as number;
    this.at = (this.at + 1) % this.tape.packets;
  }

  /** Writes the next SYN. It makes no object: a collector's work between calls would take the caches from the core. */
  private writeSyn(packet: number): void {
    const { batch, syn } = this;
    const which = this.syns++;
    syn.source = FLOODER + (this.flooders === "one" ? 0 : Math.floor(which / PORTS) + (which % PORTS));
    syn.sourcePort = 1024 + (which % PORTS);
    writeFrame(this.view, packet * batch.stride, FRAME_LEAST, syn);
    batch.sides[packet] = Abi.SIDE_CONSUMER;
  }

  /** Sends a packet of every established flow in each direction. All must be forwarded: none of them was lost. */
  verify(): void {
    const { frames, plane } = this.open;
    const { bytes, stride } = frames;
    const packets = bytes.length / stride;
    const tape = { bytes, stride, packets, lengths: new Uint16Array(packets), sides: new Uint8Array(packets) };
    for (let i = 0; i < packets; i++) {
      tape.lengths[i] = frames.lengthOf(i >> 1);
      tape.sides[i] = i & 1;
    }
    for (let first = 0; first < packets; first += BATCH) {
      const count = Math.min(BATCH, packets - first);
      this.time = placeBatch(plane.core, tape, first, count, this.time, STEP);
      plane.core.run();
      for (let i = 0; i < count; i++) mustBeForwarded(plane.core, i);
    }
  }
}

/** Established flows alone, by the median call too. */
export class Unflooded extends CoreSubject {
  override turn(round: number): number {
    return BATCH / (intervalOf(this.calls(round)).median * 1e6);
  }
}

function mustBeForwarded(core: Core, packet: number): void {
  if (core.bytes[core.verdict(packet) + Abi.VERDICT_REASON] !== Abi.REASON_FORWARDED)
    throw new Error("A packet of an established flow was not forwarded.");
}
