import { assert, suite } from "../../kit.ts";
import { Builder, readAll, text } from "./bytes.ts";

const hex = (words: string): string => Buffer.from(words).toString("hex");
const SECOND = 1_000_000n;

suite("Reading pcapng", (test) => {
  for (const little of [true, false])
    test(`one section, ${little ? "little" : "big"} endian`, async () => {
      const file = new Builder(little)
        .section()
        .interface(1)
        .enhanced(0, 7n * SECOND, text("abc"), 60)
        .bytes();
      const { packets, reader } = await readAll(file);
      assert.equal(packets, [{ time: 7_000_000_000n, data: hex("abc"), wire: 60, interfaceId: 0 }]);
      assert.is(reader.format, "pcapng");
      assert.is(reader.damage, undefined);
    });

  test("time resolutions, decimal and binary, and an offset", async () => {
    const resolution = (value: number) => (b: Builder) => b.option(9, [value]).option(0, []);
    const file = new Builder()
      .section()
      .interface(1, resolution(9))
      .interface(1, resolution(3))
      .interface(1, resolution(0x80 | 10))
      .interface(1, (b) => b.option(14, [100, 0, 0, 0, 0, 0, 0, 0]).option(0, []))
      .interface(1, resolution(12))
      .enhanced(0, 1_700_000_000_123_456_789n, text("a"))
      .enhanced(1, 5_250n, text("b"))
      .enhanced(2, 1536n, text("c"))
      .enhanced(3, 2n * SECOND, text("d"))
      .enhanced(4, 3_000_000_001_999n, text("e"))
      .bytes();
    const { packets, reader } = await readAll(file);
    assert.equal(
      packets.map(({ time }) => time),
      [1_700_000_000_123_456_789n, 5_250_000_000n, 1_500_000_000n, 102_000_000_000n, 3_000_000_001n],
    );
    assert.equal(
      reader.interfaces.map(({ timeDigits }) => timeDigits),
      [9, 3, 9, 6, 9],
    );
  });

  test("sections of different byte order; interfaces count on", async () => {
    const first = new Builder(true).section().interface(1).enhanced(0, 0n, text("one")).bytes();
    const second = new Builder(false).section().interface(113).interface(101).enhanced(1, 0n, text("two")).bytes();
    const { packets, reader } = await readAll(Uint8Array.from([...first, ...second]));
    assert.equal(
      packets.map(({ interfaceId, data }) => [interfaceId, data]),
      [
        [0, hex("one")],
        [2, hex("two")],
      ],
    );
    assert.equal(
      reader.interfaces.map(({ linkType }) => linkType),
      [1, 113, 101],
    );
  });

  test("simple packets take the first interface's snaplen and the time before, obsolete ones their interface", async () => {
    const file = new Builder()
      .section()
      .interface(1, () => {}, 4)
      .block(3, (b) => b.u32(9).raw(text("simp")))
      .block(3, (b) => b.u32(2).raw(text("ab")))
      .block(2, (b) => b.u16(0).u16(0).u32(0).u32(9).u32(3).u32(30).raw(text("old")))
      .block(3, (b) => b.u32(3).raw(text("end")))
      .bytes();
    const { packets } = await readAll(file);
    assert.equal(packets, [
      { time: 0n, data: hex("simp"), wire: 9, interfaceId: 0 },
      { time: 0n, data: hex("ab"), wire: 2, interfaceId: 0 },
      { time: 9000n, data: hex("old"), wire: 30, interfaceId: 0 },
      { time: 9000n, data: hex("end"), wire: 3, interfaceId: 0 },
    ]);
  });

  test("blocks of unknown types are skipped", async () => {
    const file = new Builder()
      .section()
      .interface(1)
      .block(5, (b) => b.u32(0).u32(0).u32(0))
      .block(0x0bad, (b) => b.raw(text("anything at all")))
      .enhanced(0, 0n, text("x"))
      .bytes();
    assert.is((await readAll(file)).packets.length, 1);
  });

  test("names of interfaces", async () => {
    const file = new Builder()
      .section()
      .interface(1, (b) => b.option(2, text("eth7")))
      .bytes();
    assert.is((await readAll(file)).reader.interfaces[0]?.name, "eth7");
  });

  test("a packet of an interface that is not described is damage", async () => {
    const file = new Builder().section().interface(1).enhanced(0, 0n, text("x")).enhanced(3, 0n, text("y")).bytes();
    const { packets, reader } = await readAll(file);
    assert.is(packets.length, 1);
    assert.match(reader.damage?.format() ?? "", /test: packet 2 at byte 84: .*interface 3/);
  });
});
