// Packets per second of the core against the number of flows: established flows, both directions, random order, 64-byte
// frames, fresh copies for every batch. Only the call into the core is timed, in CPU time of this process.

import { establish, FRAME_SIZE, place } from "./traffic.ts";

export interface Rung {
  flows: number;
  packets: number;
  /** Million packets a second of core time: median, and the range over the rounds. */
  median: number;
  lowest: number;
  highest: number;
}

const BATCH = 1024;
const PACKETS_PER_ROUND = 2 ** 20;

/** Measures one rung over a number of rounds. */
export async function measure(flows: number, rounds: number): Promise<Rung> {
  const { plane, frames } = await establish(flows);
  const order = randomOrder(PACKETS_PER_ROUND, flows * 2);
  const rates: number[] = [];
  for (let round = -1; round < rounds; round++) {
    let nanoseconds = 0;
    for (let first = 0; first < PACKETS_PER_ROUND; first += BATCH) {
      for (let i = first; i < first + BATCH; i++) {
        const record = order[i] as number;
        place(plane.core, frames.subarray(record * FRAME_SIZE, (record + 1) * FRAME_SIZE), record & 1);
      }
      const start = process.hrtime.bigint();
      plane.core.run();
      nanoseconds += Number(process.hrtime.bigint() - start);
    }
    if (round >= 0) rates.push((PACKETS_PER_ROUND / nanoseconds) * 1000);
  }
  const forwarded = plane.counters().reasons.forwarded ?? 0;
  if (forwarded < PACKETS_PER_ROUND * (rounds + 1)) throw new Error("The benchmark's packets were not all forwarded.");
  rates.sort((a, b) => a - b);
  return {
    flows,
    packets: PACKETS_PER_ROUND * rounds,
    median: rates[rates.length >> 1] as number,
    lowest: rates[0] as number,
    highest: rates[rates.length - 1] as number,
  };
}

/** A reproducible random sequence of record numbers. */
function randomOrder(length: number, below: number): Uint32Array {
  const order = new Uint32Array(length);
  let state = 0x2545f491;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    order[i] = (state >>> 0) % below;
  }
  return order;
}
