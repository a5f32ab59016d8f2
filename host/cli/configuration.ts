// Reading the configuration and the events that a command names.

import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { Configuration } from "../config/configuration.ts";
import type { ConfigurationEvent } from "../config/event.ts";
import type { Judge } from "../expect/judge.ts";
import { LinkplaneError } from "../errors.ts";

/** Reads and checks a file, or stdin for `-`. Throws CONFIG_SYNTAX or CONFIG_INVALID. */
export async function readConfiguration(file: string): Promise<Configuration> {
  const { parseConfiguration } = await import("../config/parse.ts");
  return parseConfiguration(await contentOf(file), nameOf(file));
}

/** Reads and checks the events that change a configuration, from a file or stdin. Throws CONFIG_SYNTAX or CONFIG_INVALID. */
export async function readEvents(file: string, configuration: Configuration): Promise<ConfigurationEvent[]> {
  const { parseEvents } = await import("../config/events.ts");
  return parseEvents(await contentOf(file), configuration, nameOf(file));
}

const nameOf = (file: string): string => (file === "-" ? "standard input" : file);

const contentOf = (file: string): Promise<string> =>
  file === "-" ? text(process.stdin) : readFile(file, "utf8").catch((error) => unreadable(file, error));

/** Judges flows by a file of expectations; undefined when none is named. Throws as a configuration's reading does. */
export async function judgeOf(file: string | undefined, configuration: Configuration): Promise<Judge | undefined> {
  if (file === undefined) return undefined;
  const content = await contentOf(file);
  const [{ Judge: Made }, { parseExpectations }] = await Promise.all([
    import("../expect/judge.ts"),
    import("../expect/read.ts"),
  ]);
  return new Made(parseExpectations(content, configuration, nameOf(file)));
}

const PROBLEMS: Record<string, string> = {
  ENOENT: "There is no such file.",
  EISDIR: "This is a folder.",
  EACCES: "Reading it is not permitted.",
};

function unreadable(file: string, error: NodeJS.ErrnoException): never {
  const what = PROBLEMS[error.code ?? ""] ?? `The file cannot be read (${error.code}).`;
  throw new LinkplaneError("CONFIG_SYNTAX", what, {
    where: file,
    remedy: "Check its name and permissions.",
    cause: error,
  });
}
