// Places of fixed size in which fragments wait for the first one of their datagram, frames as they came. A place whose fragment left
// rests until the host has read the emit that lies in it.

import { FRAGMENTS_HELD_MAX, FRAGMENT_BYTES_MAX, FRAGMENT_PLACES } from "../abi";
import { closeEmits } from "../emit/queue";
import { FRAGMENTS } from "../memory";

export const PLACE_CAPTURED: usize = 0; // u32
export const PLACE_WIRE: usize = 4; // u32
export const PLACE_IP: usize = 8; // u16, where in the frame the IP header begins
export const PLACE_LINK: usize = 10; // u8
const NEXT: usize = 12; // u16, number + 1
export const PLACE_FRAME: u32 = 16;
export const PLACE_SIZE: u32 = PLACE_FRAME + <u32>FRAGMENT_BYTES_MAX;
export const POOL_PLACES: u32 = FRAGMENT_PLACES;

/// Number of the first free place and of the first that rests; 0 for none.
let free: u32 = 0;
let resting: u32 = 0;
let restingCount: u32 = 0;
let held: u32 = 0;
let top: u32 = 0;

export function resetPool(): void {
  free = 0;
  resting = 0;
  restingCount = 0;
  held = 0;
  top = 0;
}

/** The host has read the emits: what rests is free. */
export function settlePool(): void {
  while (resting != 0) {
    const place = placeAt(resting);
    const next = nextPlace(place);
    setNextPlace(place, free);
    free = resting;
    resting = next;
  }
  restingCount = 0;
}

/** Takes a place, in no queue; 0 when as many fragments wait as may. */
export function takePlace(): u32 {
  if (held == FRAGMENTS_HELD_MAX) return 0;
  held++;
  const place = placeAt(free == 0 ? ++top : free);
  if (free != 0) free = nextPlace(place);
  setNextPlace(place, 0);
  return place;
}

/** Gives a place back whose fragment ends here. */
export function freePlace(place: u32): void {
  setNextPlace(place, free);
  free = numberOfPlace(place);
  held--;
}

/** Gives a place back out of which a fragment leaves. */
export function restPlace(place: u32): void {
  setNextPlace(place, resting);
  resting = numberOfPlace(place);
  held--;
  if (++restingCount >= <u32>FRAGMENTS_HELD_MAX) closeEmits();
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
