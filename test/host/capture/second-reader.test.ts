// pcap-parser as an independent second reader: it reads classic microsecond files only, and tells of no damage.

import { Readable } from "node:stream";
import fc from "fast-check";
import pcapParser from "pcap-parser";
import { assert, suite } from "../../kit.ts";
import { type Frame, pcapFile, type Read, readAll } from "./bytes.ts";

interface ParsedPacket {
  header: { timestampSeconds: number; timestampMicroseconds: number; originalLength: number };
  data: Buffer;
}

function parseOther(file: Uint8Array): Promise<Read[]> {
  return new Promise((resolve, reject) => {
    const packets: Read[] = [];
    const parser = pcapParser.parse(Readable.from([Buffer.from(file)]));
    parser.on("packet", ({ header, data }: ParsedPacket) =>
      packets.push({
        time: BigInt(header.timestampSeconds) * 1_000_000_000n + BigInt(header.timestampMicroseconds) * 1000n,
        data: data.toString("hex"),
        wire: header.originalLength,
        interfaceId: 0,
      }),
    );
    parser.on("end", () => resolve(packets));
    parser.on("error", reject);
  });
}

const frames: fc.Arbitrary<Frame[]> = fc.array(
  fc
    .tuple(fc.nat(0x7fffffff), fc.nat(999_999), fc.uint8Array({ minLength: 1, maxLength: 90 }), fc.nat(100))
    .map(([seconds, micros, data, more]) => ({
      time: BigInt(seconds) * 1_000_000_000n + BigInt(micros) * 1000n,
      data,
      wire: data.length + more,
    })),
  { minLength: 1, maxLength: 30 },
);

suite("pcap-parser agrees with our reader", (test) => {
  test("on every valid classic microsecond file, in either byte order", () =>
    fc.assert(
      fc.asyncProperty(frames, fc.boolean(), async (list, little) => {
        const file = pcapFile(list, { little });
        assert.equal((await readAll(file)).packets, await parseOther(file));
      }),
      { numRuns: 200 },
    ));
});
