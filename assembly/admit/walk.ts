// The walk over all flows after a change of the configuration: one flow before each packet, a bounded number in an advance.

import { CONTROL_FLOW_TOP } from "../abi";
import { COLD_ALIVE } from "../abi/records";
import { isStale, step, walking } from "../flow/epoch";
import { coldOf, releaseDead } from "../flow/flow";
import { lives, requestOf } from "../flow/lifetime";
import { control } from "../memory";
import { CONTINUE } from "./connection";
import { cut, judge, keepFlow } from "./judge";

/** Judges the next flow, if it has not been judged. The walk must not be at its end. */
export function walkOne(): void {
  const flow = step(control(CONTROL_FLOW_TOP));
  if (load<u8>(coldOf(flow), COLD_ALIVE) == 0) return;
  const request = requestOf(flow);
  if (!isStale(request)) return;
  if (!lives(request)) releaseDead(flow);
  else if (judge(flow) == CONTINUE) keepFlow(flow);
  else cut(flow, false);
}

/** Goes on for so many flows at most. */
export function walkOn(most: u32): void {
  for (let i: u32 = 0; i < most && walking; i++) walkOne();
}
