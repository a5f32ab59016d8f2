// A packet of the provider's side that the fast path did not take. Only consumers open flows: what belongs to none is
// dropped when it is addressed to a NAT address, and creates and refreshes nothing.

import {
  NO_FLOW,
  REASON_FORWARDED,
  REASON_FRAGMENT,
  REASON_ICMP,
  REASON_NO_ENDPOINT,
  REASON_NO_FLOW,
  REASON_TUNNEL,
  SIDE_PROVIDER,
} from "../abi";
import { STAGE_KIND, STAGE_NAT_ADDRESS, TRACE_GOES_ON } from "../abi/trace";
import { isDenied } from "../flow/denied";
import { lives } from "../flow/lifetime";
import { takeFragment } from "../fragment/fragment";
import { KIND, KIND_FLOW, KIND_TUNNEL, REASON, RECORD, leaves } from "../parse";
import { dropped, passed } from "../verdict";
import { isToNat } from "./whose";
import { trace, tracing } from "../trace";
import { traceFlow } from "../traced";
import { fromProvider } from "../icmp/icmp";

/** Decides on a packet of the provider's side: the record it leaves by, or 0 when its verdict is written. */
export function reply(desc: u32, parsed: u32, verdict: u32): u32 {
  const kind = <u32>load<u8>(parsed, KIND);
  const ours = isToNat(parsed);
  const others = kind == KIND_TUNNEL ? <u32>REASON_TUNNEL : <u32>REASON_NO_ENDPOINT;
  if (tracing) trace(STAGE_NAT_ADDRESS, ours ? <u32>TRACE_GOES_ON : others, <u32>ours);
  if (!ours) return passed(verdict, others);
  const special = kind != KIND_FLOW ? <u32>load<u8>(parsed, REASON) : 0;
  if (special == REASON_ICMP) return fromProvider(desc, parsed, verdict);
  if (special == REASON_FRAGMENT) return takeFragment(desc, parsed, verdict, SIDE_PROVIDER, -1);
  if (tracing && kind != KIND_FLOW) trace(STAGE_KIND, <u32>load<u8>(parsed, REASON));
  if (kind != KIND_FLOW) return dropped(verdict, <u32>load<u8>(parsed, REASON), <u32>NO_FLOW);
  return replyTuple(parsed, verdict);
}

/** Decides on a packet to a NAT address by its tuple, the record of which was looked up. */
export function replyTuple(parsed: u32, verdict: u32): u32 {
  const found = load<u32>(parsed, RECORD);
  const lost = found == 0 || isDenied(found) || !lives(found);
  if (tracing) traceFlow(found, lost ? <u32>REASON_NO_FLOW : 0);
  if (lost) return dropped(verdict, REASON_NO_FLOW, <u32>NO_FLOW);
  return leaves(parsed, found, REASON_FORWARDED);
}
