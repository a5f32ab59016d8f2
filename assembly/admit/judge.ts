// Judging a flow again, after a change of the configuration (docs/behaviour.md, section 15): whether what let it in still would.

import {
  CAUSE_ANSWER,
  CAUSE_TIMER,
  COUNTER_FLOWS_CUT,
  END_CUT,
  IDENTIFY_ADDRESS,
  PROTOCOL_UDP,
  REASON_BACKEND_DRAINED,
  REASON_CONNECTION_LOST,
  REASON_FLOW_WITHDRAWN,
  STATE_OPENING,
} from "../abi";
import { COLD_NAT_ADDRESS, COLD_RESET, COLD_RULE, REC_BACKEND, REC_ENDPOINT, REC_KEY } from "../abi/records";
import {
  BACKEND_POOL_COUNT,
  BACKEND_POOL_MEMBERS,
  BACKEND_POOL_SIZE,
  BACKEND_SIZE,
  BACKEND_TAKES_FLOWS,
  ENDPOINT_SERVICE,
  ENDPOINT_SIZE,
  FLAG_ENDPOINT_SOURCES_DROP,
  FLAG_KEEP_CONNECTIONS,
  RULE_BACKEND,
  RULE_IDENTIFY,
  RULE_POOL,
  RULE_RESET,
  RULE_SIZE,
} from "../abi/tables";
import { STAGE_JUDGED } from "../abi/trace";
import { destinationAt, isSixKey, sourceAt } from "../address/key";
import { count } from "../counters";
import { emitResets } from "../emit/reset";
import { isStale, markJudged } from "../flow/epoch";
import { coldOf, release } from "../flow/flow";
import { isOpen, requestOf, retime, stateOf } from "../flow/lifetime";
import { TABLES } from "../memory";
import { BACKENDS, ENDPOINTS, NAT_ADDRESSES, POOLS, RULES, has } from "../tables";
import { trace, tracing } from "../trace";
import { CONTINUE, connection } from "./connection";
import { isDrained } from "./drain";
import { endpointAt, endpointAt6, speakerAt, speakerAt6 } from "./endpoint";
import { reaches, reaches6 } from "./reach";
import { ruleOf } from "./rules";

/** What is left of a flow that has to find another backend: its next packet may open it anew. */
export const MOVES: u32 = 254;

/** Judges a flow again if that is to be done, by a record of it; CONTINUE, or why it was cut: a reason, or MOVES. */
export function judgeAgain(flow: u32, record: u32): u32 {
  if (!isStale(record)) return CONTINUE;
  const judged = judge(flow);
  if (tracing) trace(STAGE_JUDGED, reasonOf(judged), flow);
  if (judged == CONTINUE) keepFlow(flow);
  else cut(flow, true);
  return judged;
}

/** The reason of a packet that is dropped with its flow. */
export function reasonOf(judged: u32): u32 {
  return judged == MOVES ? <u32>REASON_FLOW_WITHDRAWN : judged;
}

/** Judges a live flow: CONTINUE when it stays, MOVES, or the reason it is against. */
export function judge(flow: u32): u32 {
  const request = requestOf(flow);
  const cold = coldOf(flow);
  const low = load<u64>(request, REC_KEY);
  const high = load<u64>(request, REC_KEY + 8);
  const protocol = <u32>(low >> 8) & 0xff;
  const network = <u32>(low >> 16) & 0xffff;
  const port = <u32>bswap<u16>(<u16>(high >> 48));
  const endpoint = <u32>load<u16>(request, REC_ENDPOINT);
  if (!(isSixKey(low) ? stands6(network, endpoint, low, high) : stands(network, endpoint, <u32>(low >> 32), <u32>high)))
    return REASON_FLOW_WITHDRAWN;
  if (connection(endpoint) != CONTINUE && !has(FLAG_KEEP_CONNECTIONS)) return REASON_CONNECTION_LOST;
  const service = <u32>load<u16>(ENDPOINTS + endpoint * ENDPOINT_SIZE, ENDPOINT_SERVICE);
  const rule = <u32>load<u16>(cold, COLD_RULE);
  if (ruleOf(service, protocol, port) != <i32>rule) return REASON_FLOW_WITHDRAWN;
  if (load<u32>(NAT_ADDRESSES + ((<u32>load<u16>(cold, COLD_NAT_ADDRESS)) << 2)) == 0) return REASON_FLOW_WITHDRAWN;
  const at = RULES + rule * RULE_SIZE;
  if (load<u16>(at, RULE_BACKEND) != 0) return CONTINUE;
  if (isDrained(<u32>load<u16>(request, REC_BACKEND))) return REASON_BACKEND_DRAINED;
  if (protocol != PROTOCOL_UDP) return CONTINUE;
  if (load<u8>(at, RULE_IDENTIFY) != IDENTIFY_ADDRESS) return REASON_FLOW_WITHDRAWN;
  return serves(<u32>load<u16>(at, RULE_POOL), <u32>load<u16>(request, REC_BACKEND)) ? CONTINUE : MOVES;
}

/** Whether a flow's addresses mean what they meant to its network, and its client reaches its endpoint. */
function stands(network: u32, endpoint: u32, clientBe: u32, endpointBe: u32): bool {
  if (endpointAt(network, endpointBe) != <i32>endpoint) return false;
  if (has(FLAG_ENDPOINT_SOURCES_DROP) && speakerAt(network, clientBe) >= 0) return false;
  return reaches(network, endpoint, clientBe);
}

/** The same of a flow with an IPv6 key. */
function stands6(network: u32, endpoint: u32, low: u64, high: u64): bool {
  if (endpointAt6(network, destinationAt(high)) != <i32>endpoint) return false;
  if (has(FLAG_ENDPOINT_SOURCES_DROP) && speakerAt6(network, sourceAt(low)) >= 0) return false;
  return reaches6(network, endpoint, sourceAt(low));
}

/** A flow stays: what its rule says of flows is its own from now on. */
export function keepFlow(flow: u32): void {
  const request = requestOf(flow);
  const cold = coldOf(flow);
  const rule = RULES + <u32>load<u16>(cold, COLD_RULE) * RULE_SIZE;
  store<u8>(cold, load<u8>(rule, RULE_RESET), COLD_RESET);
  markJudged(request);
  if (isOpen(stateOf(request))) retime(flow);
}

/** Ends a flow; both ends are told when its rule asks for resets. `answers` tells a packet's doing from that of the walk. */
export function cut(flow: u32, answers: bool): void {
  const request = requestOf(flow);
  const state = stateOf(request);
  const opened = state == STATE_OPENING || isOpen(state);
  if (opened && load<u8>(coldOf(flow), COLD_RESET) != 0)
    emitResets(flow, request, answers ? CAUSE_ANSWER : CAUSE_TIMER);
  count(COUNTER_FLOWS_CUT, 1);
  release(flow, END_CUT);
}

/** Whether a backend is in a pool and takes flows. */
function serves(pool: u32, backend: u32): bool {
  if (load<u8>(BACKENDS + backend * BACKEND_SIZE, BACKEND_TAKES_FLOWS) == 0) return false;
  const at = POOLS + pool * BACKEND_POOL_SIZE;
  let member = TABLES + load<u32>(at, BACKEND_POOL_MEMBERS);
  const end = member + (load<u32>(at, BACKEND_POOL_COUNT) << 1);
  for (; member < end; member += 2) if (<u32>load<u16>(member) == backend) return true;
  return false;
}
