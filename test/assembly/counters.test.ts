// The layout of counters: reasons have their places, and what follows them does not overlap.

import * as Abi from "../../host/abi.ts";
import { REASONS } from "../../host/reasons.ts";
import { assert, suite } from "../kit.ts";

suite("Counters", (test) => {
  test("every reason has a place before the first counter of another kind", () => {
    assert.is(REASONS.length, Abi.REASON_COUNT);
    const first: number[] = [Abi.COUNTER_FLOWS_CREATED, Abi.ENDPOINT_FLOWS];
    for (const counter of first) assert.is(counter, Abi.REASON_SLOTS);
    assert.ok(Abi.REASON_COUNT <= Abi.REASON_SLOTS);
  });
});
