// What a schema finds wrong with a file, in our words.

import * as z from "zod";
import { adviceFor } from "./nearest.ts";
import type { Mistake, Path } from "./problem.ts";
import { tooLong } from "./totals.ts";
import { noChoice, wrongKind } from "./wrong-kind.ts";

/** Messages of the schema are sentences; zod's own have no full stop. */
const OWN_MESSAGE = /[.?]$/;

/** zod's finding in our words. */
export function mistakesOf(issue: z.core.$ZodIssue, schema: z.ZodType): Mistake[] {
  const path = issue.path as Path;
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(schema, path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `There is no field "${key}" here. ${adviceFor(key, known)}`,
      atKey: true,
    }));
  }
  const field = path.at(-1);
  if (typeof field === "string" && issue.input === undefined && issue.code === "invalid_type")
    return [{ path: path.slice(0, -1), message: `The field "${field}" is missing. Add it.` }];
  if (typeof field === "string" && issue.input === undefined && issue.code === "invalid_value")
    return [
      { path: path.slice(0, -1), message: `The field "${field}" is missing. Add one of: ${issue.values.join(", ")}.` },
    ];
  const message = messageOf(issue);
  return message === undefined ? [] : [{ path, message }];
}

/** What is wrong with a value and what to do; undefined when another finding says it. */
function messageOf(issue: z.core.$ZodIssue): string | undefined {
  if (OWN_MESSAGE.test(issue.message)) return issue.message;
  if (issue.code === "invalid_type") return wrongKind(issue.expected, issue.input);
  if (issue.code === "invalid_value") return noChoice(issue.values, issue.input);
  if (issue.code === "too_big" || issue.code === "too_small") {
    // Whole numbers that are not exact; each has limits of its own, which it misses too.
    if (issue.origin === "int") return undefined;
    if (issue.code === "too_small") return `${issue.input} is too small. Use at least ${issue.minimum}.`;
    if (issue.origin === "number") return `${issue.input} is too big. Use at most ${issue.maximum}.`;
    return tooLong(issue.maximum);
  }
  return `${issue.message}.`;
}

/** Fields that the schema knows at a path. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let at = z.toJSONSchema(schema, { io: "input" }) as JsonSchema | undefined;
  for (const part of path) at = typeof part === "number" ? at?.items : at?.properties?.[part];
  return Object.keys(at?.properties ?? {});
}

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
}
