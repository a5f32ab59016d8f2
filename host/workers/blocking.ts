// A plane in workers for whoever cannot wait otherwise than by blocking: a replay, which reads what became of a batch before it goes
// on. Its thread stands still while the workers handle a batch, which they do at once.

import type { Configuration } from "../config/configuration.ts";
import { type CoreExports, instantiated } from "../core.ts";
import type { PlaneCounters } from "../counters.ts";
import type { Flow } from "../flows.ts";
import { coreModule } from "../module.ts";
import { unsigned } from "../packet.ts";
import { checkTime } from "../packet-check.ts";
import { type Emission, Plane } from "../plane.ts";
import { Front, frontSizes } from "../shards/front.ts";
import { Crew, takenBlocking, type WorkerOptions } from "./crew.ts";
import type { Question } from "./message.ts";
import { advanced, leastDeadline, summed } from "./plane.ts";

/** Makes one for a checked configuration. Throws as `createWorkerPlane` does. */
export async function createBlockingPlane(
  configuration: Configuration,
  options: WorkerOptions,
): Promise<BlockingWorkerPlane> {
  const module = options.module ?? (await coreModule());
  const ended: Flow[] = [];
  const crew = await Crew.start(configuration, { ...options, module }, (flows) => ended.push(...flows));
  const { sizes, tables } = crew.plan;
  const core = new WorkerCore(await instantiated(module, frontSizes(sizes), tables.image), crew);
  return new BlockingWorkerPlane(core, crew, ended, options.onFlowEnd);
}

/** The front of shards that live in workers. */
class WorkerCore extends Front {
  private readonly crew: Crew;

  constructor(exports: CoreExports, crew: Crew) {
    super(exports, crew.plan.numbers);
    this.crew = crew;
  }

  override get shards(): [] {
    return [];
  }

  override run(): number {
    const flight = takenBlocking(this.crew.launch(this));
    takenBlocking(this.crew.land(flight));
    return flight.count;
  }
}

export class BlockingWorkerPlane extends Plane {
  private readonly crew: Crew;

  constructor(core: WorkerCore, crew: Crew, ended: Flow[], onFlowEnd: ((flow: Flow) => void) | undefined) {
    super(core, crew.plan, onFlowEnd, ended);
    this.crew = crew;
  }

  override apply(configuration: Configuration): void {
    super.apply(configuration);
    takenBlocking(this.crew.askAll({ what: "apply", configuration }));
  }

  override advance(time: bigint): Emission[] {
    checkTime(time);
    this.core.advance(unsigned(time));
    const question = { what: "advance", time: unsigned(time) } as const;
    return advanced(this.crew, takenBlocking(this.crew.askAll(question)), () => this.takeReports());
  }

  override nextDeadline(): bigint | undefined {
    return leastDeadline(takenBlocking(this.crew.askAll({ what: "deadline" })), this.core);
  }

  override reset(): void {
    this.core.reset();
    takenBlocking(this.crew.askAll({ what: "reset" }));
  }

  override counters(): PlaneCounters {
    return summed(this.crew, takenBlocking(this.crew.askAll({ what: "counters" })), [this.core]);
  }

  override *flows(): Generator<Flow, void, void> {
    for (const denied of [false, true])
      for (let shard = 0; shard < this.crew.plan.numbers.shards; shard++)
        for (let begin = true; ; begin = false) {
          const question: Question = { what: "flows", shard, denied, begin };
          const { flows = [] } = takenBlocking(this.crew.ask(shard, question));
          yield* flows;
          if (flows.length === 0) break;
        }
  }

  /** Ends the workers. */
  close(): Promise<void> {
    return this.crew.close();
  }
}
