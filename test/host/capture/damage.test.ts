import fc from "fast-check";
import { LinkplaneError } from "../../../host/errors.ts";
import { assert, suite } from "../../kit.ts";
import { Builder, expected, pcapFile, readAll, SOME, text } from "./bytes.ts";

const NG = (): Uint8Array =>
  new Builder().section().interface(1).enhanced(0, 0n, text("first")).enhanced(0, 1n, text("second")).bytes();

suite("Damaged captures give everything before the damage", (test) => {
  test("a classic file cut at every byte", async () => {
    const file = pcapFile(SOME);
    const starts: number[] = [];
    for (let at = 24, i = 0; i < SOME.length; i++) {
      starts.push(at);
      at += 16 + (SOME[i]?.data.length ?? 0);
    }
    for (let length = 24; length < file.length; length++) {
      const { packets, reader } = await readAll(file.slice(0, length), { blockSize: 50 });
      const whole = starts.filter((_, i) => (starts[i + 1] ?? file.length) <= length).length;
      assert.equal(packets, expected(SOME).slice(0, whole), `cut at ${length}`);
      if (starts[whole] === length) assert.is(reader.damage, undefined, `cut at ${length}, between records`);
      else assert.match(reader.damage?.where ?? "", new RegExp(`^test: packet ${whole + 1} at byte ${starts[whole]}$`));
    }
  });

  test("a pcapng file cut at every byte", async () => {
    const file = NG();
    for (let length = 28; length < file.length; length++) {
      const { packets, reader } = await readAll(file.slice(0, length));
      assert.is(packets.length, length < 88 ? 0 : 1, `cut at ${length}`);
      const between = [28, 48, 88].includes(length);
      assert.is(reader.damage === undefined, between, `cut at ${length}`);
    }
  });

  test("a file without a whole header cannot be opened", async () => {
    for (const file of [pcapFile([]), NG()])
      for (let length = 0; length < 24; length++) {
        const error = await readAll(file.slice(0, length)).catch((thrown: unknown) => thrown);
        assert.ok(error instanceof LinkplaneError, `cut at ${length}`);
        assert.is((error as LinkplaneError).code, "CAPTURE_UNREADABLE");
      }
  });

  test("other formats are named", async () => {
    const cases: [number[], RegExp][] = [
      [[0x28, 0xb5, 0x2f, 0xfd, 0], /zstd/],
      [[0x04, 0x22, 0x4d, 0x18, 0], /lz4/],
      [[...text("#!/bin/sh\n")], /no capture/],
    ];
    for (const [bytes, message] of cases) {
      const error = await readAll(Uint8Array.from(bytes)).catch((thrown: unknown) => thrown);
      assert.is((error as LinkplaneError).code, "CAPTURE_UNKNOWN_FORMAT");
      assert.match((error as LinkplaneError).message, message);
    }
  });

  test("a record of an absurd length", async () => {
    const file = pcapFile(SOME);
    new DataView(file.buffer).setUint32(24 + 16 + 5 + 8, 0x7fffffff, true);
    const { packets, reader } = await readAll(file);
    assert.is(packets.length, 1);
    assert.match(reader.damage?.format() ?? "", /packet 2 at byte 45: A record claims 2147483647 bytes/);
    assert.is(reader.damage?.code, "CAPTURE_DAMAGED");
  });

  test("a block whose two lengths differ, or that is no multiple of four", async () => {
    for (const [at, value] of [
      [84, 44],
      [52, 41],
      [52, 8],
      [52, 0xfffffff0],
    ] as const) {
      const file = NG();
      new DataView(file.buffer).setUint32(at, value, true);
      const { packets, reader } = await readAll(file);
      assert.is(packets.length, 0);
      assert.match(reader.damage?.where ?? "", /packet 1 at byte 48/);
    }
  });

  test("mutated files never throw anything else, and never hang", async () => {
    const files = [pcapFile(SOME), pcapFile(SOME, { little: false, nanoseconds: true }), NG()];
    const mutation = fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.nat(2), mutation, async (which, changes) => {
        const file = (files[which] as Uint8Array).slice();
        for (const [at, value] of changes) file[at % file.length] = value;
        await readAll(file, { blockSize: 64 }).catch((error: unknown) => {
          if (!(error instanceof LinkplaneError)) throw error;
        });
      }),
      { numRuns: 2000 },
    );
  });
});
