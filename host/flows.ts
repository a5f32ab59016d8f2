// Flows as people read them: decoded from the core's records.

import * as Abi from "./abi.ts";
import { addressText } from "./config/address.ts";
import { textOf } from "./config/ipv6.ts";
import type { Names } from "./config/compile.ts";
import type { Core } from "./core.ts";
import { REASONS } from "./reasons.ts";
import type { RefusedNames } from "./refused.ts";
import type { ShardNumbers } from "./shards/numbers.ts";

export interface Traffic {
  packets: number;
  /** Wire lengths of the frames as they came in. */
  bytes: number;
}

export type FlowState = "opening" | "established" | "closing" | "reset" | "udp" | "denied" | "half-closed";
export type FlowEnd = "alive" | "idle" | "closed" | "reset" | "reused" | "admitted" | "refused" | "cut" | "evicted";

/** A flow or denied flow. */
export interface Flow {
  /** Flow number, as in verdicts; it is used again after the flow has ended. */
  number: number;
  network: string;
  protocol: "tcp" | "udp";
  /** `address:port` of the client, `[address]:port` when it is IPv6; `backend` and `nat` likewise. */
  client: string;
  /** Name of the endpoint. */
  endpoint: string;
  endpointPort: number;
  denied: boolean;
  /** Reason of its first packet's verdict, of its last one if denied. */
  reason: string;
  /** `address:port`, empty when denied. */
  backend: string;
  /** NAT `address:port`, empty when denied. */
  nat: string;
  /** Name of the resource it asked for; empty when nobody looked, or it has not said. */
  name: string;
  state: FlowState;
  end: FlowEnd;
  toService: Traffic;
  toConsumer: Traffic;
  /** Nanoseconds. */
  firstSeen: bigint;
  lastSeen: bigint;
}

const STATES: readonly FlowState[] = ["opening", "established", "closing", "reset", "udp", "denied", "half-closed"];
const ENDS: readonly FlowEnd[] = [
  "alive",
  "idle",
  "closed",
  "reset",
  "reused",
  "admitted",
  "refused",
  "cut",
  "evicted",
];
const HIGH = 2 ** 32;
const SIX_BYTES = 16;
/** Places of the addresses of a flow that ended. */
const CLIENT = 0;
const NAT = 2;
const BACKEND = 3;

/** Reads a shard's flows out of its core's memory. */
export class FlowReader {
  private readonly core: Core;
  private readonly names: Names;
  private readonly refused: RefusedNames;
  private readonly numbers: ShardNumbers;
  private readonly shard: number;
  private readonly maxFlows: number;

  constructor(core: Core, names: Names, refused: RefusedNames, numbers: ShardNumbers, shard: number) {
    this.core = core;
    this.names = names;
    this.refused = refused;
    this.numbers = numbers;
    this.shard = shard;
    this.maxFlows = core.control(Abi.CONTROL_MAX_FLOWS);
  }

  /** Flows not yet released, in ascending number. */
  *alive(): Generator<Flow, void, void> {
    const { core } = this;
    const records = core.region(Abi.REGION_RECORDS);
    const cold = core.region(Abi.REGION_COLD);
    for (let flow = 0; flow < core.control(Abi.CONTROL_FLOW_TOP); flow++) {
      const itsCold = cold + flow * Abi.COLD_SIZE;
      if (core.u8(itsCold + Abi.COLD_ALIVE) !== 0)
        yield this.flow(records + flow * 2 * Abi.REC_SIZE, itsCold, flow, Abi.END_ALIVE, this.nameOf(flow));
    }
  }

  /** Denied flows not yet released, in ascending number. */
  *aliveDenied(): Generator<Flow, void, void> {
    const { core } = this;
    const denied = core.region(Abi.REGION_RECORDS) + this.maxFlows * 2 * Abi.REC_SIZE;
    for (let i = 0; i < core.control(Abi.CONTROL_DENIED_TOP); i++) {
      const record = denied + i * Abi.REC_SIZE;
      if (core.u32(record + Abi.REC_KEY) !== 0) yield this.denied(record, this.maxFlows + i, Abi.END_ALIVE);
    }
  }

  /** Flows that ended during the core's last run or advance, in the order they ended. */
  *ended(): Generator<Flow, void, void> {
    const { core } = this;
    const first = core.region(Abi.REGION_ENDED);
    for (let i = 0; i < core.endedCount; i++) {
      const at = first + i * Abi.ENDED_SIZE;
      const number = core.u32(at + Abi.ENDED_NUMBER);
      const how = core.u8(at + Abi.ENDED_HOW);
      if (number >= this.maxFlows) yield this.denied(at + Abi.ENDED_RECORDS, number, how, at);
      else yield this.flow(at + Abi.ENDED_RECORDS, at + Abi.ENDED_COLD, number, how, core.u32(at + Abi.ENDED_NAME), at);
    }
  }

  /** Number, plus one, of the allowed name that a flow asked for; 0 for none. */
  private nameOf(flow: number): number {
    const { core } = this;
    if (core.control(Abi.CONTROL_HOLD_SLOTS) === 0) return 0;
    return core.u32(core.region(Abi.REGION_INSPECTIONS) + flow * Abi.INSPECT_SIZE + Abi.INSPECT_NAME);
  }

  private flow(request: number, cold: number, number: number, how: number, name: number, ended?: number): Flow {
    const { core } = this;
    const reply = request + Abi.REC_SIZE;
    const timer = core.u8(request + Abi.REC_TIMER);
    const state = timer >= Abi.TIMER_RULES ? Abi.STATE_ESTABLISHED : timer;
    const midStream = (core.u8(request + Abi.REC_SEEN) & Abi.SEEN_MID_STREAM) !== 0;
    const reason = midStream ? Abi.REASON_MID_STREAM_ADMITTED : Abi.REASON_NEW_FLOW;
    const bytesHigh = cold + Abi.COLD_BYTES_HIGH;
    const lastSeen = [request, reply].map((record) => core.u64(record + Abi.REC_LAST_SEEN));
    return {
      ...this.tuple(request, ended),
      number: this.numbers.ofPlane(this.shard, number),
      denied: false,
      reason: REASONS[reason]?.name ?? "",
      backend: this.target(request, Abi.TEMPLATE_DESTINATION, Abi.TEMPLATE_PORTS + 2, BACKEND, ended),
      nat: this.target(request, Abi.TEMPLATE_SOURCE, Abi.TEMPLATE_PORTS, NAT, ended),
      name: this.names.resourceNames[name - 1] ?? "",
      state: STATES[state] as FlowState,
      end: ENDS[how] as FlowEnd,
      toService: this.traffic(request, core.u16(bytesHigh)),
      toConsumer: this.traffic(reply, core.u16(bytesHigh + 2)),
      firstSeen: core.u64(cold + Abi.COLD_FIRST_SEEN),
      lastSeen: (lastSeen[0] as bigint) > (lastSeen[1] as bigint) ? (lastSeen[0] as bigint) : (lastSeen[1] as bigint),
    };
  }

  private denied(record: number, number: number, how: number, ended?: number): Flow {
    const { core } = this;
    return {
      ...this.tuple(record, ended),
      number: this.numbers.ofPlane(this.shard, number),
      denied: true,
      reason: REASONS[core.u8(record + Abi.DENIED_REASON)]?.name ?? "",
      backend: "",
      nat: "",
      name: this.refused.named(core.u32(record + Abi.DENIED_NAME)),
      state: "denied",
      end: ENDS[how] as FlowEnd,
      toService: this.traffic(record, core.u32(record + Abi.DENIED_BYTES_HIGH)),
      toConsumer: { packets: 0, bytes: 0 },
      firstSeen: core.u64(record + Abi.DENIED_FIRST_SEEN),
      lastSeen: core.u64(record + Abi.REC_LAST_SEEN),
    };
  }

  /** What a request direction's key says. */
  private tuple(
    record: number,
    ended?: number,
  ): Pick<Flow, "network" | "protocol" | "client" | "endpoint" | "endpointPort"> {
    const { core, names } = this;
    const key = record + Abi.REC_KEY;
    return {
      network: names.networks[core.u16(key + 2)] as string,
      protocol: core.u8(key + 1) === Abi.PROTOCOL_TCP ? "tcp" : "udp",
      client: `${this.address(key + 4, this.isSix(record), CLIENT, ended)}:${this.port(key + 12)}`,
      endpoint: names.endpoints[core.u16(record + Abi.REC_ENDPOINT)] as string,
      endpointPort: this.port(key + 14),
    };
  }

  /** An address and a port of a template. */
  private target(request: number, address: number, port: number, which: number, ended?: number): string {
    const template = request + Abi.REC_TEMPLATE;
    const six = this.isSix(request + Abi.REC_SIZE);
    return `${this.address(template + address, six, which, ended)}:${this.port(template + port)}`;
  }

  /** Whether the addresses of a record's key are IPv6. */
  private isSix(record: number): boolean {
    return (this.core.u8(record + Abi.REC_KEY) & Abi.KEY_SIX) !== 0;
  }

  private traffic(record: number, bytesHigh: number): Traffic {
    const bytes = bytesHigh * HIGH + this.core.u32(record + Abi.REC_BYTES);
    return { packets: this.core.u32(record + Abi.REC_PACKETS), bytes };
  }

  /** An address; an IPv6 one stands in the book by its place, or in the report of its flow, which has ended. */
  private address(at: number, six: boolean, which: number, ended?: number): string {
    const { bytes } = this.core;
    if (six) {
      const from = ended === undefined ? this.placeInBook(at) : ended + Abi.ENDED_ADDRESSES + which * SIX_BYTES;
      return `[${textOf(bytes.subarray(from, from + SIX_BYTES))}]`;
    }
    return addressText(
      (((bytes[at] as number) << 24) |
        ((bytes[at + 1] as number) << 16) |
        ((bytes[at + 2] as number) << 8) |
        (bytes[at + 3] as number)) >>>
        0,
    );
  }

  private placeInBook(at: number): number {
    const { core } = this;
    const entries = core.region(Abi.REGION_ADDRESSES) + core.control(Abi.CONTROL_BOOK_BUCKETS) * 4;
    return entries + (core.u32(at) - 1) * Abi.BOOK_ENTRY_SIZE;
  }

  private port(at: number): number {
    return ((this.core.bytes[at] as number) << 8) | (this.core.bytes[at + 1] as number);
  }
}

/** All flows of the shards, then all denied flows, in ascending number. */
export function* aliveOf(readers: readonly FlowReader[]): Generator<Flow, void, void> {
  for (const reader of readers) yield* reader.alive();
  for (const reader of readers) yield* reader.aliveDenied();
}
