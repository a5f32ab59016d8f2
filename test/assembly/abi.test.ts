// Numbers of the boundary: each control field, region, reason and stage has one of its own.

import * as Abi from "../../assembly/abi.ts";
import * as Trace from "../../assembly/abi/trace.ts";
import { assert, suite } from "../kit.ts";

const FAMILIES: [prefix: string, numbers: Record<string, unknown>, besides: string[]][] = [
  ["CONTROL_", Abi, ["CONTROL_AT"]],
  ["REGION_", Abi, []],
  ["REASON_", Abi, ["REASON_REFUSED_LAST", "REASON_SLOTS"]],
  ["STAGE_", Trace, []],
];

suite("Numbers of the boundary", (test) => {
  for (const [prefix, numbers, besides] of FAMILIES)
    test(`${prefix} no two are the same`, () => {
      const names = Object.keys(numbers).filter((name) => name.startsWith(prefix) && !besides.includes(name));
      assert.ok(names.length > 10, "they were found");
      const byNumber = new Map<unknown, string[]>();
      for (const name of names) byNumber.set(numbers[name], [...(byNumber.get(numbers[name]) ?? []), name]);
      assert.equal(
        [...byNumber.values()].filter((same) => same.length > 1),
        [],
      );
    });

  test("control fields that the host writes lie before the regions' addresses", () => {
    const fields = Object.entries(Abi).filter(([name]) => name.startsWith("CONTROL_") && name !== "CONTROL_AT");
    for (const [name, at] of fields) assert.ok((at as number) <= Abi.CONTROL_REGIONS, name);
  });
});
