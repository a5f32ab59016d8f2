// Rounds: everyone takes a turn in every round, and what is claimed is the ratio within rounds.

import { millions, ratio, takeTurns } from "../../../host/measure/rounds.ts";
import { assert, suite } from "../../kit.ts";

suite("Rounds", (test) => {
  test("give every subject one turn in each, and begin with the next one each time", async () => {
    const turns: string[] = [];
    const subject = (name: string) => ({ name, turn: (round: number) => turns.push(`${name}${round}`) });
    await takeTurns(["a", "b", "c"].map(subject), 2);
    assert.is(turns.join(" "), "a0 b0 c0 b1 c1 a1 c2 a2 b2 a3 b3 c3");
  });

  test("keep nothing of the first two", async () => {
    const [series] = await takeTurns([{ name: "a", turn: (round) => round }], 3);
    assert.equal(series?.rates, [2, 3, 4]);
  });

  test("find a thing twice as fast though the machine slows down by ten in between", () => {
    const speed = [1, 1, 1, 0.1, 0.1, 0.1, 0.1];
    const slow = { name: "slow", rates: speed.map((each) => each * 3) };
    const fast = { name: "fast", rates: speed.map((each) => each * 6) };
    assert.equal(ratio(fast, slow), { median: 2, low: 2, high: 2, count: 7 });
    assert.ok(Math.abs(millions(slow).median - 300) < 1e-9, "a nanosecond to a million a second");
  });
});
