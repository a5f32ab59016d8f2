// Reading the configuration that a command names.

import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { Configuration } from "../config/configuration.ts";
import { LinkplaneError } from "../errors.ts";

/** Reads and checks a file, or stdin for `-`. Throws CONFIG_SYNTAX or CONFIG_INVALID. */
export async function readConfiguration(file: string): Promise<Configuration> {
  const { parseConfiguration } = await import("../config/parse.ts");
  const content =
    file === "-" ? await text(process.stdin) : await readFile(file, "utf8").catch((error) => unreadable(file, error));
  return parseConfiguration(content, file === "-" ? "standard input" : file);
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
