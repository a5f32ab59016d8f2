// Reading a configuration file.

import type { Configuration } from "./configuration.ts";
import { type Checked, readDocument } from "./document.ts";
import { check } from "./normalize.ts";

/** Fields of 64 bits. */
const EXACT = ["pscConnectionId"];

/** Reads a configuration, YAML or JSON. `file` is its name in messages. Throws ConfigurationError. */
export function parseConfiguration(text: string, file = "configuration"): Configuration {
  const read = (value: unknown): Checked<Configuration> => {
    const checked = check(value);
    return "configuration" in checked ? { read: checked.configuration } : checked;
  };
  return readDocument(text, file, "configuration", read, EXACT);
}
