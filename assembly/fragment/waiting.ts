// The fragments of a datagram that wait for the first one, in the order in which they came.

import { REASON_AWAITING_FRAGMENT } from "../abi";
import { FRAGMENT_DISCARDED, STAGE_FRAGMENT } from "../abi/trace";
import { count, countManyAtEndpoint } from "../counters";
import { trace, tracing } from "../trace";
import { WAITING, WAITING_FIRST, WAITING_LAST, ownerOf } from "./datagram";
import { freePlace, nextPlace, numberOfPlace, placeAt, setNextPlace } from "./pool";

/** Has a fragment wait for the first one; `place` is where it lies. */
export function putWaiting(datagram: u32, place: u32): void {
  const last = <u32>load<u16>(datagram, WAITING_LAST);
  const number = numberOfPlace(place);
  if (last == 0) store<u16>(datagram, <u16>number, WAITING_FIRST);
  else setNextPlace(placeAt(last), number);
  store<u16>(datagram, <u16>number, WAITING_LAST);
  store<u8>(datagram, <u8>(waitingOf(datagram) + 1), WAITING);
}

/** Takes the place of the fragment that has waited longest out of the queue; 0 when none waits. */
export function takeWaiting(datagram: u32): u32 {
  const first = <u32>load<u16>(datagram, WAITING_FIRST);
  if (first == 0) return 0;
  const place = placeAt(first);
  const next = nextPlace(place);
  store<u16>(datagram, <u16>next, WAITING_FIRST);
  if (next == 0) store<u16>(datagram, 0, WAITING_LAST);
  store<u8>(datagram, <u8>(waitingOf(datagram) - 1), WAITING);
  return place;
}

/** How many fragments wait. */
export function waitingOf(datagram: u32): u32 {
  return <u32>load<u8>(datagram, WAITING);
}

/** Fragments that wait end here: they count as dropped for a reason. */
export function discard(datagram: u32, reason: u32): void {
  const waiting = waitingOf(datagram);
  if (waiting == 0) return;
  count(REASON_AWAITING_FRAGMENT, -(<i64>waiting));
  count(reason, <i64>waiting);
  if (ownerOf(datagram) >= 0) countManyAtEndpoint(ownerOf(datagram), reason, waiting);
  if (tracing) trace(STAGE_FRAGMENT, reason, 0, 0, 0, 0, FRAGMENT_DISCARDED, waiting);
  for (let place = takeWaiting(datagram); place != 0; place = takeWaiting(datagram)) freePlace(place);
}
