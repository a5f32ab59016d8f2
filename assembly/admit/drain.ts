// Backends that drain within a period (docs/behaviour.md, section 21.2): when it begins, and that it is over.

import { CONTROL_FLOW_TOP } from "../abi";
import {
  BACKEND_DRAINED,
  BACKEND_SIZE,
  DRAIN_BACKEND,
  DRAIN_BEGAN,
  DRAIN_OVER,
  DRAIN_PERIOD,
  DRAIN_RUNS,
  DRAIN_SIZE,
  DRAIN_STATE,
  DRAIN_WAITS,
} from "../abi/tables";
import { now } from "../clock";
import { beginEpoch } from "../flow/epoch";
import { control } from "../memory";
import { BACKENDS, DRAINS, DRAIN_COUNT } from "../tables";

/** Time at which the next period is over; 0 while one has not begun, all ones when there is none. */
export let drainsUntil: u64 = u64.MAX_VALUE;

/** Another image of tables is in force: what drained by the one before, `count` of them at `before`, goes on. Both are in the order of numbers. */
export function carryDrains(before: u32, count: u32): void {
  const end = before + count * DRAIN_SIZE;
  for (let drain = DRAINS; drain < DRAINS + DRAIN_COUNT * DRAIN_SIZE; drain += DRAIN_SIZE) {
    const backend = load<u32>(drain, DRAIN_BACKEND);
    while (before < end && load<u32>(before, DRAIN_BACKEND) < backend) before += DRAIN_SIZE;
    if (before == end || load<u32>(before, DRAIN_BACKEND) != backend) continue;
    if (load<u32>(before, DRAIN_STATE) != DRAIN_WAITS) store<u32>(drain, DRAIN_RUNS, DRAIN_STATE);
    store<u64>(drain, load<u64>(before, DRAIN_BEGAN), DRAIN_BEGAN);
  }
  drainsUntil = DRAIN_COUNT == 0 ? u64.MAX_VALUE : 0;
}

/** Nothing has drained yet. */
export function resetDrains(): void {
  for (let drain = DRAINS; drain < DRAINS + DRAIN_COUNT * DRAIN_SIZE; drain += DRAIN_SIZE) {
    store<u32>(drain, DRAIN_WAITS, DRAIN_STATE);
    store<u8>(backendOf(drain), 0, BACKEND_DRAINED);
  }
  drainsUntil = DRAIN_COUNT == 0 ? u64.MAX_VALUE : 0;
}

/** Begins what waits and ends what is over at `now`; flows are judged again when something ends. */
export function settleDrains(): void {
  let ended = false;
  drainsUntil = u64.MAX_VALUE;
  for (let drain = DRAINS; drain < DRAINS + DRAIN_COUNT * DRAIN_SIZE; drain += DRAIN_SIZE) {
    const state = load<u32>(drain, DRAIN_STATE);
    if (state == DRAIN_OVER) continue;
    if (state == DRAIN_WAITS) store<u64>(drain, now, DRAIN_BEGAN);
    const began = load<u64>(drain, DRAIN_BEGAN);
    const period = load<u64>(drain, DRAIN_PERIOD);
    const over = now - began >= period;
    store<u32>(drain, over ? DRAIN_OVER : DRAIN_RUNS, DRAIN_STATE);
    if (over) {
      store<u8>(backendOf(drain), 1, BACKEND_DRAINED);
      ended = true;
    } else if (u64.MAX_VALUE - began >= period) {
      drainsUntil = min(drainsUntil, began + period);
    }
  }
  if (ended) beginEpoch(control(CONTROL_FLOW_TOP));
}

/** Whether a backend's time to drain is over. */
export function isDrained(backend: u32): bool {
  return load<u8>(BACKENDS + backend * BACKEND_SIZE, BACKEND_DRAINED) != 0;
}

function backendOf(drain: u32): u32 {
  return BACKENDS + load<u32>(drain, DRAIN_BACKEND) * BACKEND_SIZE;
}
