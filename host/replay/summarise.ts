// The summary of a replay, from the plane's counters and the replay's own.

import { unfilteredRules } from "../config/names.ts";
import type { BackendCounters, PlaneCounters, ReasonCounts } from "../counters.ts";
import type { Plane } from "../plane.ts";
import { REASONS } from "../reasons.ts";
import { inertRules } from "../report/inert-rules.ts";
import type { Busiest } from "./busiest.ts";
import { type CaptureSummary, REPLAY_SCHEMA, type ReplaySummary } from "./summary.ts";
import type { Tally } from "./tally.ts";

const NANOSECONDS = 1e9;
const BITS = 8;

/** `wallSeconds` is what the replay took; `direct`: replies were not compared. */
export function summarise(
  plane: Plane,
  captures: CaptureSummary[],
  tally: Tally,
  busiest: Busiest,
  wallSeconds: number,
  interrupted: boolean,
  leftOut: number,
  direct: boolean,
): ReplaySummary {
  const counters = plane.counters();
  const { created, denied, expired, active, peak, denialsUnrecorded: unrecorded } = counters.flows;
  const summary: ReplaySummary = {
    schema: REPLAY_SCHEMA,
    captures,
    packets: packetsOf(tally),
    generated: { mirrored: tally.mirrored, ...counters.generated },
    drops: dropsOf(counters.reasons, tally),
    flows: { created, denied, expired, active, peak, unrecorded },
    endpoints: [...counters.endpoints].map(([name, counts], index) => ({
      name,
      state: plane.configuration.privateEndpoints[index]?.connectionState ?? "",
      ...counts,
      drops: sumOf(counts.drops, tally.endpointDrops.get(index)),
    })),
    natPools: counters.natPools.map(({ shard: _, ...pool }) => pool),
    backends: counters.backends.map(backendOf),
    replies: repliesOf(tally),
    seed: plane.configuration.settings.seed,
    time: {
      captureSeconds: Number((tally.last ?? 0n) - (tally.first ?? 0n)) / NANOSECONDS,
      wallSeconds,
      packetsPerSecond: tally.read / wallSeconds,
      bitsPerSecond: (tally.bytes * BITS) / wallSeconds,
    },
  };
  const { verified, wrongBefore, changed } = tally;
  if (verified > 0) summary.checksums = { verified, wrongBefore, changed };
  const dropped = summary.endpoints.some(({ drops }) => Object.keys(drops).length > 0);
  if (tally.concerned === 0 && !dropped && tally.read > 0) summary.busiest = busiest.list();
  if (direct) summary.replies.compared = false;
  if (counters.names.holds > 0) summary.names = namesOf(plane, counters.names);
  if (leftOut > 0) summary.leftOut = leftOut;
  const inert = inertRules(plane.configuration);
  if (inert.length > 0) summary.inertRules = inert;
  if (interrupted) summary.interrupted = true;
  return summary;
}

/** Drops of the plane and of the replay itself, by reason. */
function sumOf(own: ReasonCounts, others: ReasonCounts = {}): ReasonCounts {
  const sum = { ...own };
  for (const [reason, packets] of Object.entries(others)) sum[reason] = (sum[reason] ?? 0) + packets;
  return sum;
}

function backendOf({ loadBalancer, pool, address, state, flows }: BackendCounters): ReplaySummary["backends"][number] {
  return { pool: `${loadBalancer}/${pool}`, address, state, flows };
}

/** Packets that are still held are dropped: nothing lets them go any more. */
function packetsOf({ read, forwarded, dropped, held, passed }: Tally): ReplaySummary["packets"] {
  return { read, forwarded, dropped: dropped + held, passed };
}

function repliesOf({ mirrored, identical, different, unmatched, refused }: Tally): ReplaySummary["replies"] {
  return { mirrored, identical, different, unmatched, refused };
}

function namesOf(plane: Plane, names: PlaneCounters["names"]): NonNullable<ReplaySummary["names"]> {
  return { refused: plane.refusedNames(), ...names, notFiltered: unfilteredRules(plane.configuration) };
}

function dropsOf(reasons: ReasonCounts, tally: Tally): ReasonCounts {
  const drops: ReasonCounts = {};
  for (const { name, verdict } of REASONS) {
    const packets = (reasons[name] ?? 0) + (tally.drops[name] ?? 0);
    if ((verdict === "drop" || verdict === "held") && packets > 0) drops[name] = packets;
  }
  return drops;
}
