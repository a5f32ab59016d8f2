// Which configuration judged a flow last, and the walk over all flows that follows a change. Flows bear the epoch of the
// configuration, 1 to 255 around, or 0 when they have to be judged whatever it is. While a walk is under way every packet leaves the
// fast path (handle.ts), so that the fast path need not ask.

import { REC_EPOCH, REC_SIZE } from "../abi/records";
import { DENIED, RECORDS } from "../memory";

const EPOCHS: u32 = 255;

/** Epoch of the configuration in force. */
export let epoch: u32 = 0;
/** Configurations put in force so far. */
export let configurations: u32 = 0;
/** Whether flows may be left that an earlier configuration judged last. */
export let walking: bool = false;

/// Flow that the walk comes to next.
let next: u32 = 0;
/// Changes since a walk came to its end.
let changes: u32 = 0;

/** Another configuration is in force: all flows of so many numbers have to be judged again. */
export function beginEpoch(flows: u32): void {
  configurations++;
  epoch = (epoch % EPOCHS) + 1;
  next = 0;
  walking = flows != 0;
  if (!walking) changes = 0;
  else if (++changes == EPOCHS) forgetEpochs(flows);
}

/** No flow is left to be judged. */
export function resetEpochs(): void {
  walking = false;
  changes = 0;
}

/** Next flow of the walk, which there must be; ends it with the last of so many numbers. */
export function step(flows: u32): u32 {
  const flow = next++;
  if (next >= flows) {
    walking = false;
    changes = 0;
  }
  return flow;
}

/** Whether a flow's record, of either direction, was judged last by an earlier configuration. */
export function isStale(record: u32): bool {
  return <u32>load<u8>(record, REC_EPOCH) != epoch;
}

/** Both directions of a flow were judged by the configuration in force. */
export function markJudged(request: u32): void {
  store<u8>(request, <u8>epoch, REC_EPOCH);
  store<u8>(request + REC_SIZE, <u8>epoch, REC_EPOCH);
}

/** The next epoch may be one that flows still bear: all of them are marked as not judged, in one go. */
function forgetEpochs(flows: u32): void {
  const end = min(RECORDS + flows * 2 * REC_SIZE, DENIED);
  for (let record = RECORDS; record < end; record += REC_SIZE) store<u8>(record, 0, REC_EPOCH);
  changes = 0;
}
