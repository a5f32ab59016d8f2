// What is played to a plane: frames of established flows, in random order, one after the other as a network card would
// deliver them. Taken from a table frame by frame, they would cost a plane its caches and its pages' addresses before each batch.

import type { Frames } from "./traffic.ts";

export interface Tape {
  /** The frames in order, `stride` apart. */
  bytes: Uint8Array<ArrayBuffer>;
  stride: number;
  packets: number;
  /** Length of each frame, bytes. */
  lengths: Uint16Array<ArrayBuffer>;
  /** Side each frame enters on. */
  sides: Uint8Array<ArrayBuffer>;
}

/** Records so many packets: random flows, random directions, the same ones every time. */
export function recordTape({ bytes, stride, lengthOf }: Frames, packets: number): Tape {
  const tape = new Uint8Array(packets * stride);
  const lengths = new Uint16Array(packets);
  const sides = new Uint8Array(packets);
  const order = randomOrder(packets, bytes.length / stride);
  for (let i = 0; i < packets; i++) {
    const which = order[i] as number;
    tape.set(bytes.subarray(which * stride, (which + 1) * stride), i * stride);
    lengths[i] = lengthOf(which >> 1);
    sides[i] = which & 1;
  }
  return { bytes: tape, stride, packets, lengths, sides };
}

/** A reproducible random sequence of numbers below a limit. */
export function randomOrder(length: number, below: number): Uint32Array<ArrayBuffer> {
  const order = new Uint32Array(length);
  let state = 0x2545f491;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    order[i] = (state >>> 0) % below;
  }
  return order;
}
