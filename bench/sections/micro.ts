// Single operations, one beside the other, by Benchmark.js: where a packet's nanoseconds go, and what the library's calls cost.

import Benchmark from "benchmark";
import { FLAG, writeFrame } from "../../host/measure/frame.ts";
import { measuredConfiguration } from "../../host/measure/configuration.ts";
import { emptySection, type Row, type Section } from "../../host/measure/row.ts";
import { FRAME_LEAST, PLAIN, requestOf } from "../../host/measure/traffic.ts";
import { createPlane, type Packet } from "../../host/plane.ts";
import { DESCRIPTORS_AT, FRAMES, FRAMES_AT, operations, PARSED_AT, SUMMED } from "../micro/module.ts";
import type { Say } from "../plan.ts";

const BATCH = 256;
/** Seconds that an operation is sampled for. */
const SAMPLING = { maxTime: 1 };
const TEMPLATE_LOW = 0x0a00000112345678n;
const TEMPLATE_HIGH = 0x01bb04000a800004n;

/** What is called, and how many operations a call is. */
type Operation = [name: string, times: number, call: () => unknown];

export async function measureMicro(say: Say): Promise<Section> {
  const section = emptySection("micro", "Single operations, everything in the first cache: mean of Benchmark.js");
  section.notes.push(
    "Operations of the core are compiled without the rest of it, and repeated 64 times a call. They are no parts of a sum: in the core they overlap, and most of a packet's time is memory. The interval is that of the mean.",
  );
  for (const operation of [...(await ofCore()), ...(await ofLibrary())]) {
    say(operation[0]);
    section.rows.push(await measured(operation));
  }
  return section;
}

async function ofCore(): Promise<Operation[]> {
  const { parseFrames, hashKeys, transpose, sumBytes } = await operations();
  return [
    ["core: parse a frame, make its key", FRAMES, () => parseFrames(DESCRIPTORS_AT, PARSED_AT, FRAMES)],
    ["core: hash a key", FRAMES, () => hashKeys(PARSED_AT, FRAMES)],
    ["core: transpose a TCP frame", FRAMES, () => transpose(DESCRIPTORS_AT, TEMPLATE_LOW, TEMPLATE_HIGH, FRAMES)],
    ["core: sum 1,460 bytes, which no forwarded packet needs", FRAMES, () => sumBytes(FRAMES_AT, SUMMED, FRAMES)],
  ];
}

async function ofLibrary(): Promise<Operation[]> {
  const configuration = measuredConfiguration(BATCH);
  const plane = await createPlane(configuration);
  const packets = Array.from({ length: BATCH }, (_, flow): Packet => {
    const frame = new Uint8Array(FRAME_LEAST);
    writeFrame(new DataView(frame.buffer), 0, FRAME_LEAST, requestOf({ ...PLAIN, flows: BATCH }, flow, FLAG.syn));
    return { frame, time: 0n };
  });
  const [{ frame }] = packets as [Packet];
  plane.process(packets);
  return [
    ["library: processFrame", 1, () => plane.processFrame(frame, { time: 0n })],
    [`library: process, ${BATCH} packets, for each`, BATCH, () => plane.process(packets)],
    ["library: counters", 1, () => plane.counters()],
  ];
}

function measured([name, times, call]: Operation): Promise<Row> {
  return new Promise((resolve, reject) => {
    const benchmark = new Benchmark(name, call, SAMPLING);
    benchmark.on("complete", () => {
      const { mean, moe, sample } = benchmark.stats;
      const nanoseconds = (seconds: number): number => (seconds / times) * 1e9;
      const value = {
        median: nanoseconds(mean),
        low: nanoseconds(mean - moe),
        high: nanoseconds(mean + moe),
        count: sample.length,
      };
      resolve({ name, unit: "ns", kind: "rate", better: "lower", value });
    });
    benchmark.on("error", () => reject(new Error(`${name} failed.`, { cause: benchmark.error })));
    benchmark.run({ async: true });
  });
}
