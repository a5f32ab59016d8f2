// A replay through networks with encapsulations: what it writes, as tshark reads it where it is installed.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memorySink } from "../../../host/capture/memory.ts";
import type { Configuration, Encapsulation } from "../../../host/config/configuration.ts";
import { assert, suite } from "../../kit.ts";
import { configurationWith, conversation, type Line, replayLines } from "../replay/conversation.ts";

const installed = spawnSync("tshark", ["-v"]).status === 0;
const VXLAN: Encapsulation = { type: "vxlan", local: "192.0.2.1", remote: "192.0.2.9", ttl: 64, dscp: 0 };
const SIX: Encapsulation = { type: "nvgre", local: "2001:db8::1", remote: "2001:db8::9", ttl: 64, dscp: 0 };
const LINES: Line[] = [...conversation(), [1, "udp 10.1.0.9:5002 > 10.1.0.4:53 data=abc"]];
const FORWARDED = LINES.length;

const tunnelled = (shop: Encapsulation | undefined, provider: Encapsulation): Configuration =>
  configurationWith(({ virtualNetworks: [client, , server] }) => {
    if (shop !== undefined) Object.assign(client as object, { encapsulation: shop, vni: 5001 });
    Object.assign(server as object, { encapsulation: provider, vni: 5002 });
  });

async function written(configuration: Configuration, compare: boolean) {
  const sink = memorySink();
  const output = { sink, format: "pcapng" as const, side: "provider" as const };
  const summary = await replayLines(LINES, { configuration, output, compare });
  return { summary, bytes: sink.bytes() };
}

/** What tshark says of packets that a filter lets through. */
function told(bytes: Uint8Array, filter: string, fields: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "linkplane-"));
  try {
    const path = join(folder, "out.pcapng");
    writeFileSync(path, bytes);
    const checks = ["ip", "tcp", "udp"].flatMap((protocol) => ["-o", `${protocol}.check_checksum:TRUE`]);
    const args = [
      "-n",
      "-r",
      path,
      "-Y",
      filter,
      ...checks,
      "-T",
      "fields",
      ...fields.flatMap((field) => ["-e", field]),
    ];
    const { status, stdout, stderr } = spawnSync("tshark", [...args, "-E", "separator=|"], { encoding: "utf8" });
    assert.is(status, 0, stderr);
    return stdout.split("\n").filter((line) => line !== "");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

suite("A replay through encapsulations", (test) => {
  for (const compare of [true, false])
    test(`${compare ? "with" : "without"} comparison: replies are as captured, and packets as many`, async () => {
      const plain = await replayLines(LINES, { compare });
      const { summary } = await written(tunnelled(VXLAN, SIX), compare);
      assert.is(summary.written, 2 * FORWARDED);
      for (const part of ["forwarded", "dropped", "passed"] as const)
        assert.is(summary[part as keyof typeof summary], plain[part as keyof typeof plain], part);
    });

  test.skipUnless(installed, "tshark is not installed", "tshark reads VXLAN over IPv4", async () => {
    const { bytes } = await written(tunnelled(VXLAN, VXLAN), true);
    const fields = ["vxlan.vni", "ip.src", "ip.checksum.status", "udp.checksum.status", "tcp.checksum.status"];
    const there = "5002|192.0.2.1,10.2.0.10|1,1|3|1";
    const back = "5001|192.0.2.1,10.1.0.4|1,1|3|1";
    const rows = [there, back, there, there, back, there, back, there];
    assert.equal(told(bytes, "vxlan && tcp", fields), rows);
    assert.equal(told(bytes, "vxlan && !tcp", fields), ["5002|192.0.2.1,10.2.0.10|1,1|3,1|"]);
    const ports = told(bytes, "vxlan && tcp", ["udp.srcport"]).map(Number);
    assert.ok(new Set(ports).size === 2 && ports.every((port) => port >= 49_152), "a port for each of the flow's legs");
  });

  test.skipUnless(installed, "tshark is not installed", "tshark reads NVGRE over IPv6", async () => {
    const { bytes } = await written(tunnelled(undefined, SIX), true);
    const told6 = told(bytes, "gre && tcp", ["ipv6.dst", "gre.key", "ip.dst", "tcp.checksum.status"]);
    assert.is(told6.length, 5);
    for (const line of told6) assert.match(line, /^2001:db8::9\|0x00138a[0-9a-f]{2}\|10\.2\.1\.1\|1$/);
  });
});
