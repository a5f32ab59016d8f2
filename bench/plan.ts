// The sections of the suite, in the order they run.

import type { Section } from "../host/measure/row.ts";
import { measureAgeing } from "./sections/ageing.ts";
import { measureBatches } from "./sections/batches.ts";
import { measureCapacity } from "./sections/capacity.ts";
import { measureConnections } from "./sections/connections.ts";
import { measureFeatures } from "./sections/features.ts";
import { measureFlood } from "./sections/flood.ts";
import { measureLadder } from "./sections/ladder.ts";
import { measureLatency } from "./sections/latency.ts";
import { measureMemory } from "./sections/memory.ts";
import { measureMicro } from "./sections/micro.ts";
import { measureNewFlows } from "./sections/new-flows.ts";
import { measureReplay } from "./sections/replay.ts";
import { measureStartup } from "./sections/startup.ts";
import { measureVariants } from "./sections/variants.ts";
import { measureWorkers } from "./sections/workers.ts";

/** Says what is being measured now. */
export type Say = (what: string) => void;

/** Keeps what a section has so far, in case the run ends before it does. */
export type Keep = (section: Section) => void;

/** A section, or why it cannot be measured here. */
export type Measure = (say: Say, keep: Keep) => Promise<Section | string>;

export const PLAN: Record<string, Measure> = {
  ladder: measureLadder,
  variants: measureVariants,
  features: measureFeatures,
  batches: measureBatches,
  "new-flows": measureNewFlows,
  connections: measureConnections,
  flood: measureFlood,
  memory: measureMemory,
  ageing: measureAgeing,
  latency: measureLatency,
  startup: measureStartup,
  replay: measureReplay,
  workers: measureWorkers,
  micro: measureMicro,
  capacity: measureCapacity,
};
