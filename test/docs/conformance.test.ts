// docs/conformance.md: every test it names is there.

import { readFileSync } from "node:fs";
import { assert, suite } from "../kit.ts";

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/conformance.md", root), "utf8");
const named = [...page.matchAll(/`([\w/-]+(?:\.test)?\.ts): (.+?)` \|$/gm)].map(([, file = "", name = ""]) => ({
  file,
  name,
}));

suite("docs/conformance.md", (test) => {
  test("names tests that are there", () => {
    assert.ok(named.length > 45, `${named.length} tests are named`);
    for (const { file, name } of named)
      assert.ok(readFileSync(new URL(`test/${file}`, root), "utf8").includes(`"${name}"`), `${file} has no "${name}"`);
  });

  test("has a test, or no test and a no, in every row", () => {
    const rows = page.split("\n").filter((line) => /^\|.*\|$/.test(line) && !/^\|(-|\s*rule)/.test(line));
    assert.ok(rows.length > 50);
    for (const row of rows) {
      const [, , does = "", shown = ""] = row.split(" | ").length === 3 ? ["", ...row.split(" | ")] : row.split("|");
      assert.ok(shown.includes(".ts: ") || (/^\s*no\b/.test(does) && shown.trim().startsWith("-")), row);
    }
  });
});
