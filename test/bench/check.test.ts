// npm run bench:check: what counts as worse, and the exit code.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Outcome, compare } from "../../bench/compare.ts";
import type { Results, Row } from "../../host/measure/row.ts";
import { assert, suite } from "../kit.ts";
import { results, row } from "./results.ts";

const RATE = { kind: "rate", unit: "Mpps" } as const;
const SIZE = { kind: "exact", unit: "bytes", better: "lower" } as const;
const TIME = { kind: "rate", unit: "ms", better: "lower" } as const;

const CASES: [name: string, before: Row, after: Row, outcome: Outcome][] = [
  ["a ratio far below, intervals apart", row("r", 1, 0.02), row("r", 0.8, 0.02), "worse"],
  ["a ratio far above, intervals apart", row("r", 0.8, 0.02), row("r", 1, 0.02), "better"],
  ["a ratio far below, intervals overlapping", row("r", 1, 0.2), row("r", 0.8, 0.2), "same"],
  ["a ratio little below, intervals apart", row("r", 1, 0.01), row("r", 0.93, 0.01), "same"],
  ["a ratio where less is better, far above", row("r", 1, 0.02, { better: "lower" }), row("r", 1.3, 0.02), "worse"],
  ["a row that is neither", row("r", 1, 0, { better: "neither" }), row("r", 0.1, 0), "not compared"],
  ["a rate a third below", row("r", 30, 0.01, RATE), row("r", 21, 0.01, RATE), "same"],
  ["a rate of half", row("r", 30, 0.01, RATE), row("r", 15, 0.01, RATE), "worse"],
  ["a time twice as long", row("r", 50, 0.01, TIME), row("r", 100, 0.01, TIME), "worse"],
  ["a time half as long", row("r", 100, 0.01, TIME), row("r", 50, 0.01, TIME), "better"],
  ["a size 5 percent up", row("r", 180, 0, SIZE), row("r", 189, 0, SIZE), "worse"],
  ["a row that is gone", row("r", 1, 0.1), row("other", 1, 0.1), "gone"],
];

suite("Comparing results", (test) => {
  for (const [name, before, after, outcome] of CASES)
    test(`${name}: ${outcome}`, () => assert.is(compare(results([before]), results([after]))[0]?.outcome, outcome));

  test("rates of another machine are not compared, ratios are", () => {
    const before = results([row("rate", 30, 0.01, RATE), row("ratio", 1, 0.01)]);
    const after = results([row("rate", 3, 0.01, RATE), row("ratio", 0.5, 0.01)], "another processor");
    assert.equal(
      compare(before, after).map(({ outcome }) => outcome),
      ["not compared", "worse"],
    );
  });

  test("a section that was not measured again is left out", () => {
    assert.equal(compare(results([row("r", 1, 0)]), results([row("r", 1, 0)], "a processor", "memory")), []);
  });
});

suite("npm run bench:check", (test) => {
  const folder = mkdtempSync(join(tmpdir(), "linkplane-check-"));
  const script = fileURLToPath(new URL("../../bench/check.ts", import.meta.url));
  test.after(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: Results | string): string => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  const check = (...args: string[]) =>
    spawnSync(process.execPath, ["--import", "tsx", script, ...args], { encoding: "utf8" });
  const good = results([row("core / native", 1, 0.02)]);

  test("ends with 1 and names the figure when one is worse", () => {
    const bad = results([row("core / native", 0.7, 0.02)]);
    const { status, stdout, stderr } = check(file("good.json", good), file("bad.json", bad));
    assert.is(status, 1, stderr);
    assert.match(stdout, /core \/ native .* worse/);
    assert.match(stdout, /^1 worse, 0 better/m);
  });

  test("ends with 0 when none is worse, though some are better", () => {
    const { status, stdout } = check(file("good.json", good), file("best.json", results([row("core / native", 2, 0)])));
    assert.is(status, 0);
    assert.match(stdout, /^0 worse, 1 better/m);
  });

  for (const [name, args] of [
    ["one file", () => [file("good.json", good)]],
    ["three files", () => Array.from({ length: 3 }, () => file("good.json", good))],
    ["a file that is not there", () => [file("good.json", good), join(folder, "none.json")]],
    ["a file that is no JSON", () => [file("good.json", good), file("text.json", "text")]],
    ["a file of another kind", () => [file("good.json", good), file("other.json", '{"schema":"other"}')]],
    ["nothing in common", () => [file("good.json", good), file("m.json", results([], "a processor", "memory"))]],
  ] as [string, () => string[]][])
    test(`ends with 2 for ${name}`, () => {
      const { status, stdout, stderr } = check(...args());
      assert.is(status, 2);
      assert.is(stdout, "");
      assert.ok(stderr.length > 20);
    });
});
