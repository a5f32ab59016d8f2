// The names in real captures: for every TLS and HTTP flow the plane finds the name that an independent reader found, at the
// frame in which it became complete. Every endpoint here stands for a resource that nobody asks for, so that each flow is refused by name.

import { readFileSync } from "node:fs";
import type { CaptureReader } from "../../host/capture/capture.ts";
import { fileSource } from "../../host/capture/file.ts";
import { openCapture } from "../../host/capture/reader.ts";
import { type Configuration, DEFAULT_SETTINGS, markChecked } from "../../host/config/configuration.ts";
import { createPlane, type Plane } from "../../host/index.ts";
import { linkName } from "../../host/links.ts";
import { assert, suite } from "../kit.ts";
import { ABSENT, sharedCaptures } from "./captures.ts";

interface Truth {
  sni: {
    sni: string;
    transport: string;
    frame: number;
    src: string;
    dst: string;
    dst_port: number;
    tcp_stream: number;
  }[];
  http_hosts: {
    host: string | null;
    uri: string | null;
    frame: number;
    src: string;
    dst: string;
    dst_port: number;
    tcp_stream: number;
    /** Those that a request with its body was put together from. */
    tcp_segments?: number[];
  }[];
  tcp_stream_table: { tcp_stream: number; syn: boolean; proto_path: string }[];
}

/** Ports of flows in which TLS begins behind words that are not read: SOCKS, IMAP with STARTTLS. */
const BEHIND_WORDS = [1080, 143];

interface Expected {
  /** The frame that completes it; of a request with a body, one of those that it came in. */
  frames: number[];
  name: string;
  dst: string;
}

/** The first name of each flow whose beginning was captured, on plain Ethernet and IPv4 paths, by frame. */
function expectedOf({ sni, http_hosts: hosts, tcp_stream_table: table }: Truth): Expected[] {
  const streams = new Map(table.map((stream) => [stream.tcp_stream, stream]));
  const all = [
    ...sni.filter(({ transport }) => transport === "tls/tcp").map(({ sni: name, ...rest }) => ({ name, ...rest })),
    ...hosts.map(({ host, uri, ...rest }) => ({ name: nameOf(host, uri), ...rest })),
  ].sort((a, b) => a.frame - b.frame);
  const segments = new Map(hosts.map(({ frame, tcp_segments: list }) => [frame, list]));
  const first = new Map<number, (typeof all)[number]>();
  for (const each of all) if (!first.has(each.tcp_stream)) first.set(each.tcp_stream, each);
  const plain = [...first.values()].filter(({ tcp_stream: stream, name, src, dst_port: port }) => {
    const { syn, proto_path: path = "" } = streams.get(stream) ?? { syn: false };
    const readable = /^(eth|sll|sll2|raw|null)[a-z:]*:ip:tcp/.test(path) && !/gre|vxlan|geneve/.test(path);
    return syn && name !== "" && !src.includes(":") && readable && !BEHIND_WORDS.includes(port);
  });
  return plain.map(({ frame, name, dst }) => ({ frames: segments.get(frame) ?? [frame], name, dst }));
}

function nameOf(host: string | null, uri: string | null): string {
  const absolute = /^\w+:\/\/([^/?#]+)/.exec(uri ?? "")?.[1];
  return (absolute ?? host ?? "").toLowerCase().replace(/:\d*$/, "").replace(/\.$/, "");
}

function configurationFor(addresses: string[]): Configuration {
  return markChecked({
    virtualNetworks: [
      { name: "consumer", addressSpace: [] },
      { name: "provider", addressSpace: [] },
    ],
    privateEndpoints: addresses.map((address) => ({
      name: address,
      virtualNetwork: "consumer",
      privateIPAddress: address,
      privateLinkService: "service",
      connectionState: "Approved" as const,
      resource: "nobody",
    })),
    privateLinkServices: [
      {
        name: "service",
        virtualNetwork: "provider",
        loadBalancer: "balancer",
        loadBalancerFrontendIPConfigurations: ["frontend"],
        natAddresses: ["10.254.0.1"],
        resources: [{ name: "nobody", names: ["nobody.invalid"] }],
      },
    ],
    loadBalancers: [
      {
        name: "balancer",
        frontendIPConfigurations: [{ name: "frontend", privateIPAddress: "10.254.1.1" }],
        backendAddressPools: [
          { name: "pool", backends: [{ address: "10.255.0.10", weight: 1, state: "up" as const }] },
        ],
        loadBalancingRules: [
          {
            name: "all",
            frontendIPConfiguration: "frontend",
            backendAddressPool: "pool",
            protocol: "All" as const,
            frontendPort: 0,
            backendPort: 0,
            loadDistribution: "Default" as const,
            enableTcpReset: false,
            identify: "auto" as const,
          },
        ],
      },
    ],
    settings: { ...DEFAULT_SETTINGS, maxFlows: 5000, midStream: "admit", endpointSources: "admit" },
  });
}

/** Names of flows by the frame that told them. */
async function foundIn(plane: Plane, reader: CaptureReader): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  let frame = 0;
  for await (const batch of reader.batches())
    for (let i = 0; i < batch.count; i++) {
      frame++;
      const offset = batch.offset[i] as number;
      const result = plane.processFrame(batch.buffer.slice(offset, offset + (batch.captured[i] as number)), {
        time: batch.time[i] as bigint,
        network: "consumer",
        link: linkName(reader.interfaces[batch.interfaceId[i] as number]?.linkType ?? 1),
        wireLength: batch.wire[i] as number,
      });
      if (result.reason !== "resource-denied") continue;
      const flow = [...plane.flows()].find(
        ({ number, toService }) => number === result.flow && toService.packets === 1,
      );
      if (flow !== undefined) found.set(frame, flow.name);
    }
  return found;
}

suite("Names in real captures", (test) => {
  let names = 0;
  const captures = sharedCaptures().filter(({ file }) => !file.startsWith("35-fuzz"));
  for (const { file, path } of captures) {
    const expected = expectedOf(JSON.parse(readFileSync(`${path}.truth.json`, "utf8")) as Truth);
    if (expected.length === 0) continue;
    test(`${file}: ${expected.length} flows`, async () => {
      const plane = await createPlane(configurationFor([...new Set(expected.map(({ dst }) => dst))]));
      const source = await fileSource(path);
      const found = await foundIn(plane, await openCapture(source, { file }));
      await source.close();
      const wrong = expected.filter(({ frames, name }) => !frames.some((frame) => found.get(frame) === name));
      assert.equal(
        wrong.map(({ frames, name }) => `${frames}: ${name}`),
        [],
      );
      names += expected.length;
    });
  }
  test.skipUnless(captures.length > 0, ABSENT, "hundreds of them", () => assert.ok(names > 400, `${names} names`));
});
