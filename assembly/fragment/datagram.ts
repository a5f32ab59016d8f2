// Datagrams some of whose fragments have come (docs/behaviour.md, section 19): which stretches of them, what became of the first
// fragment, and which ones wait for it. They are found by a key, and stand in the order in which they were made, which is that in
// which they die.

import {
  DATAGRAMS_MAX,
  FRAGMENT_FREE,
  FRAGMENT_NEWEST,
  FRAGMENT_OLDEST,
  FRAGMENT_STATE_SIZE,
  FRAGMENT_TOP,
  REASON_FRAGMENT_TIMEOUT,
  STRETCHES_MAX,
} from "../abi";
import { isSixKey } from "../address/key";
import { now } from "../clock";
import { mix } from "../flow/hash";
import { DATAGRAMS, DATAGRAM_LISTS, FRAGMENT_STATE, HAS_FRAGMENTS } from "../memory";
import { FRAGMENT_LIFE } from "../tables";
import * as Ipv6 from "../wire/ipv6";
import { discard } from "./waiting";

/**
 * A key: side + 1 (and KEY_SIX for IPv6), protocol, network u16, source; destination, identification. Identification and IPv4 addresses
 * in network order; of IPv6 addresses the numbers that choices count with, the addresses themselves at ADDRESSES.
 */
export const KEY_LOW: usize = 0; // u64
export const KEY_HIGH: usize = 8; // u64
const MADE: usize = 16; // u64, ns
/** The flow of the first fragment: the key of its requests, and when it was made, by which one that has taken its tuple is told. */
export const FLOW_LOW: usize = 24; // u64, 0 for none
export const FLOW_HIGH: usize = 32; // u64
export const FLOW_SINCE: usize = 40; // u64, ns
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
const SHARD: usize = 73; // u8, number + 1 of the shard that it was dealt to, 0 for none
export const ADDRESSES: usize = 80; // 32 bytes, source and destination of an IPv6 one
export const FLOW_ADDRESSES: usize = 112; // 32 bytes, client and endpoint of an IPv6 flow, whose places in the book others may take
export const STRETCHES: usize = 144; // u16 twice for each: first byte, and the one behind the last
export const STRETCH_SIZE: u32 = 4;
const SIZE: u32 = <u32>STRETCHES + <u32>STRETCHES_MAX * STRETCH_SIZE + 4;
/// None has number 0.
export const DATAGRAMS_SIZE: u32 = <u32>(DATAGRAMS_MAX + 1) * SIZE;

const LISTS: u32 = <u32>DATAGRAMS_MAX * 2;
export const DATAGRAM_LISTS_SIZE: u32 = LISTS * 2;
export const NO_END: u32 = <u32>-1;

/** Forgets all of them, and the fragments that wait. */
export function resetDatagrams(): void {
  if (HAS_FRAGMENTS) memory.fill(FRAGMENT_STATE, 0, FRAGMENT_STATE_SIZE + DATAGRAM_LISTS_SIZE);
}

/** A number of the state. */
export function state(which: usize): u32 {
  return load<u32>(FRAGMENT_STATE + <u32>which);
}

export function setState(which: usize, value: u32): void {
  store<u32>(FRAGMENT_STATE + <u32>which, value);
}

/** Address of the datagram with a number, from 1 up. */
export function datagramAt(number: u32): u32 {
  return DATAGRAMS + number * SIZE;
}

export function numberOf(datagram: u32): u32 {
  return (datagram - DATAGRAMS) / SIZE;
}

/** Head of the list that datagrams of a key are in. */
function listOf(low: u64, high: u64): u32 {
  return DATAGRAM_LISTS + ((<u32>(mix(low, high) >> 32) & (LISTS - 1)) << 1);
}

/** The datagram of a key, dead or not, or 0; `addresses` is where those of an IPv6 one lie. */
export function findDatagram(low: u64, high: u64, addresses: u32): u32 {
  let number = <u32>load<u16>(listOf(low, high));
  for (; number != 0; number = <u32>load<u16>(datagramAt(number), LIST_NEXT)) {
    const datagram = datagramAt(number);
    const same = load<u64>(datagram, KEY_LOW) == low && load<u64>(datagram, KEY_HIGH) == high;
    if (same && (!isSixKey(low) || Ipv6.samePair(datagram + <u32>ADDRESSES, addresses))) return datagram;
  }
  return 0;
}

/** Makes the datagram of a key that has none; 0 when all are taken by ones that are not dead. */
export function makeDatagram(low: u64, high: u64, addresses: u32, owner: i32): u32 {
  if (isFull()) releaseDead(DATAGRAMS_MAX);
  if (isFull()) return 0;
  let number = state(FRAGMENT_FREE);
  if (number == 0) {
    number = state(FRAGMENT_TOP) + 1;
    setState(FRAGMENT_TOP, number);
  } else {
    setState(FRAGMENT_FREE, <u32>load<u16>(datagramAt(number), NEXT));
  }
  const datagram = datagramAt(number);
  begin(datagram);
  setKey(datagram, low, high, addresses);
  setOwner(datagram, owner);
  const newest = state(FRAGMENT_NEWEST);
  store<u16>(datagram, <u16>newest, PREVIOUS);
  if (newest == 0) setState(FRAGMENT_OLDEST, number);
  else store<u16>(datagramAt(newest), <u16>number, NEXT);
  setState(FRAGMENT_NEWEST, number);
  const list = listOf(low, high);
  store<u16>(datagram, load<u16>(list), LIST_NEXT);
  store<u16>(list, <u16>number);
  return datagram;
}

/** Whether there is no room for one more. */
function isFull(): bool {
  return state(FRAGMENT_FREE) == 0 && state(FRAGMENT_TOP) == DATAGRAMS_MAX;
}

/** Writes down a datagram of which nothing has come. */
export function begin(datagram: u32): void {
  memory.fill(datagram, 0, <u32>STRETCHES);
  store<u64>(datagram, now, MADE);
  store<u32>(datagram, NO_END, END);
}

export function setKey(datagram: u32, low: u64, high: u64, addresses: u32): void {
  store<u64>(datagram, low, KEY_LOW);
  store<u64>(datagram, high, KEY_HIGH);
  if (isSixKey(low)) Ipv6.copyPair(datagram + <u32>ADDRESSES, addresses);
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
  const oldest = HAS_FRAGMENTS ? state(FRAGMENT_OLDEST) : 0;
  return oldest == 0 ? u64.MAX_VALUE : deathOf(datagramAt(oldest));
}

/** Releases datagrams in the order they were made, as long as they are dead, so many at most. */
export function releaseDead(most: u32): void {
  if (!HAS_FRAGMENTS) return;
  for (let i: u32 = 0; i < most; i++) {
    const oldest = state(FRAGMENT_OLDEST);
    if (oldest == 0 || !isDead(datagramAt(oldest))) return;
    release(datagramAt(oldest));
  }
}

/** Releases a datagram; fragments of it that still wait end here. */
export function release(datagram: u32): void {
  discard(datagram, REASON_FRAGMENT_TIMEOUT);
  const number = numberOf(datagram);
  const next = <u32>load<u16>(datagram, NEXT);
  const previous = <u32>load<u16>(datagram, PREVIOUS);
  if (previous == 0) setState(FRAGMENT_OLDEST, next);
  else store<u16>(datagramAt(previous), <u16>next, NEXT);
  if (next == 0) setState(FRAGMENT_NEWEST, previous);
  else store<u16>(datagramAt(next), <u16>previous, PREVIOUS);
  let link = listOf(load<u64>(datagram, KEY_LOW), load<u64>(datagram, KEY_HIGH));
  while (<u32>load<u16>(link) != number) link = datagramAt(<u32>load<u16>(link)) + <u32>LIST_NEXT;
  store<u16>(link, load<u16>(datagram, LIST_NEXT));
  store<u16>(datagram, <u16>state(FRAGMENT_FREE), NEXT);
  setState(FRAGMENT_FREE, number);
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

export function setOwner(datagram: u32, owner: i32): void {
  store<i32>(datagram, owner, OWNER);
}

/** In front of shards: the one that the first fragment was dealt to, or -1. */
export function shardOfDatagram(datagram: u32): i32 {
  return <i32>load<u8>(datagram, SHARD) - 1;
}

export function setShard(datagram: u32, shard: u32): void {
  store<u8>(datagram, <u8>(shard + 1), SHARD);
}
