// Latency inside the core: a packet waits for its whole batch, so its latency is the time of the call that handles it.

import type { Core } from "../../host/core.ts";
import { placeBatch } from "../../host/measure/batch.ts";
import { type Load, STEP, turnStart } from "../../host/measure/ladder.ts";
import { takeTurns, type Subject } from "../../host/measure/rounds.ts";
import { emptySection, exact, type Row, type Section } from "../../host/measure/row.ts";
import { recordTape } from "../../host/measure/tape.ts";
import { establish, PLAIN } from "../../host/measure/traffic.ts";
import type { Say } from "../plan.ts";
import { histogramOf, percentile } from "./percentile.ts";

const FLOWS = 100_000;
const ROUNDS = 21;
/** Batch sizes with the packets of a turn. */
const SIZES: [batch: number, perTurn: number][] = [
  [1, 2 ** 14],
  [32, 2 ** 15],
  [256, 2 ** 17],
  [1024, 2 ** 18],
];
const QUANTILES: [name: string, share: number][] = [
  ["p50", 0.5],
  ["p99", 0.99],
  ["p99.9", 0.999],
  ["max", 1],
];
const CLOCK_READINGS = 100_000;

export async function measureLatency(say: Say): Promise<Section> {
  const section = emptySection(
    "latency",
    "Latency of a packet inside the core: 100,000 established flows, 64-byte frames",
  );
  section.notes.push(
    "A packet's latency is the time of the call that handles its batch. What it waits for the batch to fill is not in it: 256 packets take 26 µs to arrive at 10 Mpps. The clock is read before and after each call; the median cost of that is the last row, and is in all the others.",
  );
  say("flows are opened");
  const { plane, frames, time } = await establish({ flows: FLOWS, ...PLAIN });
  const tape = recordTape(frames, 2 ** 20);
  const subjects = SIZES.map(([batch, perTurn]) => new CallSubject(plane.core, { tape, batch, perTurn }, time));
  say(`batches of ${SIZES.map(([batch]) => batch).join(", ")}`);
  await takeTurns(subjects, ROUNDS);
  for (const { batch, calls } of subjects) {
    const sorted = Float64Array.from(calls).sort();
    for (const [name, share] of QUANTILES)
      section.rows.push(
        microseconds(`batch of ${batch}, ${name}`, percentile(sorted, share), share < 1 ? "lower" : "neither"),
      );
    section.histograms.push(histogramOf(`batch of ${batch}: packets by latency`, "µs", sorted, batch));
  }
  section.rows.push(microseconds("reading the clock twice", clockCost(), "neither"));
  return section;
}

/** Keeps the time of every call, µs, once it is warm. */
class CallSubject implements Subject {
  readonly name: string;
  readonly batch: number;
  readonly calls: number[] = [];
  private readonly core: Core;
  private readonly load: Load;
  private time: number;

  constructor(core: Core, load: Load, time: number) {
    this.name = String(load.batch);
    this.batch = load.batch;
    this.core = core;
    this.load = load;
    this.time = time;
  }

  turn(round: number): number {
    const { tape, batch, perTurn } = this.load;
    const from = turnStart(this.load, round);
    const times = new Float64Array(perTurn / batch);
    for (let i = 0; i < times.length; i++) {
      this.time = placeBatch(this.core, tape, from + i * batch, batch, this.time, STEP);
      const start = performance.now();
      const handled = this.core.run();
      times[i] = (performance.now() - start) * 1000;
      if (handled !== batch || this.core.emitCount !== batch)
        throw new Error("The packets measured were not all forwarded.");
    }
    if (round >= WARM_ROUNDS) for (const time of times) this.calls.push(time);
    return perTurn / times.reduce((sum, time) => sum + time, 0) / 1000;
  }
}

/** Rounds whose calls are not kept. */
const WARM_ROUNDS = 2;

/** Median of two readings of the clock with nothing between, µs. */
function clockCost(): number {
  const costs = new Float64Array(CLOCK_READINGS);
  for (let i = 0; i < CLOCK_READINGS; i++) {
    const start = performance.now();
    costs[i] = (performance.now() - start) * 1000;
  }
  return percentile(costs.sort(), 0.5);
}

const microseconds = (name: string, value: number, better: Row["better"]): Row => ({
  ...exact(name, "µs", value, better),
  kind: "rate",
});
