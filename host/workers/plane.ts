// A plane whose shards run in worker threads. The same packets give the same results as in one thread, later; dealing out,
// copying and handling overlap, since there are two fronts and workers have several slots each.

import type { Configuration } from "../config/configuration.ts";
import type { Core } from "../core.ts";
import { type PlaneCounters, readCounters } from "../counters.ts";
import { Encapsulator } from "../encapsulation/encapsulator.ts";
import type { Flow } from "../flows.ts";
import { Intake, type Packet, place, unsigned } from "../packet.ts";
import { checkPackets, checkTime } from "../packet-check.ts";
import { checkedConfiguration } from "../plane.ts";
import { type Emission, type Result, resultAt } from "../result.ts";
import type { Front } from "../shards/front.ts";
import { sumCounters } from "../shards/sum.ts";
import { Crew, taken, type WorkerOptions } from "./crew.ts";
import type { Flight } from "./link.ts";
import type { Message } from "./message.ts";

/**
 * Makes a plane of `settings.shards` shards in worker threads. Takes a configuration as `createPlane` does. Throws
 * LinkplaneError CONFIG_INVALID, MEMORY_LIMIT, USAGE or WORKER_FAILED.
 */
export async function createWorkerPlane(
  configuration: Configuration | object,
  options: WorkerOptions,
): Promise<WorkerPlane> {
  const checked = await checkedConfiguration(configuration);
  const ended: Flow[] = [];
  const crew = await Crew.start(checked, options, (flows) => ended.push(...flows));
  const fronts: [Front, Front] = [await crew.front(), await crew.front()];
  return new WorkerPlane(crew, fronts, checked, () => {
    for (const flow of ended.splice(0)) options.onFlowEnd?.(flow);
  });
}

/** A running plane. What is asked of it is done in the order it was asked. */
export class WorkerPlane {
  private readonly crew: Crew;
  private readonly fronts: readonly [Front, Front];
  /** The front that dealt last: fragments are known there. */
  private last: Front;
  private intake: Intake;
  private encapsulator: Encapsulator | undefined;
  private readonly reportEnded: () => void;
  private turn: Promise<unknown> = Promise.resolve();

  /** For createWorkerPlane. */
  constructor(crew: Crew, fronts: [Front, Front], configuration: Configuration, reportEnded: () => void) {
    this.crew = crew;
    this.fronts = fronts;
    this.last = fronts[0];
    this.intake = new Intake(crew.plan.tables.names, configuration);
    this.encapsulator = Encapsulator.of(crew.plan.tables.numbering.networks.things);
    this.reportEnded = reportEnded;
  }

  /** The one in force. */
  get configuration(): Configuration {
    return this.crew.plan.configuration;
  }

  /** Puts another configuration in force behind the packets given before. Rejects as `Plane.apply` throws. */
  apply(configuration: Configuration): Promise<void> {
    return this.inTurn(async () => {
      await taken(this.crew.apply(configuration, this.fronts));
      this.intake = new Intake(this.crew.plan.tables.names, configuration);
      this.encapsulator = Encapsulator.of(this.crew.plan.tables.numbering.networks.things);
    });
  }

  /** Worker threads that there are. */
  get workers(): number {
    return this.crew.links.length;
  }

  /** Handles packets in order. Rejects as `Plane.process` throws, or with WORKER_FAILED. */
  async process(packets: Iterable<Packet>): Promise<Result[]> {
    const batch = checkPackets(packets);
    const networks = batch.map((packet) => this.intake.networkOf(packet));
    const results: Result[] = [];
    let next = 0;
    await this.stream(
      (front) => {
        for (let packet = batch[next]; packet !== undefined && front.fits(packet.frame.length); packet = batch[next])
          place(front, packet, networks[next++] as number);
        return next < batch.length;
      },
      (front, count) => {
        for (let i = 0; i < count; i++) results.push(resultAt(front, i, this.encapsulator));
      },
    );
    return results;
  }

  /**
   * Handles frames without an object each. `fill` places some that fit, and says whether there are more; `settle` reads verdicts
   * and emits of the first `count` of them, in order, before the memory is used again. Both get a core to do it with.
   */
  stream(fill: (front: Core) => boolean, settle: (front: Core, count: number) => void): Promise<void> {
    return this.inTurn(async () => {
      const flights: Flight[] = [];
      try {
        for (let turn = 0, more = true; more || flights.length > 0; turn++) {
          if (more) {
            const front = this.fronts[turn % 2] as Front;
            more = fill(front);
            front.follow(this.last);
            this.last = front;
            flights.push(await taken(this.crew.launch(front)));
            // Seldom: more fragments were held than are dealt at once.
            while (front.waiting > 0) {
              for (const flight of flights.splice(0)) await this.settle(flight, settle);
              flights.push(await taken(this.crew.launch(front)));
            }
          }
          if (flights.length > Number(more)) await this.settle(flights.shift() as Flight, settle);
        }
      } finally {
        for (const flight of flights) await taken(this.crew.land(flight)).catch(() => undefined);
      }
    });
  }

  /** Moves the clocks of all shards to `time` (ns) and releases flows that are due; what leaves are their resets. */
  async advance(time: bigint): Promise<Emission[]> {
    checkTime(time);
    const question = { what: "advance", time: unsigned(time) } as const;
    return this.inTurn(async () => {
      this.last.advance(question.time);
      return advanced(this.crew, await taken(this.crew.askAll(question)), this.reportEnded);
    });
  }

  /** Time of the next timer, ns, or undefined. */
  nextDeadline(): Promise<bigint | undefined> {
    return this.inTurn(async () => leastDeadline(await taken(this.crew.askAll({ what: "deadline" })), this.last));
  }

  /** Forgets flows, counters and time; keeps the configuration. */
  reset(): Promise<void> {
    return this.inTurn(async () => {
      for (const front of this.fronts) front.reset();
      await taken(this.crew.askAll({ what: "reset" }));
    });
  }

  counters(): Promise<PlaneCounters> {
    return this.inTurn(async () => summed(this.crew, await taken(this.crew.askAll({ what: "counters" })), this.fronts));
  }

  /** Flows and denied flows that are not released yet, in ascending number. Process no packets while iterating. */
  async *flows(): AsyncGenerator<Flow, void, void> {
    for (const denied of [false, true])
      for (let shard = 0; shard < this.crew.plan.numbers.shards; shard++)
        for (let begin = true; ; begin = false) {
          const question = { what: "flows", shard, denied, begin } as const;
          const { flows = [] } = await this.inTurn(() => taken(this.crew.ask(shard, question)));
          yield* flows;
          if (flows.length === 0) break;
        }
  }

  /** Ends the workers, after what was asked before. Whatever is asked later fails. */
  async close(): Promise<void> {
    await this.turn;
    await this.crew.close();
  }

  private async settle(flight: Flight, settle: (front: Core, count: number) => void): Promise<void> {
    await taken(this.crew.land(flight));
    settle(flight.front, flight.count);
    this.reportEnded();
  }

  private inTurn<Outcome>(work: () => Promise<Outcome>): Promise<Outcome> {
    const done = this.turn.then(() => {
      for (const link of this.crew.links) link.check();
      return work();
    });
    this.turn = done.catch(() => undefined);
    return done;
  }
}

/** What leaves when the clocks are moved on, in the order of shards. */
export function advanced(crew: Crew, answers: Message[], reportEnded: () => void): Emission[] {
  crew.noteEnded(answers);
  reportEnded();
  return crew.byShard(answers, ({ emissions }) => emissions).flat();
}

/** Time of the next timer of workers and of the front that deals. */
export function leastDeadline(answers: Message[], front: Core): bigint | undefined {
  const all = [front.nextDeadline(), ...answers.map(({ deadline }) => deadline)];
  const times = all.filter((time) => time !== undefined);
  return times.length === 0 ? undefined : times.reduce((least, time) => (time < least ? time : least));
}

export function summed(crew: Crew, answers: Message[], fronts: readonly Core[]): PlaneCounters {
  const { tables, numbers } = crew.plan;
  const steered = fronts.map((front) => readCounters(front, tables.names, 0, numbers.shards));
  return sumCounters([...crew.byShard(answers, ({ counters }) => counters), ...steered]);
}
