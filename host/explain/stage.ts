// What a stage looked at and decided, in words and as data: the same for people and for programs.

import type { Configuration } from "../config/configuration.ts";
import type { Names } from "../config/compile.ts";
import type { Encapsulator } from "../encapsulation/encapsulator.ts";
import { ShardNumbers } from "../shards/numbers.ts";
import type { Note } from "./notes.ts";

/** One line of an explanation. */
export interface Step {
  /** Name of the stage, such as `connection`. */
  stage: string;
  /** Name of the verdict reason that the stage has against the packet; absent when it lets it go on. */
  reason?: string;
  /** What it decided, in a few words. */
  decided: string;
  /** What it looked at, by name. */
  looked: Record<string, string | number | boolean>;
}

/** What numbers of the core mean. */
export interface Meaning {
  names: Names;
  configuration: Configuration;
  /** Puts what leaves into tunnels. */
  encapsulator?: Encapsulator | undefined;
  /** Shard that wrote the note; absent: the only one. */
  shard?: number;
  /** Name of the endpoint that the packet is to, once a stage has found it. */
  endpoint?: string | undefined;
}

/** A flow or denied flow as people are told of it; `number` is the shard's own. */
export function flowOf(
  number: number,
  { configuration, shard = 0 }: Meaning,
): { flow: number } | { deniedFlow: number } {
  const numbers = new ShardNumbers(configuration.settings);
  return planeFlowOf(numbers.ofPlane(shard, number), configuration);
}

/** The same by the plane's number. Denied flows are counted by themselves. */
export function planeFlowOf(number: number, { settings }: Configuration): { flow: number } | { deniedFlow: number } {
  const { firstDenied } = new ShardNumbers(settings);
  return number < firstDenied ? { flow: number } : { deniedFlow: number - firstDenied };
}

/** `flow 3`, or `denied flow 0`. */
export const flowText = (of: { flow: number } | { deniedFlow: number }): string =>
  "flow" in of ? `flow ${of.flow}` : `denied flow ${of.deniedFlow}`;

/** What a note has beside its values, and the name of its reason. */
export interface TellingMore extends Pick<Note, "text" | "six"> {
  reason: string | undefined;
}

/** A stage's way of telling a note. */
export interface Telling {
  stage: string;
  tell(values: readonly number[], meaning: Meaning, more: TellingMore): Omit<Step, "stage" | "reason">;
}
