// Sources of a lane's packets looked up in the endpoint rules together, for those that seem to begin a flow. Level by level, so that
// no branch waits for a load that misses: one packet after the other, the same lookups cost a new flow as much again as all else.

import { SIDE_CONSUMER } from "../abi";
import { FILTER_SOURCES, TRIE_VALUE } from "../abi/tables";
import { LANES, SOURCE_VECTORS, TABLES } from "../memory";
import { KEY_HIGH, KEY_LOW, KIND, KIND_FLOW, NETWORK, PARSED_SIZE, RECORD, SIDE } from "../parse";
import { isSixKey } from "../address/key";
import { speakerAt } from "./endpoint";
import { filterOf } from "./filter";
import { childOf } from "./trie";

const FIRST_SHIFT: u32 = 24;

/// Keeps the touching loads from being optimised away.
export let touched: u32 = 0;

/// The destination looked up last in this lane: packets to one endpoint come in rows.
const NO_NETWORK: u32 = <u32>-1;
let lastNetwork: u32 = NO_NETWORK;
let lastDestinationBe: u32 = 0;
let lastRoot: u32 = 0;

/** Looks up the sources of the first `size` packets. */
export function lookUpSources(size: u32): void {
  lastNetwork = NO_NETWORK;
  for (let i: u32 = 0; i < size; i++) setEntry(i, rootFor(LANES + i * PARSED_SIZE));
  let shift = FIRST_SHIFT;
  while (descend(size, shift)) shift -= 8;
  let sum: u32 = 0;
  for (let i: u32 = 0; i < size; i++) {
    const entry = entryAt(i);
    if (entry == 0) continue;
    setEntry(i, TABLES + entry - TRIE_VALUE);
    sum += load<u32>(TABLES + entry - TRIE_VALUE);
  }
  touched = sum;
}

/** Takes each entry that is a node one level down; whether any was. The last level has values only. */
function descend(size: u32, shift: u32): bool {
  let nodes: u32 = 0;
  for (let i: u32 = 0; i < size; i++) {
    const entry = entryAt(i);
    if (entry == 0 || (entry & TRIE_VALUE) != 0) continue;
    setEntry(i, childOf(entry, (sourceOf(LANES + i * PARSED_SIZE) >> shift) & 0xff));
    nodes++;
  }
  return nodes != 0;
}

/** Vector found for a packet's source, 0 when it was not looked up. */
export function foundVector(parsed: u32): u32 {
  return entryAt((parsed - LANES) / PARSED_SIZE);
}

/** A packet's source, host order. */
export function sourceOf(parsed: u32): u32 {
  return bswap<u32>(<u32>(load<u64>(parsed, KEY_LOW) >> 32));
}

/** Root of the trie for a packet's source, 0 when no rules are to be asked about it. */
function rootFor(parsed: u32): u32 {
  if (load<u32>(parsed, RECORD) != 0) return 0;
  if (load<u8>(parsed, KIND) != KIND_FLOW || load<u8>(parsed, SIDE) != SIDE_CONSUMER) return 0;
  if (isSixKey(load<u64>(parsed, KEY_LOW))) return 0;
  const network = <u32>load<u16>(parsed, NETWORK);
  const destinationBe = <u32>load<u64>(parsed, KEY_HIGH);
  if (network != lastNetwork || destinationBe != lastDestinationBe) {
    lastNetwork = network;
    lastDestinationBe = destinationBe;
    lastRoot = rootOf(speakerAt(network, destinationBe));
  }
  return lastRoot;
}

/** Root of an endpoint's sources, 0 for none. */
function rootOf(endpoint: i32): u32 {
  const filter = endpoint < 0 ? 0 : filterOf(endpoint);
  return filter == 0 ? 0 : load<u32>(filter, FILTER_SOURCES);
}

function entryAt(i: u32): u32 {
  return load<u32>(SOURCE_VECTORS + (i << 2));
}

function setEntry(i: u32, entry: u32): void {
  store<u32>(SOURCE_VECTORS + (i << 2), entry);
}
