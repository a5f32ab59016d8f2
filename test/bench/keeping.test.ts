// Results files: what an interrupted run, or one of some sections, leaves.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { begin, putSection, readResults, writeResults } from "../../bench/results.ts";
import type { Section } from "../../host/measure/row.ts";
import { assert, suite } from "../kit.ts";
import { results, row } from "./results.ts";

const earlier = results([row("r", 1, 0.1)]);
const { machine } = earlier;
const section = (name: string, median: number): Section =>
  results([row("r", median, 0)], "p", name).sections[0] as Section;

suite("A results file", (test) => {
  const folder = mkdtempSync(join(tmpdir(), "linkplane-results-"));
  const path = join(folder, "deeper", "bench.json");
  test.before(() => writeResults(path, earlier));
  test.after(() => rmSync(folder, { recursive: true }));

  test("is read as it was written, and nothing is left beside it", () => {
    assert.equal(readResults(path), JSON.parse(JSON.stringify(earlier)));
    assert.not(existsSync(`${path}.part`));
  });

  test("keeps its sections when some are measured again by the same version on the same machine", () => {
    assert.equal(
      begin(path, machine, true).sections.map(({ name }) => name),
      ["ladder"],
    );
  });

  for (const [name, about] of [
    ["another version", { ...machine, version: "0.1.0+other" }],
    ["another Node", { ...machine, node: "22.0.0" }],
  ] as const)
    test(`begins anew for ${name}`, () => assert.equal(begin(path, about, true).sections, []));

  test("begins anew when everything is measured", () => assert.equal(begin(path, machine, false).sections, []));

  test("has a section once, in its place", () => {
    const some = begin(path, machine, false);
    for (const [name, median] of [
      ["ladder", 1],
      ["memory", 2],
      ["ladder", 3],
    ] as const)
      putSection(some, section(name, median));
    assert.equal(
      some.sections.map(({ name, rows }) => [name, rows[0]?.value.median]),
      [
        ["ladder", 3],
        ["memory", 2],
      ],
    );
  });

  test("of another kind is refused with its name", () => {
    const other = join(folder, "other.json");
    writeFileSync(other, "{}");
    assert.throws(() => readResults(other), /other\.json is no results file/);
  });
});
