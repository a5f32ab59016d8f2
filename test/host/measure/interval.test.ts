// Intervals of medians: ranks from the binomial distribution, tables of which are in every book on order statistics.

import { intervalOf } from "../../../host/measure/interval.ts";
import { assert, suite } from "../../kit.ts";

/** Number of values, and the rank from either end, counted from 1, that bounds the median with 95 %. */
const RANKS: [count: number, rank: number][] = [
  [1, 1],
  [5, 1],
  [6, 1],
  [8, 1],
  [9, 2],
  [11, 2],
  [12, 3],
  [15, 4],
  [20, 6],
  [25, 8],
  [31, 10],
];

suite("The interval of a median", (test) => {
  for (const [count, rank] of RANKS)
    test(`of ${count} values lies between number ${rank} and number ${count + 1 - rank}`, () => {
      const values = Array.from({ length: count }, (_, i) => ((i * 7) % count) + 1);
      const sorted = [...values].sort((a, b) => a - b);
      assert.equal(intervalOf(values), {
        median:
          count % 2 === 1
            ? sorted[count >> 1]
            : ((sorted[count / 2] as number) + (sorted[count / 2 - 1] as number)) / 2,
        low: sorted[rank - 1],
        high: sorted[count - rank],
        count,
      });
    });
});
