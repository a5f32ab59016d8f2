// The book of IPv6 addresses: keys and templates of flows have 32 bits for an address, so that one of 128 stands in them by its place
// in the book. Whoever keeps a place counts as a user of it; a place without users is free. There is room for all that flows and
// denied flows can name at once.
//
//   buckets (u32 each: place of the first of a chain, 0 for none) | entries

import { BOOK_ADDRESS, BOOK_ENTRY_SIZE, BOOK_NEXT, BOOK_USERS } from "../abi/records";
import { mix, pick } from "../flow/hash";
import { BOOK, BOOK_BUCKETS, BOOK_ENTRIES } from "../memory";
import * as Ipv6 from "../wire/ipv6";

/// Place released last, 0 for none; places ever used.
let free: u32 = 0;
let top: u32 = 0;

export function resetBook(): void {
  free = 0;
  top = 0;
}

/** Where the bytes of an address lie that has a place. */
export function addressAt(place: u32): u32 {
  return entry(place) + BOOK_ADDRESS;
}

/** Place of an address whose bytes lie at `address`, 0 for none. */
export function placeOf(address: u32): u32 {
  let place = load<u32>(bucketOf(address));
  while (place != 0 && !Ipv6.same(addressAt(place), address)) place = load<u32>(entry(place), BOOK_NEXT);
  return place;
}

/** Place of an address, which has one user more now. */
export function take(address: u32): u32 {
  let place = placeOf(address);
  if (place == 0) place = enter(address);
  keep(place);
  return place;
}

/** A place has one user more. */
export function keep(place: u32): void {
  store<u32>(entry(place), load<u32>(entry(place), BOOK_USERS) + 1, BOOK_USERS);
}

/** A place has one user less. */
export function give(place: u32): void {
  const at = entry(place);
  const users = load<u32>(at, BOOK_USERS) - 1;
  store<u32>(at, users, BOOK_USERS);
  if (users == 0) leave(place);
}

function enter(address: u32): u32 {
  let place = free;
  if (place == 0) place = ++top;
  else free = load<u32>(entry(place), BOOK_NEXT);
  const at = entry(place);
  const bucket = bucketOf(address);
  Ipv6.copyAddress(at + BOOK_ADDRESS, address);
  store<u32>(at, load<u32>(bucket), BOOK_NEXT);
  store<u32>(at, 0, BOOK_USERS);
  store<u32>(bucket, place);
  return place;
}

function leave(place: u32): void {
  const at = entry(place);
  let link = bucketOf(at + BOOK_ADDRESS);
  while (load<u32>(link) != place) link = entry(load<u32>(link)) + BOOK_NEXT;
  store<u32>(link, load<u32>(at, BOOK_NEXT));
  store<u32>(at, free, BOOK_NEXT);
  free = place;
}

function bucketOf(address: u32): u32 {
  const hash = mix(Ipv6.lastHalf(address), Ipv6.firstHalf(address));
  return BOOK + pick(<u32>(hash >> 32), BOOK_BUCKETS) * 4;
}

function entry(place: u32): u32 {
  return BOOK_ENTRIES + (place - 1) * BOOK_ENTRY_SIZE;
}
