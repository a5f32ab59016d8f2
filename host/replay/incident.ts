// The events of a replay: each is put in force before the first packet that is not earlier, in the order of the file.

import type { Configuration } from "../config/configuration.ts";
import { changed, changeText, type ConfigurationEvent } from "../config/event.ts";
import type { EventTime } from "../config/event-time.ts";
import { type PlanePlan, planned, replanned } from "../plan.ts";
import type { PlaneOptions } from "../plane.ts";
import type { ReplayEvent } from "./summary.ts";

const NANOSECONDS = 1e9;

/** An event and what the configuration is from then on. */
export interface Step {
  event: ConfigurationEvent;
  text: string;
  before: Configuration;
  configuration: Configuration;
}

/** Puts a step in force at a time, nanoseconds since 1970; the flows it cut or moved. */
export type Putting = (step: Step, time: bigint) => number;

/** What a list of events makes of a configuration, one after the other. */
export function stepsOf(configuration: Configuration, events: readonly ConfigurationEvent[]): Step[] {
  let before = configuration;
  return events.map((event) => {
    const step = { event, text: changeText(event.change), before, configuration: changed(before, event.change) };
    before = step.configuration;
    return step;
  });
}

/** Throws CHANGE_REFUSED if a plane of the first configuration cannot take one of the steps: then none is tried. */
export function rehearse(configuration: Configuration, steps: readonly Step[], options: PlaneOptions): void {
  let plan: PlanePlan = planned(configuration, options);
  for (const step of steps) plan = replanned(plan, step.configuration);
}

/** Events waiting for their time. */
export class Incident {
  private readonly steps: readonly Step[];
  private readonly put: Putting;
  private readonly taken: { time: bigint; flowsCut: number }[] = [];
  /** Time of the first packet; nanoseconds since 1970. */
  private first: bigint | undefined;
  /** Time of the next event, when it is known and there is one. */
  private next: bigint | undefined;

  constructor(steps: readonly Step[], put: Putting) {
    this.steps = steps;
    this.put = put;
  }

  /** Puts in force what is due before a packet of a time. */
  reach(time: bigint): void {
    if (this.first === undefined) {
      this.first = time;
      this.next = this.timeOfNext();
    }
    while (this.next !== undefined && this.next <= time) {
      const step = this.steps[this.taken.length] as Step;
      this.taken.push({ time: this.next, flowsCut: this.put(step, this.next) });
      this.next = this.timeOfNext();
    }
  }

  /** What became of every event. */
  report(): ReplayEvent[] {
    const { first } = this;
    return this.steps.map(({ text, event }, i) => {
      const taken = this.taken[i];
      const time = this.timeOf(event.at);
      const seconds = time === undefined || first === undefined ? null : Number(time - first) / NANOSECONDS;
      return { change: text, seconds, applied: taken !== undefined, flowsCut: taken?.flowsCut ?? 0 };
    });
  }

  private timeOfNext(): bigint | undefined {
    const step = this.steps[this.taken.length];
    return step === undefined ? undefined : this.timeOf(step.event.at);
  }

  private timeOf({ after, nanoseconds }: EventTime): bigint | undefined {
    if (after === "1970") return nanoseconds;
    return this.first === undefined ? undefined : this.first + nanoseconds;
  }
}
