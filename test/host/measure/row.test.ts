// What a figure is worth against its goal, and when figures are called noisy.

import { intervalOf } from "../../../host/measure/interval.ts";
import { emptySection, exact, judgementOf } from "../../../host/measure/row.ts";
import { isNoisy, sameRow } from "../../../host/measure/rung.ts";
import { figure } from "../../../host/report/section.ts";
import { assert, suite } from "../../kit.ts";

suite("A figure", (test) => {
  for (const [value, better, judgement] of [
    [9, "higher", "missed"],
    [10, "higher", "met"],
    [20, "higher", "stretch"],
    [20, "neither", ""],
  ] as const)
    test(`of ${value}, ${better} being better, is "${judgement}" against 10 and 20`, () =>
      assert.is(judgementOf(exact("f", "Mpps", value, better, { target: 10, stretch: 20 })), judgement));

  for (const [value, judgement] of [
    [300, "missed"],
    [256, "met"],
    [192, "stretch"],
  ] as const)
    test(`of ${value}, lower being better, is "${judgement}" against 256 and 192`, () =>
      assert.is(judgementOf(exact("f", "bytes", value, "lower", { target: 256, stretch: 192 })), judgement));

  for (const [value, text] of [
    [0, "0"],
    [0.0512, "0.0512"],
    [1.234, "1.23"],
    [12.34, "12.3"],
    [1234.5, "1,235"],
    [14_000_000, "14,000,000"],
  ] as const)
    test(`of ${value} is printed ${text}`, () => assert.is(figure(value), text));
});

suite("Noise", (test) => {
  const series = (rates: number[]) => ({ name: "core", rates });
  const steady = series([1, 1, 1, 1, 1, 1, 1]);

  test("is warned of when a thing differs from itself", () => {
    const section = emptySection("s", "s");
    sameRow(section, "A/A", steady, series([1, 1.2, 1, 0.9, 1, 1.3, 1]));
    assert.is(section.warnings.length, 1);
    assert.match(section.warnings[0] as string, /30 %/);
  });

  test("is not when it hardly does", () => {
    const section = emptySection("s", "s");
    sameRow(section, "A/A", steady, series([1, 1.02, 1, 0.98, 1, 1.04, 1]));
    assert.equal(section.warnings, []);
    assert.is(isNoisy(intervalOf([0.94, 1, 1, 1, 1, 1])), true);
  });
});
