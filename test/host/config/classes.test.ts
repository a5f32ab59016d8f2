// Classes of numbers and tries of them, against looking at every range.

import { cut } from "../../../host/config/classes.ts";
import type { Range } from "../../../host/config/security.ts";
import { assert, suite } from "../../kit.ts";
import { Dice } from "../../random/dice.ts";

const LAST = 2 ** 32 - 1;

/** Sets that hold a number, one by one. */
const holding = (sets: Range[][], number: number): number[] =>
  sets.flatMap((ranges, set) => (ranges.some(({ first, last }) => first <= number && number <= last) ? set : []));

/** Sets that the runs say hold a number. */
function told({ starts, classes, members }: ReturnType<typeof cut>, number: number): number[] {
  const run = starts.findLastIndex((start) => start <= number);
  const bits = members[classes[run] as number] as Uint32Array;
  return Array.from({ length: bits.length * 32 }, (_, set) => set).filter(
    (set) => (((bits[set >>> 5] as number) >>> (set & 31)) & 1) === 1,
  );
}

suite("Classes", (test) => {
  test("tell the sets of every number, at every end and between", () => {
    const dice = new Dice(7);
    for (let round = 0; round < 40; round++) {
      const sets = Array.from({ length: 1 + dice.below(70) }, () =>
        Array.from({ length: dice.below(5) }, () => {
          const [a, b] = [dice.pick([0, LAST, dice.bits(), dice.below(300)]), dice.pick([0, LAST, dice.bits()])];
          return { first: Math.min(a, b), last: Math.max(a, b) };
        }),
      );
      const runs = cut(sets);
      const ends = sets.flat().flatMap(({ first, last }) => [first - 1, first, last, last + 1]);
      for (const number of [0, LAST, dice.bits(), ...ends])
        if (number >= 0 && number <= LAST) assert.equal(told(runs, number), holding(sets, number), String(number));
    }
  });

  test("are as many as there are different sets of sets", () => {
    const ranges = Array.from({ length: 1000 }, (_, i) => ({ first: i * 10, last: i * 10 + 4 }));
    const { starts, members } = cut([ranges, [{ first: 0, last: 9999 }]]);
    assert.equal([starts.length, members.length], [2001, 3]);
  });
});
