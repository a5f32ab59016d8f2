// Notes of what the stages look at and decide, for one who asks why (docs/explain.md). Off unless the host sets CONTROL_TRACE; then
// no packet takes the fast path, which has no notes to write.

import { CONTROL_TRACE, CONTROL_TRACED } from "./abi";
import { TRACE_CAPACITY, TRACE_RESULT, TRACE_SIZE, TRACE_STAGE, TRACE_VALUES } from "./abi/trace";
import { TRACES, control, setControl } from "./memory";

/** Whether notes are written. */
export let tracing: bool = false;
let written: u32 = 0;

/** Reads what the host asks for; the notes of the call before are gone. */
export function beginTrace(): void {
  tracing = control(CONTROL_TRACE) != 0;
  written = 0;
}

/** Tells the host how many notes there are. */
export function endTrace(): void {
  setControl(CONTROL_TRACED, written);
}

/** Writes a note; what its values are, is said with the stages. */
export function trace(
  stage: u32,
  result: u32,
  a: u32 = 0,
  b: u32 = 0,
  c: u32 = 0,
  d: u32 = 0,
  e: u32 = 0,
  f: u32 = 0,
  g: u32 = 0,
): void {
  if (written == TRACE_CAPACITY) return;
  const at = TRACES + written++ * TRACE_SIZE;
  store<u32>(at, 0);
  store<u8>(at, <u8>stage, TRACE_STAGE);
  store<u8>(at, <u8>result, TRACE_RESULT);
  store<u32>(at, a, TRACE_VALUES);
  store<u32>(at, b, TRACE_VALUES + 4);
  store<u32>(at, c, TRACE_VALUES + 8);
  store<u32>(at, d, TRACE_VALUES + 12);
  store<u32>(at, e, TRACE_VALUES + 16);
  store<u32>(at, f, TRACE_VALUES + 20);
  store<u32>(at, g, TRACE_VALUES + 24);
}

/** Writes bytes into notes of a stage, as many as they take. */
export function traceBytes(stage: u32, result: u32, from: u32, length: u32): void {
  for (let done: u32 = 0; done < length && written < <u32>TRACE_CAPACITY; done += ROOM) {
    trace(stage, result);
    memory.copy(TRACES + (written - 1) * TRACE_SIZE + TRACE_VALUES, from + done, min(length - done, ROOM));
  }
}

/// Bytes of values in a note.
const ROOM: u32 = TRACE_SIZE - TRACE_VALUES;
