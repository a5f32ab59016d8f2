// The exports, and nothing else. Everything else crosses the boundary as data in linear memory (abi.ts).

import {
  ABI_VERSION,
  BACKEND_COUNTER_COUNT,
  BATCH_MAX,
  CONTROL_BACKENDS,
  CONTROL_ENDPOINTS,
  CONTROL_FLOW_TOP,
  CONTROL_MORE_DUE,
  CONTROL_POOL_SLOTS,
  COUNTER_COUNT,
  DATAGRAMS_MAX,
  DEAL_MAX,
  ENDPOINT_COUNTER_COUNT,
  JUDGE_PER_ADVANCE,
  WHEEL_TICKS,
} from "./abi";
import { POOL_SIZE } from "./abi/records";
import { resetBook } from "./address/book";
import { forgetPort } from "./admit/filter";
import { resetPorts } from "./admit/natport";
import { carryDrains, drainsUntil, resetDrains, settleDrains } from "./admit/drain";
import { walkOn } from "./admit/walk";
import { moveTo, now, resetClock } from "./clock";
import * as Dealing from "./deal";
import { beginEmits, endEmits } from "./emit/queue";
import { resetDenied } from "./flow/denied";
import { beginEnded, endEnded } from "./flow/ended";
import { beginEpoch, resetEpochs, walking } from "./flow/epoch";
import { resetClients } from "./flow/clients";
import { resetFlows } from "./flow/flow";
import { resetOpening } from "./flow/opening";
import { releaseWhileRoom } from "./flow/release";
import { GROUP_SIZE } from "./flow/table";
import { WHEEL_LIST_SIZE, mayBeDue, nextTime, resetWheel } from "./flow/wheel";
import { nextDeath, releaseDead, resetDatagrams } from "./fragment/datagram";
import { resetPool, settlePool } from "./fragment/pool";
import { moveSteerer } from "./fragment/steer";
import * as Memory from "./memory";
import { beginRefused, endRefused } from "./inspect/refused";
import { resetHolds, settleHolds } from "./inspect/hold";
import { run } from "./path";
import { DRAINS, DRAIN_COUNT, adopt } from "./tables";
import { beginTrace, endTrace } from "./trace";

/** Version of the boundary, ABI_VERSION. */
export function version(): u32 {
  return ABI_VERSION;
}

/** Lays memory out for the sizes in the control block and grows it. 0: they do not fit. */
export function configure(): u32 {
  return Memory.lay() ? 1 : 0;
}

/** Puts the image of tables written at CONTROL_TABLES_NEXT in force; flows that there are will be judged by it. */
export function activate(): void {
  const drains = DRAINS;
  const count = DRAIN_COUNT;
  Memory.swapTables();
  adopt();
  carryDrains(drains, count);
  forgetPort();
  beginEpoch(Memory.control(CONTROL_FLOW_TOP));
}

/** Handles `count` descriptors, at most BATCH_MAX. Returns how many: call again with the rest moved to the front. */
export function process(count: u32): u32 {
  beginEmits();
  beginEnded();
  beginRefused();
  settleHolds();
  settlePool();
  beginTrace();
  const handled = run(min(count, <u32>BATCH_MAX));
  endEmits();
  endEnded();
  endRefused();
  endTrace();
  return handled;
}

/** Deals `count` descriptors out, at most DEAL_MAX, to the shards of the configuration. Returns how many. */
export function deal(count: u32): u32 {
  beginTrace();
  const dealt = Dealing.deal(min(count, <u32>DEAL_MAX));
  endTrace();
  return dealt;
}

/** Moves the clock to `time` (ns) and releases what is due; sets CONTROL_MORE_DUE when the queues are full before the end. */
export function advance(time: u64): void {
  beginEmits();
  beginEnded();
  beginRefused();
  settleHolds();
  settlePool();
  beginTrace();
  if (Memory.DEALS) return advanceSteerer(time);
  moveTo(time);
  releaseDead(DATAGRAMS_MAX);
  if (now >= drainsUntil) settleDrains();
  if (Memory.control(CONTROL_MORE_DUE) == 0) walkOn(JUDGE_PER_ADVANCE);
  releaseWhileRoom();
  Memory.setControl(CONTROL_MORE_DUE, mayBeDue() ? 1 : 0);
  endEmits();
  endEnded();
  endTrace();
}

/** What there is to release where frames are dealt out. */
function advanceSteerer(time: u64): void {
  if (!Memory.HAS_FRAGMENTS) return;
  moveSteerer(time);
  releaseDead(DATAGRAMS_MAX);
}

/**
 * Time of the next timer, nanoseconds; all ones when there is none; now while flows are left to be judged. Nothing happens by itself
 * before it: a backend's time to drain begins with a packet or a call of advance.
 */
export function nextDeadline(): u64 {
  if (Memory.DEALS) return nextDeath();
  if (walking) return now;
  const next = min(nextTime(), nextDeath());
  return drainsUntil == 0 ? next : min(next, drainsUntil);
}

/** Forgets every flow, every counter and the time; the configuration stays. */
export function reset(): void {
  resetClock();
  resetWheel();
  resetFlows();
  resetEpochs();
  resetDenied();
  resetOpening();
  resetClients();
  resetPorts();
  resetHolds();
  resetDrains();
  resetDatagrams();
  resetPool();
  resetBook();
  const pools = Memory.control(CONTROL_POOL_SLOTS);
  memory.fill(Memory.COUNTERS, 0, COUNTER_COUNT * 8);
  memory.fill(Memory.ENDPOINT_COUNTERS, 0, Memory.control(CONTROL_ENDPOINTS) * ENDPOINT_COUNTER_COUNT * 8);
  memory.fill(Memory.BACKEND_COUNTERS, 0, Memory.control(CONTROL_BACKENDS) * BACKEND_COUNTER_COUNT * 8);
  memory.fill(Memory.WHEEL, 0, WHEEL_TICKS * WHEEL_LIST_SIZE + WHEEL_TICKS / 8);
  memory.fill(Memory.POOL_SLOTS, 0, pools * 4);
  memory.fill(Memory.BOOK, 0, Memory.BOOK_BUCKETS * 4);
  memory.fill(Memory.POOLS, 0, pools * POOL_SIZE);
  memory.fill(Memory.INDEX, 0, Memory.INDEX_GROUPS * GROUP_SIZE);
}
