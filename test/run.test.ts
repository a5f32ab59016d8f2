import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, suite } from "./kit.ts";

const FIXTURES = "test/fixtures/runner";
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** What makes each fixture red, and how many of its tests fail. */
const RED: Record<string, [failed: number, reason: RegExp]> = {
  "after-each-throws": [1, /not cleared/],
  "after-throws": [1, /FAIL {2}after throws {2}"two"\n.*left something behind/],
  "before-throws": [2, /2 of 2 tests did not pass[^]*no core/],
  "body-throws": [1, /cannot declare/],
  "bytes-differ": [1, /frame 3: bytes differ first at offset 17 \(0x11\), 38 bytes instead of 40/],
  "empty-suite": [1, /The suite declares no test\./],
  "exits-early": [1, /it printed no summary/],
  "exits-late": [1, /^FAIL \S+ it exited with 1\n/],
  fails: [1, /1 of 2 tests did not pass/],
  "hidden.test": [1, /found/],
  "late-suite": [1, /more than one summary/],
  "late-test": [1, /declared after the body/],
  "never-settles": [1, /it printed no summary/],
  "no-suite": [1, /it printed no summary/],
  "throws-odd-error": [3, /3 of 3 tests did not pass[^]*no stack[^]*odd details[^]*time: 2n/],
  "throws-text": [1, /A value that is no Error was thrown: only words/],
  "uvu-before-throws": [2, /2 of 2 tests did not pass/],
  "uvu-no-run": [1, /it printed no summary/],
  "uvu-one-without-run": [1, /it uses uvu directly/],
  "uvu-only": [1, /1 tests did not run and 0 are declared/],
  "uvu-skip": [1, /1 tests did not run and 0 are declared/],
  "uvu-throws-text": [1, /1 of 2 tests did not pass/],
};
const OTHERS = ["all-skipped", "declared-skip", "green", "hangs"];

function fixture(name: string): string {
  return `${FIXTURES}/${name}.ts`;
}

function runRunner(...parameters: string[]): { status: number | null; lines: string[]; text: string } {
  const ran = spawnSync(process.execPath, ["--import", "tsx", "test/run.ts", ...parameters], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return { status: ran.status, lines: ran.stdout.trimEnd().split("\n"), text: ran.stdout };
}

suite("runner", (test) => {
  let red: ReturnType<typeof runRunner>;
  test.before(() => {
    red = runRunner(...Object.keys(RED).map(fixture));
  });

  test("is proved by every fixture", () => {
    const names = readdirSync(join(ROOT, FIXTURES)).map((name) => name.replace(/\.ts$/, ""));
    assert.equal(names.sort(), [...Object.keys(RED), ...OTHERS].sort());
  });

  for (const [name, [, reason]] of Object.entries(RED)) {
    test(`finds ${name} red and says why`, () => {
      const section = red.text.split(/^(?=FAIL |ok )/m).find((part) => part.startsWith(`FAIL ${fixture(name)}: `));
      assert.match(section?.replaceAll(/^ {5}\| /gm, "") ?? "nothing", reason);
    });
  }

  test("counts failing tests, and a file that breaks without any as one", () => {
    const failed = Object.values(RED).reduce((sum, [count]) => sum + count, 0);
    assert.match(red.lines.at(-1) ?? "", new RegExp(`^\\d+ passed, ${failed} failed$`));
    assert.is(red.lines.filter((line) => /^\d+ passed, \d+ failed$/.test(line)).length, 1);
    assert.is(red.status, 1);
  });

  test("is green for passing tests and declared skips, which it shows", () => {
    const green = runRunner(...["green", "declared-skip", "all-skipped"].map(fixture));
    assert.is(green.status, 0, green.text);
    assert.is(green.lines.filter((line) => line.startsWith("ok   ")).length, 3);
    assert.ok(green.lines.includes("     skipped declared skip: needs a tool: no such tool here"));
    assert.is(green.lines.at(-1), "4 passed, 0 failed");
  });

  test("kills a file that runs out of time", () => {
    const hung = runRunner("--timeout", "2", fixture("hangs"));
    assert.match(hung.text, /^FAIL \S+ it ran out of time and was killed/);
    assert.is(hung.lines.at(-1), "0 passed, 1 failed");
    assert.is(hung.status, 1);
  });

  test("is red when a pattern matches no file, and never searches folders of fixtures", () => {
    const unmatched = runRunner("hidden", fixture("green"));
    assert.is(unmatched.lines[0], 'FAIL no test file matches "hidden"');
    assert.is(unmatched.lines.at(-1), "3 passed, 1 failed");
    assert.is(unmatched.status, 1);
  });
});
