// Vectors V13 to V18: what Katran's fixtures ask (katran/lib/testing/fixtures), with translation in place of encapsulation, written
// again for this plane. V19 and V20, about Maglev tables, are in host/config/maglev.test.ts.

import { type Configuration, DEFAULT_SETTINGS } from "../../../host/config/configuration.ts";
import { assert } from "../../kit.ts";
import { echo, errorAbout } from "../icmp-kit.ts";
import { frameOf } from "../packet.ts";
import { type Step, table } from "../table.ts";
import { client, flowsByBackend, handshake, QUERY, REQUEST, SENT, server, weighted } from "./sequence.ts";

const provider = "provider" as const;
const syn = (port: number): string => `tcp 10.1.0.9:${port} > 10.1.0.4:443 S`;
const EIGHT = weighted(1, 1, 1, 1, 1, 1, 1, 1);

/** Other weights, so that the table is another. */
const reweighed = (configuration: Configuration): void => {
  for (const [i, backend] of (configuration.loadBalancers[0]?.backendAddressPools[0]?.backends ?? []).entries())
    backend.weight = 1 + ((i * 5) % 7);
};
const bySource = (configuration: Configuration): void => {
  EIGHT(configuration);
  for (const rule of configuration.loadBalancers[0]?.loadBalancingRules ?? []) rule.loadDistribution = "SourceIP";
};

table("V13 to V15: to a backend", [
  {
    name: "V13 UDP to the endpoint's port goes to the backend that its tuple says, each time",
    change: EIGHT,
    settings: { timers: { ...DEFAULT_SETTINGS.timers, udpIdleSeconds: 10 } },
    steps: [0, 10, 20].flatMap((at) =>
      [5000, 5001, 5002].map((port) => ({
        at,
        in: `udp 10.1.0.9:${port} > 10.1.0.4:53 data=query`,
        gives: "forward new-flow",
      })),
    ),
    check: (plane) => {
      const backends = plane.counters().backends;
      const uses = Object.values(backends).map(({ flows }) => flows);
      assert.is(
        uses.reduce((sum, flows) => sum + flows, 0),
        9,
      );
      assert.ok(
        uses.every((flows) => flows % 3 === 0),
        `a tuple went elsewhere the second time: ${uses.join()}`,
      );
    },
  },
  {
    name: "V14 a ping to the endpoint is answered in place, when configured",
    settings: { icmpEcho: "answer" },
    steps: [
      {
        in: echo("10.1.0.9 > 10.1.0.4", 8, "abcdefgh"),
        gives: "drop icmp-echo -1",
        out: [
          `consumer ${echo("10.1.0.4 > 10.1.0.9", 0, "abcdefgh", "id=0 ttl=64 from=020000000002 to=020000000001")}`,
        ],
      },
    ],
    counters: { generated: { icmp: 1 }, flows: { created: 0 } },
  },
  {
    name: "V15 fragmentation needed, from a router by the client, goes to the backend of the flow that it is about",
    change: EIGHT,
    steps: Array.from({ length: 16 }, (_, i): Step[] => [
      { in: syn(6000 + i), backend: `10.2.1.${1 + (i % 8)}`, gives: `forward new-flow ${i}` },
      {
        in: errorAbout("10.1.0.1 > 10.1.0.4", `tcp 10.1.0.4:443 > 10.1.0.9:${6000 + i} A seq=1`, {
          code: 4,
          rest: 1400,
          quoted: 8,
        }),
        gives: `forward icmp-error ${i}`,
        out: [
          `provider ${errorAbout(`10.2.0.10 > 10.2.1.${1 + (i % 8)} ttl=63`, `tcp 10.2.1.${1 + (i % 8)}:8443 > 10.2.0.10:${1024 + Math.floor(i / 8)} A seq=1`, { code: 4, rest: 1400, quoted: 8 })}`,
        ],
      },
    ]).flat(),
  },
]);

table("V16: what is no packet for a backend", [
  {
    name: "V16 a header length that is too small or not there is dropped, as are packets that end early",
    steps: [
      { frame: frameOf(syn(1)).fill(0x44, 14, 15), gives: "drop bad-ip-header -1", out: [] },
      { frame: frameOf(syn(1)).fill(0x40, 14, 15), gives: "drop bad-ip-header -1", out: [] },
      { in: syn(1), captured: 33, gives: "drop truncated -1", out: [] },
      { in: syn(1), captured: 36, gives: "drop truncated -1", out: [] },
      { in: `${syn(1)} total=30`, gives: "drop bad-tcp-header -1", out: [] },
      { in: `${QUERY} total=25`, gives: "drop bad-udp-length -1", out: [] },
    ],
    counters: { flows: { created: 0, denied: 0 } },
  },
  {
    name: "V16 ARP, what is not IP, and packets to other addresses are passed",
    steps: [
      {
        frame: Uint8Array.from([...frameOf(syn(1)).slice(0, 12), 0x08, 0x06, 0, 1, 8, 0]),
        gives: "pass not-ip -1",
        out: [],
      },
      { frame: Uint8Array.from([...frameOf(syn(1)).slice(0, 12), 0x88, 0xcc, 2, 7]), gives: "pass not-ip -1", out: [] },
      { in: "tcp 10.1.0.9:1 > 10.1.0.200:443 S", gives: "pass no-endpoint -1", out: [] },
    ],
  },
]);

table("V17 and V18: staying with a backend, and size", [
  {
    name: "V17 a flow keeps its backend when the weights change, also when they would choose another now",
    change: EIGHT,
    steps: [
      ...Array.from({ length: 40 }, (_, i) => ({ in: syn(7000 + i), gives: `forward new-flow ${i}` })),
      { apply: reweighed },
      ...Array.from({ length: 40 }, (_, i) => ({
        at: 1,
        in: syn(7000 + i).replace(" S", " A"),
        gives: `forward forwarded ${i}`,
      })),
    ],
    check: (plane) => {
      const flows = [...plane.flows()];
      assert.is(flows.length, 40);
      assert.ok(flows.every(({ toService }) => toService.packets === 2));
    },
  },
  {
    name: "V17 a packet that begins nothing and has no flow is counted, not guessed a backend for",
    change: EIGHT,
    steps: [{ in: `${REQUEST} A seq=1 ack=1`, gives: "drop mid-stream 1000", out: [] }],
    counters: { reasons: { "mid-stream": 1 }, flows: { created: 0, denied: 1 } },
  },
  {
    name: "V17 by source address alone, all ports of a client go to one backend",
    change: bySource,
    steps: Array.from({ length: 50 }, (_, i) => ({ in: syn(8000 + i), gives: "forward new-flow" })),
    check: (plane) => assert.equal([...flowsByBackend(plane).values()], [50]),
  },
  {
    name: "V18 1,515 bytes with don't-fragment are answered with fragmentation needed, 1,514 are not",
    settings: { packetTooBig: "answer" },
    steps: [
      ...handshake,
      client(`A seq=101 ack=901 data=${"d".repeat(1460)}`),
      {
        in: `${REQUEST} A seq=101 ack=901 data=${"d".repeat(1461)}`,
        gives: "drop packet-too-big 0",
        out: [
          `consumer ${errorAbout(
            "10.1.0.4 > 10.1.0.9 tos=192 id=0 fragment=0 from=020000000002 to=020000000001",
            `${REQUEST} A seq=101 ack=901 data=${"d".repeat(1461)}`,
            { code: 4, rest: 1500, quoted: 528 },
          )}`,
        ],
      },
      server(`A seq=901 ack=101 data=${"d".repeat(1460)}`),
      {
        in: `tcp 10.2.1.1:8443 > 10.2.0.10:1024 A seq=901 ack=101 data=${"d".repeat(1461)}`,
        side: provider,
        gives: "drop packet-too-big 0",
        out: [
          `provider ${errorAbout(
            "10.2.0.10 > 10.2.1.1 tos=192 id=0 fragment=0 from=020000000002 to=020000000001",
            `tcp 10.2.1.1:8443 > 10.2.0.10:1024 A seq=901 ack=101 data=${"d".repeat(1461)}`,
            { code: 4, rest: 1500, quoted: 528 },
          )}`,
        ],
      },
      { in: `${SENT} A`, gives: "pass no-endpoint -1", out: [] },
    ],
  },
]);
