// Opening flows in the order in which they came to be so, all of them and, of each pool of NAT ports, those over whose port no server
// has answered: the oldest gives way when there is no room or port for another one (docs/behaviour.md, section 20.4). A list is the
// first and the last of its flows, linked both ways. Only planes whose flows give way keep them.

import { COLD_POOL_SLOT, COLD_SIZE, POOL_OPENING, REC_SEEN, REC_SIZE, SEEN_TCP_MASK } from "../abi/records";
import { COLD, EVICTS, OPENINGS, POOL_SLOTS } from "../memory";
import { flowOf } from "./lifetime";

/// A list: flow number + 1 of its first and last.
const FIRST: usize = 0;
const LAST: usize = 4;
export const OPENING_LIST_SIZE: u32 = 8;

/// A flow's links: flow number + 1 of the next one and the one before, in each of its two lists.
const NEXT: usize = 0;
const PREVIOUS: usize = 4;
const IN_ALL: u32 = 0;
const IN_POOL: u32 = 8;
export const OPENING_SIZE: u32 = 16;

/** No flow is opening; pools are reset by themselves. */
export function resetOpening(): void {
  if (EVICTS) store<u64>(OPENINGS, 0);
}

/** A flow is opening from now on, by its request direction. */
export function enterOpening(request: u32): void {
  const flow = flowOf(request);
  append(OPENINGS, flow, IN_ALL);
  if (!isAnswered(request)) append(poolOf(flow) + POOL_OPENING, flow, IN_POOL);
}

/** An opening flow is so no longer. */
export function leaveOpening(request: u32): void {
  const flow = flowOf(request);
  unlink(OPENINGS, flow, IN_ALL);
  if (!isAnswered(request)) unlink(poolOf(flow) + POOL_OPENING, flow, IN_POOL);
}

/** The first flags of a server come, which are not gathered yet, or a packet of an opening flow whose server has answered before. */
export function keepPort(request: u32): void {
  const flow = flowOf(request);
  if (!isAnswered(request)) unlink(poolOf(flow) + POOL_OPENING, flow, IN_POOL);
}

/** Whether flags of an opening flow's server were gathered. */
function isAnswered(request: u32): bool {
  return (load<u8>(request + REC_SIZE, REC_SEEN) & SEEN_TCP_MASK) != 0;
}

/** Number, plus one, of the flow that has been opening longest; 0 when there is none. */
export function oldestOpening(): u32 {
  return load<u32>(OPENINGS, FIRST);
}

/** Number, plus one, of the flow that has been opening longest behind one; 0 when there is none. */
export function openingBehind(flow: u32): u32 {
  return load<u32>(links(flow, IN_ALL), NEXT);
}

/** The same of those that no server has answered and whose NAT port is of a pool, by its slot. */
export function oldestOpeningOf(slot: u32): u32 {
  const pool = load<u32>(POOL_SLOTS + slot * 4);
  return pool == 0 ? 0 : load<u32>(pool + POOL_OPENING, FIRST);
}

function append(list: u32, flow: u32, place: u32): void {
  const at = links(flow, place);
  const last = load<u32>(list, LAST);
  store<u32>(at, 0, NEXT);
  store<u32>(at, last, PREVIOUS);
  if (last == 0) store<u32>(list, flow + 1, FIRST);
  else store<u32>(links(last - 1, place), flow + 1, NEXT);
  store<u32>(list, flow + 1, LAST);
}

function unlink(list: u32, flow: u32, place: u32): void {
  const at = links(flow, place);
  const following = load<u32>(at, NEXT);
  const previous = load<u32>(at, PREVIOUS);
  if (previous == 0) store<u32>(list, following, FIRST);
  else store<u32>(links(previous - 1, place), following, NEXT);
  if (following == 0) store<u32>(list, previous, LAST);
  else store<u32>(links(following - 1, place), previous, PREVIOUS);
}

function links(flow: u32, place: u32): u32 {
  return OPENINGS + OPENING_LIST_SIZE + flow * OPENING_SIZE + place;
}

function poolOf(flow: u32): u32 {
  return load<u32>(POOL_SLOTS + load<u32>(COLD + flow * COLD_SIZE, COLD_POOL_SLOT) * 4);
}
