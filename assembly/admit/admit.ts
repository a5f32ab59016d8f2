// A packet of the consumer's side that the fast path did not take: whom it concerns, and whether a flow, a denied flow or
// the stages of a first packet decide on it (docs/behaviour.md, section 3).

import {
  DESC_WIRE,
  END_IDLE,
  END_REUSED,
  NO_FLOW,
  REASON_FORWARDED,
  REASON_FRAGMENT,
  REASON_ICMP,
  REASON_NO_ENDPOINT,
  REASON_PROTOCOL,
  REASON_SPOOFED_ENDPOINT,
  REASON_TTL_EXPIRED,
  REASON_TUNNEL,
  SIDE_CONSUMER,
  STATE_CLOSING,
  STATE_RESET,
} from "../abi";
import { FLAG_ENDPOINT_SOURCES_DROP } from "../abi/tables";
import { STAGE_DENIED, STAGE_ENDPOINT, STAGE_KIND, TRACE_GOES_ON } from "../abi/trace";
import { now } from "../clock";
import { answerTimeExceeded } from "../emit/icmp-error";
import { answerLate } from "../emit/late-reset";
import {
  countDenied,
  deniedDeath,
  deniedNumber,
  deniedReason,
  isDenied,
  mayRetry,
  releaseDenied,
} from "../flow/denied";
import { release, releaseDead } from "../flow/flow";
import { takeFragment } from "../fragment/fragment";
import { flowOf, lives, requestOf, stateOf } from "../flow/lifetime";
import { isOlder } from "../flow/restart";
import {
  FLAGS,
  GROUP,
  IP,
  KEY_HIGH,
  KEY_LOW,
  KIND,
  KIND_FLOW,
  KIND_TUNNEL,
  REASON,
  RECORD,
  TAG,
  leaves,
} from "../parse";
import { find } from "../flow/table";
import { has } from "../tables";
import { droppedAt, passed } from "../verdict";
import * as Ip from "../wire/ip";
import * as Tcp from "../wire/tcp";
import { open } from "./stages";
import { destinationEndpoint, sourceSpeaker } from "./whose";
import { trace, tracing } from "../trace";
import { traceFlow, traceTtl } from "../traced";
import { fromConsumer } from "../icmp/icmp";

/** Decides on a packet of the consumer's side: the record it leaves by, or 0 when its verdict is written. */
export function admit(desc: u32, parsed: u32, verdict: u32): u32 {
  const ip = load<u32>(parsed, IP);
  const endpoint = destinationEndpoint(parsed);
  const speaker = sourceSpeaker(parsed);
  const spoofed = speaker >= 0 && has(FLAG_ENDPOINT_SOURCES_DROP);
  if (tracing && (spoofed || endpoint >= 0))
    trace(STAGE_ENDPOINT, spoofed ? <u32>REASON_SPOOFED_ENDPOINT : <u32>TRACE_GOES_ON, endpoint, speaker);
  if (spoofed) return droppedAt(verdict, REASON_SPOOFED_ENDPOINT, <u32>NO_FLOW, endpoint >= 0 ? endpoint : speaker);
  if (endpoint < 0) return toOthers(parsed, verdict, speaker);
  if (load<u8>(parsed, KIND) != KIND_FLOW) {
    const special = <u32>load<u8>(parsed, REASON);
    if (special == REASON_ICMP) return fromConsumer(desc, parsed, verdict, endpoint);
    if (special == REASON_FRAGMENT) return takeFragment(desc, parsed, verdict, SIDE_CONSUMER, endpoint);
    if (tracing) trace(STAGE_KIND, <u32>load<u8>(parsed, REASON));
    return droppedAt(verdict, <u32>load<u8>(parsed, REASON), <u32>NO_FLOW, endpoint);
  }
  if (tracing) traceTtl(parsed);
  if (Ip.ttl(ip) <= 1) {
    answerTimeExceeded(desc, parsed, <u32>NO_FLOW);
    return droppedAt(verdict, REASON_TTL_EXPIRED, <u32>NO_FLOW, endpoint);
  }
  return admitTuple(desc, parsed, verdict, endpoint);
}

/** Decides on a packet to an endpoint by its tuple, the record of which was looked up. */
export function admitTuple(desc: u32, parsed: u32, verdict: u32, endpoint: u32): u32 {
  const flags = <u32>load<u8>(parsed, FLAGS);
  const found = load<u32>(parsed, RECORD);
  if (tracing) traceFlow(found);
  if (found == 0) return open(desc, parsed, verdict, endpoint, 0);
  if (isDenied(found)) return retry(desc, parsed, verdict, endpoint, found, isBeginning(flags));
  if (keepsFlow(desc, found, parsed, flags)) return leaves(parsed, found, REASON_FORWARDED);
  const left = find(
    load<u32>(parsed, GROUP),
    <u32>load<u8>(parsed, TAG),
    load<u64>(parsed, KEY_LOW),
    load<u64>(parsed, KEY_HIGH),
  );
  if (left != 0) return retry(desc, parsed, verdict, endpoint, left, isBeginning(flags));
  return open(desc, parsed, verdict, endpoint, 0);
}

/** SYN without ACK and RST. */
export function isBeginning(flags: u32): bool {
  return (flags & (Tcp.SYN | Tcp.ACK | Tcp.RST)) == Tcp.SYN;
}

/** Whether a found flow takes the packet; if not, it is released: it is dead, or its tuple is used again. */
function keepsFlow(desc: u32, record: u32, parsed: u32, flags: u32): bool {
  const flow = flowOf(record);
  if (!lives(record)) {
    releaseDead(flow);
    return false;
  }
  const state = stateOf(requestOf(flow));
  if (!isBeginning(flags) || (state != STATE_CLOSING && state != STATE_RESET)) return true;
  if (state == STATE_CLOSING && isOlder(desc, record, parsed)) return true;
  release(flow, END_REUSED);
  return false;
}

/** A packet of a denied tuple: counted there, or let walk the stages again. */
function retry(desc: u32, parsed: u32, verdict: u32, endpoint: u32, denied: u32, beginning: bool): u32 {
  if (now >= deniedDeath(denied)) {
    releaseDenied(denied, END_IDLE);
    return open(desc, parsed, verdict, endpoint, 0);
  }
  const again = mayRetry(denied, beginning);
  const reason = deniedReason(denied);
  if (tracing) trace(STAGE_DENIED, again ? <u32>TRACE_GOES_ON : reason, deniedNumber(denied), reason);
  if (again) return open(desc, parsed, verdict, endpoint, denied);
  countDenied(denied, reason, load<u32>(desc, DESC_WIRE));
  answerLate(desc, parsed, endpoint, reason, deniedNumber(denied));
  return droppedAt(verdict, reason, deniedNumber(denied), endpoint);
}

/** A packet whose destination is no endpoint; `speaker` is the endpoint whose address is its source, or -1. */
function toOthers(parsed: u32, verdict: u32, speaker: i32): u32 {
  const kind = <u32>load<u8>(parsed, KIND);
  const reason = <u32>load<u8>(parsed, REASON);
  const untranslated =
    kind != KIND_FLOW && (reason == REASON_FRAGMENT || reason == REASON_ICMP || reason == REASON_PROTOCOL);
  const drops = speaker >= 0 && untranslated;
  const against = drops ? reason : kind == KIND_TUNNEL ? <u32>REASON_TUNNEL : <u32>REASON_NO_ENDPOINT;
  if (tracing) trace(STAGE_ENDPOINT, against, -1, speaker);
  return drops ? droppedAt(verdict, against, <u32>NO_FLOW, speaker) : passed(verdict, against);
}
