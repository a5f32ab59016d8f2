// Flows whose clients ask for a name: what they send, with numbers that go on, and what their servers acknowledge of it.

import * as Abi from "../host/abi.ts";
import { FLAG, writeAnswer, writeFrame } from "../host/measure/frame.ts";
import { randomOrder, type Tape } from "../host/measure/tape.ts";
import {
  type EstablishedFlows,
  FRAME_LEAST,
  type Frames,
  PLAIN,
  placeFrame,
  requestOf,
} from "../host/measure/traffic.ts";

/** Sequence number of a client's first byte: its SYN had 0. */
const FIRST = 1;
/** Headers of a frame with data. */
const HEADERS = 54;
/** Requests that are under way at once: an answer comes so many requests after its own. */
export const UNDER_WAY = 256;

/** Distance of frames that hold a request. */
const strideOf = (request: Uint8Array): number => (HEADERS + request.length + 15) & ~15;

export const requestFor = (host: string): Uint8Array =>
  new TextEncoder().encode(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);

/** The clients and servers of established flows. */
export class Asking {
  private readonly established: EstablishedFlows;
  private readonly flows: number;
  private readonly request: Uint8Array;
  /** Bytes that each client has sent. */
  private readonly sent: Uint32Array;
  private readonly turned = new DataView(new ArrayBuffer(FRAME_LEAST));

  constructor(established: EstablishedFlows, flows: number, host: string) {
    this.established = established;
    this.flows = flows;
    this.request = requestFor(host);
    this.sent = new Uint32Array(flows);
  }

  /** Has every client ask once and every server acknowledge it. */
  askFirst(): void {
    const { core } = this.established.plane;
    const frame = new Uint8Array(strideOf(this.request));
    const view = new DataView(frame.buffer);
    const play = (from: number, side: number, write: (flow: number) => number): void => {
      const to = Math.min(from + Abi.LANE, this.flows);
      for (let flow = from; flow < to; flow++) {
        frame.fill(0);
        placeFrame(core, frame.subarray(0, write(flow)), side, this.established.time);
      }
      if (core.run() !== to - from || core.emitCount !== to - from) throw new Error("Not every first request passed.");
    };
    for (let from = 0; from < this.flows; from += Abi.LANE) {
      play(from, Abi.SIDE_CONSUMER, (flow) => this.ask(view, 0, flow, this.request));
      play(from, Abi.SIDE_PROVIDER, (flow) => this.answer(view, 0, flow));
    }
  }

  /** A packet without data in each direction of each flow, as long as nothing more is asked. */
  silence(): Frames {
    const stride = 64;
    const bytes = new Uint8Array(this.flows * 2 * stride);
    const view = new DataView(bytes.buffer);
    for (let flow = 0; flow < this.flows; flow++) {
      this.acknowledge(view, flow * 2 * stride, flow);
      this.answer(view, (flow * 2 + 1) * stride, flow);
    }
    return { bytes, stride, lengthOf: () => FRAME_LEAST };
  }

  /**
   * A tape of exchanges of random flows: a request, and, once as many others are under way, its answer and the client's
   * acknowledgement of that.
   */
  record(packets: number, request = this.request): Tape {
    const stride = strideOf(request);
    const bytes = new Uint8Array(packets * stride);
    const view = new DataView(bytes.buffer);
    const lengths = new Uint16Array(packets);
    const sides = new Uint8Array(packets);
    const order = randomOrder(packets, this.flows);
    let asked = 0;
    let answered = 0;
    let acknowledged = 0;
    for (let i = 0; i < packets; i++) {
      const at = i * stride;
      if (acknowledged < answered) lengths[i] = this.acknowledge(view, at, order[acknowledged++] as number);
      else if (asked - answered < UNDER_WAY) lengths[i] = this.ask(view, at, order[asked++] as number, request);
      else {
        sides[i] = Abi.SIDE_PROVIDER;
        lengths[i] = this.answer(view, at, order[answered++] as number);
      }
    }
    return { bytes, stride, packets, lengths, sides };
  }

  /** Writes a client's next request; its length. */
  private ask(view: DataView, at: number, flow: number, request: Uint8Array): number {
    const length = HEADERS + request.length;
    writeFrame(view, at, length, { ...this.content(flow, FLAG.ack | FLAG.push), data: request });
    this.sent[flow] = (this.sent[flow] as number) + request.length;
    return length;
  }

  /** Writes a client's packet without data; its length. */
  private acknowledge(view: DataView, at: number, flow: number): number {
    writeFrame(view, at, FRAME_LEAST, this.content(flow, FLAG.ack));
    return FRAME_LEAST;
  }

  /** Writes a server's acknowledgement of all that was sent; its length. */
  private answer(view: DataView, at: number, flow: number): number {
    const { bytes, stride } = this.established.frames;
    const reply = new DataView(bytes.buffer, (flow * 2 + 1) * stride, FRAME_LEAST);
    writeAnswer(this.turned, 0, FRAME_LEAST, reply, FLAG.ack);
    writeAnswer(view, at, FRAME_LEAST, this.turned, FLAG.ack, FIRST + (this.sent[flow] as number));
    return FRAME_LEAST;
  }

  private content(flow: number, flags: number) {
    const sequence = FIRST + (this.sent[flow] as number);
    return { ...requestOf({ ...PLAIN, flows: this.flows }, flow, flags), sequence, acknowledgement: 1 };
  }
}
