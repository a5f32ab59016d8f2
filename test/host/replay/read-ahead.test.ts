// Reading ahead: the same bytes in the same order, wherever they are asked for, and failures when their turn comes.

import { ReadAhead } from "../../../host/replay/read-ahead.ts";
import { assert, suite } from "../../kit.ts";

/** Gives 1, 2, 3 ... four bytes at a time, then what `after` gives. */
function counting(total: number, after: () => number = () => 0) {
  let at = 0;
  const reads: Uint8Array[] = [];
  return {
    reads,
    async read(into: Uint8Array): Promise<number> {
      if (at === total) return after();
      const count = Math.min(4, into.length, total - at);
      for (let i = 0; i < count; i++) into[i] = ++at;
      reads.push(into);
      return count;
    },
  };
}

/** Two memories of eight bytes that take turns. */
function turns(memory = new Uint8Array(16), turn = 0): () => Uint8Array {
  return () => memory.subarray((turn = (turn + 1) % 2) * 8, turn * 8 + 8);
}

async function all(source: ReadAhead, into: () => Uint8Array): Promise<number[]> {
  const bytes: number[] = [];
  for (;;) {
    const where = into();
    const count = await source.read(where);
    if (count === 0) return bytes;
    bytes.push(...where.subarray(0, count));
  }
}

const COUNTED = Array.from({ length: 30 }, (_, i) => i + 1);

suite("Reading ahead", (test) => {
  test("gives what was read where it was read", async () => {
    const memory = new Uint8Array(16);
    const inner = counting(30);
    const source = new ReadAhead(inner, turns(memory, 0));
    assert.equal(await all(source, turns(memory, 1)), COUNTED);
    assert.ok(
      inner.reads.every(({ buffer }) => buffer === memory.buffer),
      "nothing was read elsewhere",
    );
  });

  for (const size of [1, 3, 4, 9])
    test(`gives what was read to other memory of ${size} bytes`, async () => {
      const source = new ReadAhead(counting(30), turns());
      assert.equal(await all(source, () => new Uint8Array(size)), COUNTED);
    });

  test("has read on before it is asked", async () => {
    const inner = counting(30);
    const source = new ReadAhead(inner, turns());
    await source.read(new Uint8Array(4));
    assert.is(inner.reads.length, 2);
    assert.is(await source.settle(), 4);
  });

  test("fails after everything before the failure was given", async () => {
    const source = new ReadAhead(
      counting(6, () => {
        throw new Error("gone");
      }),
      turns(),
    );
    const into = new Uint8Array(4);
    assert.equal([await source.read(into), await source.read(into)], [4, 2]);
    assert.is(await source.read(into).catch((error: Error) => error.message), "gone");
  });
});
