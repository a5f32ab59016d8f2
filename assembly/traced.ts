// The notes whose values take more than one look at the tables (abi/trace.ts says what they are).

import {
  COUNTER_FLOWS_ACTIVE,
  DESC_NETWORK,
  NO_FLOW,
  REASON_ENDPOINT_RULE_DENIED,
  REASON_ENDPOINT_UNREACHABLE,
  REASON_CLIENT_FLOWS_FULL,
  REASON_FLOW_TABLE_FULL,
  REASON_NAT_EXHAUSTED,
  REASON_NO_BACKEND,
  REASON_REPLY_UNMATCHED,
  REASON_TTL_EXPIRED,
} from "./abi";
import { POOL_IN_USE } from "./abi/records";
import {
  BACKEND_POOL_COUNT,
  BACKEND_POOL_MEMBERS,
  BACKEND_SIZE,
  BACKEND_TAKES_FLOWS,
  ENDPOINT_CONNECTION,
  ENDPOINT_FILTER,
  ENDPOINT_NETWORK,
  ENDPOINT_SIZE,
} from "./abi/tables";
import {
  SEGMENT_ALLOWED,
  ADDRESS_DESTINATION,
  ADDRESS_NEW_DESTINATION,
  ADDRESS_NEW_SOURCE,
  ADDRESS_SOURCE,
  STAGE_ADDRESS,
  STAGE_BALANCE,
  STAGE_CANDIDATE,
  STAGE_CONNECTION,
  STAGE_EMBEDDED,
  STAGE_ENDPOINT_RULES,
  STAGE_FLOW,
  STAGE_MESSAGE,
  STAGE_NAME,
  STAGE_NAT_PORT,
  STAGE_PACKET,
  STAGE_PROXY_HEADER,
  STAGE_REACH,
  STAGE_REWRITE,
  STAGE_CLIENT,
  STAGE_ROOM,
  STAGE_SEGMENT,
  STAGE_TEXT,
  STAGE_TTL,
  TRACE_GOES_ON,
  TRACE_MORE,
  TRACE_NONE,
} from "./abi/trace";
import { addressAt } from "./address/book";
import { arePeered } from "./admit/reach";
import { counter } from "./counters";
import { deniedDeath, deniedNumber, deniedReason, isDenied } from "./flow/denied";
import { flowOf, lives, requestOf, stateOf } from "./flow/lifetime";
import { CLIENT_FLOWS, HOLDS, HOLD_SIZE, HOLD_SLOTS, MAX_FLOWS, NAME, POOL_SLOTS, TABLES } from "./memory";
import * as Embedded from "./icmp/embedded";
import * as Parsed from "./parse";
import { now } from "./clock";
import { BACKENDS, ENDPOINTS } from "./tables";
import { trace, traceBytes } from "./trace";
import * as Ip from "./wire/ip";
import * as Ipv4 from "./wire/ipv4";
import * as Ipv6 from "./wire/ipv6";
import * as Tcp from "./wire/tcp";

const GOES_ON: u32 = TRACE_GOES_ON;
/// Backends of a pool that are told one by one.
const CANDIDATES_MOST: u32 = 16;
const FLOW: u32 = 1;
const DENIED_FLOW: u32 = 2;

export function tracePacket(desc: u32, parsed: u32): void {
  const kind = <u32>load<u8>(parsed, Parsed.KIND);
  const told = ((<u32>load<u8>(parsed, Parsed.FLAGS)) << 16) | ((<u32>load<u8>(parsed, Parsed.PROTOCOL)) << 8);
  const reason = <u32>load<u8>(parsed, Parsed.REASON);
  trace(
    STAGE_PACKET,
    kind == Parsed.KIND_FINAL ? reason : GOES_ON,
    kind,
    <u32>load<u16>(parsed, Parsed.NETWORK),
    <u32>load<u16>(desc, DESC_NETWORK),
    told | <u32>load<u8>(parsed, Parsed.SIDE),
  );
}

/** The flow or denied flow of a packet, and the reason that it is against the packet for, or 0. */
export function traceFlow(record: u32, against: u32 = 0): void {
  const result = against == 0 ? GOES_ON : against;
  if (record == 0) return trace(STAGE_FLOW, result, NO_FLOW);
  if (isDenied(record)) {
    const alive = now < deniedDeath(record);
    return trace(STAGE_FLOW, result, deniedNumber(record), DENIED_FLOW, <u32>alive, 0, deniedReason(record));
  }
  const flow = flowOf(record);
  trace(STAGE_FLOW, result, flow, FLOW, <u32>lives(record), stateOf(requestOf(flow)));
}

export function traceTtl(parsed: u32): void {
  const ttl = Ip.ttl(load<u32>(parsed, Parsed.IP));
  trace(STAGE_TTL, ttl <= 1 ? <u32>REASON_TTL_EXPIRED : GOES_ON, ttl);
}

/** TTL of a captured reply, which had one more before: 0 has run out, 255 cannot have. */
export function traceCapturedTtl(ip: u32): void {
  const ttl = Ip.ttl(ip);
  const against = ttl == 0 ? <u32>REASON_TTL_EXPIRED : ttl == Ip.TTL_MOST ? <u32>REASON_REPLY_UNMATCHED : GOES_ON;
  trace(STAGE_TTL, against, ttl);
}

export function traceReach(inReach: bool, network: u32, endpoint: u32): void {
  const home = <u32>load<u16>(ENDPOINTS + endpoint * ENDPOINT_SIZE, ENDPOINT_NETWORK);
  const near = network == home || arePeered(network, home);
  trace(STAGE_REACH, inReach ? GOES_ON : <u32>REASON_ENDPOINT_UNREACHABLE, network, home, <u32>near);
}

export function traceConnection(result: u32, endpoint: u32): void {
  trace(STAGE_CONNECTION, result, endpoint, <u32>load<u8>(ENDPOINTS + endpoint * ENDPOINT_SIZE, ENDPOINT_CONNECTION));
}

export function traceEndpointRules(allowed: bool, endpoint: u32, rule: i32): void {
  const filter = <u32>load<u16>(ENDPOINTS + endpoint * ENDPOINT_SIZE, ENDPOINT_FILTER);
  trace(STAGE_ENDPOINT_RULES, allowed ? GOES_ON : <u32>REASON_ENDPOINT_RULE_DENIED, filter, rule, endpoint);
}

export function traceCandidates(pool: u32): void {
  let member = TABLES + load<u32>(pool, BACKEND_POOL_MEMBERS);
  const end = member + (min(load<u32>(pool, BACKEND_POOL_COUNT), CANDIDATES_MOST) << 1);
  for (; member < end; member += 2) {
    const backend = <u32>load<u16>(member);
    trace(STAGE_CANDIDATE, GOES_ON, backend, <u32>load<u8>(BACKENDS + backend * BACKEND_SIZE, BACKEND_TAKES_FLOWS));
  }
}

export function traceBalance(backend: i32, pool: u32, members: u32, hash: u32, slot: i32, slots: u32): void {
  trace(STAGE_BALANCE, backend < 0 ? <u32>REASON_NO_BACKEND : GOES_ON, pool, hash, slot, slots, backend, members);
}

export function traceClient(flows: u32): void {
  const room = flows < CLIENT_FLOWS;
  trace(STAGE_CLIENT, room ? GOES_ON : <u32>REASON_CLIENT_FLOWS_FULL, flows, CLIENT_FLOWS);
}

export function traceRoom(room: bool): void {
  trace(STAGE_ROOM, room ? GOES_ON : <u32>REASON_FLOW_TABLE_FULL, <u32>counter(COUNTER_FLOWS_ACTIVE), MAX_FLOWS);
}

export function traceNatPort(natAddress: u32, slot: u32, port: u32): void {
  const pool = load<u32>(POOL_SLOTS + slot * 4);
  const result = port == 0 ? <u32>REASON_NAT_EXHAUSTED : GOES_ON;
  trace(STAGE_NAT_PORT, result, natAddress, slot, port, load<u32>(pool, POOL_IN_USE));
}

/** Addresses and ports of a packet, and what they become. All in network order. */
export function traceRewrite(ip: u32, l4: u32, source: u32, destination: u32, ports: u32): void {
  trace(STAGE_REWRITE, GOES_ON, Ipv4.sourceBe(ip), Ipv4.destinationBe(ip), load<u32>(l4), source, destination, ports);
}

/** Addresses of a packet, and what they become; its ports stay as they are. */
export function traceRewriteTo(ip: u32, source: u32, destination: u32): void {
  trace(STAGE_REWRITE, GOES_ON, Ipv4.sourceBe(ip), Ipv4.destinationBe(ip), 0, source, destination, 0);
}

/** The same of a packet of a flow with IPv6 addresses: new ones are places of the book where the packet leaves as IPv6. */
export function traceRewrite6(parsed: u32, toSix: bool, source: u32, destination: u32, ports: u32): void {
  traceEnds6(parsed, toSix, source, destination, load<u32>(load<u32>(parsed, Parsed.L4)), ports);
}

/** The same, its ports staying as they are. */
export function traceRewriteTo6(parsed: u32, toSix: bool, source: u32, destination: u32): void {
  traceEnds6(parsed, toSix, source, destination, 0, 0);
}

function traceEnds6(parsed: u32, toSix: bool, source: u32, destination: u32, before: u32, after: u32): void {
  const ip = load<u32>(parsed, Parsed.IP);
  const six = Ip.isSix(ip);
  if (six) traceAddresses(ip);
  if (toSix) {
    traceAddress(ADDRESS_NEW_SOURCE, addressAt(source));
    traceAddress(ADDRESS_NEW_DESTINATION, addressAt(destination));
  }
  trace(
    STAGE_REWRITE,
    GOES_ON,
    six ? 0 : Ipv4.sourceBe(ip),
    six ? 0 : Ipv4.destinationBe(ip),
    before,
    toSix ? 0 : source,
    toSix ? 0 : destination,
    after,
  );
}

/** The packet in an ICMP error, and what is against it, or 0. */
export function traceEmbedded(reason: u32): void {
  const readable = reason == 0;
  const six = readable && Embedded.isSix();
  if (six) traceAddresses(Embedded.ip);
  const source = readable && !six ? Ipv4.sourceBe(Embedded.ip) : 0;
  const destination = readable && !six ? Ipv4.destinationBe(Embedded.ip) : 0;
  const ports = readable ? Embedded.portsBe() : 0;
  trace(STAGE_EMBEDDED, readable ? GOES_ON : reason, source, destination, ports, Embedded.protocol);
}

/** The addresses of an IPv6 packet. */
function traceAddresses(ip: u32): void {
  traceAddress(ADDRESS_SOURCE, ip + Ipv6.SOURCE);
  traceAddress(ADDRESS_DESTINATION, ip + Ipv6.DESTINATION);
}

/** An IPv6 address, whose bytes lie at `at`. */
export function traceAddress(which: u32, at: u32): void {
  trace(STAGE_ADDRESS, GOES_ON, which, Ipv6.word(at, 0), Ipv6.word(at, 1), Ipv6.word(at, 2), Ipv6.word(at, 3));
}

/** What came of judging `length` bytes, which lie at `at`: a reason, or one of TRACE_MORE and those behind it. */
export function traceMessage(at: u32, before: u32, after: u32, taken: u32, length: u32, outcome: u32): void {
  const held = at >= HOLDS && at < HOLDS + HOLD_SLOTS * HOLD_SIZE;
  const result = outcome < <u32>TRACE_MORE ? outcome : GOES_ON;
  trace(STAGE_MESSAGE, result, before, after, taken, length, outcome, <u32>held);
}

/** A client's packet that is not let through as it is, the number of the next byte that is due or TRACE_NONE, and what comes of it. */
export function traceSegment(parsed: u32, reason: u32, due: u32, what: u32): void {
  const tcp = load<u32>(parsed, Parsed.L4);
  const whole = load<u32>(parsed, Parsed.L4_CAPTURED) >= Tcp.HEADER_MIN;
  const sequence = whole ? Tcp.sequence(tcp) : <u32>TRACE_NONE;
  const length = whole ? load<u32>(parsed, Parsed.L4_LENGTH) - Tcp.dataOffset(tcp) : 0;
  trace(STAGE_SEGMENT, what == SEGMENT_ALLOWED ? GOES_ON : reason, sequence, due, length, what, reason);
}

/** A PROXY header, which lies at `at`. */
export function traceHeader(at: u32, length: u32, alone: bool): void {
  trace(STAGE_PROXY_HEADER, GOES_ON, length, <u32>alone);
  traceBytes(STAGE_TEXT, GOES_ON, at, length);
}

/** The name at NAME, and which of the allowed ones it is, -1 for none. */
export function traceName(index: i32, length: u32): void {
  trace(STAGE_NAME, GOES_ON, index, length);
  traceBytes(STAGE_TEXT, GOES_ON, NAME, length);
}
