// Any packet, one at a time: released what is due, decided what becomes of it, forwarded if it is let through. Packets of
// established flows seldom come here (established.ts).

import {
  DESC_TIME,
  NO_FLOW,
  REASON_FORWARDED,
  REASON_NOT_IP,
  REASON_TRUNCATED,
  REASON_TTL_EXPIRED,
  RELEASE_PER_PACKET,
  SIDE_CONSUMER,
  SIDE_PROVIDER,
  VERDICT_EMITS,
} from "./abi";
import { REC_ENDPOINT, REC_SEEN, SEEN_HANDLED } from "./abi/records";
import { FLAG_TOO_BIG_DROP } from "./abi/tables";
import { makeKey } from "./address/key";
import { admit, isBeginning } from "./admit/admit";
import { CONTINUE } from "./admit/connection";
import { drainsUntil, settleDrains } from "./admit/drain";
import { MOVES, judgeAgain, reasonOf } from "./admit/judge";
import { reply } from "./admit/unsolicited";
import { walkOne } from "./admit/walk";
import { answer, answerEstablished, settleBetween } from "./captured";
import { moveTo, now, quietUntil } from "./clock";
import { answerTo, emitCount } from "./emit/queue";
import { answerTimeExceeded } from "./emit/icmp-error";
import { arrivalsWait, settleArrivals } from "./flow/arrivals";
import { isDenied } from "./flow/denied";
import { isStale, walking } from "./flow/epoch";
import { flowOf, lives } from "./flow/lifetime";
import { releaseDue } from "./flow/release";
import { find, keyIs } from "./flow/table";
import { lowestTick, mayBeDue } from "./flow/wheel";
import { inspect, isInspected } from "./inspect/inspect";
import { takeHeld, wasHeld } from "./fragment/dealt";
import { capturedFragment } from "./fragment/fragment";
import { HAS_SIX, HOLD_SLOTS } from "./memory";
import * as Parsed from "./parse";
import { takeReply } from "./proxy/reply";
import { takeRequest } from "./proxy/request";
import { isHeaded } from "./proxy/stream";
import { send } from "./send";
import { dropped, droppedAt, passed } from "./verdict";
import { lacksChecksum } from "./translate";
import * as Ip from "./wire/ip";
import { tracing } from "./trace";
import { tracePacket, traceTtl } from "./traced";
import { capturedIcmp } from "./icmp/icmp";
import { dropTooBig } from "./size/mtu";
import { CAREFUL, SHARDS, has } from "./tables";

/** Time before which no timer is due, the clock moves on without a gap and no flow is left to be judged, nanoseconds. */
export let quiet: u64 = 0;

/** Finds out how long it is quiet: after whatever may have changed clock or timers. */
export function listen(): void {
  quiet = walking || tracing || CAREFUL ? 0 : min(quietUntil(lowestTick()), drainsUntil);
}

/** Handles a packet that was parsed and probed. */
export function handle(desc: u32, parsed: u32, verdict: u32): void {
  if (load<u8>(parsed, Parsed.KIND) == Parsed.KIND_REPLY && answerEstablished(desc, parsed, verdict)) return;
  if (SHARDS > 1 && wasHeld(desc, parsed)) return takeHeld(desc, parsed);
  const emits = emitCount();
  answerTo(parsed);
  moveTo(load<u64>(desc, DESC_TIME));
  if (now >= drainsUntil) settleDrains();
  if (mayBeDue()) releaseDue(RELEASE_PER_PACKET);
  if (tracing) tracePacket(desc, parsed);
  const judging = walking;
  if (judging) walkOne();
  const record = decide(desc, parsed, verdict, judging);
  if (record != 0) forward(desc, parsed, verdict, record);
  // VERDICT_EMITS and VERDICT_FIRST_EMIT lie side by side.
  store<u64>(verdict, <u64>(emitCount() - emits) | ((<u64>emits) << 32), VERDICT_EMITS);
  listen();
}

/** Decides on a packet: the record it leaves by, its reason noted, or 0 when its verdict is written. */
function decide(desc: u32, parsed: u32, verdict: u32, judging: bool): u32 {
  let kind = <u32>load<u8>(parsed, Parsed.KIND);
  if (kind == Parsed.KIND_BETWEEN) kind = settleBetween(parsed);
  else if (HAS_SIX && (kind == Parsed.KIND_FLOW || kind == Parsed.KIND_REPLY) && Ip.isSix(load<u32>(parsed, Parsed.IP)))
    makeKey(parsed, kind == Parsed.KIND_REPLY);
  if (kind == Parsed.KIND_ICMP_REPLY) return capturedIcmp(desc, parsed, verdict);
  if (kind == Parsed.KIND_FRAGMENT_REPLY) return capturedFragment(desc, parsed, verdict);
  if (kind == Parsed.KIND_FINAL) return final(verdict, <u32>load<u8>(parsed, Parsed.REASON));
  if (judging && loses(parsed, verdict, kind)) return 0;
  if (kind == Parsed.KIND_FLOW) {
    const record = confirm(parsed);
    const beginning = isBeginning(<u32>load<u8>(parsed, Parsed.FLAGS));
    if (record != 0 && !isDenied(record) && !beginning && !tracing && lives(record))
      return Parsed.leaves(parsed, record, REASON_FORWARDED);
  }
  if (kind == Parsed.KIND_REPLY) {
    answer(desc, parsed, verdict, confirm(parsed));
    return 0;
  }
  if (load<u8>(parsed, Parsed.SIDE) == SIDE_CONSUMER) return admit(desc, parsed, verdict);
  return reply(desc, parsed, verdict);
}

/** Judges the flow of a packet again if that is to be done; true when the flow is cut and the packet dropped with it. */
export function loses(parsed: u32, verdict: u32, kind: u32): bool {
  if (kind != Parsed.KIND_FLOW && kind != Parsed.KIND_REPLY) return false;
  const record = confirm(parsed);
  if (record == 0 || isDenied(record) || !isStale(record) || !lives(record)) return false;
  const flow = flowOf(record);
  const endpoint = <u32>load<u16>(record, REC_ENDPOINT);
  const judged = judgeAgain(flow, record);
  if (judged == CONTINUE) return false;
  if (judged == MOVES && kind == Parsed.KIND_FLOW && load<u8>(parsed, Parsed.SIDE) == SIDE_CONSUMER) {
    store<u32>(parsed, 0, Parsed.RECORD);
    return false;
  }
  droppedAt(verdict, reasonOf(judged), flow, endpoint);
  return true;
}

/** The record of a packet's key, or 0. What the probe found by its tag is another's once in a while, or gone, or new since. */
export function confirm(parsed: u32): u32 {
  const low = load<u64>(parsed, Parsed.KEY_LOW);
  const high = load<u64>(parsed, Parsed.KEY_HIGH);
  const record = load<u32>(parsed, Parsed.RECORD);
  if (record != 0 && keyIs(record, low, high)) return record;
  if (load<u8>(parsed, Parsed.SIDE) != SIDE_CONSUMER && arrivalsWait()) settleArrivals();
  const found = find(load<u32>(parsed, Parsed.GROUP), <u32>load<u8>(parsed, Parsed.TAG), low, high);
  store<u32>(parsed, found, Parsed.RECORD);
  return found;
}

/** Lets a packet of a live flow leave, unless the flow's first message is not known yet and has its say. */
function forward(desc: u32, parsed: u32, verdict: u32, record: u32): void {
  const flow = flowOf(record);
  if (tracing && load<u8>(parsed, Parsed.SIDE) != SIDE_CONSUMER) traceTtl(parsed);
  if (Ip.ttl(load<u32>(parsed, Parsed.IP)) <= 1) return expire(desc, parsed, verdict, record, flow);
  if (CAREFUL && has(FLAG_TOO_BIG_DROP) && dropTooBig(desc, parsed, verdict, record)) return;
  if (HAS_SIX && load<u8>(parsed, Parsed.SIDE) == SIDE_PROVIDER && lacksChecksum(parsed, record)) {
    droppedAt(verdict, REASON_TRUNCATED, flow, <u32>load<u16>(record, REC_ENDPOINT));
    return;
  }
  if ((load<u8>(record, REC_SEEN) & SEEN_HANDLED) != 0) {
    if (isHeaded(flow) && !takeHeaded(desc, parsed, verdict, record)) return;
    if (HOLD_SLOTS != 0 && isInspected(flow)) return inspect(desc, parsed, verdict, record);
  }
  send(desc, parsed, verdict, record, flow);
}

/** Looks at a packet of a flow with a PROXY header; false when it is dropped. */
function takeHeaded(desc: u32, parsed: u32, verdict: u32, record: u32): bool {
  if (load<u8>(parsed, Parsed.SIDE) == SIDE_CONSUMER) return takeRequest(desc, parsed, verdict, record);
  return takeReply(parsed, verdict, record);
}

/** TTL 0 or 1. On the consumer's side the flow is not looked up, so the verdict names none. */
function expire(desc: u32, parsed: u32, verdict: u32, record: u32, flow: u32): void {
  const named = load<u8>(parsed, Parsed.SIDE) == SIDE_CONSUMER ? <u32>NO_FLOW : flow;
  droppedAt(verdict, REASON_TTL_EXPIRED, named, <u32>load<u16>(record, REC_ENDPOINT));
  answerTimeExceeded(desc, parsed, named);
}

/** A frame that parsing settled: passed up to the reasons that call it malformed. */
function final(verdict: u32, reason: u32): u32 {
  if (reason >= <u32>REASON_NOT_IP && reason < <u32>REASON_TRUNCATED) passed(verdict, reason);
  else dropped(verdict, reason, <u32>NO_FLOW);
  return 0;
}
