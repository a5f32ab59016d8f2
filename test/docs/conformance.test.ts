// docs/conformance.md: every test it names is there, under exactly that name.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { assert, suite } from "../kit.ts";
import { namesIn } from "./test-names.ts";

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/conformance.md", root), "utf8");
const rows = page.split("\n").filter((line) => /^\|.*\|$/.test(line) && !/^\|(-|\s*rule)/.test(line));
/** Cells of each row: the rule, what linkplane does, and the test that shows it as `file: name`, or a dash. */
const cells = rows.map((row) => row.slice(2, -2).split(" | "));

suite("docs/conformance.md", (test) => {
  test("names tests that are there", () => {
    const named = cells.map(([, , shown = ""]) => shown).filter((shown) => shown !== "-");
    assert.ok(named.length > 45, `${named.length} tests are named`);
    for (const cell of named) {
      const [, file, name = ""] = /^`([\w/-]+\.test\.ts): (.+)`$/.exec(cell) ?? [];
      assert.ok(file !== undefined, `no test is named by ${cell}`);
      const path = fileURLToPath(new URL(`test/${file}`, root));
      assert.ok(existsSync(path), `there is no test/${file}`);
      assert.ok(namesIn(path).has(name), `test/${file} has no test "${name}"`);
    }
  });

  test("has a test, or no test and a no, in every row", () => {
    assert.ok(rows.length > 50);
    for (const row of cells) {
      const [, does = "", shown] = row;
      assert.is(row.length, 3, row.join(" | "));
      assert.ok(shown !== "-" || /^no\b/.test(does), row.join(" | "));
    }
  });

  test("is compared with names, not with whatever else stands in a test file", () => {
    const names = namesIn(fileURLToPath(new URL("fixtures/named.ts", import.meta.url)));
    assert.equal([...names].sort(), ["a row", "a suite", "a table", "a test", "a test that may skip"]);
  });
});
