// The pipeline over a batch. A lane of packets goes through short passes, each a tight loop, so that the misses of many
// packets overlap: parse and hash, touch the index, probe it and touch the records, then handle one packet after the other.

import {
  CAUSE_INPUT,
  DESC_CAPTURED,
  DESC_FRAME,
  DESC_LINK,
  DESC_SIZE,
  DESC_TIME,
  DESC_WIRE,
  LANE,
  NO_FLOW,
  REASON_FORWARDED,
  REASON_NOT_IP,
  REASON_TRUNCATED,
  REASON_TTL_EXPIRED,
  REC_ENDPOINT,
  REC_TOUCH,
  RELEASE_PER_PACKET,
  SIDE_CONSUMER,
  VERDICT_EMITS,
  VERDICT_FIRST_EMIT,
  VERDICT_SIZE,
} from "./abi";
import { admit, isBeginning } from "./admit/admit";
import { reply } from "./admit/unsolicited";
import { moveTo } from "./clock";
import { emitBody, emitCount, emitsHaveRoom } from "./emit/queue";
import { answerTimeExceeded } from "./emit/time-exceeded";
import { endedHaveRoom } from "./flow/ended";
import { follow } from "./flow/follow";
import { mix } from "./flow/hash";
import { flowOf, lives } from "./flow/lifetime";
import { releaseDue } from "./flow/release";
import { groupOf, keyIs, matches, recordAt, tagOf } from "./flow/table";
import { mayBeDue } from "./flow/wheel";
import { DENIED, DESCRIPTORS, LANES, VERDICTS } from "./memory";
import * as Parsed from "./parse";
import { rewrite } from "./rewrite";
import { dropped, droppedAt, forwarded, passed } from "./verdict";
import * as Ipv4 from "./wire/ipv4";

/// Keeps the touching loads from being optimised away.
export let touched: u32 = 0;

/** Handles the first `count` descriptors; how many it handled: fewer when the queues for the host are full. */
export function run(count: u32): u32 {
  for (let first: u32 = 0; first < count; first += LANE) {
    const size = min(count - first, <u32>LANE);
    parseLane(first, size);
    touchIndex(size);
    probeLane(size);
    const handled = handleLane(first, size);
    if (handled < size) return first + handled;
  }
  return count;
}

function parseLane(first: u32, size: u32): void {
  let desc = DESCRIPTORS + first * DESC_SIZE;
  let parsed = LANES;
  for (let i: u32 = 0; i < size; i++, desc += DESC_SIZE, parsed += Parsed.PARSED_SIZE) {
    Parsed.parse(desc, parsed);
    const hash = mix(load<u64>(parsed, Parsed.KEY_LOW), load<u64>(parsed, Parsed.KEY_HIGH));
    store<u32>(parsed, groupOf(hash), Parsed.GROUP);
    store<u8>(parsed, <u8>tagOf(hash), Parsed.TAG);
  }
}

function touchIndex(size: u32): void {
  const end = LANES + size * Parsed.PARSED_SIZE;
  let sum: u32 = 0;
  for (let parsed = LANES; parsed < end; parsed += Parsed.PARSED_SIZE)
    sum += load<u32>(load<u32>(parsed, Parsed.GROUP));
  touched = sum;
}

/** Finds each packet's likely record by its tag, and brings it in with a store, which measures faster than a load. */
function probeLane(size: u32): void {
  const end = LANES + size * Parsed.PARSED_SIZE;
  for (let parsed = LANES; parsed < end; parsed += Parsed.PARSED_SIZE) {
    const group = load<u32>(parsed, Parsed.GROUP);
    const places = matches(group, <u32>load<u8>(parsed, Parsed.TAG));
    const record = places != 0 ? recordAt(group, places) : 0;
    store<u32>(parsed, record, Parsed.RECORD);
    if (record != 0) store<u8>(record, 1, REC_TOUCH);
  }
}

function handleLane(first: u32, size: u32): u32 {
  let desc = DESCRIPTORS + first * DESC_SIZE;
  let verdict = VERDICTS + first * VERDICT_SIZE;
  let parsed = LANES;
  for (let i: u32 = 0; i < size; i++) {
    if (!emitsHaveRoom() || !endedHaveRoom()) return i;
    const emits = emitCount();
    moveTo(load<u64>(desc, DESC_TIME));
    if (mayBeDue()) releaseDue(RELEASE_PER_PACKET);
    handle(desc, parsed, verdict);
    store<u32>(verdict, emits, VERDICT_FIRST_EMIT);
    store<u32>(verdict, emitCount() - emits, VERDICT_EMITS);
    desc += DESC_SIZE;
    verdict += VERDICT_SIZE;
    parsed += Parsed.PARSED_SIZE;
  }
  return size;
}

/** The fast path takes a packet whose flow the passes found alive; the others are told whom they concern. */
function handle(desc: u32, parsed: u32, verdict: u32): void {
  const kind = <u32>load<u8>(parsed, Parsed.KIND);
  const record = load<u32>(parsed, Parsed.RECORD);
  if (kind == Parsed.KIND_FLOW && record != 0 && record < DENIED) {
    const same = keyIs(record, load<u64>(parsed, Parsed.KEY_LOW), load<u64>(parsed, Parsed.KEY_HIGH));
    if (same && lives(record) && !isBeginning(<u32>load<u8>(parsed, Parsed.FLAGS)))
      return forward(desc, parsed, verdict, record, REASON_FORWARDED);
  }
  if (kind == Parsed.KIND_FINAL) return final(verdict, <u32>load<u8>(parsed, Parsed.REASON));
  if (load<u8>(parsed, Parsed.SIDE) == SIDE_CONSUMER) admit(desc, parsed, verdict);
  else reply(desc, parsed, verdict);
}

/** Translates a packet of a live flow and lets it leave on the other side. */
export function forward(desc: u32, parsed: u32, verdict: u32, record: u32, reason: u32): void {
  const flow = flowOf(record);
  if (Ipv4.ttl(load<u32>(parsed, Parsed.IP)) <= 1) return expire(desc, parsed, verdict, record, flow);
  const side = <u32>load<u8>(parsed, Parsed.SIDE);
  rewrite(desc, parsed, record, side);
  const wire = load<u32>(desc, DESC_WIRE);
  follow(record, parsed, side, wire);
  forwarded(verdict, reason, side ^ 1, flow);
  const link = <u32>load<u8>(desc, DESC_LINK);
  emitBody(side ^ 1, CAUSE_INPUT, link, flow, load<u32>(desc, DESC_FRAME), load<u32>(desc, DESC_CAPTURED), wire);
}

/** TTL 0 or 1. On the consumer's side the flow is not looked up, so the verdict names none. */
function expire(desc: u32, parsed: u32, verdict: u32, record: u32, flow: u32): void {
  const named = load<u8>(parsed, Parsed.SIDE) == SIDE_CONSUMER ? <u32>NO_FLOW : flow;
  droppedAt(verdict, REASON_TTL_EXPIRED, named, <u32>load<u16>(record, REC_ENDPOINT));
  answerTimeExceeded(desc, parsed, named);
}

/** A frame that parsing settled: passed up to the reasons that call it malformed. */
function final(verdict: u32, reason: u32): void {
  if (reason >= <u32>REASON_NOT_IP && reason < <u32>REASON_TRUNCATED) passed(verdict, reason);
  else dropped(verdict, reason, <u32>NO_FLOW);
}
