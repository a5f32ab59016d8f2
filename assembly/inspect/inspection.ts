// What is known of a flow's first message: begun with the flow, over when the name in it is let through.

import { IDENTIFY_ADDRESS, IDENTIFY_REQUESTS } from "../abi";
import {
  EXPECT_FIRST,
  EXPECT_NOTHING,
  EXPECT_REQUEST,
  INSPECT_EXPECTS,
  INSPECT_HOLD,
  INSPECT_NAME,
  INSPECT_MODE,
  INSPECT_REST,
  INSPECT_SIZE,
  REC_ACKNOWLEDGED,
  REC_BACKEND,
  REC_KEY,
  REC_SEEN,
  REC_SIZE,
  SEEN_ACKNOWLEDGED,
} from "../abi/records";
import { BACKEND_SIZE } from "../abi/tables";
import { flowOf } from "../flow/lifetime";
import { enterFastPath, isAlwaysHandled, leaveFastPath } from "../flow/path";
import { HOLDS, HOLD_SIZE, INSPECTIONS } from "../memory";
import { isHeaded } from "../proxy/stream";
import { BACKENDS } from "../tables";

export function inspectionOf(flow: u32): u32 {
  return INSPECTIONS + flow * INSPECT_SIZE;
}

/** Begins with a new flow; `identify` is its rule's. */
export function beginInspection(request: u32, identify: u32): void {
  const state = inspectionOf(flowOf(request));
  const inspected = identify != IDENTIFY_ADDRESS;
  const first = identify == IDENTIFY_REQUESTS ? EXPECT_REQUEST : EXPECT_FIRST;
  store<u32>(state, (inspected ? first : EXPECT_NOTHING) | (identify << ((<u32>INSPECT_MODE) << 3)), INSPECT_EXPECTS);
  store<u64>(state, 0, INSPECT_NAME); // and INSPECT_HOLD, beside it
  store<u64>(state, 0, INSPECT_REST);
  if (inspected) leaveFastPath(request);
}

/** The flow's later packets are nobody's concern any more; its place in the hold pool was given up. */
export function endInspection(request: u32): void {
  store<u8>(inspectionOf(flowOf(request)), <u8>EXPECT_NOTHING, INSPECT_EXPECTS);
  const backend = BACKENDS + <u32>load<u16>(request, REC_BACKEND) * BACKEND_SIZE;
  if (!isAlwaysHandled(load<u64>(request, REC_KEY), backend) && !isHeaded(flowOf(request))) enterFastPath(request);
}

/** Address of a flow's place in the hold pool, or 0. */
export function holdOf(state: u32): u32 {
  const place = load<u32>(state, INSPECT_HOLD);
  return place == 0 ? 0 : HOLDS + (place - 1) * HOLD_SIZE;
}

/** Whether the server has acknowledged what lies before a sequence number. */
export function hasAcknowledged(request: u32, sequence: u32): bool {
  const reply = request + REC_SIZE;
  return (
    (load<u8>(reply, REC_SEEN) & SEEN_ACKNOWLEDGED) != 0 && <i32>(load<u32>(reply, REC_ACKNOWLEDGED) - sequence) >= 0
  );
}
