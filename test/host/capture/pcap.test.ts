import { assert, suite } from "../../kit.ts";
import { expected, type Frame, pcapFile, readAll, SOME, text } from "./bytes.ts";

suite("Reading classic pcap", (test) => {
  for (const little of [true, false]) {
    const order = little ? "little endian" : "big endian";
    test(`microseconds, ${order}`, async () => {
      const { packets, reader } = await readAll(pcapFile(SOME, { little }));
      assert.equal(packets, expected(SOME));
      assert.is(reader.damage, undefined);
      assert.equal(reader.interfaces, [{ id: 0, linkType: 1, snaplen: 65535, timeDigits: 6 }]);
    });

    test(`nanoseconds, ${order}`, async () => {
      const frames: Frame[] = [{ time: 1_700_000_000_123_456_789n, data: text("x") }];
      const { packets, reader } = await readAll(pcapFile(frames, { little, nanoseconds: true, linkType: 113 }));
      assert.equal(packets, expected(frames));
      assert.is(reader.interfaces[0]?.timeDigits, 9);
      assert.is(reader.interfaces[0]?.linkType, 113);
    });

    test(`the modified form with longer record headers, ${order}`, async () => {
      const { packets } = await readAll(pcapFile(SOME, { little, modified: true }));
      assert.equal(packets, expected(SOME));
    });
  }

  test("the upper bits of the link type are not its", async () => {
    const { reader } = await readAll(pcapFile([], { linkType: 0x24000001 }));
    assert.is(reader.interfaces[0]?.linkType, 1);
  });

  test("a wire length below the captured one is raised to it", async () => {
    const { packets } = await readAll(pcapFile([{ time: 0n, data: text("abcd"), wire: 2 }]));
    assert.is(packets[0]?.wire, 4);
  });

  test("any size of blocks and chunks gives the same packets", async () => {
    const frames = Array.from({ length: 3000 }, (_, i) => ({
      time: BigInt(i) * 1000n,
      data: text("x".repeat(i % 97)),
    }));
    const file = pcapFile(frames);
    for (const [blockSize, chunk] of [
      [64, 1],
      [100, 7],
      [1000, 1_000_000],
      [1_048_576, 4096],
    ])
      assert.equal(
        (await readAll(file, { blockSize: blockSize as number, chunk: chunk as number })).packets,
        expected(frames),
      );
  });

  test("a frame larger than the block", async () => {
    const frames = [{ time: 0n, data: new Uint8Array(200_000).fill(7) }];
    assert.equal((await readAll(pcapFile(frames), { blockSize: 1000 })).packets, expected(frames));
  });
});
