// ICMP to an endpoint, to a NAT address, or from an endpoint in a capture: errors follow their flows, echo is answered or dropped, the
// rest is dropped (docs/behaviour.md, 17 and 23.6).

import { REASON_ICMP, REASON_ICMP_ECHO, REASON_ICMP_MALFORMED, REASON_TRUNCATED } from "../abi";
import { STAGE_KIND } from "../abi/trace";
import { sourceSpeaker } from "../admit/whose";
import { IP, L4, L4_CAPTURED, L4_LENGTH } from "../parse";
import { trace, tracing } from "../trace";
import { dropFor } from "../verdict";
import * as Icmp from "../wire/icmp";
import * as Icmp6 from "../wire/icmp6";
import * as Ip from "../wire/ip";
import { answerEcho } from "./echo";
import { followFlow, readError, turnErrorBack } from "./error";

/** Decides on ICMP to an endpoint; 0, as those that decide on packets without a record. */
export function fromConsumer(desc: u32, parsed: u32, verdict: u32, endpoint: u32): u32 {
  const reason = kindOf(parsed, true);
  if (reason != 0) {
    if (reason == REASON_ICMP_ECHO) answerEcho(desc, parsed, endpoint);
    return drop(verdict, reason, endpoint);
  }
  const fault = readError(parsed, false);
  if (fault != 0) return drop(verdict, fault, endpoint);
  followFlow(desc, parsed, verdict, endpoint);
  return 0;
}

/** Decides on ICMP to a NAT address. */
export function fromProvider(desc: u32, parsed: u32, verdict: u32): u32 {
  const reason = kindOf(parsed, false);
  if (reason != 0) return drop(verdict, reason, -1);
  const fault = readError(parsed, false);
  if (fault != 0) return drop(verdict, fault, -1);
  followFlow(desc, parsed, verdict, -1);
  return 0;
}

/** Decides on ICMP that an endpoint's address sent in a capture. */
export function capturedIcmp(desc: u32, parsed: u32, verdict: u32): u32 {
  const endpoint = sourceSpeaker(parsed);
  const reason = kindOf(parsed, false);
  if (reason != 0) return drop(verdict, reason, endpoint);
  const fault = readError(parsed, true);
  if (fault != 0) return drop(verdict, fault, endpoint);
  turnErrorBack(desc, parsed, verdict, endpoint);
  return 0;
}

/** 0 for an error, else what is against the message; an echo request is told apart where it is to an endpoint. */
function kindOf(parsed: u32, toEndpoint: bool): u32 {
  const reason = reasonOf(parsed, toEndpoint);
  if (tracing && reason != 0) trace(STAGE_KIND, reason);
  return reason;
}

function reasonOf(parsed: u32, toEndpoint: bool): u32 {
  if (load<u32>(parsed, L4_LENGTH) < Icmp.HEADER) return REASON_ICMP_MALFORMED;
  if (load<u32>(parsed, L4_CAPTURED) < Icmp.HEADER) return REASON_TRUNCATED;
  const icmp = load<u32>(parsed, L4);
  const six = Ip.isSix(load<u32>(parsed, IP));
  if (six ? Icmp6.isError(icmp) : Icmp.isError(icmp)) return 0;
  return toEndpoint && (six ? Icmp6.isEcho(icmp) : Icmp.isEcho(icmp)) ? <u32>REASON_ICMP_ECHO : <u32>REASON_ICMP;
}

function drop(verdict: u32, reason: u32, endpoint: i32): u32 {
  dropFor(verdict, reason, endpoint);
  return 0;
}
