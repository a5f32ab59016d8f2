// The captures of the vectors, as tshark reads them: whole, with every verdict as a comment, and no checksum wrong.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, suite } from "../../kit.ts";
import { writeCaptures } from "./captures.ts";

const CHECKS = ["ip", "tcp", "udp"].flatMap((protocol) => ["-o", `${protocol}.check_checksum:TRUE`]);
const STATUSES = ["ip", "tcp", "udp", "icmp"].map((protocol) => `${protocol}.checksum.status`);
const FIELDS = ["frame.comment", ...STATUSES].flatMap((field) => ["-e", field]);
/** Those with packets of every kind. */
const CHECKED = ["cilium", "katran"].map((name) => `test/conformance/vectors/${name}.test.ts`);
/** Status of a checksum that tshark finds wrong. */
const WRONG = "0";
const installed = spawnSync("tshark", ["-v"]).status === 0;

/** Comment and checksum statuses of each packet; of those in ICMP errors that of the IP header only, as they may be cut short. */
function readByTshark(path: string): { comment: string; checksums: string[] }[] {
  const options = ["-n", "-r", path, ...CHECKS, "-T", "fields", "-E", "separator=|", ...FIELDS];
  const { status, stdout, stderr } = spawnSync("tshark", options, { encoding: "utf8", maxBuffer: 2 ** 28 });
  assert.is(status, 0, `${path}: ${stderr}`);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const [comment = "", ip = "", tcp = "", udp = "", icmp = ""] = line.split("|");
    return { comment, checksums: [...ip.split(","), ...(icmp === "" ? [tcp, udp] : [icmp])] };
  });
}

suite("Captures of the vectors", (test) => {
  test.skipUnless(installed, "tshark is not installed", "open in Wireshark, with no checksum wrong", () => {
    const folder = mkdtempSync(join(tmpdir(), "linkplane-vectors-"));
    try {
      assert.is(writeCaptures(folder, ...CHECKED), 0, "the vectors hold");
      const files = readdirSync(folder).map((file) => readFileSync(join(folder, file)));
      assert.ok(files.length > 15, `${files.length} captures`);
      // Files of this format that follow one another are a file of several sections.
      const all = join(folder, "all.pcapng");
      writeFileSync(all, Buffer.concat(files));
      const packets = readByTshark(all);
      assert.ok(packets.filter(({ comment }) => /^(forward|drop|pass):/.test(comment)).length > files.length);
      const wrong = packets.filter(({ checksums }) => checksums.includes(WRONG));
      assert.equal(wrong, [], "checksums");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
