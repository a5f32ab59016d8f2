// A judge that shares no code with linkplane: tshark on what replays write. Each packet stands there twice, before and after; a
// checksum that was right has to be right after, one that was wrong wrong.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileSource } from "../../host/capture/file.ts";
import { memorySink } from "../../host/capture/memory.ts";
import { replay } from "../../host/replay/replay.ts";
import type { ReplaySummary } from "../../host/replay/summary.ts";
import { assert, suite } from "../kit.ts";
import { ABSENT, type SharedCapture, sharedCaptures } from "./captures.ts";

const CHECKS = ["ip", "tcp", "udp"].flatMap((protocol) => ["-o", `${protocol}.check_checksum:TRUE`]);
const FIELDS = [
  "frame.interface_id",
  "frame.time_epoch",
  "frame.comment",
  "ip.checksum.status",
  "tcp.checksum.status",
  "udp.checksum.status",
  "ip.src",
  "ip.dst",
  "frame.len",
];
const installed = spawnSync("tshark", ["-v"]).status === 0;

/** A packet as tshark sees it. */
interface Row {
  side: "consumer" | "provider";
  time: string;
  comment: string;
  /** First status of IPv4, TCP and UDP: 1 right, 0 wrong, 2 not checked. */
  checksums: string;
  addresses: string;
  length: string;
}

async function written(capture: SharedCapture): Promise<{ rows: Row[]; summary: ReplaySummary }> {
  const folder = mkdtempSync(join(tmpdir(), "linkplane-"));
  const source = await fileSource(capture.path);
  try {
    const sink = memorySink();
    const { configuration, file } = capture;
    const output = { sink, format: "pcapng" as const, side: "provider" as const };
    const summary = await replay({ configuration, inputs: [{ file, source }], output });
    const path = join(folder, "out.pcapng");
    writeFileSync(path, sink.bytes());
    return { rows: readByTshark(path), summary };
  } finally {
    await source.close();
    rmSync(folder, { recursive: true });
  }
}

function readByTshark(path: string): Row[] {
  const fields = FIELDS.flatMap((field) => ["-e", field]);
  const options = [
    ...CHECKS,
    "-o",
    "ip.defragment:FALSE",
    "-T",
    "fields",
    "-E",
    "separator=|",
    "-E",
    "occurrence=f",
    ...fields,
  ];
  const { status, stdout, stderr } = spawnSync("tshark", ["-n", "-r", path, ...options], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  assert.is(status, 0, `tshark reads what was written: ${stderr}`);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [id = "", time = "", comment = "", ip = "", tcp = "", udp = "", from = "", to = "", length = ""] =
        line.split("|");
      const side = Number(id) % 2 === 0 ? "consumer" : "provider";
      return { side, time, comment, checksums: `ip ${ip} tcp ${tcp} udp ${udp}`, addresses: `${from} > ${to}`, length };
    });
}

/** Walks the rows: a forwarded packet is followed by itself on the other side; others stand alone. How many pairs there were. */
function pairsOf(rows: Row[]): number {
  let pairs = 0;
  for (let i = 0; i + 1 < rows.length; i++) {
    const [before, after] = [rows[i] as Row, rows[i + 1] as Row];
    if (before.side === after.side || before.time !== after.time || before.addresses === after.addresses) continue;
    if (before.length !== after.length) continue;
    assert.is(
      after.checksums,
      before.checksums,
      `checksums before and after, rows ${i + 1} and ${i + 2}: ${before.addresses}`,
    );
    pairs++;
    i++;
  }
  return pairs;
}

suite("tshark finds checksums as right or wrong after as before", (test) => {
  const captures = sharedCaptures();
  test.skipUnless(installed, "tshark is not installed", "tshark is here", () => assert.ok(installed));
  test.skipUnless(captures.length > 0, ABSENT, "captures are here", () => assert.ok(captures.length > 0));
  if (!installed) return;
  for (const capture of captures.filter(({ endpointPackets }) => (endpointPackets ?? 0) > 0)) {
    test(capture.file, async () => {
      const { rows, summary } = await written(capture);
      assert.is(pairsOf(rows), summary.packets.forwarded, "every forwarded packet stands there before and after");
      const commented = rows.filter(({ comment }) => comment !== "").length;
      assert.ok(commented >= summary.packets.dropped, "dropped packets say why");
    });
  }
});
