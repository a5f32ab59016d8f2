// The pipeline over a batch. A lane of packets goes through short passes, each a tight loop, so that the misses of many
// packets overlap: parse and hash, touch the index, probe it and touch the records, then handle one packet after the other.

import { DESC_SIZE, LANE, RELEASE_PER_PACKET, VERDICT_SIZE } from "./abi";
import { REC_TOUCH } from "./abi/records";
import { lookUpSources } from "./admit/sources";
import { emitsHaveRoom } from "./emit/queue";
import { forwardEstablished } from "./established";
import { settleArrivals } from "./flow/arrivals";
import { endedHaveRoom } from "./flow/ended";
import { flowsHaveRoom } from "./flow/flow";
import { mix } from "./flow/hash";
import { touchDue } from "./flow/release";
import { groupOf, isUnsure, matches, recordAt, tagOf, touch, touchFurther } from "./flow/table";
import { touchVictims } from "./flow/victims";
import { mayBeDue } from "./flow/wheel";
import { listen } from "./handle";
import { DESCRIPTORS, EVICTS, LANES, VERDICTS } from "./memory";
import * as Parsed from "./parse";
import { FILTER_COUNT, PLAIN } from "./tables";
import { keepLane, restoreLane } from "./tunnel/lane";

/** Handles the first `count` descriptors; how many it handled: fewer when the queues for the host are full. */
export function run(count: u32): u32 {
  listen();
  for (let first: u32 = 0; first < count; first += LANE) {
    const size = min(count - first, <u32>LANE);
    if (PLAIN == 0) keepLane(first, size);
    parseLane(first, size);
    touchIndex(size);
    probeLane(size);
    if (FILTER_COUNT != 0) lookUpSources(size);
    if (mayBeDue()) touchDue(size * RELEASE_PER_PACKET);
    if (EVICTS && !flowsHaveRoom()) touchVictims(size);
    const handled = handleLane(first, size);
    settleArrivals();
    if (handled < size) {
      if (PLAIN == 0) restoreLane(first, handled, size);
      return first + handled;
    }
  }
  return count;
}

/** Parses descriptors and hashes their keys; what is found lies at LANES. */
export function parseLane(first: u32, size: u32): void {
  let desc = DESCRIPTORS + first * DESC_SIZE;
  let parsed = LANES;
  for (let i: u32 = 0; i < size; i++, desc += DESC_SIZE, parsed += Parsed.PARSED_SIZE) {
    Parsed.parse(desc, parsed);
    const hash = mix(load<u64>(parsed, Parsed.KEY_LOW), load<u64>(parsed, Parsed.KEY_HIGH));
    store<u32>(parsed, groupOf(hash), Parsed.GROUP);
    store<u8>(parsed, <u8>tagOf(hash), Parsed.TAG);
  }
}

function touchIndex(size: u32): void {
  const end = LANES + size * Parsed.PARSED_SIZE;
  for (let parsed = LANES; parsed < end; parsed += Parsed.PARSED_SIZE) touch(load<u32>(parsed, Parsed.GROUP));
}

/** Finds each packet's likely record by its tag, and brings it in with a store, which measures faster than a load. */
function probeLane(size: u32): void {
  const end = LANES + size * Parsed.PARSED_SIZE;
  for (let parsed = LANES; parsed < end; parsed += Parsed.PARSED_SIZE) {
    const group = load<u32>(parsed, Parsed.GROUP);
    const tag = <u32>load<u8>(parsed, Parsed.TAG);
    const places = matches(group, tag);
    let record: u32 = 0;
    if (places != 0) {
      record = recordAt(group, places);
      store<u8>(record, 1, REC_TOUCH);
    }
    store<u32>(parsed, record, Parsed.RECORD);
    if (isUnsure(group, places)) touchFurther(parsed, group, tag, places);
  }
}

function handleLane(first: u32, size: u32): u32 {
  let desc = DESCRIPTORS + first * DESC_SIZE;
  let verdict = VERDICTS + first * VERDICT_SIZE;
  let parsed = LANES;
  for (let i: u32 = 0; i < size; i++) {
    if (!emitsHaveRoom()) return i;
    if (!endedHaveRoom()) return i;
    forwardEstablished(desc, parsed, verdict);
    desc += DESC_SIZE;
    verdict += VERDICT_SIZE;
    parsed += Parsed.PARSED_SIZE;
  }
  return size;
}
