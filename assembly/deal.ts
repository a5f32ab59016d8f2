// Dealing a batch out to shards (docs/behaviour.md, section 13): each shard's frames are copied one behind the other, in their
// order, with descriptors that fit the ring of the instance that is the shard. An instance that deals holds no flows.

import {
  DESC_CAPTURED,
  DESC_FRAME,
  DESC_NETWORK,
  DEALT_HELD,
  DESC_DATAGRAM,
  DESC_SHARD,
  DESC_SIZE,
  DESC_TIME,
  DESC_WIRE,
  FRAGMENT_BYTES_MAX,
  HAND_BYTES,
  HAND_COUNT,
  HAND_FIRST,
  HAND_FRAMES,
  HAND_SIZE,
  LANE,
  NO_SHARD,
  REASON_ICMP,
  SHARDS_MAX,
  SIDE_CONSUMER,
  VERDICT_SIZE,
} from "./abi";
import { isFragment } from "./fragment/dealt";
import {
  PLACE_ABOUT,
  PLACE_CAPTURED,
  PLACE_FRAME,
  PLACE_WIRE,
  heldCount,
  poolHasRoom,
  settlePool,
} from "./fragment/pool";
import {
  beginSteering,
  handedCount,
  handedMark,
  handedPlace,
  handedWith,
  mark,
  setHandedWith,
  steer,
} from "./fragment/steer";
import { SALT_SHARD, mix32, pick } from "./flow/hash";
import {
  DEALT_DESCRIPTORS,
  DEALT_FRAMES,
  DEALT_ORDER,
  DEALT_ROOM,
  DESCRIPTORS,
  HANDS,
  HAS_FRAGMENTS,
  LANES,
  RING,
  VERDICTS,
} from "./memory";
import * as Embedded from "./icmp/embedded";
import {
  IP,
  KEY_HIGH,
  KIND,
  KIND_BETWEEN,
  KIND_FLOW,
  KIND_ICMP_REPLY,
  KIND_REPLY,
  KIND_SPECIAL,
  L4,
  L4_CAPTURED,
  NETWORK,
  PARSED_SIZE,
  REASON,
  SIDE,
  parse,
} from "./parse";
import { parseLane } from "./path";
import { PLAIN, SHARDS, SLICE, SLICE_FIRST } from "./tables";
import { keepLane, restoreLane } from "./tunnel/lane";
import { highWord, lowWord, tupleHigh, tupleLow } from "./tuple";
import * as Icmp from "./wire/icmp";
import * as Icmp6 from "./wire/icmp6";
import * as Ip from "./wire/ip";

/// Frames lie on multiples of this, and are copied by it.
const ALIGNMENT: u32 = 16;
/// Bytes of a fragment that waits, at most.
const HELD_BYTES: u32 = (FRAGMENT_BYTES_MAX + ALIGNMENT - 1) & ~(ALIGNMENT - 1);

/// Whether fragments are decided on before they are dealt.
let steers: bool = false;
/// Bytes that can still be dealt.
let room: u32 = 0;
/// Fragments among those handed on that were given.
let given: u32 = 0;

/**
 * Deals the first `count` descriptors; how many: fewer when their frames, each padded, are more than a ring holds, or when more
 * fragments were held than there are places to read them from.
 */
export function deal(count: u32): u32 {
  memory.fill(HANDS, 0, SHARDS_MAX * HAND_SIZE);
  steers = HAS_FRAGMENTS && SHARDS > 1;
  if (steers) beginSteering();
  const dealt = sort(count);
  layHands();
  given = 0;
  for (let i: u32 = 0; i < dealt; i++) give(i);
  if (steers) settlePool();
  return dealt;
}

/** Finds each frame's shard and sums up what each gets. */
function sort(count: u32): u32 {
  room = DEALT_ROOM;
  for (let first: u32 = 0; first < count; first += LANE) {
    const size = min(count - first, <u32>LANE);
    if (PLAIN == 0) keepLane(first, size);
    parseLane(first, size);
    if (PLAIN == 0) restoreLane(first, 0, size);
    for (let i: u32 = 0; i < size; i++) {
      const desc = DESCRIPTORS + (first + i) * DESC_SIZE;
      const parsed = LANES + i * PARSED_SIZE;
      const bytes = padded(load<u32>(desc, DESC_CAPTURED));
      if (bytes > room) return first + i;
      if (steers && isFragment(parsed)) {
        if (!sortFragment(first, i, parsed)) return first + i;
      } else {
        const shard = shardOf(parsed);
        // DESC_SHARD and DESC_DATAGRAM lie side by side.
        store<u32>(desc, shard, DESC_SHARD);
        reserve(shard, bytes);
      }
    }
  }
  return count;
}

/** Finds the shard of fragment `i` of a lane, and of those that leave with it; false when there may be no room for them. */
function sortFragment(first: u32, i: u32, parsed: u32): bool {
  const desc = DESCRIPTORS + (first + i) * DESC_SIZE;
  const bytes = padded(load<u32>(desc, DESC_CAPTURED));
  if (bytes + heldCount() * HELD_BYTES > room || !poolHasRoom()) return false;
  const before = handedCount;
  if (PLAIN == 0) parse(desc, parsed);
  const shard = steer(desc, parsed, VERDICTS + (first + i) * VERDICT_SIZE);
  if (PLAIN == 0) restoreLane(first, i, i + 1);
  store<u32>(desc, shard | (mark << 16), DESC_SHARD);
  if (shard == NO_SHARD) return true;
  for (let at = before; at < handedCount; at++) {
    setHandedWith(at, first + i);
    reserve(shard, padded(load<u32>(handedPlace(at), PLACE_CAPTURED)));
  }
  reserve(shard, bytes);
  return true;
}

/** Notes that a shard gets a frame of so many bytes, padded. */
function reserve(shard: u32, bytes: u32): void {
  const hand = HANDS + shard * HAND_SIZE;
  room -= bytes;
  store<u32>(hand, load<u32>(hand, HAND_COUNT) + 1, HAND_COUNT);
  store<u32>(hand, load<u32>(hand, HAND_BYTES) + bytes, HAND_BYTES);
}

/** The shard of a parsed frame: by the client's tuple, or by the slice of the NAT port; the first for whatever has neither. */
function shardOf(parsed: u32): u32 {
  const kind = <u32>load<u8>(parsed, KIND);
  const icmp = kind == KIND_ICMP_REPLY || (kind == KIND_SPECIAL && <u32>load<u8>(parsed, REASON) == REASON_ICMP);
  if (icmp) return shardOfError(parsed, kind == KIND_ICMP_REPLY);
  if (kind != KIND_FLOW && kind != KIND_REPLY && kind != KIND_BETWEEN) return 0;
  return shardOfTuple(parsed);
}

/** The shard of a frame that has ports. */
export function shardOfTuple(parsed: u32): u32 {
  if (load<u8>(parsed, SIDE) == SIDE_CONSUMER)
    return pick(mix32(tupleLow(parsed) ^ SALT_SHARD, tupleHigh(parsed)), SHARDS);
  return shardOfPort(<u32>bswap<u16>(load<u16>(parsed, KEY_HIGH + 6)));
}

/** The shard whose NAT port it is, host order. */
function shardOfPort(port: u32): u32 {
  return port < SLICE_FIRST ? 0 : (port - SLICE_FIRST) / SLICE;
}

/** The shard of the flow that an ICMP error is about, by the packet in it; `captured` says that a capture has it from an endpoint. */
function shardOfError(parsed: u32, captured: bool): u32 {
  const icmp = load<u32>(parsed, L4);
  const outer = load<u32>(parsed, IP);
  if (load<u32>(parsed, L4_CAPTURED) < Icmp.HEADER) return 0;
  if (!(Ip.isSix(outer) ? Icmp6.isError(icmp) : Icmp.isError(icmp))) return 0;
  if (Embedded.find(parsed) != 0 || !Embedded.isTranslatable() || !Embedded.agrees(outer, captured)) return 0;
  const ports = Embedded.portsBe();
  if (load<u8>(parsed, SIDE) != SIDE_CONSUMER) return shardOfPort(<u32>bswap<u16>(<u16>ports));
  const source = Embedded.sourceCounted();
  const destination = Embedded.destinationCounted();
  const low = lowWord(<u32>load<u16>(parsed, NETWORK), Embedded.protocol, captured ? ports : Embedded.turned(ports));
  const high = captured ? highWord(source, destination) : highWord(destination, source);
  return pick(mix32(low ^ SALT_SHARD, high), SHARDS);
}

/** Gives each shard its stretches, empty ones; `give` fills them. */
function layHands(): void {
  let first: u32 = 0;
  let frames: u32 = 0;
  for (let shard: u32 = 0; shard < SHARDS; shard++) {
    const hand = HANDS + shard * HAND_SIZE;
    const count = load<u32>(hand, HAND_COUNT);
    const bytes = load<u32>(hand, HAND_BYTES);
    store<u32>(hand, first, HAND_FIRST);
    store<u32>(hand, frames, HAND_FRAMES);
    store<u32>(hand, 0, HAND_COUNT);
    store<u32>(hand, 0, HAND_BYTES);
    first += count;
    frames += bytes;
  }
}

function give(i: u32): void {
  const desc = DESCRIPTORS + i * DESC_SIZE;
  const shard = <u32>load<u16>(desc, DESC_SHARD);
  if (steers && (shard == NO_SHARD || load<u16>(desc, DESC_DATAGRAM) != 0)) {
    if (shard == NO_SHARD) return;
    giveHeld(i, shard);
  }
  const to = deliver(shard, load<u32>(desc, DESC_FRAME), load<u32>(desc, DESC_CAPTURED), i);
  store<u32>(to, load<u32>(desc, DESC_WIRE), DESC_WIRE);
  // DESC_NETWORK, DESC_LINK and DESC_SIDE are one word.
  store<u32>(to, load<u32>(desc, DESC_NETWORK), DESC_NETWORK);
  store<u64>(to, load<u64>(desc, DESC_TIME), DESC_TIME);
  // DESC_SHARD, DESC_DATAGRAM and DESC_BACKEND lie side by side.
  store<u64>(to, load<u64>(desc, DESC_SHARD), DESC_SHARD);
}

/** Gives a shard the fragments that were held and go with descriptor `i`. */
function giveHeld(i: u32, shard: u32): void {
  const time = load<u64>(DESCRIPTORS + i * DESC_SIZE, DESC_TIME);
  for (; given < handedCount && handedWith(given) == i; given++) {
    const place = handedPlace(given);
    const to = deliver(shard, place + PLACE_FRAME, load<u32>(place, PLACE_CAPTURED), <u32>DEALT_HELD);
    store<u32>(to, load<u32>(place, PLACE_WIRE), DESC_WIRE);
    store<u32>(to, load<u32>(place, PLACE_ABOUT), DESC_NETWORK);
    store<u64>(to, time, DESC_TIME);
    store<u64>(to, (<u64>handedMark(given)) << 16, DESC_SHARD);
  }
}

/** Copies a frame to the stretch of a shard; the address of its descriptor, of which the rest is to be written. */
function deliver(shard: u32, frame: u32, captured: u32, order: u32): u32 {
  const hand = HANDS + shard * HAND_SIZE;
  const count = load<u32>(hand, HAND_COUNT);
  const place = load<u32>(hand, HAND_FIRST) + count;
  const bytes = load<u32>(hand, HAND_BYTES);
  const size = padded(captured);
  const to = DEALT_DESCRIPTORS + place * DESC_SIZE;
  store<u32>(to, RING + bytes, DESC_FRAME);
  store<u32>(to, captured, DESC_CAPTURED);
  store<u32>(DEALT_ORDER + place * 4, order);
  copy(DEALT_FRAMES + load<u32>(hand, HAND_FRAMES) + bytes, frame, size);
  store<u32>(hand, count + 1, HAND_COUNT);
  store<u32>(hand, bytes + size, HAND_BYTES);
  return to;
}

/** Copies a multiple of 16 bytes: frames are short, and `memory.copy` is a call out of Wasm. */
function copy(to: u32, from: u32, size: u32): void {
  for (let at: u32 = 0; at < size; at += ALIGNMENT) v128.store(to + at, v128.load(from + at));
}

function padded(length: u32): u32 {
  return (length + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}
