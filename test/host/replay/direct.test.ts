// A replay without comparison gives the bytes, counts and messages of one with comparison, whatever the capture is like.

import { memorySink, memorySource } from "../../../host/capture/memory.ts";
import type { ByteSource } from "../../../host/capture/capture.ts";
import type { ReplayOptions, ReplayOutput } from "../../../host/replay/options.ts";
import { replay } from "../../../host/replay/replay.ts";
import type { ReplaySummary } from "../../../host/replay/summary.ts";
import { frameOf } from "../../conformance/packet.ts";
import { assert, bytes, suite } from "../../kit.ts";
import { Builder, type Frame, pcapFile } from "../capture/bytes.ts";
import { configurationWith, conversation, inputOf, type Line, replayLines } from "./conversation.ts";

type Output = Omit<ReplayOutput, "sink">;

const OUTPUTS: Output[] = [
  { format: "pcap", side: "provider" },
  { format: "pcapng", side: "provider" },
  { format: "pcapng", side: "provider", oneSided: true },
  { format: "pcapng", side: "consumer", oneSided: true },
];
const SECOND = 1_000_000_000;

/** Conversations with an approved and a pending endpoint, and packets that are nobody's. */
const LINES: Line[] = [0, 1, 2, 3].flatMap((i): Line[] => [
  ...conversation(i, `10.1.0.9:${5000 + i}`),
  ...conversation(i + 0.5, `10.1.0.8:${5000 + i}`, "10.1.0.5:443"),
  [i + 0.9, "tcp 10.1.0.9:5000 > 8.8.8.8:443 S"],
  [i + 0.95, "tcp 10.1.0.4:443 > 10.1.0.7:99 SA"],
]);

const framesOf = (lines: readonly Line[], size = 0): Frame[] =>
  lines.map(([seconds, text]) => {
    const frame = frameOf(text);
    const data = new Uint8Array(Math.max(size, frame.length));
    data.set(frame);
    return { time: BigInt(Math.round(seconds * SECOND)), data };
  });

const LONG = framesOf(Array.from({ length: 300 }, (_, i) => conversation(i, `10.1.0.9:${1000 + i}`)).flat(), 1400);

/** pcapng with interfaces of several link types and resolutions, and a block larger than what is read at once. */
function blocks(): Uint8Array {
  const builder = new Builder().section().interface(1).interface(101);
  const frames = framesOf(LINES);
  frames.forEach(({ time, data }, i) => {
    if (i === 10) builder.block(0x0bad, (b) => b.raw(new Uint8Array(2_500_000)));
    if (i % 7 === 0) builder.enhanced(1, time / 1000n, data.slice(14));
    else builder.enhanced(0, time / 1000n, data);
  });
  return builder.bytes();
}

/** A time stamp whose fraction is a second and more, and a wire length below the captured one. */
function oddHeaders(): Uint8Array {
  const file = pcapFile(framesOf(LINES));
  const view = new DataView(file.buffer);
  view.setUint32(24 + 4, 1_500_000, true);
  view.setUint32(24 + 12, 1, true);
  return file;
}

const CAPTURES: [name: string, file: () => Uint8Array, chunk?: number][] = [
  ["microseconds", () => pcapFile(framesOf(LINES))],
  ["nanoseconds", () => pcapFile(framesOf(LINES), { nanoseconds: true })],
  ["big endian", () => pcapFile(framesOf(LINES), { little: false })],
  ["longer record headers", () => pcapFile(framesOf(LINES), { modified: true })],
  ["headers that are odd", oddHeaders],
  ["given in small pieces", () => pcapFile(framesOf(LINES)), 100],
  ["longer than what is read at once", () => pcapFile(LONG)],
  ["pcapng with two link types and a huge block", blocks],
  ["cut short in a record", () => pcapFile(framesOf(LINES)).slice(0, -5)],
  [
    "with a record that cannot be",
    () => Uint8Array.from([...pcapFile(framesOf(LINES)), ...new Uint8Array(16).fill(255)]),
  ],
  ["without a packet", () => pcapFile([])],
  ["empty", () => new Uint8Array(0)],
];

async function run(file: Uint8Array, chunk: number | undefined, output: Output, options: Partial<ReplayOptions>) {
  const sink = memorySink();
  const summary = await replay({
    configuration: configurationWith(),
    inputs: [{ file: "test.pcap", network: "shop", source: memorySource(file, chunk) }],
    output: { ...output, sink },
    ...options,
  });
  return { summary, written: sink.bytes() };
}

/** A source that takes its time, and is read ahead when its size is known. */
function later(file: Uint8Array, chunk: number | undefined): ByteSource {
  const source = memorySource(file, chunk);
  return {
    async read(into) {
      await new Promise((resolve) => setImmediate(resolve));
      return source.read(into);
    },
  };
}

/** What both have to agree on. */
const agreed = ({ time: _, replies: { identical: __, compared: ___, ...replies }, ...rest }: ReplaySummary) => ({
  ...rest,
  replies,
});

suite("A replay without comparison is like one with comparison:", (test) => {
  for (const [name, file, chunk] of CAPTURES)
    test(`a capture ${name}`, async () => {
      const capture = file();
      for (const output of OUTPUTS) {
        const where = `${output.format} ${output.oneSided === true ? output.side : ""}`;
        const compared = await run(capture, chunk, output, { compare: true });
        const direct = await run(capture, chunk, output, { compare: false });
        assert.equal(agreed(direct.summary), agreed(compared.summary), where);
        bytes(direct.written, compared.written, where);
        const inputs = [{ file: "test.pcap", network: "shop", source: later(capture, chunk), size: capture.length }];
        const ahead = await run(capture, chunk, output, { compare: false, inputs });
        assert.equal(agreed(ahead.summary), agreed(compared.summary), `${where}, read ahead`);
        bytes(ahead.written, compared.written, `${where}, read ahead`);
      }
    });

  test("a limit", async () => {
    const file = pcapFile(framesOf(LINES));
    const [output] = OUTPUTS as [Output];
    const compared = await run(file, undefined, output, { limit: 7 });
    const direct = await run(file, undefined, output, { limit: 7, compare: false });
    assert.is(direct.summary.packets.read, 7);
    assert.equal(agreed(direct.summary), agreed(compared.summary));
    bytes(direct.written, compared.written);
  });

  test("resets and answers that the plane makes", async () => {
    const configuration = configurationWith(({ settings, loadBalancers }) => {
      settings.icmpTimeExceeded = true;
      for (const { loadBalancingRules } of loadBalancers)
        for (const rule of loadBalancingRules) rule.enableTcpReset = true;
    });
    const lines: Line[] = [
      ...conversation().slice(0, 5),
      [1, "tcp 10.1.0.9:5001 > 10.1.0.4:443 S ttl=1"],
      [1000, "tcp 10.1.0.9:5002 > 10.1.0.4:443 S"],
    ];
    for (const output of OUTPUTS) {
      const compared = await run(pcapFile(framesOf(lines)), undefined, output, { configuration });
      const direct = await run(pcapFile(framesOf(lines)), undefined, output, { configuration, compare: false });
      assert.equal(direct.summary.generated, { mirrored: 2, reset: 2, icmp: 1, proxyHeader: 0 });
      bytes(direct.written, compared.written, output.format);
    }
  });
});

suite("A replay without comparison", (test) => {
  test("says that replies were not compared", async () => {
    const { replies } = await replayLines(conversation(), { compare: false });
    assert.equal(replies, { mirrored: 3, identical: 0, different: 0, unmatched: 0, refused: 0, compared: false });
  });

  test("counts replies after their flow's end as unmatched", async () => {
    const late: Line = [400, "tcp 10.1.0.4:443 > 10.1.0.9:5000 PA seq=901 ack=109 data=late"];
    const { drops } = await replayLines([...conversation().slice(0, 5), late], { compare: false });
    assert.equal(drops, { "reply-unmatched": 1 });
  });

  test("compares all the same where packets have to be looked at one by one", async () => {
    const lines = conversation();
    const aliases = [{ endpoint: "shop-approved", address: "20.60.1.2" }];
    const side = { format: "pcap", side: "consumer", sink: memorySink() } as const;
    for (const options of [
      { aliases },
      { verifyChecksums: true },
      { output: side },
      { inputs: [inputOf(lines), inputOf([])] },
    ]) {
      const { replies } = await replayLines(lines, { ...options, compare: false });
      assert.is(replies.compared, undefined);
      assert.is(replies.identical, 3);
    }
  });

  test("fails when its output does", async () => {
    const sink = {
      write(): Promise<void> {
        return Promise.reject(new Error("full"));
      },
    };
    const output = { format: "pcap", side: "provider", sink } as const;
    const failure = await replayLines(conversation(), { compare: false, output }).catch(
      (error: Error) => error.message,
    );
    assert.is(failure, "full");
  });

  test("ends when it is interrupted", async () => {
    const stop = new AbortController();
    stop.abort();
    const { interrupted, packets } = await replayLines(conversation(), { compare: false, signal: stop.signal });
    assert.is(interrupted, true);
    assert.is(packets.read, 0);
  });
});
