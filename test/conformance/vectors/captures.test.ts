// The captures of the vectors: one at least of each, which our own reader takes whole, and tshark with no checksum wrong.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memorySource, openCapture } from "../../../host/capture/index.ts";
import { assert, suite } from "../../kit.ts";
import { VECTORS, writeCaptures } from "./captures.ts";

const CHECKS = ["ip", "tcp", "udp"].flatMap((protocol) => ["-o", `${protocol}.check_checksum:TRUE`]);
const STATUSES = ["ip", "tcp", "udp", "icmp", "icmpv6"].map((protocol) => `${protocol}.checksum.status`);
const FIELDS = ["frame.comment", ...STATUSES].flatMap((field) => ["-e", field]);
/** Status of a checksum that tshark finds wrong. */
const WRONG = "0";
/** Verdicts on headers that cannot be, by whose lengths a checksum cannot be right. */
const MALFORMED = /^drop: bad-/;
const installed = spawnSync("tshark", ["-v"]).status === 0;
/** Of V01 to V40 those about tables of a load balancer, which have no packets. */
const WITHOUT_PACKETS = [19, 20];
const NUMBERS = Array.from({ length: 40 }, (_, i) => i + 1).filter((number) => !WITHOUT_PACKETS.includes(number));

/** Comment and checksum statuses of each packet; of those in ICMP errors that of the IP header only, as they may be cut short. */
function readByTshark(path: string): { comment: string; checksums: string[] }[] {
  const options = ["-n", "-r", path, ...CHECKS, "-T", "fields", "-E", "separator=|", ...FIELDS];
  const { status, stdout, stderr } = spawnSync("tshark", options, { encoding: "utf8", maxBuffer: 2 ** 28 });
  assert.is(status, 0, `${path}: ${stderr}`);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const [comment = "", ip = "", tcp = "", udp = "", icmp = "", icmp6 = ""] = line.split("|");
    const own = icmp === "" && icmp6 === "" ? [tcp, udp] : [icmp, icmp6];
    return { comment, checksums: [...ip.split(","), ...own] };
  });
}

/** Packets of a capture, which must have no damage. */
async function packetsOf(path: string): Promise<number> {
  const reader = await openCapture(memorySource(readFileSync(path)));
  let packets = 0;
  for await (const { count, captured, wire } of reader.batches()) {
    packets += count;
    for (let i = 0; i < count; i++)
      assert.ok((captured[i] as number) > 0 && (captured[i] as number) <= (wire[i] as number), `${path}: lengths`);
  }
  assert.is(reader.damage, undefined, path);
  return packets;
}

suite("Captures of the vectors", (test) => {
  const folder = mkdtempSync(join(tmpdir(), "linkplane-vectors-"));
  let files: string[] = [];
  test.before(() => {
    assert.is(writeCaptures(folder, ...VECTORS), 0, "the vectors hold");
    files = readdirSync(folder);
  });
  test.after(() => rmSync(folder, { recursive: true }));

  test("are there of every vector with packets, each read whole", async () => {
    for (const number of NUMBERS) {
      const own = files.filter(
        (file) => file.startsWith(`V${String(number).padStart(2, "0")}-`) || file === `V${number}.pcapng`,
      );
      assert.ok(own.length > 0, `V${number} has no capture`);
      for (const file of own) assert.ok((await packetsOf(join(folder, file))) > 0, `${file} has no packet`);
    }
    assert.ok(
      files.every((file) => /^V\d\d\b/.test(file)),
      "a capture is no vector's",
    );
  });

  test.skipUnless(installed, "tshark is not installed", "open in Wireshark, with no checksum wrong", () => {
    // Files of this format that follow one another are a file of several sections.
    const all = join(folder, "all.pcapng");
    writeFileSync(all, Buffer.concat(files.map((file) => readFileSync(join(folder, file)))));
    const packets = readByTshark(all);
    assert.ok(packets.filter(({ comment }) => /^(forward|drop|pass|held):/.test(comment)).length > files.length);
    const sound = packets.filter(({ comment }) => !MALFORMED.test(comment));
    assert.equal(
      sound.filter(({ checksums }) => checksums.includes(WRONG)),
      [],
      "checksums",
    );
  });
});
