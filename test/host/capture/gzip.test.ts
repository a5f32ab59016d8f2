import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { gunzipped } from "../../../host/capture/gzip.ts";
import { memorySource } from "../../../host/capture/memory.ts";
import { assert, suite } from "../../kit.ts";
import { expected, pcapFile, readAll, SOME, text } from "./bytes.ts";

suite("Gzip by content", (test) => {
  test("is decompressed", async () => {
    const source = gunzipped(memorySource(gzipSync(pcapFile(SOME)), 13));
    assert.equal((await readAll(source)).packets, expected(SOME));
  });

  test("anything else is left as it is", async () => {
    const source = gunzipped(memorySource(pcapFile(SOME), 1));
    assert.equal((await readAll(source)).packets, expected(SOME));
  });

  test("damage of what was compressed is told with its place in the decompressed data, of anything else in the file", async () => {
    const cut = pcapFile(SOME).subarray(0, -1);
    for (const [bytes, place] of [
      [cut, /at byte \d+$/],
      [gzipSync(cut), /at byte \d+ of the decompressed data$/],
    ] as const)
      assert.match((await readAll(gunzipped(memorySource(bytes)))).reader.damage?.where ?? "", place);
  });

  test("a long stream leaves no listeners behind", async () => {
    const warnings: string[] = [];
    const warned = ({ name }: Error): void => void warnings.push(name);
    process.on("warning", warned);
    const frames = Array.from({ length: 20 }, () => ({ time: 0n, data: randomBytes(60_000) }));
    const zipped = gzipSync(pcapFile(frames));
    assert.is((await readAll(gunzipped(memorySource(zipped, 20_000)))).packets.length, frames.length);
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", warned);
    assert.equal(warnings, []);
  });

  test("a cut stream gives what comes before the cut, then the damage", async () => {
    const frames = Array.from({ length: 20_000 }, (_, i) => ({
      time: BigInt(i) * 1000n,
      data: text(`packet ${i * 7919}`),
    }));
    const whole = gzipSync(pcapFile(frames));
    const { packets, reader } = await readAll(gunzipped(memorySource(whole.subarray(0, whole.length >> 1))));
    assert.ok(packets.length > 1000, `only ${packets.length} packets`);
    assert.equal(packets, expected(frames).slice(0, packets.length));
    assert.is(reader.damage?.code, "CAPTURE_DAMAGED");
    const end = `after byte ${whole.length >> 1} of the compressed data`;
    assert.match(reader.damage?.message ?? "", new RegExp(`ends early: .*, ${end}\\.$`));
    assert.match(reader.damage?.where ?? "", /^test: packet \d+ at byte \d+ of the decompressed data$/);
  });
});
