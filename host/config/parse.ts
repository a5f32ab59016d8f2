// Reading a configuration file.

import type { Configuration } from "./configuration.ts";
import { readDocument } from "./document.ts";
import { check } from "./normalize.ts";

/** Reads a configuration, YAML or JSON. `file` is its name in messages. Throws ConfigurationError. */
export function parseConfiguration(text: string, file = "configuration"): Configuration {
  return readDocument(text, file, "configuration", (value) => {
    const checked = check(value);
    return "configuration" in checked ? { read: checked.configuration } : checked;
  });
}
