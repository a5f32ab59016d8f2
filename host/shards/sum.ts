// Counters of a plane: those of its shards, added up.

import type { BackendCounters, EndpointCounters, PlaneCounters, ReasonCounts } from "../counters.ts";
import type { Traffic } from "../flows.ts";
import { REASONS } from "../reasons.ts";

/** Adds the shards' counters up, at least one; NAT port pools stand beside one another. */
export function sumCounters(shards: readonly PlaneCounters[]): PlaneCounters {
  const [first] = shards as [PlaneCounters];
  if (shards.length === 1) return first;
  return {
    reasons: sumReasons(shards.map(({ reasons }) => reasons)),
    flows: sumFields(shards.map(({ flows }) => flows)),
    generated: sumFields(shards.map(({ generated }) => generated)),
    names: sumFields(shards.map(({ names }) => names)),
    endpoints: new Map(
      [...first.endpoints.keys()].map((name) => [
        name,
        sumEndpoint(shards.map(({ endpoints }) => endpoints.get(name) as EndpointCounters)),
      ]),
    ),
    backends: first.backends.map((_, i) => sumBackend(shards.map(({ backends }) => backends[i] as BackendCounters))),
    natPools: shards.flatMap(({ natPools }) => natPools),
  };
}

/** Adds counters of an endpoint up. */
export function sumEndpoint(counters: EndpointCounters[]): EndpointCounters {
  return {
    flows: counters.reduce((sum, { flows }) => sum + flows, 0),
    toService: sumTraffic(counters.map(({ toService }) => toService)),
    toConsumer: sumTraffic(counters.map(({ toConsumer }) => toConsumer)),
    drops: sumReasons(counters.map(({ drops }) => drops)),
  };
}

function sumBackend(counters: BackendCounters[]): BackendCounters {
  return {
    ...(counters[0] as BackendCounters),
    flows: counters.reduce((sum, { flows }) => sum + flows, 0),
    active: counters.reduce((sum, { active }) => sum + active, 0),
    toService: sumTraffic(counters.map(({ toService }) => toService)),
    toConsumer: sumTraffic(counters.map(({ toConsumer }) => toConsumer)),
  };
}

const sumTraffic = (traffic: Traffic[]): Traffic => sumFields(traffic);

/** Adds records of the same numbers up. */
function sumFields<Counts extends { [Name in keyof Counts]: number }>(counters: Counts[]): Counts {
  const sum = { ...(counters[0] as Counts) };
  for (const counts of counters.slice(1))
    for (const name of Object.keys(sum) as (keyof Counts)[])
      sum[name] = ((sum[name] as number) + (counts[name] as number)) as Counts[keyof Counts];
  return sum;
}

/** In the order of reasons. */
function sumReasons(counters: ReasonCounts[]): ReasonCounts {
  const sum: ReasonCounts = {};
  for (const { name } of REASONS) {
    const packets = counters.reduce((all, counts) => all + (counts[name] ?? 0), 0);
    if (packets > 0) sum[name] = packets;
  }
  return sum;
}
