// Recorded datagrams in fragments, some of which come twice or not at all, through a replay: tshark puts the same ones together after as
// before, and finds their checksums right.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memorySink, memorySource } from "../../host/capture/memory.ts";
import { replay } from "../../host/replay/replay.ts";
import { assert, suite } from "../kit.ts";
import { ABSENT, type SharedCapture, sharedCaptures } from "./captures.ts";

/** NFS over UDP; 50 of its 53 packets are fragments. */
const CAPTURE = "16-frag-ipv4-udp.pcap";
const RIGHT = "1";
const FIELDS = ["frame.interface_id", "ip.src", "ip.dst", "udp.checksum.status", "udp.payload"];
const installed = spawnSync("tshark", ["-v"]).status === 0;

interface Datagram {
  ends: string;
  checksum: string;
  data: string;
}

async function replayed({ path, file, configuration }: SharedCapture): Promise<Uint8Array> {
  const sink = memorySink();
  await replay({
    configuration,
    inputs: [{ file, source: memorySource(readFileSync(path), 50_000) }],
    output: { sink, format: "pcapng", side: "provider" },
  });
  return sink.bytes();
}

/** What tshark puts together before and after the plane. */
function datagramsOf(capture: Uint8Array): { before: Datagram[]; after: Datagram[] } {
  const folder = mkdtempSync(join(tmpdir(), "linkplane-"));
  try {
    const path = join(folder, "out.pcapng");
    writeFileSync(path, capture);
    const options = ["ip.defragment", "udp.check_checksum"].flatMap((option) => ["-o", `${option}:TRUE`]);
    const fields = ["-T", "fields", "-E", "separator=|", ...FIELDS.flatMap((field) => ["-e", field])];
    const { status, stdout, stderr } = spawnSync("tshark", ["-n", "-r", path, ...options, ...fields], {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    assert.is(status, 0, stderr);
    const rows = stdout.split("\n").map((line) => line.split("|"));
    const of = (odd: number): Datagram[] =>
      rows
        .filter(([id, , , , data = ""]) => data !== "" && Number(id) % 2 === odd)
        .map(([, from, to, checksum = "", data = ""]) => ({ ends: `${from} > ${to}`, checksum, data }));
    return { before: of(0), after: of(1) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

suite("Recorded fragments, before and after", (test) => {
  const capture = sharedCaptures().find(({ file }) => file === CAPTURE);
  test.skipUnless(installed, "tshark is not installed", "tshark is here", () => assert.ok(installed));
  test.skipUnless(capture !== undefined, ABSENT, "the capture is here", () => assert.ok(capture !== undefined));
  if (!installed || capture === undefined) return;
  test(capture.file, async () => {
    const { ipv4_reassembled_at_frames: frames } = JSON.parse(readFileSync(`${capture.path}.truth.json`, "utf8")) as {
      ipv4_reassembled_at_frames: number[];
    };
    const { before, after } = datagramsOf(await replayed(capture));
    const large = ({ data }: Datagram): boolean => data.length > 2 * 1500;
    assert.is(after.filter(large).length, frames.length, "as many are put together as in the capture itself");
    assert.equal(
      after.map(({ data }) => data),
      before.map(({ data }) => data),
    );
    assert.equal([...new Set(after.map(({ checksum }) => checksum))], [RIGHT]);
    assert.equal([...new Set(after.map(({ ends }) => ends))], ["10.254.0.1 > 10.255.0.10", "10.255.0.10 > 10.254.0.1"]);
  });
});
