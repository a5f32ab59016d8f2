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
    assert.match(reader.damage?.message ?? "", /ends early/);
  });
});
