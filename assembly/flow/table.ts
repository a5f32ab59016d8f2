// The index: from a key to a record. Groups of one cache line hold twelve tags and the numbers of twelve records, so one
// miss finds the record's exact place, and records lie dense, a flow's two directions side by side.
//
//   0                                     48           60      62         64
//   | 12 record numbers u32               | 12 tags u8 | touch | passed u8 |
//
// `passed` counts the keys that belong here but found the group full; a search goes on to the next group only while it is
// not 0, so that removing needs no tombstones. It sticks at 255.

import { REC_KEY, REC_SIZE, REC_TOUCH } from "../abi/records";
import { INDEX, INDEX_GROUPS, RECORDS } from "../memory";
import { GROUP, KEY_HIGH, KEY_LOW, RECORD, TAG } from "../parse";
import { mix, pick } from "./hash";

export const GROUP_SIZE: u32 = 64;
export const GROUP_PLACES: u32 = 12;
const TAGS: usize = 48;
const TOUCH: usize = 60; // written to bring the group into the cache; never read
const PASSED: usize = 62;
/// Sixteen bytes are compared at once: the tags and the four bytes before them, so that they do not hold TOUCH, whose store may
/// still be under way.
const COMPARED: usize = 44;
const COMPARED_BEFORE: u32 = 4;
const PASSED_STUCK: u32 = 255;

/** Address of the group where a hash belongs. */
export function groupOf(hash: u64): u32 {
  return INDEX + pick(<u32>(hash >> 32), INDEX_GROUPS) * GROUP_SIZE;
}

/** Tag of a hash: 1 to 255. */
export function tagOf(hash: u64): u32 {
  const tag = <u32>(hash >> 24) & 255;
  return tag | <u32>(tag == 0);
}

/** Bits of the places in a group that bear a tag. */
export function matches(group: u32, tag: u32): u32 {
  return <u32>i8x16.bitmask(i8x16.eq(v128.load(group, COMPARED), i8x16.splat(<i8>tag))) >> COMPARED_BEFORE;
}

/** Brings a group in: with a store, which need not wait for the line or its page as a load must (measured: a quarter more packets at
    100,000 flows). */
export function touch(group: u32): void {
  store<u8>(group, 1, TOUCH);
}

/** Record that the lowest of some places points to. */
export function recordAt(group: u32, places: u32): u32 {
  return RECORDS + load<u32>(group + (ctz<u32>(places) << 2)) * REC_SIZE;
}

/** Whether the key of a tag may be another than the first that matches in its group: of 20 keys, about one. */
export function isUnsure(group: u32, places: u32): bool {
  return places != 0 ? (places & (places - 1)) != 0 : load<u8>(group, PASSED) != 0;
}

/** Brings in the records that an unsure probe may mean, and notes the last one. */
export function touchFurther(parsed: u32, group: u32, tag: u32, places: u32): void {
  if (places == 0) {
    group = next(group);
    places = matches(group, tag);
  }
  for (; places != 0; places &= places - 1) {
    const record = recordAt(group, places);
    store<u8>(record, 1, REC_TOUCH);
    store<u32>(parsed, record, RECORD);
  }
}

/** Finds the group and tag of a packet's key. */
export function locate(parsed: u32): void {
  const hash = mix(load<u64>(parsed, KEY_LOW), load<u64>(parsed, KEY_HIGH));
  store<u32>(parsed, groupOf(hash), GROUP);
  store<u8>(parsed, <u8>tagOf(hash), TAG);
}

export function keyIs(record: u32, low: u64, high: u64): bool {
  return load<u64>(record, REC_KEY) == low && load<u64>(record, REC_KEY + 8) == high;
}

/** Record with a key, or 0. */
export function lookUp(low: u64, high: u64): u32 {
  const hash = mix(low, high);
  return find(groupOf(hash), tagOf(hash), low, high);
}

/** The same; `group` and `tag` are those of its hash. */
export function find(group: u32, tag: u32, low: u64, high: u64): u32 {
  let record = findIn(group, tag, low, high);
  while (record == 0 && load<u8>(group, PASSED) != 0) {
    group = next(group);
    record = findIn(group, tag, low, high);
  }
  return record;
}

function findIn(group: u32, tag: u32, low: u64, high: u64): u32 {
  for (let places = matches(group, tag); places != 0; places &= places - 1) {
    const record = recordAt(group, places);
    if (keyIs(record, low, high)) return record;
  }
  return 0;
}

/** Enters a record under a key that the index does not hold. There is always room: capacity stays below the places. */
export function insert(low: u64, high: u64, record: u32): void {
  const hash = mix(low, high);
  giveKey(record, low, high);
  insertAt(groupOf(hash), tagOf(hash), record);
}

export function giveKey(record: u32, low: u64, high: u64): void {
  store<u64>(record, low, REC_KEY);
  store<u64>(record, high, REC_KEY + 8);
}

/** Enters a record that has its key; `group` and `tag` are those of the key's hash. */
export function insertAt(group: u32, tag: u32, record: u32): void {
  let free = matches(group, 0);
  while (free == 0) {
    const passed = <u32>load<u8>(group, PASSED);
    if (passed != PASSED_STUCK) store<u8>(group, <u8>(passed + 1), PASSED);
    group = next(group);
    free = matches(group, 0);
  }
  const place = ctz<u32>(free);
  store<u8>(group + place, <u8>tag, TAGS);
  store<u32>(group + (place << 2), (record - RECORDS) / REC_SIZE);
}

/** Address of the group where a record belongs. */
export function homeOf(record: u32): u32 {
  return groupOf(mix(load<u64>(record, REC_KEY), load<u64>(record, REC_KEY + 8)));
}

/** Takes a record out and clears its key, so that a batch which found it earlier sees that it is gone. */
export function remove(record: u32): void {
  const hash = mix(load<u64>(record, REC_KEY), load<u64>(record, REC_KEY + 8));
  const tag = tagOf(hash);
  let group = groupOf(hash);
  while (!removeFrom(group, tag, record)) {
    const passed = <u32>load<u8>(group, PASSED);
    if (passed != PASSED_STUCK) store<u8>(group, <u8>(passed - 1), PASSED);
    group = next(group);
  }
  store<u64>(record, 0, REC_KEY);
}

function removeFrom(group: u32, tag: u32, record: u32): bool {
  for (let places = matches(group, tag); places != 0; places &= places - 1) {
    if (recordAt(group, places) != record) continue;
    store<u8>(group + ctz<u32>(places), 0, TAGS);
    return true;
  }
  return false;
}

function next(group: u32): u32 {
  const following = group + GROUP_SIZE;
  return following == INDEX + INDEX_GROUPS * GROUP_SIZE ? INDEX : following;
}
