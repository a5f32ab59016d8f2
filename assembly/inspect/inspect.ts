// The way of a packet whose flow's first message is not known yet.

import { SIDE_CONSUMER } from "../abi";
import { EXPECT_NOTHING, INSPECT_EXPECTS } from "../abi/records";
import { flowOf } from "../flow/lifetime";
import { SIDE } from "../parse";
import { send } from "../send";
import { inspectionOf } from "./inspection";
import { observeReply } from "./reply";
import { inspectRequest } from "./request";

export function isInspected(flow: u32): bool {
  return load<u8>(inspectionOf(flow), INSPECT_EXPECTS) != EXPECT_NOTHING;
}

/** Handles a packet that would leave by a record. */
export function inspect(desc: u32, parsed: u32, verdict: u32, record: u32): void {
  if (load<u8>(parsed, SIDE) == SIDE_CONSUMER) inspectRequest(desc, parsed, verdict, record);
  else if (observeReply(desc, parsed, verdict, record)) send(desc, parsed, verdict, record, flowOf(record));
}
