// The end of a flow that is still inspected.

import { REASON_FIRST_MESSAGE_INCOMPLETE } from "../abi";
import { EXPECT_NOTHING, INSPECT_EXPECTS } from "../abi/records";
import { requestOf } from "../flow/lifetime";
import { giveUp } from "./hold";
import { holdOf, inspectionOf } from "./inspection";
import { discard } from "./release";

/** Discards what is held of a flow that ends. */
export function leaveInspection(flow: u32): void {
  const state = inspectionOf(flow);
  const hold = holdOf(state);
  store<u8>(state, <u8>EXPECT_NOTHING, INSPECT_EXPECTS);
  if (hold == 0) return;
  discard(hold, requestOf(flow), REASON_FIRST_MESSAGE_INCOMPLETE);
  giveUp(hold);
}
