// A worker thread: the cores of its shards, driven through shared memory and questions until it is told to stop.

import { receiveMessageOnPort, workerData } from "node:worker_threads";
import * as Abi from "../abi.ts";
import { type Configuration, markChecked } from "../config/configuration.ts";
import { Core } from "../core.ts";
import { readCounters } from "../counters.ts";
import { LinkplaneError } from "../errors.ts";
import { Encapsulator } from "../encapsulation/encapsulator.ts";
import { type Flow, FlowReader } from "../flows.ts";
import { RefusedNames } from "../refused.ts";
import { type PlanePlan, planned, replanned } from "../plan.ts";
import { type Emission, emissionAt } from "../result.ts";
import { FLOWS_MOST, type Message, type Question } from "./message.ts";
import {
  BELL,
  FAILED,
  FULL,
  ON,
  SAID,
  SLOT_COUNT,
  SLOT_DISTANCE,
  SLOT_EMITS,
  SLOT_ENDED,
  SLOT_FRAME_BYTES,
  SLOT_HANDLED,
  SLOT_MORE,
  SLOT_SHARD,
  SLOTS,
  type Shared,
  Shared as SharedMemory,
  type Slot,
  STOP,
  TOLD,
} from "./slot.ts";
import type { WorkerData } from "./worker-data.ts";

/** A shard that lives here. */
interface Resident {
  core: Core;
  reader: FlowReader;
  counters(): ReturnType<typeof readCounters>;
  ofPlane(number: number): number;
}

const start = workerData as WorkerData;
const shared: Shared = new SharedMemory(start.buffer, start);
const residents = new Map<number, Resident>();
let plan: PlanePlan;
let encapsulator: Encapsulator | undefined;
let walk: Generator<Flow, void, void> | undefined;

try {
  await settleIn();
  shared.ring(SAID);
  serve();
} catch (error) {
  tell({ failed: failureOf(error) });
  Atomics.store(shared.control, FAILED, 1);
  shared.ring(SAID);
}

async function settleIn(): Promise<void> {
  const { module, midStream, ringSize, keepEnded, shards } = start;
  const configuration = markChecked(start.configuration);
  follow(planned(configuration, { midStream, ringSize }));
  const { sizes, tables, numbers } = plan;
  for (const shard of shards) {
    const core = await Core.create(module, { ...sizes, shard, keepEnded }, tables.image);
    residents.set(shard, {
      core,
      reader: new FlowReader(core, tables.names, new RefusedNames(core, tables.names), numbers, shard),
      counters: () => readCounters(core, tables.names, shard, numbers.shards),
      ofPlane: (number) => (number < 0 ? number : numbers.ofPlane(shard, number)),
    });
  }
}

function follow(next: PlanePlan): void {
  plan = next;
  encapsulator = Encapsulator.of(plan.tables.numbering.networks.things);
}

/** Does whatever is there to do, slots in their order, and waits for the bell when there is nothing. */
function serve(): void {
  for (let next = 0; ; ) {
    const bell = Atomics.load(shared.control, BELL);
    if (Atomics.load(shared.control, STOP) !== 0) return;
    const slot = shared.slots[next] as Slot;
    const state = shared.stateOf(slot);
    if (state === FULL) take(slot);
    if (state === FULL || state === ON) {
      if (handle(slot)) next = (next + 1) % SLOTS;
      continue;
    }
    const received = receiveMessageOnPort(start.port) as { message: Question } | undefined;
    if (received === undefined) Atomics.wait(shared.control, BELL, bell);
    else answer(received.message);
  }
}

function take(slot: Slot): void {
  const { bytes } = shared;
  const { core } = resident(shared.get(slot, SLOT_SHARD));
  const { descriptors, frames } = slot;
  core.take(
    bytes.subarray(descriptors, descriptors + shared.get(slot, SLOT_COUNT) * Abi.DESC_SIZE),
    bytes.subarray(frames, frames + shared.get(slot, SLOT_FRAME_BYTES)),
    shared.get(slot, SLOT_DISTANCE),
  );
}

/** Runs the core and says what came of it; true when the slot is done with. */
function handle(slot: Slot): boolean {
  const { core, reader } = resident(shared.get(slot, SLOT_SHARD));
  const handled = core.run();
  const { bytes } = shared;
  const { emitCount } = core;
  copy(core, core.verdict(0), handled * Abi.VERDICT_SIZE, slot.verdicts);
  copy(core, core.emit(0), emitCount * Abi.EMIT_SIZE, slot.emits);
  if (hasHeads(core)) copy(core, core.region(Abi.REGION_HEADS), emitCount * Abi.EMIT_HEAD_SIZE, slot.heads);
  if (start.fragments) keepBodies(core, slot);
  if (core.endedCount > 0) tell({ ended: [...reader.ended()] });
  const done = core.waiting === 0;
  if (done) {
    const from = core.ring + shared.get(slot, SLOT_DISTANCE);
    bytes.set(core.bytes.subarray(from, from + shared.get(slot, SLOT_FRAME_BYTES)), slot.frames);
  }
  shared.set(slot, SLOT_HANDLED, handled);
  shared.set(slot, SLOT_EMITS, emitCount);
  shared.set(slot, SLOT_ENDED, Number(core.endedCount > 0));
  shared.set(slot, SLOT_MORE, Number(!done));
  shared.pass(slot, TOLD);
  shared.ring(SAID);
  return done;
}

function copy({ bytes }: Core, from: number, length: number, to: number): void {
  shared.bytes.set(bytes.subarray(from, from + length), to);
}

/** Copies the bodies that lie behind the ring, in the pool of fragments, and has the slot's emits give them as right behind it. */
function keepBodies(core: Core, slot: Slot): void {
  const end = core.ring + core.ringSize;
  let kept = 0;
  for (let i = 0; i < core.emitCount; i++) {
    const emit = core.emit(i);
    const body = core.u32(emit + Abi.EMIT_BODY);
    if (body < end) continue;
    const length = core.u32(emit + Abi.EMIT_BODY_LENGTH);
    copy(core, body, length, slot.kept + kept);
    shared.words[(slot.emits + i * Abi.EMIT_SIZE + Abi.EMIT_BODY) >>> 2] = end + kept;
    kept += length;
  }
}

function hasHeads(core: Core): boolean {
  const { words } = core;
  const first = core.emit(0) >>> 2;
  for (let i = 0; i < core.emitCount; i++)
    if (words[first + (i * Abi.EMIT_SIZE + Abi.EMIT_HEAD_LENGTH) / 4] !== 0) return true;
  return false;
}

function answer(question: Question): void {
  const all = [...residents.values()];
  if (question.what === "counters") tell({ counters: all.map(({ counters }) => counters()) });
  else if (question.what === "advance") tell(advance(all, question.time));
  else if (question.what === "deadline") tell(deadline(all));
  else if (question.what === "apply") tell(apply(all, question.configuration));
  else if (question.what === "flows") tell({ flows: nextFlows(question) });
  else {
    for (const { core } of all) core.reset();
    tell({});
  }
  shared.ring(SAID);
}

/** What the configuration is has been checked where it was asked for: the same numbers come of the same configurations. */
function apply(all: Resident[], configuration: Configuration): Message {
  follow(replanned(plan, markChecked(configuration)));
  for (const { core } of all) core.adopt(plan.tables.image);
  return {};
}

function advance(all: Resident[], time: bigint): Message {
  const ended: Flow[] = [];
  const emissions = all.map(({ core, reader, ofPlane }) => {
    const out: Emission[] = [];
    for (let done = false; !done; ) {
      done = core.advance(time);
      for (let i = 0; i < core.emitCount; i++) {
        const emission = emissionAt(core, i, encapsulator);
        out.push({ ...emission, flow: ofPlane(emission.flow) });
      }
      ended.push(...reader.ended());
    }
    return out;
  });
  return { emissions, ended };
}

function deadline(all: Resident[]): Message {
  const times = all.map(({ core }) => core.nextDeadline()).filter((time) => time !== undefined);
  return times.length === 0 ? {} : { deadline: times.reduce((least, time) => (time < least ? time : least)) };
}

function nextFlows({ shard, denied, begin }: Extract<Question, { what: "flows" }>): Flow[] {
  const { reader } = resident(shard);
  if (begin || walk === undefined) walk = denied ? reader.aliveDenied() : reader.alive();
  const flows: Flow[] = [];
  for (let next = walk.next(); next.done !== true; next = walk.next()) {
    flows.push(next.value);
    if (flows.length === FLOWS_MOST) break;
  }
  return flows;
}

function resident(shard: number): Resident {
  return residents.get(shard) as Resident;
}

function tell(message: Message): void {
  start.port.postMessage(message);
}

function failureOf(error: unknown): NonNullable<Message["failed"]> {
  if (error instanceof LinkplaneError) return { code: error.code, sentence: error.message, remedy: error.remedy };
  return { code: "WORKER_FAILED", sentence: `A worker failed: ${error instanceof Error ? error.message : error}.` };
}
