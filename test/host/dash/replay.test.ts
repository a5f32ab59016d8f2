// A replay that writes the consumer's leg: a third interface, and what the summary says of it. Where tshark is installed, it reads it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memorySink } from "../../../host/capture/memory.ts";
import type { Configuration } from "../../../host/config/configuration.ts";
import { textReport } from "../../../host/report/text.ts";
import { identifying, OWN } from "../../conformance/first-message-kit.ts";
import { assert, suite } from "../../kit.ts";
import { configurationWith, conversation, type Line, replayLines } from "../replay/conversation.ts";
import { EXAMPLE } from "./example.ts";

const installed = spawnSync("tshark", ["-v"]).status === 0;
const LINES: Line[] = [
  ...conversation(),
  ...conversation(1, "10.1.0.9:5001", "10.1.0.5:443"),
  [2, "udp 10.1.0.9:5002 > 10.1.0.4:53 data=abc l4sum=0"],
  [3, "icmp 10.1.0.9 > 10.1.0.4"],
];

async function wired(change: (configuration: Configuration) => void, lines = LINES) {
  const sink = memorySink();
  const configuration = configurationWith((it) => {
    Object.assign(it.privateEndpoints[0] as object, { dash: EXAMPLE });
    change(it);
  });
  const output = { sink, format: "pcapng" as const, side: "provider" as const };
  return { summary: await replayLines(lines, { configuration, output, wire: "dash" }), bytes: sink.bytes() };
}

/** What tshark says of the packets of an interface. */
function told(bytes: Uint8Array, which: number, fields: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "linkplane-"));
  try {
    const path = join(folder, "out.pcapng");
    writeFileSync(path, bytes);
    const checks = ["ip", "tcp", "udp"].flatMap((protocol) => ["-o", `${protocol}.check_checksum:TRUE`]);
    const shown = fields.flatMap((field) => ["-e", field]);
    const args = ["-n", "-r", path, "-Y", `frame.interface_id == ${which}`, ...checks, "-T", "fields", ...shown];
    const { status, stdout, stderr } = spawnSync("tshark", [...args, "-E", "separator=|"], { encoding: "utf8" });
    assert.is(status, 0, stderr);
    return stdout.split("\n").filter((line) => line !== "");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

suite("A replay with --wire dash", (test) => {
  test("writes what the plane forwarded of endpoints with a mapping, and says how much", async () => {
    const { summary } = await wired(() => undefined);
    assert.equal(summary.wire, {
      format: "dash",
      toService: 6,
      toConsumer: 3,
      drops: { OUTBOUND_PORT_MAP_MISS_DROP_PACKETS: 0, OUTBOUND_PORT_RANGE_ENTRY_MISS_DROP_PACKETS: 0 },
      withoutFlow: 0,
      leftOut: 0,
      provider: { toService: 6, toConsumer: 3 },
    });
    assert.is(summary.written, LINES.length + 9 + 9 + 9, "as captured, as they left, and on both legs");
    assert.ok(textReport(summary).includes("Consumer's leg (DASH): 6 packets to the service, 3 back"));
  });

  test("says what a redirect map drops", async () => {
    const { summary } = await wired(({ privateEndpoints: [first] }) => {
      Object.assign(first as object, { dash: { ...EXAMPLE, outboundPortMap: [{ destinationPorts: "53" }] } });
    });
    assert.is(summary.wire?.toService, 1);
    const text = textReport(summary);
    assert.ok(text.includes("5 packets dropped by a redirect map, OUTBOUND_PORT_RANGE_ENTRY_MISS_DROP_PACKETS"), text);
    assert.ok(text.includes("3 packets not written: replies whose request is not on it"), text);
  });

  test("has what was held as its client sent it", async () => {
    const get = `GET / HTTP/1.1\r\nHost: ${OWN}\r\n\r\n`;
    const hex = Buffer.from(get).toString("hex");
    const request = "tcp 10.1.0.9:5000 > 10.1.0.4:443";
    const lines: Line[] = [
      [0, `${request} S seq=100`],
      [0.1, "tcp 10.1.0.4:443 > 10.1.0.9:5000 SA seq=900 ack=101 ttl=55"],
      [0.2, `${request} PA seq=101 ack=901 hex=${hex.slice(0, 20)}`],
      [0.3, `${request} PA seq=111 ack=901 hex=${hex.slice(20)}`],
    ];
    const { summary, bytes } = await wired(identifying("http", { otherBeginning: "allow" }), lines);
    assert.equal([summary.wire?.toService, summary.wire?.toConsumer], [3, 1]);
    if (!installed) return;
    const held = told(bytes, 2, ["tcp.seq_raw", "tcp.len", "tcp.checksum.status", "ipv6.hlim"]);
    assert.equal(held.slice(2), ["101|10|1|64", `111|${get.length - 10}|1|64`]);
  });

  test.skipUnless(installed, "tshark is not installed", "tshark reads it, with every checksum right", async () => {
    const { bytes } = await wired(() => undefined);
    const fields = [
      "gre.key",
      "ip.checksum.status",
      "ipv6.src",
      "ipv6.dst",
      "tcp.checksum.status",
      "udp.checksum.status",
    ];
    const there = "0x00006400|1|9988::a01:9|1122:3344:5566:7788::303:301";
    const back = "0x00006400|1|1122:3344:5566:7788::303:301|9988::a01:9";
    const rows = [there, back, there, there, back, there, back, there].map((row) => `${row}|1|`);
    assert.equal(told(bytes, 2, fields), [...rows, `${there}||1`]);
  });

  test.skipUnless(
    installed,
    "tshark is not installed",
    "tshark reads the provider's leg, with every checksum right",
    async () => {
      const { bytes } = await wired(() => undefined);
      const fields = [
        "ip.src",
        "tcp.srcport",
        "ip.dst",
        "tcp.dstport",
        "ip.checksum.status",
        "tcp.checksum.status",
        "ip.ttl",
      ];
      const told3 = told(bytes, 3, fields).slice(0, 3);
      const there = "10.2.0.10|1024|10.2.0.5|443|1|1|63";
      assert.equal(told3, [there, "10.2.0.5|443|10.2.0.10|1024|1|1|56", there]);
    },
  );
});
