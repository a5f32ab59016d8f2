// linkplane bench: the ladder of the core, with as little work as will do.

import { assert, suite } from "../../kit.ts";
import { linkplane } from "./command.ts";

const LITTLE = ["bench", "--flows", "100,1k", "--rounds", "2"];

suite("linkplane bench", (test) => {
  test("prints a table of rates with their intervals, and the machine", async () => {
    const { status, stdout, stderr } = await linkplane(LITTLE);
    assert.is(status, 0, stderr);
    assert.match(stdout, /^linkplane \d\S* on .+, \d+ cores?/);
    for (const rung of ["100 flows", "1k flows"]) {
      assert.match(stdout, new RegExp(`${rung}: core +[\\d.,]+ +Mpps`));
      assert.match(stdout, new RegExp(`${rung}: core again / core \\(A/A\\) +[\\d.,]+ +times`));
    }
  });

  test("prints JSON that npm run bench:check reads", async () => {
    const { status, stdout } = await linkplane([...LITTLE, "--json"]);
    assert.is(status, 0);
    const { schema, machine, sections } = JSON.parse(stdout);
    assert.is(schema, "linkplane.bench/1");
    assert.is(machine.node, process.versions.node);
    assert.equal(
      sections.map(({ name, rows }: { name: string; rows: unknown[] }) => [name, rows.length]),
      [["ladder", 4]],
    );
    for (const { value } of sections[0].rows) {
      assert.ok(value.low <= value.median && value.median <= value.high);
      assert.is(value.count, 2);
    }
  });

  for (const args of [
    ["--flows", "0"],
    ["--flows", "17M"],
    ["--flows", "1k,"],
    ["--flows", "1.5k"],
    ["--rounds", "0"],
    ["--rounds", "many"],
    ["--rounds", "-1"],
  ])
    test(`takes no ${args.join(" ")}`, async () => {
      const { status, stdout, stderr } = await linkplane(["bench", ...args]);
      assert.is(status, 2);
      assert.is(stdout, "");
      assert.match(stderr, new RegExp(args[0] as string));
    });
});
