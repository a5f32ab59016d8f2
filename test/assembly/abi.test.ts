// The numbers that core and host share: those of one kind are all different.

import * as Abi from "../../host/abi.ts";
import { assert, suite } from "../kit.ts";

/** Kinds of numbers, each by what their names begin with; `but` tells the names that are bounds or sizes of the kind. */
const KINDS: readonly { kind: string; but?: RegExp }[] = [
  { kind: "REASON_", but: /_COUNT$|_LAST$|_FIRST$/ },
  { kind: "COUNTER_", but: /_COUNT$|_FIRST$/ },
  { kind: "CONTROL_", but: /_AT$/ },
  { kind: "REGION_", but: /_COUNT$/ },
  { kind: "STAGE_" },
  { kind: "FLAG_" },
  { kind: "END_" },
  { kind: "CAUSE_" },
  { kind: "TABLES_", but: /_SIZE$/ },
  { kind: "REC_", but: /_SIZE$/ },
  { kind: "SEEN_", but: /_MASK$/ },
];

suite("Numbers that core and host share", (test) => {
  for (const { kind, but } of KINDS)
    test(`${kind} is never one number by two names`, () => {
      const named = Object.entries(Abi).filter(([name]) => name.startsWith(kind) && but?.test(name) !== true);
      assert.ok(named.length > 1, `there is nothing of ${kind}`);
      const names = new Map<unknown, string[]>();
      for (const [name, value] of named) names.set(value, [...(names.get(value) ?? []), name]);
      assert.equal(
        [...names.values()].filter(({ length }) => length > 1),
        [],
      );
    });
});
