// Exit code 4: a capture that cannot be read, or only up to a point. What came before that point is processed, written and
// summarised.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { memorySource } from "../../../host/capture/memory.ts";
import { parseConfiguration } from "../../../host/config/parse.ts";
import { replay } from "../../../host/replay/replay.ts";
import type { ReplaySummary } from "../../../host/replay/summary.ts";
import { readAll } from "../capture/bytes.ts";
import { conversation, pcapOf } from "../replay/conversation.ts";
import { assert, suite } from "../../kit.ts";
import { CAPTURE, CONFIGURATION, captureBytes, linkplane, replaySummary, ROOT, scratch } from "./command.ts";

const file = scratch();
const WHOLE = pcapOf(conversation());
/** Offsets of the records of WHOLE, and its end. */
const RECORDS = recordsOf(WHOLE);

function recordsOf(pcap: Uint8Array): number[] {
  const view = new DataView(pcap.buffer);
  const offsets = [24];
  for (let at = 24; at < pcap.length; offsets.push(at)) at += 16 + view.getUint32(at + 8, true);
  return offsets;
}

/** A copy whose record `index` claims a captured length. */
function claiming(pcap: Uint8Array, index: number, length: number): Uint8Array {
  const copy = pcap.slice();
  new DataView(copy.buffer).setUint32((RECORDS[index] as number) + 8, length, true);
  return copy;
}

/** Bytes of a capture, packets read from it, and what is said about where it ends. */
const DAMAGED: [string, Uint8Array, number, RegExp][] = [
  ["cut in a record", WHOLE.subarray(0, (RECORDS[5] as number) - 1), 4, new RegExp(`packet 5 at byte ${RECORDS[4]}: `)],
  [
    "holding an impossible length",
    claiming(WHOLE, 2, 0x7fffffff),
    2,
    new RegExp(`packet 3 at byte ${RECORDS[2]}: .*2147483647`),
  ],
];

suite("Exit code 4, input", (test) => {
  test("a capture that is not there: nothing is created", async () => {
    const args = ["replay", file("missing.pcap"), "--config", CONFIGURATION, "--out", file("never.pcapng")];
    const { status, stdout, stderr } = await linkplane(args);
    assert.is(status, 4);
    assert.is(stdout, "");
    assert.is(stderr, `linkplane: ${file("missing.pcap")}: There is no such file. Check its name and permissions.\n`);
    assert.not(existsSync(file("never.pcapng")));
  });

  test("captures that are none: each has its message, and the others are replayed whole", async () => {
    writeFileSync(file("empty.pcap"), "");
    writeFileSync(file("short.pcap"), WHOLE.subarray(0, 20));
    const none = [file("empty.pcap"), file("short.pcap"), CONFIGURATION];
    const args = ["replay", ...none, CAPTURE, "--config", CONFIGURATION, "--json"];
    const { status, stdout, stderr } = await linkplane(args);
    assert.is(status, 4);
    const { captures, packets, flows } = JSON.parse(stdout) as ReplaySummary;
    assert.is(packets.read, 742);
    assert.is(flows.created, 30);
    assert.equal(
      captures.map((capture) => [capture.file, capture.format, capture.linkType, capture.packets]),
      [...none.map((name) => [name, null, null, 0]), [CAPTURE, "pcapng", 1, 742]],
    );
    assert.is(stderr, captures.map(({ damaged }) => (damaged === null ? "" : `linkplane: ${damaged}\n`)).join(""));
    assert.match(captures[0]?.damaged ?? "", /empty\.pcap: packet 1 at byte 0: .*empty/);
    assert.match(captures[1]?.damaged ?? "", /short\.pcap: packet 1 at byte 0: .*20 bytes/);
    assert.match(captures[2]?.damaged ?? "", /storage\.yaml: .*no capture/);
    assert.is(captures[3]?.damaged, null);
  });

  for (const [name, bytes, packets, where] of DAMAGED)
    test(`a capture that is ${name}: all before is processed and written`, async () => {
      const [path, out, flows] = ["damaged.pcap", "out.pcapng", "flows.ndjson"].map(file) as [string, string, string];
      writeFileSync(path, bytes);
      const args = ["replay", path, "--config", CONFIGURATION, "--out", out, "--flows", flows, "--json"];
      const { status, stdout, stderr } = await linkplane(args);
      assert.is(status, 4, stderr);
      assert.ok(stderr.startsWith(`linkplane: ${path}: `), stderr);
      assert.match(stderr, where);
      assert.is(stderr.trimEnd().split("\n").length, 1);
      const summary = JSON.parse(stdout) as ReplaySummary;
      assert.equal(summary.packets, { read: packets, forwarded: packets, dropped: 0, passed: 0 });
      assert.is(summary.captures[0]?.packets, packets);
      assert.match(summary.captures[0]?.damaged ?? "", where);
      const written = await readAll(readFileSync(out));
      assert.is(written.reader.damage, undefined);
      assert.is(written.packets.length, 2 * packets);
      assert.is(JSON.parse(readFileSync(flows, "utf8")).client, "10.1.0.9:5000");
    });

  test("the shipped capture cut short has the same summary as with --limit where it was cut", async () => {
    writeFileSync(file("cut.pcapng"), captureBytes().subarray(0, 20_000));
    const cut = await replaySummary([file("cut.pcapng")]);
    const configuration = parseConfiguration(readFileSync(join(ROOT, CONFIGURATION), "utf8"), CONFIGURATION);
    const inputs = [{ file: CAPTURE, source: memorySource(captureBytes()) }];
    const limited = await replay({ configuration, inputs, limit: 74 });
    assert.is(cut.packets.read, 74);
    assert.match(cut.captures[0]?.damaged ?? "", /packet 75 at byte 19548: /);
    const { time: _, captures: __, ...ofCut } = cut;
    const { time: ___, captures: ____, ...ofLimited } = limited;
    assert.equal(ofCut, ofLimited);
  });

  test("a gzip stream that ends early, with the text summary, and under --quiet only the message", async () => {
    const args = ["replay", "-", "--config", CONFIGURATION];
    const zipped = gzipSync(captureBytes());
    const stdin = zipped.subarray(0, zipped.length >> 1);
    const [loud, quiet] = await Promise.all([linkplane(args, { stdin }), linkplane([...args, "--quiet"], { stdin })]);
    assert.is(loud.status, 4);
    assert.match(loud.stderr, /^linkplane: -: packet \d+ at byte \d+ of the decompressed data: /);
    assert.match(loud.stdout, /^-: \d+ packets, .*, pcapng, damaged: what came before the damage was replayed\n/);
    assert.match(loud.stdout, /Replies: [1-9]\d* rebuilt/);
    assert.is(quiet.status, 4);
    assert.is(quiet.stdout, "");
    assert.is(quiet.stderr, loud.stderr);
  });
});
