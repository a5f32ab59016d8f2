// A million flows that expire at once, and what that adds to the batches of flows that live on.

import * as Abi from "../../host/abi.ts";
import { measuredConfiguration } from "../../host/measure/configuration.ts";
import { intervalOf } from "../../host/measure/interval.ts";
import { emptySection, exact, type Row, type Section } from "../../host/measure/row.ts";
import { BATCH } from "../../host/measure/rung.ts";
import { randomOrder, type Tape } from "../../host/measure/tape.ts";
import { requestOf } from "../../host/measure/traffic.ts";
import { createPlane, type Plane } from "../../host/plane.ts";
import { EXPIRY } from "../goals.ts";
import type { Say } from "../plan.ts";
import { openings } from "./new-flows.ts";
import { percentile } from "./percentile.ts";
import { blankTape, Player, writePacket } from "./script.ts";

const DYING = 1_000_000;
const LIVING = 1_000;
const ROUNDS = 9;
const NANOSECONDS = 1e9;
const QUANTILES: [name: string, share: number][] = [
  ["p50", 0.5],
  ["p99", 0.99],
  ["max", 1],
];

/** Microseconds of each batch, one array for each round. */
interface Batches {
  normal: Float64Array[];
  expiry: Float64Array[];
}

export async function measureAgeing(say: Say): Promise<Section> {
  const section = emptySection(
    "ageing",
    `Ageing: ${DYING.toLocaleString("en")} flows due in the same tick of the wheel`,
  );
  const configuration = measuredConfiguration(DYING + LIVING);
  const { tcpOpeningSeconds } = configuration.settings.timers;
  section.notes.push(
    `Batches of ${BATCH} packets of ${LIVING.toLocaleString("en")} other flows, before and while the million expire ${tcpOpeningSeconds} s after their SYNs. ${ROUNDS} runs of exactly the same work: a batch's time is the median of its times in all runs, which leaves out what neighbours did to one of them. The longest single time of all runs is printed too.`,
  );
  const plane = await createPlane(configuration);
  const dying = openings(DYING);
  const living = livingTape();
  const batches: Batches = { normal: [], expiry: [] };
  for (let round = -1; round < ROUNDS; round++) {
    say(round < 0 ? "warm-up" : `run ${round + 1} of ${ROUNDS}`);
    const { normal, expiry } = once(plane, dying, living, (tcpOpeningSeconds + 1) * NANOSECONDS);
    if (round < 0) continue;
    batches.normal.push(normal);
    batches.expiry.push(expiry);
  }
  section.rows.push(...rowsOf(batches));
  return section;
}

/** First a packet of each living flow, then random ones: as many as there are dying flows, and some. */
function livingTape(): Tape {
  const packets = BATCH * Math.ceil((DYING + LIVING) / BATCH);
  const tape = blankTape(packets);
  const order = randomOrder(packets, LIVING);
  for (let i = 0; i < packets; i++) {
    const flow = i < LIVING ? i : (order[i] as number);
    writePacket(tape, i, Abi.SIDE_CONSUMER, requestOf({ flows: LIVING, protocol: "udp", tagged: false }, flow, 0));
  }
  return tape;
}

function once(
  plane: Plane,
  dying: Tape,
  living: Tape,
  deadline: number,
): { normal: Float64Array; expiry: Float64Array } {
  const player = new Player(plane.core, BATCH);
  const times = (): Float64Array => {
    const microseconds: number[] = [];
    player.play(living, 0, living.packets, (milliseconds) => void microseconds.push(milliseconds * 1000));
    return Float64Array.from(microseconds.slice(Math.ceil(LIVING / BATCH)));
  };
  player.reset();
  player.play(dying);
  const normal = times();
  player.time = deadline;
  const expiry = times();
  if (plane.counters().flows.active !== LIVING) throw new Error("The flows measured did not all expire.");
  return { normal, expiry };
}

function rowsOf({ normal, expiry }: Batches): Row[] {
  const usual = medians(normal);
  const expiring = medians(expiry);
  const rows = QUANTILES.flatMap(([name, share]) => [
    microseconds(`normal batch, ${name}`, percentile(usual, share), "neither"),
    microseconds(`batch during expiry, ${name}`, percentile(expiring, share), "lower"),
  ]);
  const added = percentile(expiring, 1) - percentile(usual, 0.5);
  rows.push({ ...microseconds("added to the slowest batch, over the normal p50", added, "lower"), goal: EXPIRY });
  const longest = (runs: Float64Array[]): number =>
    Math.max(...runs.map((run) => run.reduce((a, b) => Math.max(a, b))));
  rows.push(microseconds("longest single time, normal", longest(normal), "neither"));
  rows.push(microseconds("longest single time, during expiry", longest(expiry), "neither"));
  return rows;
}

/** Median of each batch over the runs, sorted. */
function medians(runs: readonly Float64Array[]): Float64Array {
  const [first] = runs as [Float64Array];
  return first.map((_, i) => intervalOf(runs.map((run) => run[i] as number)).median).sort();
}

const microseconds = (name: string, value: number, better: Row["better"]): Row => ({
  ...exact(name, "µs", value, better),
  kind: "rate",
});
