// What people use: a plane made from a configuration. Packets go in with their time, verdicts and packets come out.
// Deterministic: what comes out depends on packets, times, configuration and seed, and never on how they are batched.

import type { Names } from "./config/compile.ts";
import { type Configuration, isChecked } from "./config/configuration.ts";
import { Core } from "./core.ts";
import { type PlaneCounters, readCounters } from "./counters.ts";
import { Encapsulator } from "./encapsulation/encapsulator.ts";
import { aliveOf, type Flow, FlowReader } from "./flows.ts";
import { type Explanation, explanationOf } from "./explain/explanation.ts";
import { coreModule } from "./module.ts";
import { Intake, type Packet, place, unsigned } from "./packet.ts";
import { checkPackets, checkTime } from "./packet-check.ts";
import { type RefusedName, RefusedNames } from "./refused.ts";
import { type PlanePlan, planned, replanned } from "./plan.ts";
import { type Emission, emissionAt, type Result, resultAt } from "./result.ts";
import { ShardedCore } from "./shards/cores.ts";
import { sumCounters } from "./shards/sum.ts";

export type { Packet, Side } from "./packet.ts";
export type { Cause, Emission, Result } from "./result.ts";

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

/**
 * Makes a plane. The configuration may be what `linkplane/config` parsed, or an object in the same terms, which is then
 * checked here. Throws LinkplaneError CONFIG_INVALID or MEMORY_LIMIT.
 */
export async function createPlane(configuration: Configuration | object, options: PlaneOptions = {}): Promise<Plane> {
  const checked = await checkedConfiguration(configuration);
  const module = options.module ?? (await coreModule());
  const plan = planned(checked, options);
  const { sizes, tables, numbers } = plan;
  const core =
    numbers.shards === 1
      ? await Core.create(module, sizes, tables.image)
      : await ShardedCore.of(module, sizes, tables.image, numbers);
  return new Plane(core, plan, options.onFlowEnd);
}

/** The configuration, checked unless it was. Throws CONFIG_INVALID. */
export async function checkedConfiguration(configuration: Configuration | object): Promise<Configuration> {
  if (isChecked(configuration)) return configuration;
  return (await import("./config/normalize.ts")).normalizeConfiguration(configuration);
}

/** A running plane. Packets never make it throw; unknown networks do. */
export class Plane {
  /** The core, for those who fill batches without an object a packet (the replay does). */
  readonly core: Core;
  readonly names: Names;
  /** Puts what leaves into tunnels, for those who read emits themselves; undefined when no network has one. */
  encapsulator: Encapsulator | undefined;
  private plan: PlanePlan;
  private readonly refusals: RefusedNames;
  private readonly flowReaders: readonly FlowReader[];
  /** Flows that ended in shards, whose cores report them only until they go on. */
  private readonly ended: Flow[];
  private readonly onFlowEnd: ((flow: Flow) => void) | undefined;
  private intake: Intake;

  constructor(core: Core, plan: PlanePlan, onFlowEnd?: (flow: Flow) => void, ended: Flow[] = []) {
    const { configuration, numbers } = plan;
    const { names } = plan.tables;
    this.core = core;
    this.ended = ended;
    this.names = names;
    this.plan = plan;
    this.refusals = new RefusedNames(core.shards[0] ?? core, names);
    this.flowReaders = core.shards.map((one, shard) => new FlowReader(one, names, this.refusals, numbers, shard));
    this.onFlowEnd = onFlowEnd;
    if (core instanceof ShardedCore) core.onEnded = (shard) => this.keepEnded(shard);
    this.intake = new Intake(names, configuration);
    this.encapsulator = Encapsulator.of(plan.tables.numbering.networks.things);
  }

  /** The one in force. */
  get configuration(): Configuration {
    return this.plan.configuration;
  }

  /**
   * Puts another configuration in force, before the next packet: flows that it no longer lets in are cut, the others live on
   * (docs/behaviour.md, section 15). Throws LinkplaneError CONFIG_INVALID for one that was not checked (parseConfiguration and
   * normalizeConfiguration do), CHANGE_REFUSED for one that this plane has no room for or cannot change to; then nothing is changed.
   */
  apply(configuration: Configuration): void {
    this.plan = replanned(this.plan, configuration);
    this.core.adopt(this.plan.tables.image);
    this.intake = new Intake(this.names, configuration);
    this.encapsulator = Encapsulator.of(this.plan.tables.numbering.networks.things);
  }

  /**
   * Handles packets in order. Throws, before any of them is handled, UNKNOWN_NETWORK, or BAD_PACKET for what is no packet: a
   * frame that is no Uint8Array or longer than 262,144 bytes, a time that is no bigint or not below 2^64, a side or link type
   * that there is not, a wire length that is no whole number of bytes.
   */
  process(packets: Iterable<Packet>): Result[] {
    const batch = checkPackets(packets);
    const networks = batch.map((packet) => this.intake.networkOf(packet));
    const results: Result[] = [];
    batch.forEach((packet, i) => {
      while (!this.core.fits(packet.frame.length)) this.drain(results);
      place(this.core, packet, networks[i] as number);
    });
    while (this.core.waiting > 0) this.drain(results);
    return results;
  }

  /** Handles one frame. Throws as `process` does. */
  processFrame(frame: Uint8Array, about: Omit<Packet, "frame">): Result {
    return this.process([{ ...about, frame }])[0] as Result;
  }

  /**
   * Handles one packet as `process` does, and says why it became of it what it did: every stage's own note of what it looked at and
   * decided. Throws as `process` does.
   */
  explain(packet: Packet): Explanation {
    const [checked] = checkPackets([packet]) as [Packet];
    const network = this.intake.networkOf(checked);
    const { core } = this;
    core.trace(true);
    try {
      place(core, checked, network);
      core.run();
      return explanationOf(core, this, checked.frame, checked.link ?? "ethernet");
    } finally {
      core.trace(false);
      this.takeReports();
    }
  }

  /** The last packet that left in the last run, if any did, without a tunnel around it. */
  lastEmission(): Emission | undefined {
    return this.core.emitCount === 0 ? undefined : emissionAt(this.core, this.core.emitCount - 1);
  }

  /** Moves the clock to `time` (ns) and releases flows that are due; what leaves are their resets. Throws BAD_PACKET for no time. */
  advance(time: bigint): Emission[] {
    checkTime(time);
    const out: Emission[] = [];
    let done = false;
    while (!done) {
      done = this.core.advance(unsigned(time));
      for (let i = 0; i < this.core.emitCount; i++) out.push(emissionAt(this.core, i, this.encapsulator));
      this.takeReports();
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
    this.refusals.clear();
  }

  counters(): PlaneCounters {
    const { shards, steerer } = this.core;
    const all = steerer === undefined ? shards : [...shards, steerer];
    return sumCounters(all.map((core, shard) => readCounters(core, this.names, shard, shards.length)));
  }

  /** Flows and denied flows that are not released yet, in ascending number. Do not process packets while iterating. */
  flows(): Generator<Flow, void, void> {
    return aliveOf(this.flowReaders);
  }

  /** Number of a network. Throws UNKNOWN_NETWORK. */
  networkNumber(name: string | undefined, side: number): number {
    return this.intake.networkNumber(name, side);
  }

  /** Names that clients asked for and were refused, most flows first. */
  refusedNames(): RefusedName[] {
    return this.refusals.list();
  }

  /** Takes the core's reports: refused names, and flows that ended in its last call. */
  takeReports(): void {
    this.refusals.read();
    if (this.onFlowEnd === undefined) return;
    if (this.flowReaders.length === 1) this.keepEnded(0);
    for (const flow of this.ended.splice(0)) this.onFlowEnd(flow);
  }

  private keepEnded(shard: number): void {
    for (const flow of (this.flowReaders[shard] as FlowReader).ended()) this.ended.push(flow);
  }

  private drain(results: Result[]): void {
    const handled = this.core.run();
    for (let i = 0; i < handled; i++) results.push(resultAt(this.core, i, this.encapsulator));
    this.takeReports();
  }
}
