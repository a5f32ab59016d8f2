// A configuration whose shape is wrong in places, with stand-ins put there, so that the rest of it can be checked too and every
// mistake comes back at once.

import type { z } from "zod";
import type { Mistake, Path } from "./problem.ts";

const ROUNDS_MOST = 100;
/** Names and addresses that stand in (192.0.2.0/24 is for documentation only, RFC 5737). */
const STAND_IN = /stand-in \d+|192\.0\.2\.\d+/;

type Issue = z.core.$ZodIssue;
type Parsed<T> = { success: true; data: T } | { success: false; error: { issues: Issue[] } };

/** What was made of a value. */
export interface Mended<T> {
  data: T;
  /** Whether a mistake found in it is one of the value too: it neither lies at a stand-in nor names one. */
  isReal(mistake: Mistake): boolean;
}

/** Puts stand-ins where a value does not parse; undefined when none would do. The value itself is left alone. */
export function mend<T>(value: unknown, parse: (value: unknown) => Parsed<T>): Mended<T> | undefined {
  const copy: unknown = structuredClone(value);
  const touched: Path[] = [];
  for (let round = 1; round <= ROUNDS_MOST; round++) {
    const parsed = parse(copy);
    if (parsed.success) return { data: parsed.data, isReal: (mistake) => !hangsOn(touched, mistake) };
    const issue = parsed.error.issues[0] as Issue;
    const path = issue.path as Path;
    const replaced = standIns(issue, round).some((standIn) => {
      place(copy, path, standIn);
      return !failsAt(parse(copy), path);
    });
    if (!replaced) return undefined;
    touched.push(path);
  }
  return undefined;
}

function hangsOn(touched: readonly Path[], { path, message }: Mistake): boolean {
  const place = JSON.stringify(path);
  return STAND_IN.test(message) || touched.some((other) => place.startsWith(JSON.stringify(other).slice(0, -1)));
}

function failsAt(parsed: Parsed<unknown>, path: Path): boolean {
  const key = JSON.stringify(path);
  return !parsed.success && parsed.error.issues.some((issue) => JSON.stringify(issue.path) === key);
}

/** Values that may do at a place, likeliest first; names and addresses nobody else has. */
function standIns(issue: Issue, round: number): unknown[] {
  const { input } = issue;
  if (issue.code === "unrecognized_keys" && typeof input === "object" && input !== null)
    return [Object.fromEntries(Object.entries(input).filter(([key]) => !issue.keys.includes(key)))];
  if (issue.code === "too_big" && Array.isArray(input)) return [input.slice(0, Number(issue.maximum))];
  const known = issue.code === "invalid_value" ? issue.values.slice(0, 1) : [];
  const address = `192.0.2.${round}`;
  return [...known, undefined, `stand-in ${round}`, address, `${address}/32`, 1, [], [address], {}];
}

/** Puts something at a path whose parents are there; undefined removes a field. */
function place(root: unknown, path: Path, standIn: unknown): void {
  let at = root as Record<string | number, unknown>;
  for (const part of path.slice(0, -1)) at = at[part] as Record<string | number, unknown>;
  const last = path.at(-1);
  if (last === undefined) return;
  if (standIn === undefined && !Array.isArray(at)) delete at[last];
  else at[last] = standIn;
}
