// What a stage looked at and decided, in words and as data: the same for people and for programs.

import type { Configuration } from "../config/configuration.ts";
import type { Names } from "../config/compile.ts";

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
}

/** A stage's way of telling a note. */
export interface Telling {
  stage: string;
  tell(
    values: readonly number[],
    meaning: Meaning,
    text: string,
    reason: string | undefined,
  ): Omit<Step, "stage" | "reason">;
}
