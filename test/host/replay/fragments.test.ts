// Fragments in a capture: of requests and replies, in whatever order, with the endpoint's own address or one that stands for it.

import * as Abi from "../../../host/abi.ts";
import type { Core } from "../../../host/core.ts";
import { memorySink } from "../../../host/capture/memory.ts";
import type { ReplayOptions } from "../../../host/replay/options.ts";
import { frameOf } from "../../conformance/packet.ts";
import { assert, suite } from "../../kit.ts";
import { readAll } from "../capture/bytes.ts";
import { configurationWith, type Line, replayLines } from "./conversation.ts";
import { tamperedPlane } from "./tampered.ts";

const CLIENT = "10.1.0.9:5000";
const PUBLIC = "20.60.1.2";
const DATA = "abcdefghijklmnopqrstuvwxyz012345";
const query = (endpoint: string, cut: string): string => `udp ${CLIENT} > ${endpoint}:53 id=7 data=${DATA} cut=${cut}`;
const answer = (endpoint: string, cut: string, ttl = 60): string =>
  `udp ${endpoint}:53 > ${CLIENT} ttl=${ttl} id=8 data=${DATA} cut=${cut}`;

/** A query whose second part comes first, and an answer whose last part does. */
const linesTo = (endpoint: string): Line[] => [
  [0, query(endpoint, "16-32")],
  [0.01, query(endpoint, "0-16")],
  [0.02, query(endpoint, "32-")],
  [0.1, answer(endpoint, "32-")],
  [0.11, answer(endpoint, "0-16")],
  [0.12, answer(endpoint, "16-32")],
];

const asked = (cut: string): string => `udp 10.2.0.10:1024 > 10.2.1.1:5353 ttl=63 id=7 data=${DATA} cut=${cut}`;
const answered = (cut: string, ttl = 61): string =>
  `udp 10.2.1.1:5353 > 10.2.0.10:1024 ttl=${ttl} id=8 data=${DATA} cut=${cut}`;
const LEFT = [asked("0-16"), asked("16-32"), asked("32-"), answered("0-16"), answered("32-"), answered("16-32")];
const hex = (text: string): string => Buffer.from(frameOf(text)).toString("hex");

async function replayed(lines: Line[], options: Partial<ReplayOptions>) {
  const sink = memorySink();
  const output = { sink, format: "pcapng" as const, side: "provider" as const, oneSided: true };
  const summary = await replayLines(lines, { ...options, output });
  return { ...summary, provider: (await readAll(sink.bytes())).packets.map(({ data }) => data) };
}

suite("Fragments in a capture", (test) => {
  const whose: [name: string, endpoint: string, options: Partial<ReplayOptions>][] = [
    ["to an endpoint", "10.1.0.4", {}],
    ["to an address that stands for one", PUBLIC, { aliases: [{ endpoint: "shop-approved", address: PUBLIC }] }],
    ["to a port that does", PUBLIC, { aliases: [{ endpoint: "shop-approved", address: PUBLIC, port: 53 }] }],
  ];
  for (const [name, endpoint, options] of whose)
    test(`${name} leave by their flow's translation, those that came early behind the first`, async () => {
      const { packets, drops, replies, endpoints, provider } = await replayed(linesTo(endpoint), options);
      assert.equal([packets.forwarded, packets.dropped, drops], [6, 0, {}]);
      assert.equal(replies, { mirrored: 3, identical: 3, different: 0, unmatched: 0, refused: 0 });
      assert.equal([endpoints[0]?.toService.packets, endpoints[0]?.toConsumer.packets], [3, 3]);
      assert.equal(provider, LEFT.map(hex));
    });

  test("are the same without comparison", async () => {
    const { packets, drops, replies, provider } = await replayed(linesTo("10.1.0.4"), { compare: false });
    assert.equal([packets.forwarded, packets.dropped, drops, replies.mirrored], [6, 0, {}, 3]);
    assert.equal(provider, LEFT.map(hex));
  });

  test("reach their flows in several shards, and in workers", async () => {
    const clients = Array.from({ length: 12 }, (_, i) => `10.1.0.9:${5000 + i}`);
    const lines = linesTo("10.1.0.4").flatMap(([time, text]) =>
      clients.map((client, i): Line => [time, text.replace(CLIENT, client).replace(/ id=\d/, ` id=${100 + i}`)]),
    );
    const configuration = configurationWith(({ settings }) => void Object.assign(settings, { shards: 4 }));
    const recorded: string[][] = [];
    for (const workers of [undefined, 2]) {
      const through = await replayed(lines, { configuration, ...(workers === undefined ? {} : { workers }) });
      const count = 3 * clients.length;
      assert.equal([through.packets.forwarded, through.packets.dropped, through.drops], [2 * count, 0, {}]);
      assert.equal(through.replies, { mirrored: count, identical: count, different: 0, unmatched: 0, refused: 0 });
      assert.is(through.provider.length, 2 * count);
      recorded.push(through.provider);
    }
    assert.equal(recorded[1], recorded[0]);
  });

  test("taken at the server enter as it sent and received them", async () => {
    const at = (cut: string): string => `udp ${CLIENT} > 10.2.1.1:5353 id=7 data=${DATA} cut=${cut}`;
    const from = (cut: string): string => `udp 10.2.1.1:5353 > ${CLIENT} ttl=64 id=8 data=${DATA} cut=${cut}`;
    const lines: Line[] = [
      ...["16-32", "0-16", "32-"].map((cut, i): Line => [i / 100, at(cut)]),
      ...["32-", "0-16", "16-32"].map((cut, i): Line => [1 + i / 100, from(cut)]),
    ];
    const { replies, drops, provider } = await replayed(lines, { side: "provider" });
    assert.equal(drops, {});
    assert.equal(replies, { mirrored: 3, identical: 3, different: 0, unmatched: 0, refused: 0 });
    assert.equal(provider, [...LEFT.slice(0, 3), ...["0-16", "32-", "16-32"].map((cut) => answered(cut, 64))].map(hex));
  });

  test("without the first one wait to the end; of a reply without a request they are unmatched", async () => {
    const lines: Line[] = [
      [0, query("10.1.0.4", "16-32")],
      [0.1, answer("10.1.0.4", "0-16")],
      [0.2, answer("10.1.0.4", "16-32")],
    ];
    for (const compare of [true, false]) {
      const { packets, drops, replies } = await replayed(lines, { compare });
      assert.equal(drops, { "reply-unmatched": 2, "awaiting-fragment": 1 }, `compare: ${compare}`);
      assert.equal([packets.forwarded, packets.dropped], [0, 3]);
      assert.is(replies.unmatched, 2);
    }
  });

  test("wait in vain as long as timers.fragmentSeconds says", async () => {
    const lines: Line[] = [
      [0, query("10.1.0.4", "16-32")],
      [2, query("10.1.0.4", "0-16")],
    ];
    const { drops, endpoints } = await replayed(lines, {});
    assert.equal([drops, endpoints[0]?.drops], [{ "fragment-timeout": 1 }, { "fragment-timeout": 1 }]);
  });
});

const request = (core: Core): number => core.region(Abi.REGION_RECORDS);
const flip = (core: Core, at: number): void => void (core.bytes[at] = (core.bytes[at] as number) ^ 1);
/** Of each packet that left, one byte behind its Ethernet header. */
const spoil =
  (at: number, cause: number) =>
  (core: Core): void => {
    for (let i = 0; i < core.emitCount; i++) {
      const emit = core.emit(i);
      if (core.u8(emit + Abi.EMIT_CAUSE) === cause) flip(core, core.u32(emit + Abi.EMIT_BODY) + 14 + at);
    }
  };

suite("The mirror finds out that fragments left wrongly", (test) => {
  const faults: [string, (core: Core) => void][] = [
    [
      "later ones to another backend",
      (core) => flip(core, request(core) + Abi.REC_TEMPLATE + Abi.TEMPLATE_DESTINATION),
    ],
    ["their header's checksum", (core) => flip(core, request(core) + Abi.REC_TEMPLATE)],
    ["a byte of one that waited", spoil(24, Abi.CAUSE_HELD)],
    ["the offset of one that waited", spoil(7, Abi.CAUSE_HELD)],
    ["the TTL of one that did not", spoil(8, Abi.CAUSE_INPUT)],
  ];
  for (const [name, tamper] of faults)
    test(name, async () => {
      const plane = await tamperedPlane(tamper);
      const whole: Line[] = [
        [0, `udp ${CLIENT} > 10.1.0.4:53 data=whole`],
        [0, `udp 10.1.0.4:53 > ${CLIENT} ttl=60 data=whole`],
      ];
      const { replies } = await replayLines([...whole, ...linesTo("10.1.0.4").slice(0, 3)], { plane });
      assert.ok(replies.different > 0, JSON.stringify(replies));
    });
});
