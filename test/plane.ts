// What a table test asks of a plane: the core behind its library, or the reference.

import type { Configuration } from "../host/config/configuration.ts";

export type LinkName = "ethernet" | "raw" | "null" | "sll" | "sll2" | "other";
export type Side = "consumer" | "provider";

export interface PacketIn {
  frame: Uint8Array;
  /** Bytes on the wire; the frame's own length when absent. */
  wireLength?: number;
  link: LinkName;
  /** Name of the virtual network the caller says it came from. */
  network: string;
  /** `captured`: as a capture at the consumer shows it. */
  side: Side | "captured";
  /** Nanoseconds. */
  time: bigint;
  /** Address of the backend that a flow it opens should go to. */
  backend?: string;
}

export interface EmitOut {
  side: Side;
  cause: "input" | "held" | "timer" | "answer";
  /** Flow number, -1 for none. */
  flow: number;
  bytes: Uint8Array;
}

export interface Outcome {
  verdict: "forward" | "drop" | "pass" | "held";
  reason: string;
  /** Flow number, -1 for none. */
  flow: number;
  out: EmitOut[];
}

export interface Traffic {
  packets: number;
  bytes: number;
}

export interface CountersOut {
  /** Packets by reason name, zero counts left out. */
  reasons: Record<string, number>;
  flows: {
    created: number;
    denied: number;
    expired: number;
    cut: number;
    evicted: number;
    active: number;
    peak: number;
    denialsUnrecorded: number;
  };
  generated: { reset: number; icmp: number; proxyHeader: number };
  names: { held: number; holdsPeak: number; holds: number; encrypted: number };
  /** By endpoint name. */
  endpoints: Record<string, { flows: number; toService: Traffic; toConsumer: Traffic; drops: Record<string, number> }>;
  /** By `pool/address` of `loadBalancer/pool/address`. */
  backends: Record<string, { flows: number; active: number; toService: Traffic; toConsumer: Traffic }>;
  /** Pools that were ever used, by `service natAddress backendAddress protocol shard`, protocol being `tcp` or `udp`. */
  natPools: Record<string, { inUse: number; peak: number; exhausted: number }>;
}

/** One flow or denied flow, alive or not yet released. */
export interface FlowOut {
  number: number;
  network: string;
  protocol: "tcp" | "udp";
  client: string; // address:port
  endpoint: string; // endpoint name
  endpointPort: number;
  denied: boolean;
  /** Reason of a denied flow, else `new-flow` or `mid-stream-admitted`. */
  reason: string;
  backend: string; // address:port, empty when denied
  nat: string; // address:port, empty when denied
  name: string; // of the resource asked for
  state: "opening" | "established" | "closing" | "reset" | "udp" | "denied" | "half-closed";
  toService: Traffic;
  toConsumer: Traffic;
  firstSeen: bigint;
  lastSeen: bigint;
}

export interface PlaneUnderTest {
  /** Puts another configuration, a checked one, in force. */
  apply(configuration: Configuration): void;
  process(packets: PacketIn[]): Outcome[];
  advance(time: bigint): EmitOut[];
  counters(): CountersOut;
  /** In ascending number. */
  flows(): FlowOut[];
}
