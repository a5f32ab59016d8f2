// More than one core: what a second worker brings to the cores alone, and what the whole way through workers does.

import type { Interval } from "../host/measure/interval.ts";
import { measuredConfiguration } from "../host/measure/configuration.ts";
import { millions, ratio, type Series, takeTurns } from "../host/measure/rounds.ts";
import { createPlane } from "../host/plane.ts";
import { createWorkerPlane } from "../host/workers/plane.ts";
import { buildThread, CoreThreads } from "./core-threads.ts";
import { streamOf, WholePath } from "./whole-path.ts";

const ROUNDS = 11;
const BATCH = 1024;
const SHARDS = 2;
/** Flows of all shards, what a second worker has to bring at least, and what would be good. */
const SCALES: [flows: number, target: number, stretch: number][] = [
  [1_000, 1.8, 1.9],
  [2_000_000, 1.4, 1.6],
];
const PATH_FLOWS = 100_000;
const PER_TURN = 2 ** 19;

interface Row {
  name: string;
  unit: string;
  kind: "pair" | "rate";
  better: "higher" | "neither";
  value: Interval;
  goal?: { target: number; stretch?: number };
}

/** The section of the suite; `say` is told what is measured now. */
export async function measureWorkers(say: (what: string) => void) {
  await buildThread();
  const rows: Row[] = [];
  for (const [flows, target, stretch] of SCALES) {
    say(`${flows.toLocaleString("en")} flows, cores alone`);
    rows.push(...(await coresAlone(flows, { target, stretch })));
  }
  say("the whole way through workers");
  rows.push(...(await wholePath()));
  return {
    name: "workers",
    title: "Workers: shards in threads of their own",
    rows,
    notes: [
      `${SHARDS} shards with half of the flows each. Cores alone: each thread plays a tape of fresh 64-byte frames of its own flows in its own memory, only calls into the core are timed, threads play at once and their rates add up; one worker has both shards, two have one each. The whole way: requests of ${PATH_FLOWS.toLocaleString("en")} flows are placed, dealt out, copied, handled and gathered by the main thread and ${SHARDS} workers, in wall-clock time; with as many processor cores as workers, the main thread takes a share of them.`,
    ],
    warnings: [] as string[],
    histograms: [] as never[],
  };
}

async function coresAlone(flows: number, goal: { target: number; stretch: number }): Promise<Row[]> {
  const load = { flows: flows / SHARDS, tapePackets: PER_TURN, perTurn: PER_TURN / 4, batch: BATCH };
  const name = `${flows.toLocaleString("en")} flows`;
  const subjects = [
    await CoreThreads.start("1 worker", 1, { ...load, shards: SHARDS }),
    await CoreThreads.start("1 worker again", 1, { ...load, shards: SHARDS }),
    await CoreThreads.start("2 workers", SHARDS, { ...load, shards: 1 }),
  ];
  try {
    const series = (await takeTurns(subjects, ROUNDS)) as [Series, Series, Series];
    const [one, again, two] = series;
    return [
      ...series.map((each) => rate(`${name}, ${each.name}`, millions(each))),
      pair(`${name}, 1 worker again to 1 (A/A)`, ratio(again, one)),
      { ...pair(`${name}, 2 workers to 1`, ratio(two, one)), better: "higher", goal },
    ];
  } finally {
    for (const subject of subjects) await subject.close();
  }
}

async function wholePath(): Promise<Row[]> {
  const unsharded = await createPlane(measuredConfiguration(PATH_FLOWS));
  const configuration = measuredConfiguration(PATH_FLOWS * 2, SHARDS);
  const inThread = await createPlane(configuration);
  const [one, two] = [
    await createWorkerPlane(configuration, { workers: 1 }),
    await createWorkerPlane(configuration, { workers: SHARDS }),
  ];
  const subjects = [
    new WholePath("the whole way, no shards", streamOf(unsharded.core), PATH_FLOWS, PER_TURN),
    new WholePath("the whole way, 2 shards in one thread", streamOf(inThread.core), PATH_FLOWS, PER_TURN),
    new WholePath("the whole way, 1 worker", one.stream.bind(one), PATH_FLOWS, PER_TURN),
    new WholePath("the whole way, 2 workers", two.stream.bind(two), PATH_FLOWS, PER_TURN),
  ];
  try {
    for (const subject of subjects) await subject.open(PATH_FLOWS);
    const series = await takeTurns(subjects, ROUNDS);
    const [none, , single, double] = series as [Series, Series, Series, Series];
    return [
      ...series.map((each) => rate(each.name, millions(each))),
      pair("the whole way, 2 workers to 1", ratio(double, single)),
      pair("the whole way, 2 workers to no shards", ratio(double, none)),
    ];
  } finally {
    await Promise.all([one.close(), two.close()]);
  }
}

const rate = (name: string, value: Interval): Row => ({ name, unit: "Mpps", kind: "rate", better: "higher", value });
const pair = (name: string, value: Interval): Row => ({ name, unit: "times", kind: "pair", better: "neither", value });
