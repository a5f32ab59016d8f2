// Flows for a measurement: opened through the plane itself, one frame of each direction kept to be sent again and again.

import * as Abi from "../abi.ts";
import type { Core } from "../core.ts";
import { createPlane, type Plane, type PlaneOptions } from "../plane.ts";
import { CONSUMER_VLAN, ENDPOINT, measuredConfiguration, SERVICE_PORT } from "./configuration.ts";
import { PROTOCOL_TCP, PROTOCOL_UDP } from "../wire/ip.ts";
import { FLAG, type FrameContent, writeAnswer, writeFrame } from "./frame.ts";

/** Bytes of a 64-byte frame without its check sequence, which captures and memory do not hold. */
export const FRAME_LEAST = 60;
/** Frame sizes of the simple Internet mix, 7 to 4 to 1, check sequence left out. */
const MIX = [60, 60, 60, 60, 60, 60, 60, 590, 590, 590, 590, 1514];
const CLIENT_PORTS = 50_000;
const CLIENT_FIRST = 0x0a000001;
const PORT_FIRST = 1024;

export interface TrafficShape {
  flows: number;
  protocol: "tcp" | "udp";
  /** Bytes of each frame, or the mix. */
  size: number | "mix";
  tagged: boolean;
}

export const PLAIN: Omit<TrafficShape, "flows"> = { protocol: "tcp", size: FRAME_LEAST, tagged: false };

/** Frames that lie one after the other at the same distance, a multiple of 16. */
export interface Frames {
  bytes: Uint8Array<ArrayBuffer>;
  /** Distance of frames, bytes. */
  stride: number;
  /** Length of the frames of a flow. */
  lengthOf(flow: number): number;
}

export interface EstablishedFlows {
  plane: Plane;
  /** Request of flow 0, reply of flow 0, request of flow 1, ... */
  frames: Frames;
  /** Time of the last packet, ns. */
  time: number;
}

/**
 * Opens the flows of a shape: SYN, SYN-ACK and ACK of each go through the plane. A configuration has the measured one's addresses and
 * ports; when its rules identify by name, `identification.otherBeginning` is `allow`, since servers acknowledge 0.
 */
export async function establish(
  shape: TrafficShape,
  options: PlaneOptions = {},
  configuration = measuredConfiguration(shape.flows),
): Promise<EstablishedFlows> {
  const plane = await createPlane(configuration, options);
  const frames = framesFor(shape);
  for (let first = 0; first < shape.flows; first += Abi.LANE)
    establishSome(plane.core, shape, frames, first, Math.min(first + Abi.LANE, shape.flows));
  if (plane.counters().flows.active !== shape.flows) throw new Error("The flows to be measured were not all admitted.");
  return { plane, frames, time: 1 };
}

function framesFor({ flows, size }: TrafficShape): Frames {
  const lengthOf = size === "mix" ? (flow: number) => MIX[flow % MIX.length] as number : () => size;
  const stride = (Math.max(...(size === "mix" ? MIX : [size])) + 15) & ~15;
  return { bytes: new Uint8Array(flows * 2 * stride), stride, lengthOf };
}

function establishSome(core: Core, shape: TrafficShape, frames: Frames, from: number, to: number): void {
  const { bytes, stride } = frames;
  const view = new DataView(bytes.buffer);
  const opening = new Uint8Array(Math.max(stride, FRAME_LEAST));
  const openingView = new DataView(opening.buffer);
  for (let flow = from; flow < to; flow++) {
    const length = frames.lengthOf(flow);
    opening.fill(0, 0, 80);
    writeFrame(openingView, 0, length, requestOf(shape, flow, FLAG.syn));
    placeFrame(core, opening.subarray(0, length), Abi.SIDE_CONSUMER, 1);
  }
  runAll(core);
  for (let flow = from; flow < to; flow++) {
    const at = flow * 2 * stride;
    const length = frames.lengthOf(flow);
    const emit = core.emit(flow - from);
    const sent = new DataView(core.bytes.buffer, core.u32(emit + Abi.EMIT_BODY), core.u32(emit + Abi.EMIT_BODY_LENGTH));
    writeAnswer(view, at + stride, length, sent, FLAG.syn | FLAG.ack);
    writeFrame(view, at, length, requestOf(shape, flow, FLAG.ack));
  }
  for (let flow = from; flow < to; flow++) {
    const at = flow * 2 * stride;
    const length = frames.lengthOf(flow);
    placeFrame(core, bytes.subarray(at + stride, at + stride + length), Abi.SIDE_PROVIDER, 1);
    placeFrame(core, bytes.subarray(at, at + length), Abi.SIDE_CONSUMER, 1);
  }
  runAll(core);
}

/** A request of a flow. VLAN tags are those of the consumer's network and stay on translated frames. */
export function requestOf(shape: Omit<TrafficShape, "size">, flow: number, flags: number): FrameContent {
  return {
    protocol: shape.protocol === "tcp" ? PROTOCOL_TCP : PROTOCOL_UDP,
    source: CLIENT_FIRST + Math.floor(flow / CLIENT_PORTS),
    destination: ENDPOINT,
    sourcePort: PORT_FIRST + (flow % CLIENT_PORTS),
    destinationPort: SERVICE_PORT,
    flags,
    sequence: 0,
    acknowledgement: 0,
    vlan: shape.tagged ? CONSUMER_VLAN : undefined,
  };
}

/** Places a frame of the configuration's network on a side, which has the side's number. */
export function placeFrame(core: Core, frame: Uint8Array, side: number, time: number): void {
  const high = Math.floor(time / 2 ** 32);
  core.place(frame, frame.length, side, Abi.LINK_ETHERNET, side, time - high * 2 ** 32, high);
}

/** Handles everything that was placed; all of it must fit the queues. */
function runAll(core: Core): void {
  const waiting = core.waiting;
  if (core.run() !== waiting) throw new Error("A batch of the measurement did not fit the queues.");
}
