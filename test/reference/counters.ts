// Everything that is counted.
import type { CountersOut, Traffic } from "../plane.ts";

type EndpointCounts = CountersOut["endpoints"][string];
type BackendCounts = CountersOut["backends"][string];

const noTraffic = (): Traffic => ({ packets: 0, bytes: 0 });

export function addPacket(traffic: Traffic, bytes: number): void {
  traffic.packets++;
  traffic.bytes += bytes;
}

export class Counters {
  readonly reasons: Record<string, number> = {};
  readonly flows = { created: 0, denied: 0, expired: 0, cut: 0, evicted: 0, active: 0, peak: 0, denialsUnrecorded: 0 };
  readonly generated = { reset: 0, icmp: 0, proxyHeader: 0 };
  readonly names = { held: 0, holdsPeak: 0, holds: 0, encrypted: 0 };
  private readonly endpoints: Record<string, EndpointCounts> = {};
  private readonly backends: Record<string, BackendCounts> = {};

  constructor(endpoints: Iterable<string>, backends: Iterable<string>) {
    this.count(endpoints, backends);
  }

  /** There are such endpoints and backends, if there were not before. */
  count(endpoints: Iterable<string>, backends: Iterable<string>): void {
    for (const name of endpoints) {
      this.endpoints[name] ??= { flows: 0, toService: noTraffic(), toConsumer: noTraffic(), drops: {} };
    }
    for (const name of backends) {
      this.backends[name] ??= { flows: 0, active: 0, toService: noTraffic(), toConsumer: noTraffic() };
    }
  }

  endpoint(name: string): EndpointCounts {
    return this.endpoints[name] as EndpointCounts;
  }

  backend(name: string): BackendCounts {
    return this.backends[name] as BackendCounts;
  }

  /** Counts a packet under its reason, and a drop at its endpoint where that is known. */
  packet(reason: string, droppedAt: string | undefined): void {
    this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
    if (droppedAt === undefined) return;
    const { drops } = this.endpoint(droppedAt);
    drops[reason] = (drops[reason] ?? 0) + 1;
  }

  /** A packet that was held is held no more: it counts under another reason, and as a drop at its endpoint if one is named. */
  settled(reason: string, droppedAt?: string): void {
    this.names.held--;
    this.instead("awaiting-name", reason, droppedAt);
  }

  /** A packet counts under another reason than it did. */
  instead(before: string, reason: string, droppedAt?: string): void {
    this.reasons[before] = (this.reasons[before] ?? 0) - 1;
    this.packet(reason, droppedAt);
  }

  /** Packets that count under a reason are counted elsewhere, or come from there. */
  moved(reason: string, packets: number): void {
    this.reasons[reason] = (this.reasons[reason] ?? 0) + packets;
  }

  created(endpoint: string, backend: string): void {
    this.flows.created++;
    this.flows.active++;
    this.flows.peak = Math.max(this.flows.peak, this.flows.active);
    this.endpoint(endpoint).flows++;
    this.backend(backend).flows++;
    this.backend(backend).active++;
  }

  released(backend: string): void {
    this.flows.expired++;
    this.flows.active--;
    this.backend(backend).active--;
  }

  snapshot(natPools: CountersOut["natPools"]): CountersOut {
    const { flows, generated, names, endpoints, backends } = this;
    const reasons = Object.fromEntries(Object.entries(this.reasons).filter(([, packets]) => packets > 0));
    return structuredClone({ reasons, flows, generated, names, endpoints, backends, natPools });
  }
}

/** Counters of all shards: the same, added up wherever they are numbers. */
export function sumOf(shards: CountersOut[]): CountersOut {
  return shards.reduce((sum, counters) => added(sum, counters));
}

function added<Counts>(one: Counts, other: Counts): Counts {
  if (typeof one === "number") return (one + (other as number)) as Counts;
  const sum = { ...one };
  for (const [name, value] of Object.entries(other as object)) {
    const key = name as keyof Counts;
    sum[key] = key in (one as object) ? added(one[key], value) : value;
  }
  return sum;
}
