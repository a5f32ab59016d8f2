// The files of a command: none is read and written at once, and what was there stays until there is something to write.

import { realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type FileSink, type FileSource, fileSink, fileSource } from "../capture/file.ts";
import { usageError } from "./exit.ts";

/** Files that a command has open. */
export class OpenFiles {
  private readonly sources: FileSource[] = [];
  private readonly sinks: FileSink[] = [];

  async source(file: string): Promise<FileSource> {
    const source = await fileSource(file);
    this.sources.push(source);
    return source;
  }

  async sink(file: string): Promise<FileSink> {
    const sink = await fileSink(file);
    this.sinks.push(sink);
    return sink;
  }

  /** Closes all; of a command that failed, outputs without a byte written stay as they were. */
  async close(failed: boolean): Promise<void> {
    for (const source of this.sources) await source.close();
    for (const sink of this.sinks) await (failed ? sink.abandon() : sink.close());
  }
}

/** Refuses empty names, standard input read twice, and outputs that are inputs or each other. Throws USAGE. */
export function refuseClashes(inputs: readonly string[], outputs: readonly string[]): void {
  if ([...inputs, ...outputs].includes(""))
    throw usageError(
      "The name of a capture, of --config, --events, --expect, --out, --flows or --report is empty.",
      "Give a file name, or - for standard input or output.",
    );
  if (inputs.filter((file) => file === "-").length > 1)
    throw usageError(
      "Only one of the captures, --config, --events and --expect can be read from standard input.",
      "Give the others as files.",
    );
  if (outputs.filter((file) => file === "-").length > 1)
    throw usageError(
      "Only one of --out, --flows and --report can go to standard output.",
      "Give the others a file name.",
    );
  const used = new Set(inputs.map(identity));
  for (const output of outputs.filter((file) => file !== "-")) {
    const own = identity(output);
    if (used.has(own))
      throw usageError(`${output} is read or written already.`, "Give every output a name of its own.");
    if (!isDevice(output)) used.add(own);
  }
}

/** What two names of one file have in common, whether it is there yet or not: hard links differ in all but device and number. */
function identity(file: string): string {
  try {
    const { dev, ino } = statSync(file, { bigint: true });
    return ino === 0n ? realpathSync(file) : `${dev}:${ino}`;
  } catch {
    try {
      return join(realpathSync(dirname(file)), basename(file));
    } catch {
      return file;
    }
  }
}

function isDevice(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isCharacterDevice() === true;
}
