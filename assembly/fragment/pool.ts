// Places of fixed size in which fragments wait for the first one of their datagram, frames as they came. A place whose fragment left
// rests until the host has read the emit that lies in it.

import {
  FRAGMENTS_HELD_MAX,
  FRAGMENT_PLACES,
  FRAGMENT_PLACE_FREE,
  FRAGMENT_PLACE_HEAD,
  FRAGMENT_PLACE_HELD,
  FRAGMENT_PLACE_SIZE,
  FRAGMENT_PLACE_TOP,
} from "../abi";
import { closeEmits } from "../emit/queue";
import { FRAGMENTS } from "../memory";
import { setState, state } from "./datagram";

export const PLACE_CAPTURED: usize = 0; // u32
export const PLACE_WIRE: usize = 4; // u32
export const PLACE_IP: usize = 8; // u16, where in the frame the IP header begins
export const PLACE_LINK: usize = 10; // u8
const NEXT: usize = 12; // u16, number
export const PLACE_ABOUT: usize = 16; // u32, network, link type and side as at DESC_NETWORK
export const PLACE_FRAME: u32 = FRAGMENT_PLACE_HEAD;
export const PLACE_SIZE: u32 = FRAGMENT_PLACE_SIZE;
export const POOL_PLACES: u32 = FRAGMENT_PLACES;

/// Number of the first place that rests, 0 for none.
let resting: u32 = 0;
let restingCount: u32 = 0;

export function resetPool(): void {
  resting = 0;
  restingCount = 0;
}

/** The host has read the emits: what rests is free. */
export function settlePool(): void {
  while (resting != 0) {
    const place = placeAt(resting);
    resting = nextPlace(place);
    giveBack(place);
  }
  restingCount = 0;
}

/** How many fragments wait. */
export function heldCount(): u32 {
  return state(FRAGMENT_PLACE_HELD);
}

/** Takes a place, in no queue; 0 when as many fragments wait as may. */
export function takePlace(): u32 {
  const held = heldCount();
  if (held == FRAGMENTS_HELD_MAX) return 0;
  setState(FRAGMENT_PLACE_HELD, held + 1);
  const free = state(FRAGMENT_PLACE_FREE);
  if (free == 0) setState(FRAGMENT_PLACE_TOP, state(FRAGMENT_PLACE_TOP) + 1);
  const place = placeAt(free == 0 ? state(FRAGMENT_PLACE_TOP) : free);
  if (free != 0) setState(FRAGMENT_PLACE_FREE, nextPlace(place));
  setNextPlace(place, 0);
  return place;
}

/** Gives a place back whose fragment ends here. */
export function freePlace(place: u32): void {
  giveBack(place);
  setState(FRAGMENT_PLACE_HELD, heldCount() - 1);
}

function giveBack(place: u32): void {
  setNextPlace(place, state(FRAGMENT_PLACE_FREE));
  setState(FRAGMENT_PLACE_FREE, numberOfPlace(place));
}

/** Gives a place back out of which a fragment leaves. */
export function restPlace(place: u32): void {
  setNextPlace(place, resting);
  resting = numberOfPlace(place);
  setState(FRAGMENT_PLACE_HELD, heldCount() - 1);
  restingCount++;
  if (!poolHasRoom()) closeEmits();
}

/** Whether there are places for as many fragments as may wait, beside those that rest. */
export function poolHasRoom(): bool {
  return restingCount < <u32>FRAGMENTS_HELD_MAX;
}

/** Address of a place by its number, from 1 up. */
export function placeAt(number: u32): u32 {
  return FRAGMENTS + (number - 1) * PLACE_SIZE;
}

export function numberOfPlace(place: u32): u32 {
  return (place - FRAGMENTS) / PLACE_SIZE + 1;
}

/** Number of the place behind one in its queue, 0 for none. */
export function nextPlace(place: u32): u32 {
  return <u32>load<u16>(place, NEXT);
}

export function setNextPlace(place: u32, number: u32): void {
  store<u16>(place, <u16>number, NEXT);
}
