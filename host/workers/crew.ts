// The workers of a plane: shards shared out among them, batches dealt out and gathered. What has to wait yields the worker it
// waits for, and whoever drives it does so in his own way: by a promise, or by blocking.

import * as Abi from "../abi.ts";
import type { Configuration } from "../config/configuration.ts";
import { Core } from "../core.ts";
import { LinkplaneError } from "../errors.ts";
import type { Flow } from "../flows.ts";
import { coreModule } from "../module.ts";
import { type PlanePlan, planned, replanned } from "../plan.ts";
import type { PlaneOptions } from "../plane.ts";
import { Front, type ShardLayout } from "../shards/front.ts";
import { type Flight, WorkerLink } from "./link.ts";
import type { Message, Question } from "./message.ts";

/** Something to be done, step by step, waiting for a worker between two steps. */
export type Steps<Result> = Generator<WorkerLink, Result, void>;

export interface WorkerOptions extends PlaneOptions {
  /** Threads; no more than there are shards are of use. */
  workers: number;
}

export class Crew {
  plan: PlanePlan;
  readonly links: readonly WorkerLink[];
  private readonly module: WebAssembly.Module;
  private readonly layout: ShardLayout;

  private readonly ended: (flows: Flow[]) => void;

  private constructor(
    plan: PlanePlan,
    module: WebAssembly.Module,
    links: WorkerLink[],
    layout: ShardLayout,
    ended: (flows: Flow[]) => void,
  ) {
    this.ended = ended;
    this.plan = plan;
    this.module = module;
    this.links = links;
    this.layout = layout;
  }

  /** Starts workers for a checked configuration. Throws USAGE, MEMORY_LIMIT or WORKER_FAILED. */
  static async start(
    configuration: Configuration,
    options: WorkerOptions,
    ended: (flows: Flow[]) => void,
  ): Promise<Crew> {
    const { shards } = configuration.settings;
    const { workers, midStream = "drop" } = options;
    if (!Number.isInteger(workers) || workers < 1)
      throw new LinkplaneError("USAGE", `There cannot be ${workers} workers.`, {
        remedy: "Give a whole number from 1.",
      });
    const module = options.module ?? (await coreModule());
    const plan = planned(configuration, options);
    // What is held lies in a worker's memory and would have to cross with what leaves.
    if (plan.tables.holdSlots > 0)
      throw new LinkplaneError("USAGE", "Rules that identify by name do not run in workers.", {
        remedy: "Leave workers out, or set identify: address.",
      });
    const { keepEnded, ringSize, fragments = false } = plan.sizes;
    const count = Math.min(workers, shards);
    const own = (worker: number): number[] =>
      Array.from({ length: shards }, (_, shard) => shard).filter((shard) => shard % count === worker);
    const about = { module, configuration, midStream, ringSize: ringSize as number, fragments, keepEnded };
    const links = Array.from({ length: count }, (_, i) => new WorkerLink({ ...about, shards: own(i) }, ended));
    const crew = new Crew(plan, module, links, await layoutOf(module, plan), ended);
    try {
      for (const link of links) while (!link.ready) await link.hear();
    } catch (error) {
      await crew.close();
      throw error;
    }
    return crew;
  }

  /** A front that takes batches of its own. */
  front(): Promise<Front> {
    const { sizes, tables, numbers } = this.plan;
    return Front.before(this.module, sizes, tables.image, numbers);
  }

  /** Deals out what a front has, as far as it goes at once. */
  *launch(front: Front): Steps<Flight> {
    const flight: Flight = { front, count: front.deal(), out: 0 };
    for (let shard = 0; shard < this.plan.numbers.shards; shard++) {
      const link = this.links[shard % this.links.length] as WorkerLink;
      for (const hand of front.handsOf(shard)) {
        while (!link.hasRoom) yield* this.gatherOne(link);
        link.give(flight, hand);
      }
    }
    return flight;
  }

  /** Gathers until all that a flight's frames became is in its front. */
  *land(flight: Flight): Steps<void> {
    while (flight.out > 0)
      for (const link of this.links) {
        while (link.hasTold) link.gather(this.layout);
        if (flight.out > 0 && link.isOut) yield* this.gatherOne(link);
      }
  }

  /** Puts a question to every worker; their answers, in order. */
  *askAll(question: Question): Steps<Message[]> {
    for (const link of this.links) link.ask(question);
    const answers: Message[] = [];
    for (const link of this.links) answers.push(yield* this.answerOf(link));
    return answers;
  }

  /** Puts another configuration in force in every worker and in fronts. Throws as `Plane.apply` does. */
  *apply(configuration: Configuration, fronts: readonly Front[]): Steps<void> {
    this.plan = replanned(this.plan, configuration);
    for (const front of fronts) front.adopt(this.plan.tables.image);
    yield* this.askAll({ what: "apply", configuration });
  }

  /** Puts a question to the worker of a shard. */
  *ask(shard: number, question: Question): Steps<Message> {
    const link = this.links[shard % this.links.length] as WorkerLink;
    link.ask(question);
    return yield* this.answerOf(link);
  }

  /** Answers by shard, in the order of shards. */
  byShard<Part>(answers: Message[], part: (answer: Message) => Part[] | undefined): Part[] {
    const { shards } = this.plan.numbers;
    return Array.from({ length: shards }, (_, shard) => {
      const answer = answers[shard % this.links.length] as Message;
      return (part(answer) as Part[])[Math.floor(shard / this.links.length)] as Part;
    });
  }

  /** Passes on the flows that answers say have ended. */
  noteEnded(answers: Message[]): void {
    for (const { ended = [] } of answers) this.ended(ended);
  }

  async close(): Promise<void> {
    await Promise.all(this.links.map((link) => link.close()));
  }

  private *gatherOne(link: WorkerLink): Steps<void> {
    while (!link.hasTold) yield link;
    link.gather(this.layout);
  }

  private *answerOf(link: WorkerLink): Steps<Message> {
    for (;;) {
      const message = link.message();
      if (message !== undefined) return message;
      yield link;
    }
  }
}

/** Where the regions of every shard's core are, found out with one that holds no flows: those in front of the tables. */
async function layoutOf(module: WebAssembly.Module, { sizes, tables }: PlanePlan): Promise<ShardLayout> {
  const core = await Core.create(module, { ...sizes, maxFlows: 0, maxDenied: 0, poolSlots: 0 }, tables.image);
  return { ring: core.ring, ringEnd: core.ring + core.ringSize, heads: core.region(Abi.REGION_HEADS) };
}

/** Takes steps, waiting by promises. */
export async function taken<Result>(steps: Steps<Result>): Promise<Result> {
  let step = steps.next();
  while (step.done !== true) {
    await step.value.hear();
    step = steps.next();
  }
  return step.value;
}

/** Takes steps, blocking the thread. */
export function takenBlocking<Result>(steps: Steps<Result>): Result {
  let step = steps.next();
  while (step.done !== true) {
    step.value.block();
    step = steps.next();
  }
  return step.value;
}
