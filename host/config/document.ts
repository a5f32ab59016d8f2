// Reading a file of YAML or JSON (which is YAML). Mistakes come back with their place, all at once.

import {
  type Alias,
  type Document,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from "yaml";
import { ConfigurationError, type FileKind, type Mistake, type Path, pathText, type Problem } from "./problem.ts";

const DIGITS = /^\d+$/;

/** What came of checking a file's value. */
export type Checked<T> = { read: T } | { mistakes: Mistake[] };

/**
 * Reads a file of a kind and has its value checked. `file` is its name in messages, `exact` are fields whose whole numbers are read as
 * text: JavaScript's are exact up to 2^53 only. Throws ConfigurationError.
 */
export function readDocument<T>(
  text: string,
  file: string,
  kind: FileKind,
  check: (value: unknown) => Checked<T>,
  exact: readonly string[] = [],
): T {
  if (text.includes("\0")) throw notText(file, kind);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  if (document.errors.length > 0)
    throw new ConfigurationError(
      "CONFIG_SYNTAX",
      document.errors.map((error) => ({
        file,
        ...place(lines, error.pos[0]),
        path: "",
        message: syntaxMessage(error.message),
      })),
      kind,
    );
  keepDigits(document, exact);
  const checked = check(valueOf(document, lines, file, kind) ?? {});
  if ("read" in checked) return checked.read;
  throw new ConfigurationError(
    "CONFIG_INVALID",
    checked.mistakes
      .map((mistake) => located(mistake, document, lines, file))
      .sort((a, b) => a.line - b.line || a.column - b.column),
    kind,
  );
}

function notText(file: string, kind: FileKind): ConfigurationError {
  const message = `This is no text file. Give the ${kind}, in YAML or JSON.`;
  return new ConfigurationError("CONFIG_SYNTAX", [{ file, line: 1, column: 1, path: "", message }], kind);
}

/** Makes whole numbers in some fields the text that they are written as. */
function keepDigits(document: Document, fields: readonly string[]): void {
  visit(document, {
    Pair(_key, { key, value }) {
      if (!isScalar(key) || !isScalar(value) || !fields.includes(String(key.value))) return;
      if (typeof value.value === "number" && DIGITS.test(value.source ?? "")) value.value = value.source;
    },
  });
}

/** The file's value. Aliases that name nothing, or multiply beyond measure, are mistakes. */
function valueOf(document: Document, lines: LineCounter, file: string, kind: FileKind): unknown {
  try {
    return document.toJS({ maxAliasCount: 1000 });
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigurationError(
      "CONFIG_SYNTAX",
      [
        {
          file,
          ...place(lines, aliasOffset(document)),
          path: "",
          message: `${message.replace(/\.$/, "")}. Write out what it stands for.`,
        },
      ],
      kind,
    );
  }
}

/** Offset of the first alias that names nothing, of the first of all if each names something. */
function aliasOffset(document: Document): number {
  const aliases: Alias[] = [];
  visit(document, { Alias: (_key, alias) => void aliases.push(alias) });
  const [first] = [...aliases.filter((alias) => alias.resolve(document) === undefined), ...aliases];
  return first?.range?.[0] ?? 0;
}

/** Our words for the parser's. */
const SYNTAX: readonly [pattern: RegExp, message: string][] = [
  [/multiple documents/, "There is more than one document in the file. Keep one."],
  [/keys must be unique/, "This field is here for the second time. Remove or rename one of them."],
  [/^Tabs are not allowed/, "Tabs are not allowed as indentation. Use spaces."],
];

function syntaxMessage(message: string): string {
  const [, own] = SYNTAX.find(([pattern]) => pattern.test(message)) ?? [];
  return own ?? `${message.split("\n")[0]?.replace(/[.:]?$/, "")}. Check the indentation and the quotes around it.`;
}

function located(mistake: Mistake, document: Document, lines: LineCounter, file: string): Problem {
  const offset = offsetOf(document, mistake.path, mistake.atKey === true);
  return { file, ...place(lines, offset), path: pathText(mistake.path), message: mistake.message };
}

function place(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** Offset of the value at a path, of its key if asked, or of the nearest thing around it that is there. */
function offsetOf(document: Document, path: Path, atKey: boolean): number {
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length);
    const key = atKey || typeof part.at(-1) === "string" ? keyOf(document, part) : undefined;
    const node = document.getIn(part, true) as Node | undefined;
    if (atKey && length === path.length && key !== undefined) return key;
    if (node?.range != null) return node.range[0];
    if (key !== undefined) return key;
  }
  return (document.contents as Node | null)?.range?.[0] ?? 0;
}

/** Text of a key that need not be one: an empty key is an empty name. */
const keyText = (key: unknown): string => (key === null ? "" : String(key));

/** Offset of the key of a path's last part. */
function keyOf(document: Document, path: Path): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const name = String(path.at(-1));
  const pair = parent.items.find(
    (item: Pair) => isPair(item) && isScalar(item.key) && keyText(item.key.value) === name,
  );
  return (pair?.key as Node | undefined)?.range?.[0];
}
