// A mistake in a configuration, and the error that carries all of them.

import { LinkplaneError } from "../errors.ts";

/** Keys and indices that lead to a value. */
export type Path = (string | number)[];

/** A mistake before it has a place in a file. */
export interface Mistake {
  path: Path;
  /** What is wrong and what to do. */
  message: string;
  /** The mistake is the key itself, not its value. */
  atKey?: boolean;
}

/** A mistake and where it is. */
export interface Problem {
  file: string;
  /** From 1; 0 when the configuration did not come from a file. */
  line: number;
  column: number;
  /** `privateEndpoints[0].privateIPAddress`. */
  path: string;
  message: string;
}

/** `a[0].b` for a path. */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`),
    "",
  );
}

/** One line for a problem: where, what, what to do. */
export function problemText({ file, line, column, path, message }: Problem): string {
  const place = line > 0 ? `${file}:${line}:${column}` : path === "" ? file : `${file}: ${path}`;
  return `${place}: ${message}`;
}

/** What a file with mistakes holds. */
export type FileKind = "configuration" | "events" | "expectations";

/** Every mistake of a configuration, or of events that change one, at once. */
export class ConfigurationError extends LinkplaneError {
  readonly problems: readonly Problem[];

  constructor(
    code: "CONFIG_SYNTAX" | "CONFIG_INVALID",
    problems: readonly Problem[],
    kind: FileKind = "configuration",
  ) {
    const count = problems.length === 1 ? "one mistake" : `${problems.length} mistakes`;
    const file = `The ${kind} ${kind === "configuration" ? "has" : "have"}`;
    super(code, `${file} ${count}.`, { where: problems[0]?.file ?? kind });
    this.problems = problems;
  }

  /** A line for each problem. */
  override format(): string {
    return this.problems.map(problemText).join("\n");
  }
}
