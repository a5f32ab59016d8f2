// The picture of the ladder: drawn from a results file, with every plane and rung there is.

import { ladderPicture, pointsOf } from "../../bench/chart.ts";
import { assert, suite } from "../kit.ts";
import { results, row } from "./results.ts";

const ROWS = [
  row("1k flows: core", 35, 0.1),
  row("1k flows: core again / core (A/A)", 1, 0.1),
  row("1k flows: native", 40, 0.1),
  row("1.5M flows: core", 20, 0.1),
  row("1.5M flows: plain JavaScript", 3, 0.1),
];

suite("The picture of the ladder", (test) => {
  test("has a point for each rate of a plane, and none for ratios", () => {
    assert.equal(
      pointsOf(results(ROWS)).map(({ plane, flows, median }) => [plane, flows, median]),
      [
        ["core", 1000, 35],
        ["native", 1000, 40],
        ["core", 1_500_000, 20],
        ["plain JavaScript", 1_500_000, 3],
      ],
    );
  });

  test("names planes, flows, the machine and the core's figures, and no plane that was not measured", async () => {
    const svg = await ladderPicture(results(ROWS, "a fast processor"));
    assert.match(svg, /^<svg /);
    for (const text of ["core", "native", "plain JavaScript", "1,000", "1.5 M", "35.0", "a fast processor"])
      assert.ok(svg.includes(`>${text}`), text);
    assert.not.match(svg, /pipelined/);
  });

  test("is not drawn without a ladder", async () => {
    const refused = await ladderPicture(results([])).catch((error: Error) => error.message);
    assert.match(refused as string, /no ladder/);
  });
});
