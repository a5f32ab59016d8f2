// Standard streams: data on standard output and nothing else, everything for people on standard error when data is there.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Frame, pcapFile, readAll } from "../capture/bytes.ts";
import { assert, suite } from "../../kit.ts";
import { CAPTURE, CONFIGURATION, captureBytes, ended, linkplane, replaySummary, ROOT, start } from "./command.ts";

const REPLAY = ["replay", CAPTURE, "--config", CONFIGURATION];
const ESCAPE = "\u001b";
const COLUMNS = 100;

/** The example as a classic pcap. */
async function asPcap(): Promise<Uint8Array> {
  const { packets } = await readAll(captureBytes());
  const frames = packets.map(({ time, data, wire }): Frame => ({ time, data: Buffer.from(data, "hex"), wire }));
  return pcapFile(frames, { nanoseconds: true, snaplen: 262_144 });
}

suite("Standard input", (test) => {
  for (const [name, format, bytes] of [
    ["pcapng", "pcapng", async () => captureBytes()],
    ["pcap in gzip", "pcap", async () => gzipSync(await asPcap())],
  ] as const)
    test(`as a capture: ${name}`, async () => {
      const { captures, packets, replies } = await replaySummary(["-"], { stdin: await bytes() });
      assert.is(captures[0]?.file, "-");
      assert.is(captures[0]?.format, format);
      assert.is(captures[0]?.damaged, null);
      assert.equal(packets, { read: 742, forwarded: 596, dropped: 90, passed: 56 });
      assert.is(replies.identical, 325);
    });

  test("as a capture of a network", async () => {
    const args = ["replay", "-@consumer-vnet", "--config", CONFIGURATION, "--json"];
    const { status, stdout, stderr } = await linkplane(args, { stdin: captureBytes() });
    assert.is(status, 0, stderr);
    const { captures, packets } = JSON.parse(stdout);
    assert.is(captures[0].file, "-");
    assert.is(packets.forwarded, 596);
  });

  test("as the configuration, in which mistakes have a place too", async () => {
    const stdin = readFileSync(join(ROOT, CONFIGURATION), "utf8");
    const right = await linkplane(["replay", CAPTURE, "--config", "-", "--json"], { stdin });
    assert.is(JSON.parse(right.stdout).packets.forwarded, 596);
    const wrong = await linkplane(["check", "-"], { stdin: stdin.replace("10.1.0.4", "10.1.0") });
    assert.is(wrong.status, 3);
    assert.match(wrong.stderr, /^linkplane: standard input:16:23: /);
  });

  test("as expectations, in which mistakes have a place too", async () => {
    const stdin = readFileSync(join(ROOT, "examples/storage.expect.yaml"), "utf8");
    const right = await linkplane([...REPLAY, "--expect", "-", "--json"], { stdin });
    assert.is(right.status, 0, right.stderr);
    assert.is(JSON.parse(right.stdout).expectations.length, 4);
    const contrary = await linkplane([...REPLAY, "--expect", "-"], { stdin: stdin.replace("allowed", "denied") });
    assert.is(contrary.status, 1, contrary.stderr);
    const wrong = await linkplane([...REPLAY, "--expect", "-"], { stdin: stdin.replace("pe-vault", "pe-vauld") });
    assert.is(wrong.status, 3);
    assert.match(wrong.stderr, /^linkplane: standard input:\d+:\d+: .*Did you mean "pe-vault"/);
  });

  test("held open, a pcap, does not hold the command once --limit is reached", async () => {
    const child = start(["replay", "-", "--config", CONFIGURATION, "--limit", "5", "--json"]);
    child.stdin.on("error", () => {});
    child.stdin.write(await asPcap());
    const { status, stdout } = await ended(child);
    assert.is(status, 0, "it ended only because it was killed");
    const { captures, packets } = JSON.parse(stdout);
    assert.is(captures[0].format, "pcap");
    assert.is(packets.read, 5);
  });
});

suite("Standard output", (test) => {
  test("has the text summary: no escape bytes, less than 100 columns, no blanks at the ends", async () => {
    const { status, stdout, stderr } = await linkplane(REPLAY);
    assert.is(status, 0);
    assert.is(stderr, "");
    assert.not(stdout.includes(ESCAPE));
    assert.ok(stdout.startsWith(`${CAPTURE}: 742 packets, `));
    assert.ok(stdout.endsWith("\n") && !stdout.endsWith("\n\n"));
    for (const line of stdout.split("\n")) assert.ok(line.length < COLUMNS && !/\s$/.test(line), `"${line}"`);
  });

  test("has the JSON summary alone", async () => {
    const { status, stdout, stderr } = await linkplane([...REPLAY, "--json"], { env: { NO_COLOR: "1" } });
    assert.is(status, 0);
    assert.is(stderr, "");
    assert.is(`${JSON.stringify(JSON.parse(stdout), null, 2)}\n`, stdout);
  });

  test("has nothing under --quiet, nor has standard error", async () => {
    const { status, stdout, stderr } = await linkplane([...REPLAY, "--quiet"]);
    assert.equal({ status, stdout, stderr }, { status: 0, stdout: "", stderr: "" });
  });

  test("has the capture of --out -; the summary is on standard error", async () => {
    const { status, bytes, stderr } = await linkplane([...REPLAY, "--out", "-", "--json"]);
    assert.is(status, 0);
    const { packets, reader } = await readAll(bytes);
    assert.is(reader.format, "pcapng");
    assert.is(reader.damage, undefined);
    const summary = JSON.parse(stderr);
    assert.is(packets.length, summary.packets.read + summary.packets.forwarded);
  });

  test("has the lines of --flows -; the summary is on standard error", async () => {
    const { status, stdout, stderr } = await linkplane([...REPLAY, "--flows", "-"]);
    assert.is(status, 0);
    const lines = stdout.trimEnd().split("\n");
    assert.is(lines.length, 37);
    for (const line of lines) assert.type(JSON.parse(line).client, "string");
    assert.ok(stderr.startsWith(`${CAPTURE}: 742 packets, `));
    assert.not(stderr.includes(ESCAPE));
  });
});

suite("A reader that goes away ends the command quietly:", (test) => {
  for (const outputs of [[], ["--out", "-"], ["--flows", "-"]])
    test(`replay ${outputs.join(" ")}`, async () => {
      const child = start([...REPLAY, ...outputs]);
      child.stdin.end();
      child.stdout.destroy();
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => void (stderr += text));
      const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
      assert.is(status, 0, stderr);
      assert.not.match(stderr, /EPIPE|Error|^ +at /m);
    });
});
