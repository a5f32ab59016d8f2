// What the host reads of each packet, and the counter of its reason.

import { DROP, FORWARD, HELD, NO_FLOW, PASS, VERDICT_CODE, VERDICT_FLOW } from "./abi";
import { count, countAtEndpoint } from "./counters";

/** Forwarded to a side as a packet of a flow. */
export function forwarded(verdict: u32, reason: u32, side: u32, flow: u32): void {
  store<u32>(verdict, FORWARD | (reason << 8) | (side << 16), VERDICT_CODE);
  store<u32>(verdict, flow, VERDICT_FLOW);
  count(reason, 1);
}

/** Left as it is: no matter of the plane's. Returns 0, no record, as the functions below. */
export function passed(verdict: u32, reason: u32): u32 {
  store<u32>(verdict, PASS | (reason << 8), VERDICT_CODE);
  store<u32>(verdict, <u32>NO_FLOW, VERDICT_FLOW);
  count(reason, 1);
  return 0;
}

/** Kept until more of its flow's first message has come. */
export function held(verdict: u32, reason: u32, flow: u32): void {
  store<u32>(verdict, HELD | (reason << 8), VERDICT_CODE);
  store<u32>(verdict, flow, VERDICT_FLOW);
  count(reason, 1);
}

/** Dropped; no endpoint is charged. */
export function dropped(verdict: u32, reason: u32, flow: u32): u32 {
  store<u32>(verdict, DROP | (reason << 8), VERDICT_CODE);
  store<u32>(verdict, flow, VERDICT_FLOW);
  count(reason, 1);
  return 0;
}

/** Dropped without a flow; an endpoint is charged unless it is -1. */
export function dropFor(verdict: u32, reason: u32, endpoint: i32): void {
  if (endpoint >= 0) countAtEndpoint(endpoint, reason);
  dropped(verdict, reason, <u32>NO_FLOW);
}

/** Dropped, and counted at an endpoint. */
export function droppedAt(verdict: u32, reason: u32, flow: u32, endpoint: u32): u32 {
  countAtEndpoint(endpoint, reason);
  return dropped(verdict, reason, flow);
}
