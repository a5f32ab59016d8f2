// The stages that a flow's first packet meets, in order: reach, connection, endpoint rules, rules, balance, client, room, NAT port. The
// last one leaves the flow's transposition; a stage that is against the packet leaves a denied flow.

import {
  DESC_BACKEND,
  DESC_WIRE,
  END_ADMITTED,
  IDENTIFY_ADDRESS,
  NO_FLOW,
  PROTOCOL_TCP,
  REASON_CLIENT_FLOWS_FULL,
  REASON_ENDPOINT_RULE_DENIED,
  REASON_ENDPOINT_UNREACHABLE,
  REASON_FLOW_TABLE_FULL,
  REASON_FRAGMENT,
  REASON_MARTIAN_SOURCE,
  REASON_MID_STREAM,
  REASON_MID_STREAM_ADMITTED,
  REASON_NAT_EXHAUSTED,
  REASON_NEW_FLOW,
  REASON_NO_BACKEND,
  REASON_NO_RULE,
  REASON_PACKET_TOO_BIG,
  REASON_UDP_NOT_IDENTIFIED,
  RELEASE_WHEN_FULL,
} from "../abi";
import {
  ENDPOINT_SERVICE,
  ENDPOINT_SIZE,
  FLAG_MID_STREAM_DROP,
  FLAG_TOO_BIG_DROP,
  RULE_BACKEND,
  RULE_IDENTIFY,
  RULE_SIZE,
  SERVICE_NAT_COUNT,
  SERVICE_NATS,
  SERVICE_SIZE,
} from "../abi/tables";
import { STAGE_BEGINNING, STAGE_OPENED, STAGE_RULE, STAGE_SOURCE, TRACE_GOES_ON } from "../abi/trace";
import { borrowKey, giveBack } from "../address/key";
import { countDenied, deniedNumber, deny, judgeDenied, releaseDenied } from "../flow/denied";
import { evict, flowsHaveRoom } from "../flow/flow";
import { SALT_NAT_ADDRESS, mix32, pick } from "../flow/hash";
import { answerLate } from "../emit/late-reset";
import { flowOf } from "../flow/lifetime";
import { oldestOpening, oldestOpeningOf } from "../flow/opening";
import { releaseDue } from "../flow/release";
import { beginInspection } from "../inspect/inspection";
import { CLIENT_FLOWS, EVICTS, HAS_PROXIES, HOLD_SLOTS, TABLES } from "../memory";
import { FLAGS, IP, KEY_HIGH, KEY_LOW, L4, NETWORK, PROTOCOL, leaves } from "../parse";
import { ENDPOINTS, RULES, SERVICES, has } from "../tables";
import { announces, beginStream } from "../proxy/stream";
import { tupleHigh, tupleLow } from "../tuple";
import { droppedAt } from "../verdict";
import { isBeginning } from "./admit";
import { balance } from "./balance";
import { clientHasRoom } from "./client";
import { CONTINUE, connection } from "./connection";
import { allows, decidingRule } from "./filter";
import * as Decision from "./install";
import { hostOf, poolSlot, takePort } from "./natport";
import { ruleOf } from "./rules";
import { isWithinReach } from "./whose";
import { trace, tracing } from "../trace";
import * as Ip from "../wire/ip";
import { traceConnection, traceEndpointRules, traceNatPort, traceReach, traceRoom } from "../traced";
import { dropOpening, isTooBig } from "../size/mtu";

/** Opens a flow for a packet, whose record it returns, or refuses it; `denied` is the denied flow of its tuple, or 0. */
export function open(desc: u32, parsed: u32, verdict: u32, endpoint: u32, denied: u32): u32 {
  const midStream = load<u8>(parsed, PROTOCOL) == PROTOCOL_TCP && !isBeginning(<u32>load<u8>(parsed, FLAGS));
  const reason = walk(desc, parsed, endpoint, midStream);
  if (reason == REASON_FRAGMENT || reason == REASON_MARTIAN_SOURCE)
    return droppedAt(verdict, reason, <u32>NO_FLOW, endpoint);
  if (reason == REASON_PACKET_TOO_BIG) return dropOpening(desc, parsed, verdict, endpoint);
  if (reason != CONTINUE) return refuse(desc, parsed, verdict, endpoint, denied, reason);
  if (denied != 0) releaseDenied(denied, END_ADMITTED);
  const six = Ip.isSix(load<u32>(parsed, IP));
  if (six) borrowKey(parsed);
  const request = Decision.install(desc, parsed, midStream);
  if (six) giveBack(load<u64>(parsed, KEY_LOW), load<u64>(parsed, KEY_HIGH));
  if (tracing) trace(STAGE_OPENED, TRACE_GOES_ON, flowOf(request));
  if (HOLD_SLOTS != 0) beginInspection(request, identify);
  if (HAS_PROXIES) beginStream(request, load<u8>(parsed, PROTOCOL) == PROTOCOL_TCP && !midStream);
  return leaves(parsed, request, midStream ? REASON_MID_STREAM_ADMITTED : REASON_NEW_FLOW);
}

/// How the rule of the packet at hand identifies.
let identify: u32 = 0;

/** CONTINUE when every stage let the packet through, else the reason of the one that did not. */
function walk(desc: u32, parsed: u32, endpoint: u32, midStream: bool): u32 {
  const network = <u32>load<u16>(parsed, NETWORK);
  if (!Ip.comesFromHost(load<u32>(parsed, IP))) {
    if (tracing) trace(STAGE_SOURCE, REASON_MARTIAN_SOURCE);
    return REASON_MARTIAN_SOURCE;
  }
  const inReach = isWithinReach(parsed, endpoint);
  if (tracing) traceReach(inReach, network, endpoint);
  if (!inReach) return REASON_ENDPOINT_UNREACHABLE;
  const state = connection(endpoint);
  if (tracing) traceConnection(state, endpoint);
  if (state != CONTINUE) return state;
  const service = <u32>load<u16>(ENDPOINTS + endpoint * ENDPOINT_SIZE, ENDPOINT_SERVICE);
  const portsBe = <u32>(load<u64>(parsed, KEY_HIGH) >> 32);
  const protocol = <u32>load<u8>(parsed, PROTOCOL);
  const port = <u32>bswap<u16>(<u16>(portsBe >> 16));
  const allowed = allows(parsed, endpoint, protocol, port);
  if (tracing) traceEndpointRules(allowed, endpoint, decidingRule());
  if (!allowed) return REASON_ENDPOINT_RULE_DENIED;
  const rule = ruleOf(service, protocol, port);
  if (tracing) trace(STAGE_RULE, rule < 0 ? <u32>REASON_NO_RULE : <u32>TRACE_GOES_ON, service, rule, protocol, port);
  if (rule < 0) return REASON_NO_RULE;
  identify = <u32>load<u8>(RULES + rule * RULE_SIZE, RULE_IDENTIFY);
  const reason = beginning(parsed, endpoint, protocol, midStream);
  if (tracing) trace(STAGE_BEGINNING, reason, identify, <u32>midStream);
  if (reason != CONTINUE) return reason;
  return choose(desc, parsed, endpoint, service, rule, protocol, EVICTS && protocol == PROTOCOL_TCP && !midStream);
}

/** Whether a flow may begin with the packet at hand. */
function beginning(parsed: u32, endpoint: u32, protocol: u32, midStream: bool): u32 {
  if (identify != IDENTIFY_ADDRESS && protocol != PROTOCOL_TCP) return REASON_UDP_NOT_IDENTIFIED;
  const read = identify != IDENTIFY_ADDRESS || announces(endpoint);
  if (read && protocol == PROTOCOL_TCP && Ip.isFragment(load<u32>(parsed, IP), load<u32>(parsed, L4)))
    return REASON_FRAGMENT;
  if (has(FLAG_TOO_BIG_DROP) && isTooBig(parsed, endpoint)) return REASON_PACKET_TOO_BIG;
  return midStream && has(FLAG_MID_STREAM_DROP) ? <u32>REASON_MID_STREAM : CONTINUE;
}

/** Chooses a backend and a NAT port. With `evicts`, the flow may take the place or the port of an opening one. */
function choose(desc: u32, parsed: u32, endpoint: u32, service: u32, rule: u32, protocol: u32, evicts: bool): u32 {
  const low = tupleLow(parsed);
  const high = tupleHigh(parsed);
  const only = <i32>load<u16>(RULES + rule * RULE_SIZE, RULE_BACKEND);
  const backend = only != 0 ? only - 1 : balance(rule, low, high, load<u32>(desc, DESC_BACKEND));
  if (backend < 0) return REASON_NO_BACKEND;
  if (CLIENT_FLOWS != 0 && !clientHasRoom(parsed)) return REASON_CLIENT_FLOWS_FULL;
  if (!flowsHaveRoom()) releaseDue(RELEASE_WHEN_FULL);
  if (!flowsHaveRoom() && evicts && oldestOpening() != 0) evict(oldestOpening() - 1, true);
  const room = flowsHaveRoom();
  if (tracing) traceRoom(room);
  if (!room) return REASON_FLOW_TABLE_FULL;
  Decision.decide(endpoint, service, rule, backend);
  const host = hostOf(rule, backend);
  const found =
    findPort(service, host, protocol, low, high, false) ||
    (releaseDue(RELEASE_WHEN_FULL) != 0 && findPort(service, host, protocol, low, high, false)) ||
    (evicts && findPort(service, host, protocol, low, high, true));
  return found ? CONTINUE : REASON_NAT_EXHAUSTED;
}

/** Looks through the service's NAT addresses for a port, the client's own first: a free one, or one that is taken over. */
function findPort(service: u32, host: u32, protocol: u32, low: u64, high: u64, takesOver: bool): bool {
  const count = <u32>load<u16>(SERVICES + service * SERVICE_SIZE, SERVICE_NAT_COUNT);
  const first = firstAddress(count, low, high);
  for (let i: u32 = 0; i < count; i++) {
    const nat = first + i < count ? first + i : first + i - count;
    const slot = poolSlot(service, nat, host, protocol);
    const port = takesOver ? takeOverPort(slot) : takePort(slot);
    const address = natAddress(service, nat);
    if (tracing && (port != 0 || !takesOver)) traceNatPort(address, slot, port);
    if (port != 0) {
      Decision.decidePort(address, slot, port);
      return true;
    }
  }
  return false;
}

/** The port of the flow of a pool that has been opening longest with no answer from its server, which ends; 0 when there is none. */
function takeOverPort(slot: u32): u32 {
  const oldest = oldestOpeningOf(slot);
  return oldest == 0 ? 0 : evict(oldest - 1, false);
}

/** Which of a service's NAT addresses is a client's own. */
function firstAddress(count: u32, low: u64, high: u64): u32 {
  return pick(mix32((low & 0xffff) ^ SALT_NAT_ADDRESS, high & 0xffffffff), count);
}

/** Number, among all, of one of a service's NAT addresses. */
function natAddress(service: u32, nat: u32): u32 {
  return load<u32>(TABLES + load<u32>(SERVICES + service * SERVICE_SIZE, SERVICE_NATS) + (nat << 2));
}

/** Drops a packet and leaves a denied flow, or counts to the one there is. */
function refuse(desc: u32, parsed: u32, verdict: u32, endpoint: u32, denied: u32, reason: u32): u32 {
  const bytes = load<u32>(desc, DESC_WIRE);
  let number: u32;
  if (denied != 0) {
    countDenied(denied, reason, bytes);
    judgeDenied(denied, endpoint);
    number = deniedNumber(denied);
  } else {
    const six = Ip.isSix(load<u32>(parsed, IP));
    if (six) borrowKey(parsed);
    number = deny(load<u64>(parsed, KEY_LOW), load<u64>(parsed, KEY_HIGH), endpoint, reason, bytes);
    if (six) giveBack(load<u64>(parsed, KEY_LOW), load<u64>(parsed, KEY_HIGH));
  }
  answerLate(desc, parsed, endpoint, reason, number);
  return droppedAt(verdict, reason, number, endpoint);
}
