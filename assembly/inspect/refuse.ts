// A first message that is refused: what is held is discarded, both ends are told, and a denied flow takes the flow's place.

import { CAUSE_ANSWER, DESC_WIRE, END_REFUSED } from "../abi";
import { REC_ENDPOINT, REC_KEY } from "../abi/records";
import { FLAG_REFUSE_SILENTLY } from "../abi/tables";
import { giveBack, keepPlaces } from "../address/key";
import { emitResets } from "../emit/reset";
import { deny, nameDenied } from "../flow/denied";
import { release as releaseFlow } from "../flow/flow";
import { flowOf } from "../flow/lifetime";
import { has } from "../tables";
import { droppedAt } from "../verdict";
import { holdOf, inspectionOf } from "./inspection";
import { reportRefused } from "./refused";
import { discard } from "./release";

/** Refuses the flow of the packet at hand; `nameLength` is that of the name it asked for, which stands at NAME, or 0. */
export function refuse(desc: u32, verdict: u32, request: u32, reason: u32, nameLength: u32): void {
  const flow = flowOf(request);
  const endpoint = <u32>load<u16>(request, REC_ENDPOINT);
  const low = load<u64>(request, REC_KEY);
  const high = load<u64>(request, REC_KEY + 8);
  const hold = holdOf(inspectionOf(flow));
  if (hold != 0) discard(hold, request, reason);
  if (!has(FLAG_REFUSE_SILENTLY)) emitResets(flow, request, CAUSE_ANSWER);
  keepPlaces(low, high);
  releaseFlow(flow, END_REFUSED);
  const number = deny(low, high, endpoint, reason, load<u32>(desc, DESC_WIRE));
  if (nameLength != 0) nameDenied(number, reportRefused(endpoint, reason, low, nameLength));
  giveBack(low, high);
  droppedAt(verdict, reason, number, endpoint);
}
