// What host and worker tell one another beside the shared memory: what a worker starts with, questions, answers.

import type { Configuration } from "../config/configuration.ts";
import type { PlaneCounters } from "../counters.ts";
import type { ErrorCode } from "../errors.ts";
import type { Flow } from "../flows.ts";
import type { Emission } from "../plane.ts";

/** What a worker starts with. */
export interface Start {
  module: WebAssembly.Module;
  configuration: Configuration;
  midStream: "admit" | "drop";
  ringSize: number;
  /** Cores translate fragments. */
  fragments: boolean;
  keepEnded: boolean;
  /** Its shards, ascending. */
  shards: number[];
}

export type Question =
  | { what: "counters" }
  | { what: "advance"; time: bigint }
  | { what: "deadline" }
  | { what: "reset" }
  | { what: "apply"; configuration: Configuration }
  /** The next flows of a shard, from its first when `begin` is set. */
  | { what: "flows"; shard: number; denied: boolean; begin: boolean };

/** A message of a worker: an answer, or something it says by itself. */
export interface Message {
  /** By shard, in the order of the worker's shards. */
  counters?: PlaneCounters[];
  /** By shard. */
  emissions?: Emission[][];
  deadline?: bigint;
  /** Of a shard; the last ones when empty. */
  flows?: Flow[];
  /** Flows that ended. */
  ended?: Flow[];
  failed?: { code: ErrorCode; sentence: string; remedy?: string | undefined };
}

/** Flows in one answer. */
export const FLOWS_MOST = 4096;
