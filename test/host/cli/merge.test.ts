// Several captures: merged by time, each with its network, and cut by --limit exactly.

import { readFileSync, writeFileSync } from "node:fs";
import { memorySink } from "../../../host/capture/memory.ts";
import type { ReplaySummary } from "../../../host/replay/summary.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";
import { type Read, readAll } from "../capture/bytes.ts";
import { conversation, inputOf, type Line, pcapOf, replayLines } from "../replay/conversation.ts";
import { assert, suite } from "../../kit.ts";
import { CAPTURE, CONFIGURATION, linkplane, scratch } from "./command.ts";

const file = scratch();
const A = conversation(0, "10.1.0.9:5000");
const B = conversation(0.005, "10.1.0.9:6000");
/** A packet of no endpoint's in each capture, at the same time. */
const TIES: Line[][] = ["10.1.9.1:1", "10.1.9.2:2"].map((client) => [[7, `tcp ${client} > 10.1.9.9:9 S`]]);

/** Consumer's side of a recording: the even interfaces. */
const consumerSide = (packets: readonly Read[]): Read[] => packets.filter(({ interfaceId }) => interfaceId % 2 === 0);

suite("Several captures", (test) => {
  const two = file("two-networks.json");
  test.before(() => {
    writeFileSync(file("a.pcap"), pcapOf(A));
    writeFileSync(file("b.pcap"), pcapOf(B));
    writeFileSync(file("c@home.pcap"), pcapOf(B));
    writeFileSync(two, JSON.stringify(baseConfiguration()));
  });

  test("are merged by time", async () => {
    const args = ["replay", file("b.pcap"), file("a.pcap"), "--config", CONFIGURATION, "--out", file("o.pcapng")];
    const { status, stdout, stderr } = await linkplane([...args, "--json"]);
    assert.is(status, 0, stderr);
    const { captures, packets, flows } = JSON.parse(stdout) as ReplaySummary;
    assert.equal(
      captures.map((capture) => [capture.file, capture.packets]),
      [
        [file("b.pcap"), 8],
        [file("a.pcap"), 8],
      ],
    );
    assert.equal(packets, { read: 16, forwarded: 16, dropped: 0, passed: 0 });
    assert.is(flows.created, 2);
    const recorded = consumerSide((await readAll(readFileSync(file("o.pcapng")))).packets);
    assert.equal(
      recorded.map(({ time }) => Number(time / 1_000_000n)),
      [...A, ...B].map(([seconds]) => Math.round(seconds * 1000)).sort((a, b) => a - b),
    );
  });

  test("each come from the network named after them, whose addresses may be the same", async () => {
    const named = [`${file("a.pcap")}@shop`, `${file("b.pcap")}@lab`];
    const { status, stdout, stderr } = await linkplane(["replay", ...named, "--config", two, "--json"]);
    assert.is(status, 0, stderr);
    const { captures, endpoints } = JSON.parse(stdout) as ReplaySummary;
    assert.equal(
      captures.map((capture) => capture.file),
      [file("a.pcap"), file("b.pcap")],
    );
    assert.equal(
      endpoints.filter(({ flows }) => flows > 0).map(({ name, flows }) => [name, flows]),
      [
        ["shop-approved", 1],
        ["lab-approved", 1],
      ],
    );
  });

  for (const [name, capture, message] of [
    ["without the network they come from", "a.pcap", /CAPTURE@NETWORK: shop, lab, provider/],
    ["with a network that is none", "a.pcap@shpo", /"shpo"[^]*shop/],
  ] as const)
    test(`${name} are a usage error`, async () => {
      const { status, stdout, stderr } = await linkplane(["replay", file(capture), "--config", two]);
      assert.is(status, 2, stderr);
      assert.is(stdout, "");
      assert.match(stderr, message);
    });

  test("may have an @ in their names", async () => {
    const captures = [file("c@home.pcap"), `${file("c@home.pcap")}@consumer-vnet`];
    const { status, stdout, stderr } = await linkplane(["replay", ...captures, "--config", CONFIGURATION, "--json"]);
    assert.is(status, 0, stderr);
    assert.equal(
      JSON.parse(stdout).captures.map((capture: { file: string }) => capture.file),
      [file("c@home.pcap"), file("c@home.pcap")],
    );
  });
});

suite("Of packets with the same time", (test) => {
  for (const order of [
    [0, 1],
    [1, 0],
  ])
    test(`that of the capture named first comes first: ${order}`, async () => {
      const sink = memorySink();
      const inputs = order.map((index) => inputOf(TIES[index] as Line[]));
      await replayLines([], { inputs, output: { sink, format: "pcapng", side: "provider" } });
      const { packets } = await readAll(sink.bytes());
      assert.equal(
        packets.map(({ data }) => Number(`0x${data.slice(58, 60)}`) - 1),
        order,
      );
    });
});

suite("--limit", (test) => {
  for (let limit = 1; limit <= 17; limit++)
    test(`${limit} takes that many packets of two captures with 16, in order of time`, async () => {
      const sink = memorySink();
      const inputs = [inputOf(A), inputOf(B)];
      const { packets, captures } = await replayLines([], {
        inputs,
        limit,
        output: { sink, format: "pcapng", side: "provider" },
      });
      const taken = Math.min(limit, 16);
      assert.is(packets.read, taken);
      assert.equal(
        captures.map((capture) => capture.packets),
        [Math.ceil(taken / 2), Math.floor(taken / 2)],
      );
      const recorded = await readAll(sink.bytes());
      assert.is(consumerSide(recorded.packets).length, taken);
    });

  test("is exact over whole files", async () => {
    const args = ["replay", CAPTURE, CAPTURE, "--config", CONFIGURATION, "--limit", "1001", "--json"];
    const { packets, captures } = JSON.parse((await linkplane(args)).stdout) as ReplaySummary;
    assert.is(packets.read, 1001);
    assert.is((captures[0]?.packets ?? 0) + (captures[1]?.packets ?? 0), 1001);
  });
});

suite("Seconds of capture", (test) => {
  test("are those between the first and the last packet of all", async () => {
    const inputs = [inputOf(A), inputOf(B)];
    assert.is((await replayLines([], { inputs })).time.captureSeconds, 0.075);
  });

  test("are never less than none: a capture may be out of order", async () => {
    const lines = [9, 4].map((time): Line => [time, "tcp 10.1.9.1:1 > 10.1.9.9:9 S"]);
    assert.ok((await replayLines(lines)).time.captureSeconds >= 0);
  });
});
