// Whether the rules of who may reach an endpoint let a flow in (docs/behaviour.md, 3.1). The source and the port each lead to a
// vector of the rules that hold them; the first rule in both decides. Words of 64 rules in which one of the vectors is empty are
// passed over by their aggregates.

import { PROTOCOL_TCP } from "../abi";
import {
  ENDPOINT_FILTER,
  ENDPOINT_SIZE,
  FILTER_ALLOWS,
  FILTER_SIZE,
  FILTER_SOURCES,
  FILTER_SOURCES6,
  FILTER_TCP,
  FILTER_UDP,
  VECTOR_AGGREGATE,
  VECTOR_WORDS,
} from "../abi/tables";
import { intervalOf } from "../address/known";
import { TABLES } from "../memory";
import { IP } from "../parse";
import { ENDPOINTS, FILTERS } from "../tables";
import { foundVector, sourceOf } from "./sources";
import { valueOf } from "./trie";
import { tracing } from "../trace";
import * as Ip from "../wire/ip";
import * as Ipv6 from "../wire/ipv6";

/// The port looked up last, the trie it was looked up in, and what was found; a root is never 0.
let lastRoot: u32 = 0;
let lastPort: u32 = 0;
let lastTarget: u32 = 0;

/** Forgets what was found in tables that are no more in force. */
export function forgetPort(): void {
  lastRoot = 0;
}

/// Index of the rule that decided last, among those of its filter; -1 for none.
let deciding: i32 = -1;

/** Index of the rule that decided about the packet looked at last, in the order they are asked; -1 for none. */
export function decidingRule(): i32 {
  return deciding;
}

/** Whether a packet may open a flow to a port (host order) of an endpoint. */
export function allows(parsed: u32, endpoint: u32, protocol: u32, port: u32): bool {
  const filter = filterOf(endpoint);
  deciding = -1;
  if (filter == 0) return true;
  return passes(filter, sourceVector(filter, parsed), protocol, port);
}

/** Vector of the rules that hold a packet's source. */
function sourceVector(filter: u32, parsed: u32): u32 {
  const ip = load<u32>(parsed, IP);
  if (Ip.isSix(ip)) return TABLES + valueOf(load<u32>(filter, FILTER_SOURCES6), intervalOf(ip + Ipv6.SOURCE));
  const found = foundVector(parsed);
  return found != 0 ? found : TABLES + valueOf(load<u32>(filter, FILTER_SOURCES), sourceOf(parsed));
}

/** Filter of an endpoint, 0 for none. */
export function filterOf(endpoint: u32): u32 {
  const number = <u32>load<u16>(ENDPOINTS + endpoint * ENDPOINT_SIZE, ENDPOINT_FILTER);
  return number == 0 ? 0 : FILTERS + (number - 1) * FILTER_SIZE;
}

function passes(filter: u32, source: u32, protocol: u32, port: u32): bool {
  const target = targetVector(
    protocol == PROTOCOL_TCP ? load<u32>(filter, FILTER_TCP) : load<u32>(filter, FILTER_UDP),
    port,
  );
  const sourceWords = load<u64>(source, VECTOR_AGGREGATE);
  const targetWords = load<u64>(target, VECTOR_AGGREGATE);
  for (let words = sourceWords & targetWords; words != 0; words &= words - 1) {
    const before = ~words & (words - 1);
    const rules = wordBehind(source, sourceWords & before) & wordBehind(target, targetWords & before);
    if (rules == 0) continue;
    if (tracing) deciding = <i32>(((<u32>ctz<u64>(words)) << 6) + <u32>ctz<u64>(rules));
    const allowed = load<u64>(TABLES + load<u32>(filter, FILTER_ALLOWS) + ((<u32>ctz<u64>(words)) << 3));
    return ((allowed >> ctz<u64>(rules)) & 1) != 0;
  }
  return false;
}

/** Vector of the rules that hold a port. Flows to one port come in rows, so the last one is remembered. */
function targetVector(root: u32, port: u32): u32 {
  if (root != lastRoot || port != lastPort) {
    lastRoot = root;
    lastPort = port;
    lastTarget = TABLES + valueOf(root, port << 16);
  }
  return lastTarget;
}

/** The word of a vector that stands behind some others. */
function wordBehind(vector: u32, before: u64): u64 {
  return load<u64>(vector + ((<u32>popcnt<u64>(before)) << 3), VECTOR_WORDS);
}
