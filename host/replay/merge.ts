// Several captures as one, in order of time: runs of frames of one capture, each as long as no other capture has an earlier one.

import type { CaptureReader, FrameBatch } from "../capture/capture.ts";

/** Frames `from` to `to` (exclusive) of a capture's batch. */
export interface Run {
  /** Number of the capture. */
  capture: number;
  batch: FrameBatch;
  from: number;
  to: number;
  /** The batch ends here: its buffer is used again when the next run is asked for. */
  exhausts: boolean;
}

interface Cursor {
  capture: number;
  batches: AsyncGenerator<FrameBatch, void, void>;
  batch: FrameBatch | undefined;
  at: number;
}

/** Merges captures; of frames with the same time, the one of the capture named first goes first. */
export async function* mergeByTime(readers: readonly CaptureReader[]): AsyncGenerator<Run, void, void> {
  const cursors: Cursor[] = [];
  for (const [capture, reader] of readers.entries()) {
    const cursor: Cursor = { capture, batches: reader.batches(), batch: undefined, at: 0 };
    if (await refill(cursor)) cursors.push(cursor);
  }
  while (cursors.length > 0) {
    const next = cursors.reduce((best, cursor) => (timeOf(cursor) < timeOf(best) ? cursor : best));
    const batch = next.batch as FrameBatch;
    const from = next.at;
    next.at = cursors.length === 1 ? batch.count : runEnd(next, cursors);
    const exhausts = next.at === batch.count;
    yield { capture: next.capture, batch, from, to: next.at, exhausts };
    if (exhausts && !(await refill(next))) cursors.splice(cursors.indexOf(next), 1);
  }
}

/** Takes the next batch that has frames; false at the end. */
async function refill(cursor: Cursor): Promise<boolean> {
  for (;;) {
    const { value, done } = await cursor.batches.next();
    if (done === true) return false;
    cursor.batch = value as FrameBatch;
    cursor.at = 0;
    if (cursor.batch.count > 0) return true;
  }
}

function timeOf({ batch, at }: Cursor): bigint {
  return (batch as FrameBatch).time[at] as bigint;
}

/** First frame of a cursor that another capture's next frame precedes. */
function runEnd(cursor: Cursor, cursors: readonly Cursor[]): number {
  const batch = cursor.batch as FrameBatch;
  let end = cursor.at + 1;
  for (; end < batch.count; end++) {
    const time = batch.time[end] as bigint;
    const earlier = (other: Cursor): boolean =>
      other !== cursor && (timeOf(other) < time || (timeOf(other) === time && other.capture < cursor.capture));
    if (cursors.some(earlier)) break;
  }
  return end;
}
