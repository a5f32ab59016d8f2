import fc from "fast-check";
import { memorySink } from "../../../host/capture/memory.ts";
import { PcapWriter } from "../../../host/capture/pcap-writer.ts";
import { PcapngWriter } from "../../../host/capture/pcapng-writer.ts";
import { assert, suite } from "../../kit.ts";
import { type Frame, readAll } from "./bytes.ts";

const frames = fc.array(
  fc.record({
    time: fc.bigInt({ min: 0n, max: 4_294_967_295_999_999_999n }),
    data: fc.uint8Array({ maxLength: 80 }),
    more: fc.nat(100),
    comment: fc.option(fc.string({ unit: "grapheme", maxLength: 20 })),
  }),
  { maxLength: 20 },
);
const halves = (time: bigint): [number, number] => [Number(time & 0xffffffffn), Number(time >> 32n)];
const cut = (time: bigint, digits: number): bigint => time - (time % 10n ** BigInt(9 - digits));
const hex = (data: Uint8Array): string => Buffer.from(data).toString("hex");

suite("Writing captures", (test) => {
  test("pcapng: what is written is read back, in each interface's resolution", () =>
    fc.assert(
      fc.asyncProperty(frames, fc.constantFrom(0, 3, 6, 7, 9), async (list, digits) => {
        const sink = memorySink();
        const writer = new PcapngWriter(sink);
        const ids = [digits, 9].map((timeDigits) =>
          writer.addInterface({ linkType: 1, snaplen: 0, timeDigits, name: "x" }),
        );
        for (const [i, { time, data, more, comment }] of list.entries())
          writer.packet(ids[i % 2] as number, ...halves(time), data, data.length + more, comment ?? undefined);
        await writer.close();
        const { packets, reader } = await readAll(sink.bytes());
        assert.is(reader.damage, undefined);
        assert.equal(
          packets,
          list.map(({ time, data, more }, i) => ({
            time: i % 2 === 0 ? cut(time, digits) : time,
            data: hex(data),
            wire: data.length + more,
            interfaceId: i % 2,
          })),
        );
      }),
    ));

  test("pcap: nanoseconds survive, microseconds are cut to", () =>
    fc.assert(
      fc.asyncProperty(frames, fc.constantFrom(6, 9), async (list, timeDigits) => {
        const sink = memorySink();
        const writer = new PcapWriter(sink);
        const id = writer.addInterface({ linkType: 113, snaplen: 0, timeDigits });
        for (const { time, data, more } of list) writer.packet(id, ...halves(time), data, data.length + more);
        await writer.close();
        const { packets, reader } = await readAll(sink.bytes());
        assert.is(reader.interfaces[0]?.linkType, 113);
        assert.equal(
          packets,
          list.map(({ time, data, more }) => ({
            time: cut(time, timeDigits),
            data: hex(data),
            wire: data.length + more,
            interfaceId: 0,
          })),
        );
      }),
    ));

  test("pcap: frames of another link type are left out and counted", async () => {
    const sink = memorySink();
    const writer = new PcapWriter(sink);
    const first = writer.addInterface({ linkType: 1, snaplen: 0, timeDigits: 6 });
    const other = writer.addInterface({ linkType: 101, snaplen: 0, timeDigits: 6 });
    const frame: Frame = { time: 0n, data: Uint8Array.of(1, 2, 3) };
    writer.packet(first, 0, 0, frame.data, 3);
    writer.packet(other, 0, 0, frame.data, 3);
    await writer.close();
    assert.is((await readAll(sink.bytes())).packets.length, 1);
    assert.is(writer.skipped, 1);
  });

  test("pcap: without any interface the file is still one", async () => {
    const sink = memorySink();
    await new PcapWriter(sink).close();
    assert.is((await readAll(sink.bytes())).packets.length, 0);
  });
});
