// The memory that host and worker share. The host fills slots with frames of one shard, one slot after the other, and rings; the
// worker says in the same slot what became of them, and counts what it said. Everything moves in a few large copies.
//
//   | control | slot: head, descriptors, verdicts, emits, heads of emits, kept bodies of emits, frames | slot | ...

import * as Abi from "../abi.ts";

/// Words of the control block.
export const BELL = 0; // counts what the host asked; the worker waits for it to change
export const SAID = 1; // counts what the worker said; the host waits for it to change
export const STOP = 2; // 1: the worker ends
export const FAILED = 3; // 1: the worker ended by itself, its last message says why
const CONTROL_SIZE = 64;

/// Words of a slot's head.
export const SLOT_STATE = 0;
export const SLOT_SHARD = 1;
export const SLOT_COUNT = 2; // descriptors
export const SLOT_DISTANCE = 3; // of the frames from the first byte of the ring
export const SLOT_FRAME_BYTES = 4;
export const SLOT_HANDLED = 5; // frames handled since the host looked last
export const SLOT_EMITS = 6;
export const SLOT_ENDED = 7; // 1: a message with flows that ended was sent before
export const SLOT_MORE = 8; // 1: the rest waits until the host has read this
const HEAD_SIZE = 64;

export const FREE = 0; // the host may fill it
export const FULL = 1; // the worker may begin
export const TOLD = 2; // the host may read what was said
export const ON = 3; // the worker may go on with the rest

/** Slots of a worker: the host fills and reads some while the worker has others. */
export const SLOTS = 4;

/** One slot: where its parts are. */
export interface Slot {
  /** Index of its head among the words. */
  head: number;
  descriptors: number;
  verdicts: number;
  emits: number;
  heads: number;
  /** Bodies of emits that lie in none of the frames. */
  kept: number;
  frames: number;
}

/** What a slot has room for: a ring's frames, and fragments that were held where cores hold any. */
export interface SlotSizes {
  ringSize: number;
  fragments: boolean;
}

/** A worker's shared memory, seen from either side. */
export class Shared {
  readonly buffer: SharedArrayBuffer;
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly words: Uint32Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly slots: readonly Slot[];

  /** Takes a buffer of `sizeFor` the same sizes. */
  constructor(buffer: SharedArrayBuffer, sizes: SlotSizes) {
    this.buffer = buffer;
    this.control = new Int32Array(buffer);
    this.words = new Uint32Array(buffer);
    this.bytes = new Uint8Array(buffer);
    this.slots = Array.from({ length: SLOTS }, (_, i) => slotAt(CONTROL_SIZE + i * slotSize(sizes), sizes));
  }

  /** Bytes that a worker with such cores shares. */
  static sizeFor(sizes: SlotSizes): number {
    return CONTROL_SIZE + SLOTS * slotSize(sizes);
  }

  /** A word of a slot's head. */
  get({ head }: Slot, field: number): number {
    return this.words[head + field] as number;
  }

  set({ head }: Slot, field: number, value: number): void {
    this.words[head + field] = value;
  }

  stateOf({ head }: Slot): number {
    return Atomics.load(this.control, head + SLOT_STATE);
  }

  /** Passes a slot on: everything written before is seen by whoever sees the state. */
  pass({ head }: Slot, state: number): void {
    Atomics.store(this.control, head + SLOT_STATE, state);
  }

  /** Counts BELL or SAID up and wakes who waits for it. */
  ring(which: number): void {
    Atomics.add(this.control, which, 1);
    Atomics.notify(this.control, which);
  }
}

const DESCRIPTORS_SIZE = Abi.BATCH_MAX * Abi.DESC_SIZE;
const VERDICTS_SIZE = Abi.BATCH_MAX * Abi.VERDICT_SIZE;
const EMITS_SIZE = Abi.EMIT_CAPACITY * Abi.EMIT_SIZE;
const HEADS_SIZE = Abi.EMIT_CAPACITY * Abi.EMIT_HEAD_SIZE;

const keptSize = ({ fragments }: SlotSizes): number => (fragments ? Abi.FRAGMENT_PLACES * Abi.FRAGMENT_BYTES_MAX : 0);

const slotSize = (sizes: SlotSizes): number =>
  HEAD_SIZE + DESCRIPTORS_SIZE + VERDICTS_SIZE + EMITS_SIZE + HEADS_SIZE + keptSize(sizes) + sizes.ringSize;

function slotAt(at: number, sizes: SlotSizes): Slot {
  const descriptors = at + HEAD_SIZE;
  const verdicts = descriptors + DESCRIPTORS_SIZE;
  const emits = verdicts + VERDICTS_SIZE;
  const heads = emits + EMITS_SIZE;
  const kept = heads + HEADS_SIZE;
  return { head: at / 4, descriptors, verdicts, emits, heads, kept, frames: kept + keptSize(sizes) };
}
