// Reads a file of expectations; mistakes come back with their places.

import type { Configuration } from "../config/configuration.ts";
import { readDocument } from "../config/document.ts";
import { mistakesOf } from "../config/findings.ts";
import type { Mistake } from "../config/problem.ts";
import { reference } from "../config/references.ts";
import { REASONS } from "../reasons.ts";
import type { Expectation } from "./expectation.ts";
import { FLOW_REASONS } from "./flow-reasons.ts";
import { expectationsSchema } from "./schema.ts";

/** Reads expectations about a configuration. `file` is its name in messages. Throws ConfigurationError. */
export function parseExpectations(text: string, configuration: Configuration, file = "expectations"): Expectation[] {
  return readDocument(text, file, "expectations", (value) => {
    const parsed = expectationsSchema.safeParse(value, { reportInput: true });
    if (!parsed.success)
      return { mistakes: parsed.error.issues.flatMap((issue) => mistakesOf(issue, expectationsSchema)) };
    const { expectations } = parsed.data;
    const mistakes = expectations.flatMap((each, i) => [
      ...unknownNames(each, i, configuration),
      ...impossibleReason(each, i),
    ]);
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

/** A reason that no flow with this verdict has: the expectation could never be met. */
function impossibleReason({ verdict, reason }: Expectation, i: number): Mistake[] {
  if (reason === undefined || FLOW_REASONS[verdict].includes(reason)) return [];
  if (!REASONS.some(({ name }) => name === reason)) return [];
  const isFlows = Object.values(FLOW_REASONS).flat().includes(reason);
  const message = isFlows
    ? `No flow is ${verdict} as ${reason}. Set verdict to ${verdict === "allowed" ? "denied" : "allowed"}, or leave reason out.`
    : `${reason} is about single packets, and no flow is ${verdict} for it. Leave reason out, or use one of: ${FLOW_REASONS[verdict].join(", ")}.`;
  return [{ path: ["expectations", i, "reason"], message }];
}
