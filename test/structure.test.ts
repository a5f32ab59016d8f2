// The house rules that a program can check.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { assert, suite } from "./kit.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const LINES_MAX = 400;
const FUNCTION_LINES_MAX = 50;
const FORBIDDEN = /(^|\/)(utils?|helpers?|common|manager)\.ts$/;

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts") ? [path] : [];
  });
}

const all = ["assembly", "host", "bench", "test"].flatMap(sources);
const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

/** Functions of a file with their lengths. Suites are lists of tests, not functions to be kept short. */
function functions(file: string): { name: string; lines: number }[] {
  const source = ts.createSourceFile(file, textOf(file), ts.ScriptTarget.ES2022, true);
  const found: { name: string; lines: number }[] = [];
  const line = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    const callback = (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) && ts.isCallExpression(node.parent);
    if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined && !callback)
      found.push({ name: `${file}:${line(node.getStart()) + 1}`, lines: line(node.end) - line(node.getStart()) + 1 });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

suite("The house", (test) => {
  test("no file is longer than 400 lines, and half of them not longer than 120", () => {
    const lengths = all.map((file) => textOf(file).split("\n").length).sort((a, b) => a - b);
    for (const file of all) {
      const own = textOf(file).split("\n").length;
      assert.ok(own <= LINES_MAX, `${file} has ${own} lines`);
    }
    assert.ok((lengths[lengths.length >> 1] as number) <= 120);
  });

  test("no function is longer than 50 lines", () => {
    const long = all.flatMap(functions).filter(({ lines }) => lines > FUNCTION_LINES_MAX);
    assert.equal(long, []);
  });

  test("no file is named after nothing", () => {
    assert.equal(
      all.filter((file) => FORBIDDEN.test(file)),
      [],
    );
  });

  test("nothing is left to do in the sources", () => {
    const marks = new RegExp(["TO", "DO|FIX", "ME|X", "XX"].join(""));
    assert.equal(
      all.filter((file) => marks.test(textOf(file))),
      [],
    );
  });

  test("in the core only assembly/wire reads and writes packets by number", () => {
    const bare = /\b(?:load|store)<\w+>\([^;]*,\s*(?:1[0-9]|[2-9][0-9])\s*\)/;
    const files = all.filter((file) => file.startsWith("assembly") && !file.includes(join("assembly", "wire")));
    assert.equal(
      files.filter((file) => bare.test(textOf(file))),
      [],
    );
  });

  test("only core.ts touches the exports of the core, and only capture/file.ts, gzip.ts, cli, build and workers use Node", () => {
    const allowed = [/^host\/capture\/(file|gzip)\.ts$/, /^host\/(cli|build|workers)\//, /^host\/node\.ts$/];
    const users = all
      .filter((file) => file.startsWith("host") && /from "node:/.test(textOf(file)))
      .filter((file) => !allowed.some((pattern) => pattern.test(relative("", file))));
    assert.equal(users, []);
    const instantiating = all.filter(
      (file) => file.startsWith("host") && textOf(file).includes("@assemblyscript/loader"),
    );
    assert.equal(instantiating, ["host/core.ts"]);
  });
});
