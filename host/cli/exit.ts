// Exit codes, and what an error means for them.

import { LinkplaneError } from "../errors.ts";

export const EXIT = {
  done: 0,
  expectation: 1,
  usage: 2,
  configuration: 3,
  input: 4,
  output: 5,
  interrupted: 130,
} as const;

/** Stands before `-@NETWORK` while arguments are parsed. */
export const STANDARD_INPUT_MARK = "\0";

const CODES: Record<string, number> = {
  USAGE: EXIT.usage,
  UNKNOWN_NETWORK: EXIT.usage,
  CONFIG_SYNTAX: EXIT.configuration,
  CONFIG_INVALID: EXIT.configuration,
  CHANGE_REFUSED: EXIT.configuration,
  MEMORY_LIMIT: EXIT.configuration,
  CAPTURE_UNREADABLE: EXIT.input,
  CAPTURE_UNKNOWN_FORMAT: EXIT.input,
  CAPTURE_DAMAGED: EXIT.input,
  OUTPUT_FAILED: EXIT.output,
};

/** A mistake in how the command was called. */
export function usageError(sentence: string, remedy: string): LinkplaneError {
  return new LinkplaneError("USAGE", sentence, { remedy });
}

/** Prints an error for people and gives its exit code. A closed pipe is no error. */
export function report(error: unknown): number {
  if (isClosedPipe(error)) return EXIT.done;
  if (!(error instanceof LinkplaneError)) throw error;
  for (const line of error.format().split("\n")) process.stderr.write(`linkplane: ${line}\n`);
  return CODES[error.code] ?? EXIT.expectation;
}

/** Whether whoever read our output went away. */
export function isClosedPipe(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: string; cause?: unknown };
  return code === "EPIPE" || (cause !== undefined && isClosedPipe(cause));
}
