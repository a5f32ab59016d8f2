// What the figures should reach, and what it would be good to reach.

import type { Goal } from "../host/measure/row.ts";

/** Packets a second of the core, millions; against the native plane; against JavaScript planes; by number of flows. */
interface RungGoals {
  core: Goal;
  native: Goal;
  plain: Goal;
  pipelined?: Goal;
}

export const RUNGS: ReadonlyMap<number, RungGoals> = new Map([
  [1_000, { core: { target: 30, stretch: 50 }, native: { target: 0.75 }, plain: { target: 1.6 } }],
  [100_000, { core: { target: 18, stretch: 28 }, native: { target: 0.9, stretch: 1 }, plain: { target: 5 } }],
  [
    1_000_000,
    {
      core: { target: 15, stretch: 22 },
      native: { target: 0.9, stretch: 1 },
      plain: { target: 5 },
      pipelined: { target: 2.5 },
    },
  ],
  [4_000_000, { core: { target: 10, stretch: 16 }, native: { target: 0.9, stretch: 1 }, plain: { target: 5 } }],
]);

/** Cost of a 1,400-byte frame against a 64-byte one. */
export const LARGE_FRAMES: Goal = { target: 1.5 };
/** Million a second. */
export const NEW_FLOWS: Goal = { target: 3, stretch: 6 };
export const CONNECTIONS: Goal = { target: 1.5, stretch: 2.5 };
/** Bytes a flow, all in. */
export const FLOW_BYTES: Goal = { target: 256, stretch: 192 };
/** Flows in one instance. */
export const CAPACITY: Goal = { target: 14_000_000, stretch: 16_000_000 };
/** Microseconds that expiry may add to a batch. */
export const EXPIRY: Goal = { target: 100 };
/** Milliseconds. */
export const VERSION_START: Goal = { target: 150 };
export const REPLAY_START: Goal = { target: 350 };
/** KiB. */
export const MODULE_SIZE: Goal = { target: 64 };
