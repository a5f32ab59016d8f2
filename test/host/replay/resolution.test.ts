// A pcap output has one resolution: the finest that any interface of its input may have.

import { memorySink, memorySource } from "../../../host/capture/memory.ts";
import type { ReplayInput } from "../../../host/replay/options.ts";
import { frameOf } from "../../conformance/packet.ts";
import { assert, suite } from "../../kit.ts";
import { Builder, pcapFile, readAll } from "../capture/bytes.ts";
import { replayLines } from "./conversation.ts";

const NANOSECONDS = Uint8Array.of(9);
const RESOLUTION = 9;
const ETHERNET = 1;
const COARSE = 1_700_000_000_123_456_000n;
const FINE = 1_700_000_000_123_456_789n;
const frame = frameOf("tcp 10.1.0.9:5000 > 10.1.0.4:443 S seq=100");

const coarse = (b: Builder): Builder =>
  b
    .section()
    .interface(ETHERNET)
    .enhanced(0, COARSE / 1000n, frame);
const fine = (b: Builder, id: number): Builder =>
  b.interface(ETHERNET, (options) => options.option(RESOLUTION, NANOSECONDS)).enhanced(id, FINE, frame);
const pcap = (time: bigint, nanoseconds: boolean): Uint8Array =>
  pcapFile([{ time, data: frame }], { nanoseconds, snaplen: 262_144 });

const ROWS: readonly [string, Uint8Array[], bigint[], number][] = [
  ["a pcapng whose second interface has nanoseconds", [fine(coarse(new Builder()), 1).bytes()], [COARSE, FINE], 9],
  [
    "a pcapng whose second section has nanoseconds",
    [fine(coarse(new Builder()).section(), 0).bytes()],
    [COARSE, FINE],
    9,
  ],
  ["captures that are merged", [pcap(COARSE, false), pcap(FINE, true)], [COARSE, FINE], 9],
  ["one pcap of nanoseconds", [pcap(FINE, true)], [FINE], 9],
  ["one pcap of microseconds", [pcap(COARSE, false)], [COARSE], 6],
];

suite("Resolution of a pcap output", (test) => {
  for (const [name, captures, times, digits] of ROWS)
    test(`${name}: ${digits === 9 ? "nanoseconds" : "microseconds"}`, async () => {
      const sink = memorySink();
      const inputs = captures.map(
        (bytes): ReplayInput => ({ file: name, network: "shop", source: memorySource(bytes) }),
      );
      await replayLines([], { inputs, output: { sink, format: "pcap", side: "consumer" } });
      const { packets, reader } = await readAll(sink.bytes());
      assert.equal(
        packets.map(({ time }) => time),
        times,
      );
      assert.is(reader.interfaces[0]?.timeDigits, digits);
    });
});
