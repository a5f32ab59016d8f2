// A value that cannot stand where it does, in words: what belongs there, what is there instead, and how to write it.

import { adviceFor } from "./nearest.ts";

interface Kind {
  /** What belongs there, as the beginning of a sentence. */
  belongs: string;
  /** How to write one. */
  remedy: string;
}

const FIELDS: Kind = { belongs: "Fields belong", remedy: "Write each as name: value." };
/** By zod's name of what it expected. */
const KINDS: Record<string, Kind> = {
  string: { belongs: "A text belongs", remedy: "Write one, in quotes." },
  number: { belongs: "A number belongs", remedy: "Write one in digits, without quotes." },
  int: { belongs: "A whole number belongs", remedy: "Write one in digits, without quotes or fraction." },
  boolean: { belongs: "True or false belongs", remedy: "Write one of them, without quotes." },
  array: {
    belongs: "A list belongs",
    remedy: "Write [first, second], or each item on a line that begins with a dash.",
  },
  object: FIELDS,
};
const TEXT_MOST = 40;

/** The message for a value where something of the kind `expected` belongs. */
export function wrongKind(expected: string, value: unknown): string {
  const { belongs, remedy } = KINDS[expected] ?? FIELDS;
  return `${belongs} here, not ${shown(value)}. ${remedy}`;
}

/** The message for a value that is none of the words that may stand there. */
export function noChoice(choices: readonly unknown[], value: unknown): string {
  const words = choices.map(String);
  return `This cannot be ${shown(value)}. ${adviceFor(typeof value === "string" ? value : "", words)}`;
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "string")
    return JSON.stringify(value.length > TEXT_MOST ? `${value.slice(0, TEXT_MOST)}...` : value);
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "a group of fields";
  return typeof value === "number" || typeof value === "boolean" ? String(value) : `a ${typeof value}`;
}
