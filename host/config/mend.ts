// A configuration whose shape is wrong in places, with stand-ins put there, so that the rest of it can be checked too and every
// mistake comes back at once. It is mended in two ways: a mistake that only one of them has is made up by its stand-ins.

import type * as z from "zod";
import { type Mistake, type Path, pathText } from "./problem.ts";

/** Places that are mended at most; a file with more mistakes of shape has enough to tell. */
const ROUNDS_MOST = 40;
/** Blocks that are for documentation only (RFC 5737). */
const BLOCKS = ["192.0.2.", "198.51.100.", "203.0.113."];

type Issue = z.core.$ZodIssue;
type Parsed<T> = { success: true; data: T } | { success: false; error: { issues: Issue[] } };
type Parse<T> = (value: unknown) => Parsed<T>;

/** A mended value, and where the stand-ins are. */
interface Mended<T> {
  data: T;
  touched: Path[];
  /** Names and addresses among the stand-ins. */
  invented: string[];
}

/** The mistakes that `find` sees in a value which does not parse, but for those that hang on what does not. */
export function mistakesBeside<T>(value: unknown, parse: Parse<T>, find: (data: T) => Mistake[]): Mistake[] {
  const [one, other] = [false, true].map((reversed) => mended(value, parse, reversed));
  if (one === undefined || other === undefined) return [];
  const mistakes = real(one, find(one.data));
  const others = new Set(real(other, find(other.data)).map(textOf));
  return mistakes.filter((mistake) => others.has(textOf(mistake)));
}

const textOf = ({ path, message }: Mistake): string => `${pathText(path)}: ${message}`;

/** Mistakes that neither lie at a stand-in nor speak of one. */
function real<T>({ touched, invented }: Mended<T>, mistakes: Mistake[]): Mistake[] {
  const renamed = touched.some((path) => path.at(-1) === "name" && path[0] !== "privateEndpoints");
  const rebalanced = touched.some((path) => path[0] === "loadBalancers");
  return mistakes.filter(
    ({ path, message }) =>
      !touched.some((place) => place.every((part, i) => path[i] === part)) &&
      !invented.some((text) => message.includes(text)) &&
      !(renamed && message.startsWith("There is no ")) &&
      !(rebalanced && path[0] === "privateLinkServices" && path.length === 2),
  );
}

/** Puts stand-ins where a value does not parse; undefined when none would do. The value itself is left alone. */
function mended<T>(value: unknown, parse: Parse<T>, reversed: boolean): Mended<T> | undefined {
  const holder = copyOf(value);
  if (holder === undefined) return undefined;
  const { block } = holder;
  const result: Omit<Mended<T>, "data"> = { touched: [], invented: [] };
  for (let round = 1; round <= ROUNDS_MOST; round++) {
    const parsed = parse(holder.root);
    if (parsed.success) return { ...result, data: parsed.data };
    if (parsed.error.issues.length > ROUNDS_MOST) return undefined;
    const issue = parsed.error.issues[0] as Issue;
    const candidates = standIns(issue, `stand-in ${round}`, block + round);
    if (reversed) candidates.reverse();
    if (!candidates.some((standIn) => fits(holder, issue, standIn, parse))) return undefined;
    result.invented.push(`stand-in ${round}`, block + round);
    if (issue.code !== "unrecognized_keys") result.touched.push(issue.path as Path);
  }
  return undefined;
}

/** A copy in a holder, so that the value as a whole has a place too, and a block that is not in it; undefined for what no file holds. */
function copyOf(value: unknown): { root: unknown; block: string } | undefined {
  try {
    const text = JSON.stringify(value ?? null);
    return { root: structuredClone(value ?? null), block: BLOCKS.find((block) => !text.includes(block)) ?? "" };
  } catch {
    return undefined;
  }
}

/** Puts something where an issue is, removing the field if undefined; whether the issue is gone. */
function fits<T>(holder: { root: unknown }, issue: Issue, standIn: unknown, parse: Parse<T>): boolean {
  const path = ["root", ...(issue.path as Path)];
  let at = holder as Record<string | number, unknown>;
  for (const part of path.slice(0, -1)) at = at[part] as Record<string | number, unknown>;
  const last = path.at(-1) as string | number;
  if (standIn === undefined && !Array.isArray(at)) delete at[last];
  else at[last] = standIn;
  const parsed = parse(holder.root);
  const key = pathText(issue.path as Path);
  return parsed.success || !parsed.error.issues.some((other) => pathText(other.path as Path) === key);
}

/** Values that may do at a place. */
function standIns(issue: Issue, name: string, address: string): unknown[] {
  const { input } = issue;
  if (issue.code === "unrecognized_keys" && typeof input === "object" && input !== null)
    return [Object.fromEntries(Object.entries(input).filter(([key]) => !issue.keys.includes(key)))];
  if (issue.code === "too_big" && Array.isArray(input)) return [input.slice(0, Number(issue.maximum))];
  if (issue.code === "invalid_value") return [...issue.values];
  return [undefined, name, address, `${address}/32`, "02:00:00:00:00:01", 1, false, [], [address], [1, 1], {}];
}
