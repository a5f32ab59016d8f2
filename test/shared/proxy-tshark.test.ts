// A judge that shares no code with linkplane: tshark's reading of the PROXY headers that a replay of the example writes.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memorySink, memorySource } from "../../host/capture/memory.ts";
import { type Configuration, markChecked } from "../../host/config/configuration.ts";
import { identityTexts } from "../../host/config/proxy.ts";
import { replay } from "../../host/replay/replay.ts";
import { PROFILES } from "../conformance/proxy-kit.ts";
import { assert, suite } from "../kit.ts";
import { readExample } from "../random/bytes.ts";

const FIELDS = [
  "proxy.src.ipv4",
  "proxy.srcport",
  "proxy.dst.ipv4",
  "proxy.dstport",
  "proxy.v2.length",
  "tcp.payload",
  "tcp.checksum.status",
  "_ws.expert.message",
];
const installed = spawnSync("tshark", ["-v"]).status === 0;
const MTU_SMALL = 576;
const FIXED = 16;
const ADDRESSES_END = 28;

/** A header as tshark reads it. */
interface Read {
  client: string;
  endpoint: string;
  /** What follows its addresses, hexadecimal digits: tshark 4.0 dissects typed values of longer headers only. */
  values: string;
  checksums: string;
}

/** Replays the example with PROXY headers, and has tshark read them in what left towards the servers. */
async function headersOf(profile: (typeof PROFILES)[number]) {
  const { capture, configuration: plain } = await readExample();
  const configuration = announcing(plain, profile);
  const sink = memorySink();
  const output = { sink, format: "pcap" as const, side: "provider" as const };
  const inputs = [{ file: "storage.pcapng", source: memorySource(capture) }];
  const { generated, replies } = await replay({ configuration, inputs, output });
  assert.is(replies.different, 0);
  const folder = mkdtempSync(join(tmpdir(), "linkplane-"));
  try {
    const path = join(folder, "out.pcap");
    writeFileSync(path, sink.bytes());
    return { configuration, headers: readByTshark(path), left: generated.proxyHeader };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function announcing(configuration: Configuration, profile: (typeof PROFILES)[number]): Configuration {
  const { settings, privateLinkServices, virtualNetworks } = configuration;
  return markChecked({
    ...configuration,
    settings: { ...settings, profile },
    privateLinkServices: privateLinkServices.map((service) => ({ ...service, enableProxyProtocol: true })),
    virtualNetworks: virtualNetworks.map((network) => ({ ...network, mtu: profile === "aws" ? MTU_SMALL : 1500 })),
  });
}

function readByTshark(path: string): Read[] {
  const fields = FIELDS.flatMap((field) => ["-e", field]);
  const options = [
    "-o",
    "tcp.check_checksum:TRUE",
    "-o",
    "tcp.try_heuristic_first:TRUE",
    "-T",
    "fields",
    "-E",
    "separator=|",
    ...fields,
  ];
  const { status, stdout, stderr } = spawnSync("tshark", ["-n", "-r", path, "-Y", "proxy", ...options], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  assert.is(status, 0, stderr);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [from, fromPort, to, toPort, length, payload = "", checksums = "", experts] = line.split("|");
      assert.is(experts, "");
      const values = payload.slice(ADDRESSES_END * 2, (FIXED + Number(length)) * 2);
      return { client: `${from}:${fromPort}`, endpoint: `${to}:${toPort}`, values, checksums };
    });
}

/** The typed value of an identifier, by profile. */
const VALUE: Record<(typeof PROFILES)[number], (text: string) => string> = {
  azure: (text) => `ee000501${Buffer.from(Uint32Array.of(Number(text)).buffer).toString("hex")}`,
  aws: (text) => `ea001701${Buffer.from(text).toString("hex")}`,
  gcp: (text) => `e00008${BigInt(text).toString(16).padStart(16, "0")}`,
  rfc: () => "",
};
/** The checksum in front of it. */
const CHECKSUM = /^030004[0-9a-f]{8}/;

suite("tshark reads the PROXY headers of a replay of the example", (test) => {
  for (const profile of PROFILES)
    test.skipUnless(installed, "tshark is not installed", profile, async () => {
      const { configuration, headers, left } = await headersOf(profile);
      assert.ok(left > 0);
      assert.is(headers.length, left);
      const texts = identityTexts(configuration);
      for (const { client, endpoint, values, checksums } of headers) {
        const at = configuration.privateEndpoints.findIndex(({ privateIPAddress }) =>
          endpoint.startsWith(`${privateIPAddress}:`),
        );
        const value = profile === "aws" ? values.replace(CHECKSUM, "") : values;
        assert.is(value, VALUE[profile](texts[at] ?? "0"), `${client} to ${endpoint}`);
        assert.is(checksums, "1");
      }
    });
});
