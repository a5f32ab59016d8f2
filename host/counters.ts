// Counters as people read them: decoded from the core's memory.

import * as Abi from "./abi.ts";
import type { Names } from "./config/compile.ts";
import type { Core } from "./core.ts";
import type { Traffic } from "./flows.ts";
import { REASONS } from "./reasons.ts";
import { sumEndpoint } from "./shards/sum.ts";

/** Packets by reason name; reasons that never occurred are left out. */
export type ReasonCounts = Record<string, number>;

export interface EndpointCounters {
  flows: number;
  toService: Traffic;
  toConsumer: Traffic;
  drops: ReasonCounts;
}

export interface BackendCounters {
  loadBalancer: string;
  pool: string;
  address: string;
  state: string;
  /** Flows created, and those not yet released. */
  flows: number;
  active: number;
  toService: Traffic;
  toConsumer: Traffic;
}

/** One pool of NAT ports that was ever used. */
export interface NatPoolCounters {
  service: string;
  natAddress: string;
  backend: string;
  protocol: "tcp" | "udp";
  /** Shard whose slice of the ports it has. */
  shard: number;
  capacity: number;
  inUse: number;
  peak: number;
  /** Times a flow asked and found no port. */
  exhausted: number;
}

export interface PlaneCounters {
  /** Packets by reason, all verdicts. */
  reasons: ReasonCounts;
  flows: {
    created: number;
    denied: number;
    expired: number;
    /** Of those, ended by a change of the configuration. */
    cut: number;
    /** Of those, opening ones that gave way to another one. */
    evicted: number;
    active: number;
    /** Of several shards the sum of their peaks. */
    peak: number;
    /** Refused packets that found the quota of denied flows used up. */
    denialsUnrecorded: number;
  };
  generated: { reset: number; icmp: number; proxyHeader: number };
  /** First messages of flows whose rule identifies by name. */
  names: {
    /** Packets that wait for the rest of one. */
    held: number;
    /** Places of the hold pool in use at once, at most, and how many there are. */
    holdsPeak: number;
    holds: number;
    /** Flows let through by the outer name of an encrypted hello. */
    encrypted: number;
  };
  endpoints: Map<string, EndpointCounters>;
  backends: BackendCounters[];
  natPools: NatPoolCounters[];
}

/** Reads all counters of a shard of so many. Each is an exact count below 2^53. */
export function readCounters(core: Core, names: Names, shard: number, shards: number): PlaneCounters {
  const base = core.region(Abi.REGION_COUNTERS);
  const at = (counter: number): number => Number(core.u64(base + counter * 8));
  return {
    reasons: reasonsAt(core, base),
    flows: {
      created: at(Abi.COUNTER_FLOWS_CREATED),
      denied: at(Abi.COUNTER_FLOWS_DENIED),
      expired: at(Abi.COUNTER_FLOWS_EXPIRED),
      cut: at(Abi.COUNTER_FLOWS_CUT),
      evicted: at(Abi.COUNTER_FLOWS_EVICTED),
      active: at(Abi.COUNTER_FLOWS_ACTIVE),
      peak: at(Abi.COUNTER_FLOWS_PEAK),
      denialsUnrecorded: at(Abi.COUNTER_DENIALS_UNRECORDED),
    },
    generated: {
      reset: at(Abi.COUNTER_RESETS_SENT),
      icmp: at(Abi.COUNTER_ICMP_SENT),
      proxyHeader: at(Abi.COUNTER_PROXY_HEADERS_SENT),
    },
    names: {
      held: at(Abi.REASON_AWAITING_NAME),
      holdsPeak: at(Abi.COUNTER_HOLDS_PEAK),
      holds: core.control(Abi.CONTROL_HOLD_SLOTS),
      encrypted: at(Abi.COUNTER_NAMES_ENCRYPTED),
    },
    endpoints: endpointsOf(core, names),
    backends: names.backends.map((name, index) => ({ ...name, ...backendAt(core, index) })),
    natPools: natPools(core, names, shard, shards),
  };
}

/** By name: what an endpoint was mapped to before counts with it. */
function endpointsOf(core: Core, names: Names): Map<string, EndpointCounters> {
  const endpoints = new Map<string, EndpointCounters>();
  names.endpoints.forEach((name, index) => {
    const known = endpoints.get(name);
    const counters = endpointAt(core, index);
    endpoints.set(name, known === undefined ? counters : sumEndpoint([known, counters]));
  });
  return endpoints;
}

function reasonsAt(core: Core, base: number): ReasonCounts {
  const counts: ReasonCounts = {};
  REASONS.forEach(({ name }, reason) => {
    const packets = Number(core.u64(base + reason * 8));
    if (packets > 0) counts[name] = packets;
  });
  return counts;
}

function endpointAt(core: Core, index: number): EndpointCounters {
  const base = core.region(Abi.REGION_ENDPOINT_COUNTERS) + index * Abi.ENDPOINT_COUNTER_COUNT * 8;
  return {
    flows: Number(core.u64(base + Abi.ENDPOINT_FLOWS * 8)),
    toService: trafficAt(core, base + Abi.ENDPOINT_TO_SERVICE_PACKETS * 8),
    toConsumer: trafficAt(core, base + Abi.ENDPOINT_TO_CONSUMER_PACKETS * 8),
    drops: reasonsAt(core, base),
  };
}

function backendAt(core: Core, index: number) {
  const base = core.region(Abi.REGION_BACKEND_COUNTERS) + index * Abi.BACKEND_COUNTER_COUNT * 8;
  return {
    flows: Number(core.u64(base + Abi.BACKEND_FLOWS * 8)),
    active: Number(core.u64(base + Abi.BACKEND_ACTIVE * 8)),
    toService: trafficAt(core, base + Abi.BACKEND_TO_SERVICE_PACKETS * 8),
    toConsumer: trafficAt(core, base + Abi.BACKEND_TO_CONSUMER_PACKETS * 8),
  };
}

/** A counter of packets and the one of bytes behind it. */
function trafficAt(core: Core, at: number): Traffic {
  return { packets: Number(core.u64(at)), bytes: Number(core.u64(at + 8)) };
}

function natPools(core: Core, names: Names, shard: number, shards: number): NatPoolCounters[] {
  const slots = core.region(Abi.REGION_POOL_SLOTS);
  const pools: NatPoolCounters[] = [];
  for (let slot = 0; slot < core.control(Abi.CONTROL_POOL_SLOTS); slot++) {
    const pool = core.u32(slots + slot * 4);
    if (pool === 0) continue;
    pools.push({
      ...names.poolSlot(slot),
      shard,
      capacity: Abi.PORT_COUNT / shards,
      inUse: core.u32(pool + Abi.POOL_IN_USE),
      peak: core.u32(pool + Abi.POOL_PEAK),
      exhausted: core.u32(pool + Abi.POOL_EXHAUSTED),
    });
  }
  return pools;
}
