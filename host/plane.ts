// What people use: a plane made from a configuration. Packets go in with their time, verdicts and packets come out.
// Deterministic: what comes out depends on packets, times, configuration and seed, and never on how they are batched.

import * as Abi from "../assembly/abi.ts";
import { addressNumber } from "./config/address.ts";
import { compile, type Names } from "./config/compile.ts";
import { type Configuration, isChecked } from "./config/configuration.ts";
import { Core } from "./core.ts";
import { type PlaneCounters, readCounters } from "./counters.ts";
import { LinkplaneError } from "./errors.ts";
import { type Flow, FlowReader } from "./flows.ts";
import { type LinkName, linkNumber } from "./links.ts";
import { coreModule } from "./module.ts";
import { checkPacket, checkPackets, checkTime } from "./packet-check.ts";
import { REASONS, type Verdict } from "./reasons.ts";

export type Side = "consumer" | "provider";
export type Cause = "input" | "held" | "timer" | "answer";

/** One frame and where it comes from. */
export interface Packet {
  /** The captured bytes. */
  frame: Uint8Array;
  /**
   * Side of the plane it comes in on; `consumer` when absent. `captured`: as a capture at the consumer shows it, replies
   * included, which leave on the provider's side as their backends must have sent them.
   */
  side?: Side | "captured";
  /** Name of its virtual network. May be absent when only one network can be meant on this side. */
  network?: string;
  /** Nanoseconds from any origin, 0 if below it; the plane's clock is the highest time it has seen. */
  time: bigint;
  /** Link type; `ethernet` when absent. */
  link?: LinkName;
  /** Length on the wire, bytes; the frame's length when absent or below it. */
  wireLength?: number;
  /** Address of the backend a flow that it opens should go to, for who balances elsewhere; any when absent. */
  backend?: string;
}

/** A packet that leaves. */
export interface Emission {
  side: Side;
  cause: Cause;
  /** Flow number, -1 for none. */
  flow: number;
  bytes: Uint8Array;
}

/** What became of a packet. A passed one is not in `out`: it is no matter of the plane's, and left as it is. */
export interface Result {
  verdict: Verdict;
  /** Name of the verdict reason, see docs/reasons.md. */
  reason: string;
  /** Flow number, -1 for none. */
  flow: number;
  /** What left while this packet was handled: resets of timed-out flows, then the packet itself or an answer to it. */
  out: Emission[];
}

export interface PlaneOptions {
  /** A compiled core to use instead of the embedded one, to share it between planes or workers. */
  module?: WebAssembly.Module;
  /** What happens to TCP flows whose beginning was not seen when the configuration does not say; `drop` when absent. */
  midStream?: "admit" | "drop";
  /** Bytes for the frames of one batch in the core's memory, at least 262,144; 4 MiB when absent. */
  ringSize?: number;
  /** Called with each flow and denied flow that ends. */
  onFlowEnd?: (flow: Flow) => void;
}

const SIDES: readonly Side[] = ["consumer", "provider"];
const ENTRANCES = [...SIDES, "captured"] as const;
const CAUSES: readonly Cause[] = ["input", "held", "timer", "answer"];
const VERDICTS: readonly (Verdict | undefined)[] = [undefined, "forward", "drop", "pass", "held"];

/**
 * Makes a plane. The configuration may be what `linkplane/config` parsed, or an object in the same terms, which is then
 * checked here. Throws LinkplaneError CONFIG_INVALID or MEMORY_LIMIT.
 */
export async function createPlane(configuration: Configuration | object, options: PlaneOptions = {}): Promise<Plane> {
  const checked = isChecked(configuration)
    ? configuration
    : (await import("./config/normalize.ts")).normalizeConfiguration(configuration);
  const { settings } = checked;
  const tables = compile(checked, options.midStream ?? "drop");
  const sizes = {
    maxFlows: settings.maxFlows,
    maxDenied: settings.maxDenied,
    poolSlots: tables.poolSlots,
    endpoints: checked.privateEndpoints.length,
    backends: tables.names.backends.length,
    keepLinks: tables.keepLinks,
    keepEnded: options.onFlowEnd !== undefined,
    ringSize: options.ringSize,
  };
  const core = await Core.create(options.module ?? (await coreModule()), sizes, tables.image);
  return new Plane(core, tables.names, checked, options.onFlowEnd);
}

/** A running plane. Packets never make it throw; unknown networks do. */
export class Plane {
  /** The core, for those who fill batches without an object a packet (the replay does). */
  readonly core: Core;
  readonly names: Names;
  readonly configuration: Configuration;
  private readonly flowReader: FlowReader;
  private readonly onFlowEnd: ((flow: Flow) => void) | undefined;
  private readonly networkNumbers: Map<string, number>;
  private readonly onlyNetworks: (number | undefined)[];

  constructor(core: Core, names: Names, configuration: Configuration, onFlowEnd?: (flow: Flow) => void) {
    this.core = core;
    this.names = names;
    this.configuration = configuration;
    this.flowReader = new FlowReader(core, names);
    this.onFlowEnd = onFlowEnd;
    this.networkNumbers = new Map(names.networks.map((name, index) => [name, index]));
    this.onlyNetworks = [
      this.only(configuration.privateEndpoints.map((endpoint) => endpoint.virtualNetwork)),
      this.only(configuration.privateLinkServices.map((service) => service.virtualNetwork)),
    ];
  }

  /**
   * Handles packets in order. Throws, before any of them is handled, UNKNOWN_NETWORK, or BAD_PACKET for what is no packet: a
   * frame that is no Uint8Array or longer than 262,144 bytes, a time that is no bigint or not below 2^64, a side or link type
   * that there is not, a wire length that is no whole number of bytes.
   */
  process(packets: Iterable<Packet>): Result[] {
    const batch = checkPackets(packets);
    const networks = batch.map((packet) => this.networkOf(packet));
    const results: Result[] = [];
    batch.forEach((packet, i) => {
      while (!this.core.fits(packet.frame.length)) this.drain(results);
      this.place(packet, networks[i] as number);
    });
    while (this.core.waiting > 0) this.drain(results);
    return results;
  }

  /** Handles one frame. Throws as `process` does. */
  processFrame(frame: Uint8Array, about: Omit<Packet, "frame">): Result {
    return this.process([{ ...about, frame }])[0] as Result;
  }

  /** Moves the clock to `time` (ns) and releases flows that are due; what leaves are their resets. Throws BAD_PACKET for no time. */
  advance(time: bigint): Emission[] {
    checkTime(time);
    const out: Emission[] = [];
    let done = false;
    while (!done) {
      done = this.core.advance(unsigned(time));
      for (let i = 0; i < this.core.emitCount; i++) out.push(this.emission(i));
      this.reportEnded();
    }
    return out;
  }

  /** Time of the next timer, ns, or undefined. Nothing happens by itself before it. */
  nextDeadline(): bigint | undefined {
    return this.core.nextDeadline();
  }

  /** Forgets flows, counters and time; keeps the configuration. */
  reset(): void {
    this.core.reset();
  }

  counters(): PlaneCounters {
    return readCounters(this.core, this.names, this.configuration.settings.shards);
  }

  /** Flows and denied flows that are not released yet, in ascending number. Do not process packets while iterating. */
  flows(): Generator<Flow, void, void> {
    return this.flowReader.alive();
  }

  /** Number of a network. Throws UNKNOWN_NETWORK. */
  networkNumber(name: string | undefined, side: number): number {
    const number = name === undefined ? this.onlyNetworks[side] : this.networkNumbers.get(name);
    if (number !== undefined) return number;
    const known = this.names.networks.join(", ");
    throw new LinkplaneError(
      "UNKNOWN_NETWORK",
      name === undefined ? `More than one network is on the ${SIDES[side]}'s side.` : `There is no network "${name}".`,
      { remedy: `Name one of: ${known}.` },
    );
  }

  /** Tells whoever asked about flows that ended in the core's last call. */
  reportEnded(): void {
    if (this.onFlowEnd !== undefined) for (const flow of this.flowReader.ended()) this.onFlowEnd(flow);
  }

  private only(names: string[]): number | undefined {
    const distinct = [...new Set(names)];
    return distinct.length === 1 ? this.networkNumbers.get(distinct[0] as string) : undefined;
  }

  /** Number of a packet's network, when the packet can be placed. */
  private networkOf(packet: Packet): number {
    checkPacket(packet);
    return this.networkNumber(packet.network, packet.side === "provider" ? Abi.SIDE_PROVIDER : Abi.SIDE_CONSUMER);
  }

  private place({ frame, side, time, link, wireLength, backend }: Packet, network: number): void {
    const nanoseconds = unsigned(time);
    this.core.place(
      frame,
      wireLength ?? frame.length,
      network,
      linkNumber(link ?? "ethernet"),
      sideNumber(side),
      Number(nanoseconds & 0xffffffffn),
      Number(nanoseconds >> 32n),
      backend === undefined ? 0 : addressNumber(backend),
    );
  }

  private drain(results: Result[]): void {
    const handled = this.core.run();
    for (let i = 0; i < handled; i++) results.push(this.result(i));
    this.reportEnded();
  }

  private result(i: number): Result {
    const { core } = this;
    const at = core.verdict(i);
    const first = core.u32(at + Abi.VERDICT_FIRST_EMIT);
    const emits = core.u32(at + Abi.VERDICT_EMITS);
    const out: Emission[] = [];
    for (let emit = first; emit < first + emits; emit++) out.push(this.emission(emit));
    return {
      verdict: VERDICTS[core.u8(at + Abi.VERDICT_CODE)] as Verdict,
      reason: REASONS[core.u8(at + Abi.VERDICT_REASON)]?.name ?? "",
      flow: flowNumber(core.u32(at + Abi.VERDICT_FLOW)),
      out,
    };
  }

  private emission(i: number): Emission {
    const { core } = this;
    const at = core.emit(i);
    const head = core.u32(at + Abi.EMIT_HEAD);
    const body = core.u32(at + Abi.EMIT_BODY);
    const headLength = core.u32(at + Abi.EMIT_HEAD_LENGTH);
    const bodyLength = core.u32(at + Abi.EMIT_BODY_LENGTH);
    const bytes = new Uint8Array(headLength + bodyLength);
    bytes.set(core.bytes.subarray(head, head + headLength));
    bytes.set(core.bytes.subarray(body, body + bodyLength), headLength);
    return {
      side: SIDES[core.u8(at + Abi.EMIT_SIDE)] as Side,
      cause: CAUSES[core.u8(at + Abi.EMIT_CAUSE)] as Cause,
      flow: flowNumber(core.u32(at + Abi.EMIT_FLOW)),
      bytes,
    };
  }
}

/** A time as the core has it: none is below 0. */
const unsigned = (time: bigint): bigint => (time < 0n ? 0n : time);
const sideNumber = (side: Packet["side"]): number => (side === undefined ? Abi.SIDE_CONSUMER : ENTRANCES.indexOf(side));
const flowNumber = (number: number): number => (number === Abi.NO_FLOW ? -1 : number);
