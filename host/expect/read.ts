// Reads a file of expectations; mistakes come back with their places.

import type { Configuration } from "../config/configuration.ts";
import { readDocument } from "../config/document.ts";
import { mistakesOf } from "../config/findings.ts";
import type { Mistake } from "../config/problem.ts";
import { reference } from "../config/references.ts";
import { REASONS } from "../reasons.ts";
import type { Expectation } from "./expectation.ts";
import { expectationsSchema } from "./schema.ts";

/** Reads expectations about a configuration. `file` is its name in messages. Throws ConfigurationError. */
export function parseExpectations(text: string, configuration: Configuration, file = "expectations"): Expectation[] {
  return readDocument(text, file, "expectations", (value) => {
    const parsed = expectationsSchema.safeParse(value, { reportInput: true });
    if (!parsed.success)
      return { mistakes: parsed.error.issues.flatMap((issue) => mistakesOf(issue, expectationsSchema)) };
    const { expectations } = parsed.data;
    const mistakes = expectations.flatMap((each, i) => unknownNames(each, i, configuration));
    return mistakes.length > 0 ? { mistakes } : { read: expectations };
  });
}

function unknownNames({ endpoint, network, reason }: Expectation, i: number, configuration: Configuration): Mistake[] {
  const { privateEndpoints, virtualNetworks } = configuration;
  const wanted = [
    [endpoint, privateEndpoints, "endpoint", "private endpoint"],
    [network, virtualNetworks, "network", "virtual network"],
    [reason, REASONS, "reason", "reason"],
  ] as const;
  return wanted.flatMap(([name, list, field, what]) =>
    name === undefined ? [] : reference(name, list, ["expectations", i, field], what),
  );
}
