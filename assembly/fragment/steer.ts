// Fragments in front of shards (docs/behaviour.md, 19.5): the datagrams of all of them are known here, and what comes before its first
// fragment is held here. The first one has the ports, by which the shard is found that it and those behind it go to.

import {
  DATAGRAM_BEGINS,
  DATAGRAM_HELD,
  DESC_TIME,
  FRAGMENT_CLOCK,
  NO_SHARD,
  REASON_AWAITING_FRAGMENT,
  SIDE_CAPTURED,
  SIDE_CONSUMER,
  VERDICT_EMITS,
} from "../abi";
import { admit } from "../admit/admit";
import { reply } from "../admit/unsolicited";
import { swapKey } from "../captured";
import { moveTo, now } from "../clock";
import { count } from "../counters";
import { shardOfTuple } from "../deal";
import { FRAGMENT_STATE, HANDED } from "../memory";
import { KIND, KIND_FRAGMENT_REPLY, KIND_REPLY, SIDE, parseFirst } from "../parse";
import { beginTrace, tracing } from "../trace";
import { tracePacket } from "../traced";
import { numberOf, setShard, shardOfDatagram } from "./datagram";
import { capturedFragment, side } from "./fragment";
import { restPlace } from "./pool";
import { takeWaiting } from "./waiting";

/** What the fragment at hand is dealt with: DESC_DATAGRAM. */
export let mark: u32 = 0;
let shard: u32 = NO_SHARD;

/// Fragments that were held and are dealt with the first one of their datagram.
const PLACE: usize = 0; // u32
const MARK: usize = 4; // u16, DESC_DATAGRAM
const FIRST: usize = 6; // u16, descriptor of the first one
export const HANDED_SIZE: u32 = 8;
export let handedCount: u32 = 0;

/** Begins with a batch, of which no fragment is at hand yet. */
export function beginSteering(): void {
  handedCount = 0;
  moveTo(load<u64>(FRAGMENT_STATE, FRAGMENT_CLOCK));
}

/** Moves the clock on. */
export function moveSteerer(time: u64): void {
  moveTo(load<u64>(FRAGMENT_STATE, FRAGMENT_CLOCK));
  moveTo(time);
  store<u64>(FRAGMENT_STATE, now, FRAGMENT_CLOCK);
}

/** Decides on a fragment: the shard that it goes to, or NO_SHARD when its verdict is written. */
export function steer(desc: u32, parsed: u32, verdict: u32): u32 {
  moveSteerer(load<u64>(desc, DESC_TIME));
  shard = NO_SHARD;
  mark = 0;
  if (tracing) tracePacket(desc, parsed);
  if (load<u8>(parsed, KIND) == KIND_FRAGMENT_REPLY) capturedFragment(desc, parsed, verdict);
  else if (load<u8>(parsed, SIDE) == SIDE_CONSUMER) admit(desc, parsed, verdict);
  else reply(desc, parsed, verdict);
  // The shard writes down what was looked at here once more. VERDICT_EMITS and VERDICT_FIRST_EMIT lie side by side.
  if (shard != NO_SHARD) beginTrace();
  else store<u64>(verdict, 0, VERDICT_EMITS);
  return shard;
}

/** Has the fragment at hand dropped by the first shard, which answers it: nothing is answered here. */
export function steerToAnswer(): bool {
  shard = 0;
  return true;
}

/** Deals the first fragment at hand to the shard of its tuple, behind those of its datagram that were held. */
export function steerFirst(parsed: u32, datagram: u32): void {
  parseFirst(parsed);
  if (side == SIDE_CAPTURED) {
    swapKey(parsed);
    store<u8>(parsed, <u8>KIND_REPLY, KIND);
  }
  shard = shardOfTuple(parsed);
  setShard(datagram, shard);
  mark = numberOf(datagram) | DATAGRAM_BEGINS;
  for (let place = takeWaiting(datagram); place != 0; place = takeWaiting(datagram)) {
    const at = HANDED + handedCount++ * HANDED_SIZE;
    store<u32>(at, place, PLACE);
    store<u16>(at, <u16>(mark | DATAGRAM_HELD), MARK);
    mark = numberOf(datagram);
    count(REASON_AWAITING_FRAGMENT, -1);
    restPlace(place);
  }
}

/** Deals a later fragment to the shard of the first one. */
export function steerLater(datagram: u32): void {
  shard = <u32>shardOfDatagram(datagram);
  mark = numberOf(datagram);
}

/** Place of a fragment that was handed on, and what it is dealt with. */
export function handedPlace(i: u32): u32 {
  return load<u32>(HANDED + i * HANDED_SIZE, PLACE);
}

export function handedMark(i: u32): u32 {
  return <u32>load<u16>(HANDED + i * HANDED_SIZE, MARK);
}

/** Number of the descriptor of the first fragment, with which it goes. */
export function handedWith(i: u32): u32 {
  return <u32>load<u16>(HANDED + i * HANDED_SIZE, FIRST);
}

export function setHandedWith(i: u32, descriptor: u32): void {
  store<u16>(HANDED + i * HANDED_SIZE, <u16>descriptor, FIRST);
}
