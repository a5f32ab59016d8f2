// What --out writes: both sides in pcapng, one in pcap, read again by our reader, by a second one and by tshark.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { memorySink, memorySource } from "../../../host/capture/memory.ts";
import { REASONS } from "../../../host/reasons.ts";
import type { ReplaySummary } from "../../../host/replay/summary.ts";
import { configurationWith, conversation } from "../replay/conversation.ts";
import { replay } from "../../../host/replay/replay.ts";
import { frameOf } from "../../conformance/packet.ts";
import { type Frame, pcapFile, type Read, readAll } from "../capture/bytes.ts";
import { assert, suite } from "../../kit.ts";
import { CAPTURE, CONFIGURATION, captureBytes, linkplane, scratch } from "./command.ts";
import { type Recorded, type RecordedPacket, readRecorded } from "./recorded.ts";

const file = scratch();
const CONSUMER = "eth0 consumer";
const PROVIDER = "eth0 provider";
/** Where an IPv4 packet without VLAN tags has its addresses, in hexadecimal digits, and the networks of the provider's. */
const ADDRESSES = { source: [52, 60], destination: [60, 68] } as const;
const NAT = "0a0201";
const BACKENDS = "0a0200";

const addressOf = ({ data }: RecordedPacket, end: keyof typeof ADDRESSES): string => data.slice(...ADDRESSES[end]);
const timeAndBytes = ({ time, data, wire }: Read | RecordedPacket) => `${time} ${wire} ${data}`;
const hasTshark = spawnSync("tshark", ["-v"]).status === 0;

/** Packets as they entered and, if they did, left, in the order they were written. */
function pairs(packets: readonly RecordedPacket[]): [RecordedPacket, RecordedPacket | undefined][] {
  const found: [RecordedPacket, RecordedPacket | undefined][] = [];
  for (let i = 0; i < packets.length; i++) {
    const entered = packets[i] as RecordedPacket;
    const next = packets[i + 1];
    const left = next !== undefined && leaves(entered, next) ? next : undefined;
    found.push([entered, left]);
    if (left !== undefined) i++;
  }
  return found;
}

/** Whether `next` is a packet as it left: on the other side, translated the way that leads there. */
function leaves(entered: RecordedPacket, next: RecordedPacket): boolean {
  if (entered.interface === PROVIDER) return next.interface === CONSUMER;
  return next.interface === PROVIDER && addressOf(next, "source").startsWith(NAT);
}

suite("The capture of --out", (test) => {
  let recorded: Recorded = { interfaces: [], packets: [] };
  let summary = {} as ReplaySummary;
  let captured: Read[] = [];
  test.before(async () => {
    const args = ["replay", CAPTURE, "--config", CONFIGURATION, "--json", "--out", file("out.pcapng")];
    summary = JSON.parse((await linkplane(args)).stdout);
    recorded = readRecorded(readFileSync(file("out.pcapng")));
    captured = (await readAll(captureBytes())).packets;
  });
  const on = (name: string): RecordedPacket[] => recorded.packets.filter((packet) => packet.interface === name);

  test("has two interfaces for each captured one", () => {
    assert.equal(recorded.interfaces, [
      { name: CONSUMER, linkType: 1, digits: 9 },
      { name: PROVIDER, linkType: 1, digits: 9 },
    ]);
  });

  test("has on the consumer's side what was captured: every time, every byte", () => {
    assert.equal(on(CONSUMER).map(timeAndBytes), captured.map(timeAndBytes));
  });

  test("has each translated packet next to itself, with the same time, from the NAT address or to it", () => {
    const translated = pairs(recorded.packets).filter(([, left]) => left !== undefined);
    assert.is(translated.length, summary.packets.forwarded);
    assert.is(on(PROVIDER).length, summary.packets.forwarded);
    for (const [entered, left] of translated) {
      assert.is(left?.time, entered.time);
      assert.is(left?.wire, entered.wire);
      const provider = entered.interface === PROVIDER ? entered : (left as RecordedPacket);
      const [nat, backend] =
        entered.interface === PROVIDER ? (["destination", "source"] as const) : (["source", "destination"] as const);
      assert.is(addressOf(provider, nat).slice(0, 6), NAT);
      assert.is(addressOf(provider, backend).slice(0, 6), BACKENDS);
    }
    const replies = translated.filter(([entered]) => entered.interface === PROVIDER);
    assert.is(replies.length, summary.generated.mirrored);
  });

  test("says on each dropped packet why, and on no other", () => {
    const counts: Record<string, number> = {};
    for (const [entered, left] of pairs(recorded.packets)) {
      if (entered.comment === undefined) continue;
      assert.is(left, undefined);
      const [name = "", ...sentence] = entered.comment.split(": ");
      assert.is(sentence.join(": "), REASONS.find((reason) => reason.name === name)?.sentence);
      counts[name] = (counts[name] ?? 0) + 1;
    }
    assert.equal(counts, {
      icmp: 2,
      "connection-pending": 43,
      "no-rule": 2,
      "reply-refused": 41,
      "icmp-echo": 2,
    });
    assert.equal(
      on(PROVIDER).filter(({ comment }) => comment !== undefined),
      [],
    );
  });

  test("is read by our reader as by the second", async () => {
    const { packets, reader } = await readAll(readFileSync(file("out.pcapng")));
    assert.is(reader.damage, undefined);
    assert.equal(
      reader.interfaces.map(({ name, linkType, timeDigits: digits }) => ({ name, linkType, digits })),
      recorded.interfaces,
    );
    assert.equal(packets.map(timeAndBytes), recorded.packets.map(timeAndBytes));
  });

  test.skipUnless(hasTshark, "tshark is not installed", "is read by tshark as by the second, checksums right", () => {
    const fields = ["frame.interface_name", "frame.time_epoch", "frame.len", "frame.comment"].flatMap((name) => [
      "-e",
      name,
    ]);
    const read = spawnSync("tshark", ["-n", "-r", file("out.pcapng"), "-T", "fields", ...fields], { encoding: "utf8" });
    assert.is(read.status, 0, read.stderr);
    assert.equal(
      read.stdout.split("\n").slice(0, -1),
      recorded.packets.map((packet) => {
        const seconds = `${packet.time / 1_000_000_000n}.${String(packet.time % 1_000_000_000n).padStart(9, "0")}`;
        return [packet.interface, seconds, packet.wire, packet.comment ?? ""].join("\t");
      }),
    );
    const verify = ["ip", "tcp", "udp"].flatMap((protocol) => ["-o", `${protocol}.check_checksum:TRUE`]);
    const wrong = "ip.checksum.status==0 || tcp.checksum.status==0 || udp.checksum.status==0 || _ws.malformed";
    const bad = spawnSync("tshark", ["-n", "-r", file("out.pcapng"), ...verify, "-Y", wrong], { encoding: "utf8" });
    assert.is(bad.status, 0, bad.stderr);
    assert.is(bad.stdout, "");
  });

  for (const [side, args] of [
    ["provider", []],
    ["consumer", ["--out-side", "consumer"]],
  ] as const)
    test(`named .pcap ${args.join(" ")} is a classic one with the ${side}'s side`, async () => {
      const run = await linkplane([
        "replay",
        CAPTURE,
        "--config",
        CONFIGURATION,
        "--quiet",
        "--out",
        file("one.pcap"),
        ...args,
      ]);
      assert.is(run.status, 0, run.stderr);
      const { packets, reader } = await readAll(readFileSync(file("one.pcap")));
      assert.is(reader.format, "pcap");
      assert.is(reader.interfaces[0]?.timeDigits, 9);
      assert.equal(packets.map(timeAndBytes), on(`eth0 ${side}`).map(timeAndBytes));
    });
});

suite("Times of a capture survive to --out:", (test) => {
  const frames = conversation().map(
    ([, text], i): Frame => ({ time: 1_700_000_000_123_456_789n + BigInt(i) * 1_001n, data: frameOf(text) }),
  );

  for (const nanoseconds of [true, false])
    for (const format of ["pcapng", "pcap"] as const)
      test(`${nanoseconds ? "nano" : "micro"}seconds to ${format}`, async () => {
        const sink = memorySink();
        const source = memorySource(pcapFile(frames, { nanoseconds }));
        await replay({
          configuration: configurationWith(),
          inputs: [{ file: "test.pcap", network: "shop", source }],
          output: { sink, format, side: "consumer" },
        });
        const { packets, reader } = await readAll(sink.bytes());
        assert.equal(
          packets.filter(({ interfaceId }) => interfaceId === 0).map(({ time }) => time),
          frames.map(({ time }) => (nanoseconds ? time : time - (time % 1000n))),
        );
        assert.is(reader.interfaces[0]?.timeDigits, nanoseconds ? 9 : 6);
        if (format === "pcapng")
          assert.equal(
            reader.interfaces.map(({ name }) => name),
            ["test.pcap consumer", "test.pcap provider"],
          );
      });
});
