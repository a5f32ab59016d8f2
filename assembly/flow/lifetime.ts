// How long a flow lives: its state, told by the TCP flags seen, picks the timeout (docs/behaviour.md, sections 6 and 9).

import { STATE_CLOSING, STATE_ESTABLISHED, STATE_HALF_CLOSED, STATE_OPENING, STATE_RESET } from "../abi";
import {
  COLD_RULE,
  COLD_SIZE,
  REC_LAST_SEEN,
  REC_SEEN,
  REC_SIZE,
  REC_TIMER,
  SEEN_ACK,
  SEEN_FIN,
  SEEN_MID_STREAM,
  SEEN_RST,
  SEEN_SYN,
  SEEN_TCP_MASK,
} from "../abi/records";
import { FLAG_HALF_CLOSED, RULE_SIZE, RULE_TIMER, TIMER_RULES } from "../abi/tables";
import { now, tickAfter } from "../clock";
import { COLD, EVICTS, RECORDS } from "../memory";
import { RULES, has, timeout } from "../tables";
import { enterOpening, keepPort, leaveOpening } from "./opening";
import { add, drop, tickOf } from "./wheel";

/** Number of the flow that a hot record belongs to. */
export function flowOf(record: u32): u32 {
  return (record - RECORDS) / (2 * REC_SIZE);
}

/** Record of a flow's request direction. */
export function requestOf(flow: u32): u32 {
  return RECORDS + flow * (2 * REC_SIZE);
}

/** Time from which a flow is dead, nanoseconds; `request` is its request direction. */
export function deathOf(request: u32): u64 {
  const seen = max(load<u64>(request, REC_LAST_SEEN), load<u64>(request + REC_SIZE, REC_LAST_SEEN));
  return seen + timeout(<u32>load<u8>(request, REC_TIMER));
}

/** Whether the flow of a hot record lives. The other direction is looked at only when this one has been silent. */
export function lives(record: u32): bool {
  const allowed = timeout(<u32>load<u8>(record, REC_TIMER));
  if (now - load<u64>(record, REC_LAST_SEEN) < allowed) return true;
  return pairLives(record);
}

function pairLives(record: u32): bool {
  return now < deathOf(requestOf(flowOf(record)));
}

/** State of a flow, one of the STATE_ values but STATE_DENIED. */
export function stateOf(request: u32): u32 {
  const timer = <u32>load<u8>(request, REC_TIMER);
  return timer >= <u32>TIMER_RULES ? STATE_ESTABLISHED : timer;
}

/** Takes note of TCP flags not seen before in a record's direction; may move the flow to another state. */
export function gather(record: u32, flags: u32): void {
  const flow = flowOf(record);
  const request = requestOf(flow);
  if (EVICTS && record != request && load<u8>(request, REC_TIMER) == STATE_OPENING) keepPort(request);
  store<u8>(record, load<u8>(record, REC_SEEN) | <u8>(flags & SEEN_TCP_MASK), REC_SEEN);
  const timer = timerOf(flow, request);
  if (timer == STATE_CLOSING) watchForSyn(request);
  if (timer != <u32>load<u8>(request, REC_TIMER)) setTimer(flow, request, timer);
}

/** Lets the next packet with SYN, of either direction, be one with a flag not seen before: it may begin a connection anew. */
function watchForSyn(request: u32): void {
  store<u8>(request, load<u8>(request, REC_SEEN) & ~(<u8>SEEN_SYN), REC_SEEN);
  store<u8>(request + REC_SIZE, load<u8>(request + REC_SIZE, REC_SEEN) & ~(<u8>SEEN_SYN), REC_SEEN);
}

/** Whether both ends have begun and neither has ended. */
export function isOpen(state: u32): bool {
  return state == STATE_ESTABLISHED || state == STATE_HALF_CLOSED;
}

/** Gives an open flow the timeout that the configuration in force has for it. */
export function retime(flow: u32): void {
  const request = requestOf(flow);
  setTimer(flow, request, timerOf(flow, request));
}

function timerOf(flow: u32, request: u32): u32 {
  return timerFor(flow, <u32>load<u8>(request, REC_SEEN), <u32>load<u8>(request + REC_SIZE, REC_SEEN));
}

function setTimer(flow: u32, request: u32, timer: u32): void {
  if (EVICTS && load<u8>(request, REC_TIMER) == STATE_OPENING) leaveOpening(request);
  if (EVICTS && timer == STATE_OPENING) enterOpening(request);
  store<u8>(request, <u8>timer, REC_TIMER);
  store<u8>(request + REC_SIZE, <u8>timer, REC_TIMER);
  const tick = tickAfter(deathOf(request));
  if (tick < tickOf(flow)) {
    drop(flow);
    add(flow, tick);
  }
}

/** Timer of a TCP flow for what both directions have seen. */
export function timerFor(flow: u32, request: u32, reply: u32): u32 {
  if (((request | reply) & SEEN_RST) != 0) return STATE_RESET;
  if ((request & reply & SEEN_FIN) != 0) return STATE_CLOSING;
  if ((request & SEEN_MID_STREAM) == 0 && (request & reply & SEEN_ACK) == 0) return STATE_OPENING;
  if (((request | reply) & SEEN_FIN) != 0 && has(FLAG_HALF_CLOSED)) return STATE_HALF_CLOSED;
  return ruleTimer(flow);
}

function ruleTimer(flow: u32): u32 {
  const rule = <u32>load<u16>(COLD + flow * COLD_SIZE, COLD_RULE);
  return <u32>load<u8>(RULES + rule * RULE_SIZE, RULE_TIMER);
}
