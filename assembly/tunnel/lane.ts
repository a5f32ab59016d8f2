// Descriptors of a lane as the host wrote them. A frame whose tunnel was opened has another, and is described as it came again when it
// was not handled: the host calls again with it, and a tunnel in a tunnel stays closed.

import { DESC_SIZE, LANE } from "../abi";
import { DESCRIPTORS } from "../memory";

/// Bytes of a descriptor that opening may change: up to DESC_TIME.
const KEPT: u32 = 16;
const kept = memory.data(LANE * KEPT, 16);

/** Keeps the descriptors of a lane, which begins with number `first` of the batch. */
export function keepLane(first: u32, size: u32): void {
  let desc = DESCRIPTORS + first * DESC_SIZE;
  let at = <u32>kept;
  for (let i: u32 = 0; i < size; i++, desc += DESC_SIZE, at += KEPT) v128.store(at, v128.load(desc));
}

/** Writes those of the lane from number `from` of it on as they were kept. */
export function restoreLane(first: u32, from: u32, size: u32): void {
  for (let i = from; i < size; i++) v128.store(DESCRIPTORS + (first + i) * DESC_SIZE, v128.load(<u32>kept + i * KEPT));
}
