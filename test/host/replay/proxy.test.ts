// Replays of services with PROXY headers: replies come out as captured, and recordings hold the headers.

import { memorySink, memorySource } from "../../../host/capture/memory.ts";
import { openCapture } from "../../../host/capture/reader.ts";
import type { Configuration } from "../../../host/config/configuration.ts";
import type { ReplayOptions } from "../../../host/replay/options.ts";
import type { ReplaySummary } from "../../../host/replay/summary.ts";
import { frameOf } from "../../conformance/packet.ts";
import { announcing, bytesOf, headerOf, number, PROFILES } from "../../conformance/proxy-kit.ts";
import { assert, suite } from "../../kit.ts";
import { hexOf } from "../../names/hello.ts";
import { configurationWith, conversation, type Line, replayLines } from "./conversation.ts";

const REQUEST = "tcp 10.1.0.9:5000 > 10.1.0.4:443";
const REPLY = "tcp 10.1.0.4:443 > 10.1.0.9:5000";
const LEFT = "tcp 10.2.0.10:1024 > 10.2.1.1:8443 ttl=63";
const HANDSHAKE = [`${REQUEST} S seq=100`, `${REPLY} SA seq=900 ack=101 ttl=60`, `${REQUEST} A seq=101 ack=901`];

/** Packets a hundredth of a second apart. */
const lines = (...texts: string[]): Line[] => texts.map((text, i): Line => [i / 100, text]);

/** A reply's option with blocks. */
const selective = (...numbers: number[]): string =>
  `0101${number(5, 1)}${number(2 + numbers.length * 4, 1)}${numbers.map((each) => number(each, 4)).join("")}`;

function run(capture: readonly Line[], options: Partial<ReplayOptions> = {}): Promise<ReplaySummary> {
  return replayLines(capture, { configuration: configurationWith(announcing()), verifyChecksums: true, ...options });
}

/** What a replay writes on the provider's side. */
async function written(capture: readonly Line[], change: (configuration: Configuration) => void, compare = true) {
  const sink = memorySink();
  const output = { sink, format: "pcapng" as const, side: "provider" as const, oneSided: true };
  const { replies } = await replayLines(capture, { configuration: configurationWith(change), output, compare });
  assert.is(replies.different, 0);
  const reader = await openCapture(memorySource(sink.bytes()));
  const frames: string[] = [];
  for await (const { count, buffer, offset, captured, wire } of reader.batches())
    for (let i = 0; i < count; i++) {
      const at = offset[i] as number;
      frames.push(`${wire[i]} ${hexOf(buffer.slice(at, at + (captured[i] as number)))}`);
    }
  return { frames, text: new TextDecoder().decode(sink.bytes()) };
}

const frame = (text: string): string => {
  const bytes = frameOf(text);
  return `${bytes.length} ${hexOf(bytes)}`;
};

suite("A replay of a service with PROXY headers", (test) => {
  for (const profile of PROFILES)
    test(`every reply comes out as captured, ${profile}`, async () => {
      const capture = [...conversation(), ...conversation(1, "10.1.0.9:5001"), ...conversation(2)];
      const summary = await run(capture, { configuration: configurationWith(announcing(profile)) });
      assert.equal(summary.replies, { mirrored: 9, identical: 9, different: 0, unmatched: 0, refused: 0 });
      assert.is(summary.generated.proxyHeader, 3);
      assert.equal(summary.checksums, { verified: 24, wrongBefore: 0, changed: 0 });
    });

  const answers: [string, Line[], number][] = [
    [
      "acknowledging what is behind a gap",
      lines(...HANDSHAKE, `${REPLY} A seq=901 ack=101 offset=8 hex=${selective(111, 121)}`),
      2,
    ],
    [
      "acknowledging the first bytes twice",
      lines(...HANDSHAKE, `${REPLY} A seq=901 ack=131 offset=10 hex=${selective(101, 111, 141, 151)}`),
      2,
    ],
    [
      "with a block of nothing",
      lines(...HANDSHAKE, `${REPLY} A seq=901 ack=131 offset=8 hex=${selective(141, 141)}`),
      2,
    ],
    ["to the SYN, once more behind the header", lines(...HANDSHAKE, `${REPLY} SA seq=900 ack=101`), 2],
    [
      "to the SYN, while the header waits in the batch",
      lines(...HANDSHAKE, `${REQUEST} A seq=101 ack=901 data=abc`, `${REPLY} SA seq=900 ack=101`),
      2,
    ],
    ["with nothing acknowledged", lines(...HANDSHAKE, `${REPLY} R seq=901 ack=0`), 2],
    ["reset by the client before its first byte", lines(...HANDSHAKE.slice(0, 2), `${REQUEST} RA seq=101 ack=901`), 1],
  ];
  for (const [name, capture, replies] of answers)
    test(`a reply ${name}`, async () => {
      const summary = await run(capture);
      assert.equal(summary.replies, { mirrored: replies, identical: replies, different: 0, unmatched: 0, refused: 0 });
      assert.is(summary.checksums?.changed, 0);
    });

  test("one that begins in the middle has no headers", async () => {
    const summary = await run(conversation().slice(3));
    assert.equal(summary.replies, { mirrored: 2, identical: 2, different: 0, unmatched: 0, refused: 0 });
    assert.is(summary.generated.proxyHeader, 0);
  });

  test("a packet that would speak in the header's place is dropped, and rightly so", async () => {
    const { replies, drops } = await run(lines(...HANDSHAKE, `${REQUEST} A seq=95 ack=901 data=in-its-place`));
    assert.is(replies.different, 0);
    assert.equal(drops, { "segments-conflict": 1 });
  });

  test("captured at the server", async () => {
    const capture = conversation(0, "10.1.0.9:5000", "10.2.1.1:8443", 64);
    const { replies, generated } = await run(capture, { side: "provider" });
    assert.equal(replies, { mirrored: 3, identical: 3, different: 0, unmatched: 0, refused: 0 });
    assert.is(generated.proxyHeader, 1);
  });

  test("with another address in the capture: the header bears the endpoint's", async () => {
    const aliases = [{ endpoint: "shop-approved", address: "20.60.1.2" }];
    const { replies, generated } = await run(conversation(0, "10.1.0.9:5000", "20.60.1.2:443"), { aliases });
    assert.equal(replies, { mirrored: 3, identical: 3, different: 0, unmatched: 0, refused: 0 });
    assert.is(generated.proxyHeader, 1);
  });

  test("in shards", async () => {
    const configuration = configurationWith(
      announcing("aws", ({ settings }) => {
        settings.shards = 4;
      }),
    );
    const capture = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((i) => conversation(i, `10.1.0.9:${5000 + i}`));
    const { replies, generated } = await run(capture, { configuration });
    assert.equal(replies, { mirrored: 24, identical: 24, different: 0, unmatched: 0, refused: 0 });
    assert.is(generated.proxyHeader, 8);
  });
});

suite("A recording of a service with PROXY headers", (test) => {
  const behind = 101 + 36;
  for (const compare of [true, false]) {
    const how = compare ? "" : ", written without comparison";

    test(`holds the packet that took the header up${how}`, async () => {
      const { frames } = await written(conversation(), announcing(), compare);
      assert.is(frames[2], frame(`${LEFT} A seq=101 ack=901 hex=${headerOf()}`));
      assert.is(frames[3], frame(`${LEFT} PA seq=${behind} ack=901 data=question`));
      assert.is(frames.length, 8);
    });

    test(`holds the header's own packet, with a comment, and the client's behind it${how}`, async () => {
      const data = bytesOf(1400);
      const capture = lines(...HANDSHAKE.slice(0, 2), `${REQUEST} PA seq=101 ack=901 hex=${data}`);
      const small = announcing("azure", ({ virtualNetworks }) => {
        for (const network of virtualNetworks) network.mtu = 1475;
      });
      const { frames, text } = await written(capture, small, compare);
      assert.equal(frames.slice(2), [
        frame(`${LEFT} A seq=101 ack=901 hex=${headerOf()}`),
        frame(`${LEFT} PA seq=${behind} ack=901 hex=${data}`),
      ]);
      assert.ok(text.includes("PROXY header, in front of the client's first byte"));
    });
  }

  for (const whenFull of ["evict", "refuse"] as const)
    test(`a SYN that comes again and is cut short says nothing of the flow that it opened, ${whenFull}`, async () => {
      const [syn = "", answer = "", ack = ""] = HANDSHAKE;
      const capture = lines(syn, `${syn} snap=50`, answer, ack, `${REQUEST} PA seq=101 ack=901 data=question`);
      const configuration = configurationWith((it) => {
        announcing()(it);
        Object.assign(it.settings, { whenFull, maxFlows: 4 });
      });
      const { replies, drops } = await run(capture, { configuration });
      assert.equal([replies.different, drops.truncated], [0, 1]);
    });
});
