// Datagrams some of whose fragments have come (docs/behaviour.md, section 19): which stretches of them, what became of the first
// fragment, and which ones wait for it. They are found by a key, and stand in the order in which they were made, which is that in
// which they die.

import { DATAGRAMS_MAX, REASON_FRAGMENT_TIMEOUT, SIDE_PROVIDER, STRETCHES_MAX } from "../abi";
import { COLD_FIRST_SEEN, REC_KEY, REC_SIZE } from "../abi/records";
import { now } from "../clock";
import { isDenied } from "../flow/denied";
import { coldOf } from "../flow/flow";
import { mix } from "../flow/hash";
import { flowOf, lives } from "../flow/lifetime";
import { find, groupOf, tagOf } from "../flow/table";
import { DATAGRAMS, DATAGRAM_LISTS, HAS_FRAGMENTS } from "../memory";
import { FRAGMENT_LIFE } from "../tables";
import { discard } from "./waiting";

/** A key: side + 1, protocol, network u16, source; destination, identification u16. Addresses and identification in network order. */
const KEY_LOW: usize = 0; // u64
const KEY_HIGH: usize = 8; // u64
const MADE: usize = 16; // u64, ns
/** The flow of the first fragment: the key of its requests, and when it was made, by which one that has taken its tuple is told. */
const FLOW_LOW: usize = 24; // u64, 0 for none
const FLOW_HIGH: usize = 32; // u64
const FLOW_SINCE: usize = 40; // u64, ns
const OWNER: usize = 48; // i32, endpoint that drops are charged to, -1 for none
export const END: usize = 52; // u32, bytes of the datagram, NO_END while the last fragment is missing
export const CAME: usize = 56; // u32, bytes that have come
const NEXT: usize = 60; // u16, number + 1 of the one made next; of a free one, the next free one
const PREVIOUS: usize = 62; // u16, number + 1
const LIST_NEXT: usize = 64; // u16, number + 1 of the next one in its list
export const WAITING_FIRST: usize = 66; // u16, place + 1 of the first fragment that waits
export const WAITING_LAST: usize = 68; // u16, place + 1
export const WAITING: usize = 70; // u8, how many
export const COUNT: usize = 71; // u8, stretches
const REFUSED: usize = 72; // u8, reason it was refused with, 0 for none
export const STRETCHES: usize = 76; // u16 twice for each: first byte, and the one behind the last
export const STRETCH_SIZE: u32 = 4;
const SIZE: u32 = <u32>STRETCHES + <u32>STRETCHES_MAX * STRETCH_SIZE + 4;
export const DATAGRAMS_SIZE: u32 = <u32>DATAGRAMS_MAX * SIZE;

const LISTS: u32 = <u32>DATAGRAMS_MAX * 2;
export const DATAGRAM_LISTS_SIZE: u32 = LISTS * 2;
export const NO_END: u32 = <u32>-1;

/// Number + 1 of the one made first, of the one made last, and of the first free one; 0 for none.
let oldest: u32 = 0;
let newest: u32 = 0;
let free: u32 = 0;
let top: u32 = 0;

export function resetDatagrams(): void {
  oldest = 0;
  newest = 0;
  free = 0;
  top = 0;
  if (HAS_FRAGMENTS) memory.fill(DATAGRAM_LISTS, 0, DATAGRAM_LISTS_SIZE);
}

function at(number: u32): u32 {
  return DATAGRAMS + (number - 1) * SIZE;
}

function numberOf(datagram: u32): u32 {
  return (datagram - DATAGRAMS) / SIZE + 1;
}

/** Head of the list that datagrams of a key are in. */
function listOf(low: u64, high: u64): u32 {
  return DATAGRAM_LISTS + ((<u32>(mix(low, high) >> 32) & (LISTS - 1)) << 1);
}

/** The datagram of a key, dead or not, or 0. */
export function findDatagram(low: u64, high: u64): u32 {
  let number = <u32>load<u16>(listOf(low, high));
  for (; number != 0; number = <u32>load<u16>(at(number), LIST_NEXT))
    if (load<u64>(at(number), KEY_LOW) == low && load<u64>(at(number), KEY_HIGH) == high) return at(number);
  return 0;
}

/** Makes the datagram of a key that has none; 0 when all are taken by ones that are not dead. */
export function makeDatagram(low: u64, high: u64, owner: i32): u32 {
  if (free == 0 && top == DATAGRAMS_MAX) releaseDead(DATAGRAMS_MAX);
  if (free == 0 && top == DATAGRAMS_MAX) return 0;
  let number = free;
  if (number == 0) number = ++top;
  else free = <u32>load<u16>(at(number), NEXT);
  const datagram = at(number);
  memory.fill(datagram, 0, <u32>STRETCHES);
  store<u64>(datagram, low, KEY_LOW);
  store<u64>(datagram, high, KEY_HIGH);
  store<u64>(datagram, now, MADE);
  store<i32>(datagram, owner, OWNER);
  store<u32>(datagram, NO_END, END);
  store<u16>(datagram, <u16>newest, PREVIOUS);
  if (newest == 0) oldest = number;
  else store<u16>(at(newest), <u16>number, NEXT);
  newest = number;
  const list = listOf(low, high);
  store<u16>(datagram, load<u16>(list), LIST_NEXT);
  store<u16>(list, <u16>number);
  return datagram;
}

/** Time from which a datagram is dead, ns. */
function deathOf(datagram: u32): u64 {
  const made = load<u64>(datagram, MADE);
  return made + FRAGMENT_LIFE < made ? u64.MAX_VALUE : made + FRAGMENT_LIFE;
}

export function isDead(datagram: u32): bool {
  return now >= deathOf(datagram);
}

/** Time from which the datagram that was made first is dead, ns; all ones when there is none. */
export function nextDeath(): u64 {
  return oldest == 0 ? u64.MAX_VALUE : deathOf(at(oldest));
}

/** Releases datagrams in the order they were made, as long as they are dead, so many at most. */
export function releaseDead(most: u32): void {
  for (let i: u32 = 0; i < most && oldest != 0 && isDead(at(oldest)); i++) release(at(oldest));
}

/** Releases a datagram; fragments of it that still wait end here. */
export function release(datagram: u32): void {
  discard(datagram, REASON_FRAGMENT_TIMEOUT);
  const number = numberOf(datagram);
  const next = <u32>load<u16>(datagram, NEXT);
  const previous = <u32>load<u16>(datagram, PREVIOUS);
  if (previous == 0) oldest = next;
  else store<u16>(at(previous), <u16>next, NEXT);
  if (next == 0) newest = previous;
  else store<u16>(at(next), <u16>previous, PREVIOUS);
  let link = listOf(load<u64>(datagram, KEY_LOW), load<u64>(datagram, KEY_HIGH));
  while (<u32>load<u16>(link) != number) link = at(<u32>load<u16>(link)) + <u32>LIST_NEXT;
  store<u16>(link, load<u16>(datagram, LIST_NEXT));
  store<u16>(datagram, <u16>free, NEXT);
  free = number;
}

/** Nothing of the datagram is let through from now on, and what waits ends here. */
export function refuse(datagram: u32, reason: u32): void {
  store<u8>(datagram, <u8>reason, REFUSED);
  discard(datagram, reason);
}

/** Reason a datagram was refused with, or 0. */
export function refusedWith(datagram: u32): u32 {
  return <u32>load<u8>(datagram, REFUSED);
}

/** Endpoint that drops of a datagram are charged to, or -1. */
export function ownerOf(datagram: u32): i32 {
  return load<i32>(datagram, OWNER);
}

/** The flow that the first fragment left by; `request` is its request direction. */
export function setFlow(datagram: u32, request: u32): void {
  store<u64>(datagram, load<u64>(request, REC_KEY), FLOW_LOW);
  store<u64>(datagram, load<u64>(request, REC_KEY + 8), FLOW_HIGH);
  store<u64>(datagram, load<u64>(coldOf(flowOf(request)), COLD_FIRST_SEEN), FLOW_SINCE);
}

/** Whether the first fragment was let through. */
export function hasFlow(datagram: u32): bool {
  return load<u64>(datagram, FLOW_LOW) != 0;
}

/** Record of the flow's request direction, or 0 when the flow does not live any more. */
export function requestOfFlow(datagram: u32): u32 {
  const low = load<u64>(datagram, FLOW_LOW);
  const high = load<u64>(datagram, FLOW_HIGH);
  const hash = mix(low, high);
  const record = find(groupOf(hash), tagOf(hash), low, high);
  if (record == 0 || isDenied(record) || !lives(record)) return 0;
  if (load<u64>(coldOf(flowOf(record)), COLD_FIRST_SEEN) != load<u64>(datagram, FLOW_SINCE)) return 0;
  return <u32>load<u8>(datagram, KEY_LOW) != SIDE_PROVIDER + 1 || answers(datagram, record) ? record : 0;
}

/** Whether a datagram of the provider's side has the network and the addresses of a flow's replies. */
function answers(datagram: u32, request: u32): bool {
  const reply = request + REC_SIZE;
  const same = load<u64>(reply, REC_KEY) == load<u64>(datagram, KEY_LOW);
  return same && load<u32>(reply, REC_KEY + 8) == load<u32>(datagram, KEY_HIGH);
}
