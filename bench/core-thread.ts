// A thread of the measurement of workers: the cores of some shards, each with a tape of its own flows, played on demand.

import { parentPort, workerData } from "node:worker_threads";
import { CoreSubject } from "../host/measure/ladder.ts";
import { recordTape } from "../host/measure/tape.ts";
import { establish, PLAIN } from "../host/measure/traffic.ts";

/** What a thread is to hold and to play. */
export interface ThreadLoad {
  shards: number;
  /** Of each shard. */
  flows: number;
  tapePackets: number;
  /** Packets of each shard in a turn. */
  perTurn: number;
  batch: number;
}

const { shards, flows, tapePackets, perTurn, batch } = workerData as ThreadLoad;
const subjects: CoreSubject[] = [];
for (let shard = 0; shard < shards; shard++) {
  const { plane, frames, time } = await establish({ ...PLAIN, flows });
  const tape = recordTape(frames, tapePackets);
  subjects.push(new CoreSubject(`shard ${shard}`, plane.core, { tape, batch, perTurn }, time));
}

/** Answers the number of a round with the nanoseconds that the cores took for all their packets. */
parentPort?.on("message", (round: number) => {
  const nanoseconds = subjects.reduce((sum, subject) => sum + perTurn / subject.turn(round), 0);
  parentPort?.postMessage(nanoseconds);
});
parentPort?.postMessage(0);
