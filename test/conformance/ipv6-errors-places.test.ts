// ICMP errors of 6 to 4 in planes of several shards and on every link type, from both sides and captured (docs/behaviour.md, 17.4, 17.5
// and 23.6).

import { errorAbout, errorAbout6 } from "./icmp-kit.ts";
import { CLIENT, DUAL, table6 as table } from "./ipv6-kit.ts";
import { shardOf6 } from "./shard-of.ts";
import type { LinkName } from "../plane.ts";
import type { Step } from "./table.ts";

const FLOWS = 100;
const NAT = "10.2.0.10";
const BACKEND = "10.2.1.1";
const provider = "provider" as const;
const captured = { side: "captured", network: "shop" } as const;
const bare = (text: string): string => text.slice(1, -1);

/** A client's port for a shard. */
function portIn(shards: number, shard: number): number {
  for (let port = 5000; ; port++)
    if (shardOf6(shards, 6, [bare(CLIENT), port], [bare(DUAL), 443]) === shard) return port;
}

/** Errors about a flow from both sides, each quoting as much as it may, as little as it may, and as a capture shows it. */
function told(port: number, natPort: number, flow: number, link: LinkName = "ethernet"): Step[] {
  const [request, sent] = [`tcp ${CLIENT}:${port} > ${DUAL}:443`, `tcp ${NAT}:${natPort} > ${BACKEND}:8443`];
  const [reply, given] = [`tcp ${BACKEND}:8443 > ${NAT}:${natPort}`, `tcp ${DUAL}:443 > ${CLIENT}:${port}`];
  const gives = `forward icmp-error ${flow}`;
  return [
    {
      in: `${request} S seq=100`,
      link,
      gives: `forward new-flow ${flow}`,
      out: [`provider ${sent} S seq=100 id=0 ttl=63`],
    },
    ...[undefined, { quoted: 8 }].flatMap((size): Step[] => [
      {
        in: errorAbout(`10.2.0.1 > ${NAT}`, `${sent} A seq=101`, { code: 3, ...size }),
        link,
        side: provider,
        gives,
        out: [`consumer ${errorAbout6(`${DUAL} > ${CLIENT} ttl=63`, `${request} A seq=101`, { code: 4, ...size })}`],
      },
      {
        in: errorAbout6(`[fd00:1::1] > ${DUAL}`, `${given} A seq=901`, { code: 4, ...size }),
        link,
        gives,
        out: [
          `provider ${errorAbout(`${NAT} > ${BACKEND} id=0 ttl=63`, `${reply} A seq=901 id=0`, { code: 3, ...size })}`,
        ],
      },
      {
        in: errorAbout6(`${DUAL} > ${CLIENT} ttl=60`, `${request} A seq=101`, {
          type: 2,
          code: 0,
          rest: 1420,
          ...size,
        }),
        link,
        ...captured,
        gives,
        out: [
          `provider ${errorAbout(`${BACKEND} > ${NAT} id=0 ttl=61`, `${sent} A seq=101 id=0`, { code: 4, rest: 1400, ...size })}`,
        ],
      },
    ]),
  ];
}

const LINKS: readonly LinkName[] = ["ethernet", "raw", "null", "sll", "sll2"];

table("ICMP errors of 6 to 4 in planes of several shards", [
  ...[2, 4, 8].map((shards) => ({
    name: `${shards} shards: errors from the provider's side, from the consumer's and in captures reach that of their flow`,
    settings: { shards, maxFlows: shards * FLOWS, maxDenied: shards * 10 },
    steps: Array.from({ length: shards }, (_, shard) =>
      told(portIn(shards, shard), 1024 + shard * (64_512 / shards), shard * FLOWS),
    ).flat(),
    counters: { reasons: { "new-flow": shards, "icmp-error": 6 * shards } },
  })),
  {
    name: "one about a flow of another shard finds none there",
    settings: { shards: 2, maxFlows: 200, maxDenied: 20 },
    steps: [
      { in: `tcp ${CLIENT}:${portIn(2, 0)} > ${DUAL}:443 S`, gives: "forward new-flow 0" },
      {
        in: errorAbout(`10.2.0.1 > ${NAT}`, `tcp ${NAT}:${1024 + 32_256} > ${BACKEND}:8443 S`),
        side: provider,
        gives: "drop icmp-no-flow -1",
        out: [],
      },
    ],
  },
]);

table(
  "ICMP errors of 6 to 4 on link types",
  LINKS.map((link) => ({
    name: `${link}: the link header names the family that the error leaves in`,
    steps: told(5000, 1024, 0, link),
    counters: { reasons: { "icmp-error": 6 } },
  })),
);
