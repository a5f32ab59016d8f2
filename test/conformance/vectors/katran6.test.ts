// Vectors V14 to V16 and V18 over IPv6: what Katran's fixtures ask of both families, written again for this plane.

import { textOf } from "../../../host/config/ipv6.ts";
import { assert } from "../../kit.ts";
import { errorAbout6, message6 } from "../icmp-kit.ts";
import { BACKEND6, CLIENT, NAT6, SIX, withIpv6 } from "../ipv6-kit.ts";
import { frameOf } from "../packet.ts";
import { type Step, table } from "../table.ts";

const provider = "provider" as const;
const REQUEST = `tcp ${CLIENT}:5000 > ${SIX}:443`;
const REPLY = `tcp ${BACKEND6}:8443 > ${NAT6}:1024`;
const swapped = "from=020000000002 to=020000000001";
const data = (bytes: number): string => `data=${"d".repeat(bytes)}`;
const backend = (i: number): string => `fd00:2::1:${1 + (i % 4)}`;

table("V14 to V18 over IPv6", [
  {
    name: "V14 a ping to the endpoint over IPv6 is answered in place, when configured",
    settings: { icmpEcho: "answer" },
    change: withIpv6,
    steps: [
      {
        in: message6(`${CLIENT} > ${SIX}`, 128, 0, 0x12340001, new TextEncoder().encode("abcdefgh")),
        gives: "drop icmp-echo -1",
        out: [
          `consumer ${message6(`${SIX} > ${CLIENT} ${swapped}`, 129, 0, 0x12340001, new TextEncoder().encode("abcdefgh"))}`,
        ],
      },
    ],
    counters: { generated: { icmp: 1 }, flows: { created: 0 } },
  },
  {
    name: "V15 packet too big, from a router by the client, goes to the backend of the flow that it is about",
    change: (it) => {
      withIpv6(it);
      const pool = it.loadBalancers[1]?.backendAddressPools[0];
      if (pool !== undefined)
        pool.backends = [0, 1, 2, 3].map((i) => ({ address: backend(i), weight: 1, state: "up" }));
    },
    steps: Array.from({ length: 16 }, (_, i): Step[] => [
      { in: `tcp ${CLIENT}:${6000 + i} > ${SIX}:443 S`, gives: `forward new-flow ${i}` },
      {
        in: errorAbout6(`[fd00:1::1] > ${SIX}`, `tcp ${SIX}:443 > ${CLIENT}:${6000 + i} A seq=1`, {
          type: 2,
          rest: 1400,
          quoted: 8,
        }),
        gives: `forward icmp-error ${i}`,
      },
    ]).flat(),
    check: (plane) => {
      for (const { number, backend: server, client } of plane.flows()) {
        const port = client.split(":").at(-1);
        const [outcome] = plane.process([
          {
            frame: frameOf(
              errorAbout6(`[fd00:1::1] > ${SIX}`, `tcp ${SIX}:443 > ${CLIENT}:${port} A seq=1`, {
                type: 2,
                rest: 1400,
              }),
            ),
            link: "ethernet",
            network: "shop",
            side: "consumer",
            time: 0n,
          },
        ]);
        assert.equal([outcome?.reason, outcome?.flow], ["icmp-error", number]);
        assert.is(destinationOf(outcome?.out[0]?.bytes), server.slice(1, server.indexOf("]")));
      }
      assert.ok(new Set(plane.flows().map(({ backend: server }) => server)).size > 1, "several backends");
    },
  },
  {
    name: "V16 over IPv6, packets that end early or say more than there is are dropped",
    change: withIpv6,
    steps: [
      { frame: frameOf(`${REQUEST} S`).fill(0x50, 14, 15), gives: "drop bad-ip-header -1", out: [] },
      { in: `${REQUEST} S`, captured: 53, gives: "drop truncated -1", out: [] },
      { in: `${REQUEST} S`, captured: 57, gives: "drop truncated -1", out: [] },
      { in: `${REQUEST} S payload=21`, gives: "drop bad-ip-length -1", out: [] },
      { in: `${REQUEST} S payload=19`, gives: "drop bad-tcp-header -1", out: [] },
      { in: `tcp ${CLIENT}:1 > [fd00:1::200]:443 S`, gives: "pass no-endpoint -1", out: [] },
    ],
    counters: { flows: { created: 0, denied: 0 } },
  },
  {
    name: "V18 1,501 bytes of IPv6 are answered with packet too big, 1,500 are not, both ways",
    settings: { packetTooBig: "answer" },
    change: withIpv6,
    steps: [
      { in: `${REQUEST} S seq=100`, gives: "forward new-flow 0" },
      { in: `${REQUEST} A seq=101 ${data(1440)}`, gives: "forward forwarded 0" },
      {
        in: `${REQUEST} A seq=101 ${data(1441)}`,
        gives: "drop packet-too-big 0",
        out: [
          `consumer ${errorAbout6(`${SIX} > ${CLIENT} ${swapped}`, `${REQUEST} A seq=101 ${data(1441)}`, { type: 2, rest: 1500 })}`,
        ],
      },
      { in: `${REPLY} A seq=901 ${data(1440)}`, side: provider, gives: "forward forwarded 0" },
      {
        in: `${REPLY} A seq=901 ${data(1441)}`,
        side: provider,
        gives: "drop packet-too-big 0",
        out: [
          `provider ${errorAbout6(`${NAT6} > ${BACKEND6} ${swapped}`, `${REPLY} A seq=901 ${data(1441)}`, { type: 2, rest: 1500 })}`,
        ],
      },
    ],
  },
]);

/** Destination of an IPv6 packet behind an Ethernet header. */
function destinationOf(frame: Uint8Array | undefined): string {
  return textOf(frame?.slice(38, 54) ?? new Uint8Array(16));
}
