// `npx tsx bench/apply.ts`: the pauses that a change of the configuration makes while flows live, for a thousand flows and for a million.
// Batches of 256 packets of established flows, chosen at random; each call into the core is timed by the clock, so other programs on the
// machine show in the slowest ones: what batches take without a change stands beside what they take after one.

import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import * as Abi from "../host/abi.ts";
import { type Configuration, markChecked } from "../host/config/configuration.ts";
import { establish, type EstablishedFlows, placeFrame, PLAIN } from "../host/measure/traffic.ts";

const FLOWS = [1000, 1_000_000];
const BATCH = 256;
const CHANGES = 5;
/** Packets before and after a change for each flow: the walk comes by a flow with each. */
const PACKETS_PER_FLOW = 1.25;
const PACKETS_LEAST = 262_144;

/** Times of batches, microseconds: half, 999 of 1,000 and all of them took no longer. */
interface Pace {
  median: number;
  nearly: number;
  slowest: number;
}

function paceOf({ plane: { core }, frames }: EstablishedFlows, flows: number): Pace {
  const times: number[] = [];
  const batches = Math.ceil(Math.max(flows * PACKETS_PER_FLOW, PACKETS_LEAST) / BATCH);
  for (let batch = 0; batch < batches; batch++) {
    for (let i = 0; i < BATCH; i++) {
      const at = Math.floor(Math.random() * flows) * 2 * frames.stride;
      placeFrame(core, frames.bytes.subarray(at, at + frames.lengthOf(0)), Abi.SIDE_CONSUMER, 1);
    }
    const before = performance.now();
    while (core.waiting > 0) core.run();
    times.push((performance.now() - before) * 1000);
  }
  times.sort((a, b) => a - b);
  const upTo = (share: number): number => times[Math.floor(share * (times.length - 1))] as number;
  return { median: upTo(0.5), nearly: upTo(0.999), slowest: upTo(1) };
}

/** The configuration with its connection approved or not, and one backend more or less, so that there is something to compile. */
function changed(from: Configuration, turn: number, approved: boolean): Configuration {
  const next = structuredClone(from);
  Object.assign(next.privateEndpoints[0] as object, { connectionState: approved ? "Approved" : "Rejected" });
  const pool = next.loadBalancers[0]?.backendAddressPools[0];
  Object.assign(pool?.backends[0] as object, { weight: 1 + (turn % 2) });
  return markChecked(next);
}

const medianOf = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] as number;

async function rowsOf(flows: number, table: Table.Table): Promise<void> {
  const established = await establish({ ...PLAIN, flows });
  const { plane } = established;
  const first = plane.configuration;
  paceOf(established, flows);
  const pauses: number[] = [];
  const before: Pace[] = [];
  const after: Pace[] = [];
  const add = (what: string, pause: number, without: Pace[], then: Pace[]): void => {
    const cells = [without, then].flatMap((paces) =>
      (["median", "nearly", "slowest"] as const).map((which) => medianOf(paces.map((pace) => pace[which])).toFixed(0)),
    );
    table.push([flows.toLocaleString("en"), what, pause.toFixed(1), ...cells]);
  };
  for (let change = 0; change <= CHANGES; change++) {
    const next = changed(first, change, change < CHANGES);
    before.push(paceOf(established, flows));
    const begun = performance.now();
    plane.apply(next);
    const pause = performance.now() - begun;
    const pace = paceOf(established, flows);
    if (change === CHANGES) return add("all flows are cut", pause, before, [pace]);
    pauses.push(pause);
    after.push(pace);
    if (change === CHANGES - 1) add("all flows stay", medianOf(pauses), before, after);
  }
}

async function main(): Promise<void> {
  const columns = [
    "flows",
    "change",
    "apply, ms",
    "before: median, us",
    "99.9 %",
    "slowest",
    "after: median, us",
    "99.9 %",
    "slowest",
  ];
  const table = new Table({ head: columns, style: { head: [], border: [] } });
  for (const flows of FLOWS) await rowsOf(flows, table);
  process.stdout.write(`${table.toString()}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
