// The life of a flow's records: made when its first packet is admitted, released when it is dead.

import {
  BACKEND_ACTIVE,
  BACKEND_FLOWS,
  CAUSE_TIMER,
  CONTROL_FLOW_TOP,
  COUNTER_FLOWS_ACTIVE,
  COUNTER_FLOWS_CREATED,
  COUNTER_FLOWS_EVICTED,
  COUNTER_FLOWS_EXPIRED,
  COUNTER_FLOWS_PEAK,
  END_CLOSED,
  END_EVICTED,
  END_IDLE,
  END_RESET,
  ENDPOINT_FLOWS,
  STATE_CLOSING,
  STATE_OPENING,
  STATE_RESET,
} from "../abi";
import {
  COLD_ALIVE,
  COLD_FIRST_SEEN,
  COLD_POOL_SLOT,
  COLD_PORT,
  COLD_RESET,
  COLD_SIZE,
  REC_BACKEND,
  REC_ENDPOINT,
  REC_KEY,
  REC_SIZE,
} from "../abi/records";
import { STAGE_ENDED, TRACE_GOES_ON } from "../abi/trace";
import { giveBack, keepPlaces } from "../address/key";
import { releasePort } from "../admit/natport";
import { count, countAtBackend, countAtEndpoint, counter, raise } from "../counters";
import { emitResets } from "../emit/reset";
import { leaveInspection } from "../inspect/discard";
import { CLIENT_FLOWS, COLD, EVICTS, HOLD_SLOTS, MAX_FLOWS, setControl } from "../memory";
import { arrivalsSince, settleArrivals } from "./arrivals";
import { clientOf, enterClient, leaveClient } from "./clients";
import { denyExpired } from "./denied";
import { reportEnded } from "./ended";
import { isStale } from "./epoch";
import { isOpen, lives, requestOf, stateOf } from "./lifetime";
import { leaveOpening } from "./opening";
import { remove } from "./table";
import { drop } from "./wheel";
import { trace, tracing } from "../trace";

/// Flow number + 1 released last, 0 for none; the others are chained through their cold records.
let free: u32 = 0;
let top: u32 = 0;

export function resetFlows(): void {
  free = 0;
  top = 0;
  setControl(CONTROL_FLOW_TOP, 0);
}

export function coldOf(flow: u32): u32 {
  return COLD + flow * COLD_SIZE;
}

/** Whether a flow can be made. */
export function flowsHaveRoom(): bool {
  return free != 0 || top < MAX_FLOWS;
}

/** Takes a flow number, the one released last first. Its records hold what they held: the taker writes every field. */
export function takeFlow(): u32 {
  if (free == 0) {
    setControl(CONTROL_FLOW_TOP, top + 1);
    return top++;
  }
  const flow = free - 1;
  free = load<u32>(coldOf(flow), COLD_FIRST_SEEN);
  return flow;
}

/** Counts a flow whose records are filled. */
export function openFlow(flow: u32): void {
  const request = requestOf(flow);
  count(COUNTER_FLOWS_CREATED, 1);
  count(COUNTER_FLOWS_ACTIVE, 1);
  raise(COUNTER_FLOWS_PEAK, counter(COUNTER_FLOWS_ACTIVE));
  countAtEndpoint(<u32>load<u16>(request, REC_ENDPOINT), ENDPOINT_FLOWS);
  const backend = <u32>load<u16>(request, REC_BACKEND);
  countAtBackend(backend, BACKEND_FLOWS, 1);
  countAtBackend(backend, BACKEND_ACTIVE, 1);
  if (CLIENT_FLOWS != 0) enterClient(clientOf(load<u64>(request, REC_KEY)));
}

/** Releases a dead flow. If it was open and its rule wants resets, both ends get one, and its client's later packets will. */
export function releaseDead(flow: u32): void {
  const request = requestOf(flow);
  const state = stateOf(request);
  const how = state == STATE_CLOSING ? END_CLOSED : state == STATE_RESET ? END_RESET : END_IDLE;
  if (!isOpen(state) || load<u8>(coldOf(flow), COLD_RESET) == 0) return release(flow, how);
  emitResets(flow, request, CAUSE_TIMER);
  const low = load<u64>(request, REC_KEY);
  const high = load<u64>(request, REC_KEY + 8);
  const endpoint = <u32>load<u16>(request, REC_ENDPOINT);
  const judged = !isStale(request);
  keepPlaces(low, high);
  release(flow, how);
  denyExpired(low, high, endpoint, judged);
  giveBack(low, high);
}

/** Ends an opening flow in favour of another one, which gets its NAT port unless that returns to its pool; the port, host order. */
export function evict(flow: u32, returnsPort: bool): u32 {
  const port = <u32>load<u16>(coldOf(flow), COLD_PORT);
  count(COUNTER_FLOWS_EVICTED, 1);
  release(flow, lives(requestOf(flow)) ? END_EVICTED : END_IDLE, returnsPort);
  return port;
}

/** Releases a flow, however it ends. */
export function release(flow: u32, how: u32, returnsPort: bool = true): void {
  const request = requestOf(flow);
  const cold = coldOf(flow);
  if (tracing) trace(STAGE_ENDED, TRACE_GOES_ON, flow, how);
  if (load<u64>(cold, COLD_FIRST_SEEN) >= arrivalsSince()) settleArrivals();
  reportEnded(request, cold, flow, how);
  if (HOLD_SLOTS != 0) leaveInspection(flow);
  if (EVICTS && stateOf(request) == STATE_OPENING) leaveOpening(request);
  if (CLIENT_FLOWS != 0) leaveClient(clientOf(load<u64>(request, REC_KEY)));
  drop(flow);
  leaveIndex(request);
  leaveIndex(request + REC_SIZE);
  if (returnsPort) releasePort(load<u32>(cold, COLD_POOL_SLOT), <u32>load<u16>(cold, COLD_PORT));
  countAtBackend(<u32>load<u16>(request, REC_BACKEND), BACKEND_ACTIVE, -1);
  count(COUNTER_FLOWS_EXPIRED, 1);
  count(COUNTER_FLOWS_ACTIVE, -1);
  store<u8>(cold, 0, COLD_ALIVE);
  store<u32>(cold, free, COLD_FIRST_SEEN);
  free = flow + 1;
}

/** Takes a record out of the index, and gives its addresses' places in the book back. */
function leaveIndex(record: u32): void {
  const low = load<u64>(record, REC_KEY);
  const high = load<u64>(record, REC_KEY + 8);
  remove(record);
  giveBack(low, high);
}
