import type { Configuration } from "../../host/config/configuration.ts";
import { errorAbout, PARAMETER_PROBLEM, TIME_EXCEEDED, UNREACHABLE } from "./icmp-kit.ts";
import { sumOf, wrongBy } from "./proxy-kit.ts";
import type { Step } from "./table.ts";
import { table } from "./table.ts";

const CLIENT = "10.1.0.9";
const ENDPOINT = "10.1.0.4";
const NAT = "10.2.0.10";
const BACKEND = "10.2.1.1";
const ROUTER = "10.1.0.1";
const PROVIDER_ROUTER = "10.2.0.1";
const provider = "provider" as const;
/** The flow's packets as each side has them. */
const REQUEST = `tcp ${CLIENT}:5000 > ${ENDPOINT}:443`;
const SENT = `tcp ${NAT}:1024 > ${BACKEND}:8443`;
const REPLY = `tcp ${BACKEND}:8443 > ${NAT}:1024`;
const GIVEN = `tcp ${ENDPOINT}:443 > ${CLIENT}:5000`;
const QUERY = `udp ${CLIENT}:5000 > ${ENDPOINT}:53 data=query`;
const SENT_QUERY = `udp ${NAT}:1024 > ${BACKEND}:5353 data=query`;

const handshake: Step[] = [
  { in: `${REQUEST} S seq=100`, gives: "forward new-flow 0" },
  { in: `${REPLY} SA seq=900 ack=101`, side: provider, gives: "forward forwarded 0" },
  { in: `${REQUEST} A seq=101 ack=901`, gives: "forward forwarded 0" },
];
/** Types of errors, and the highest code that each has. */
const CODES: [type: number, most: number][] = [
  [UNREACHABLE, 15],
  [TIME_EXCEEDED, 1],
  [PARAMETER_PROBLEM, 2],
];
/** Source quench, redirect, router advertisement and solicitation, timestamps, information, address masks, extended echo. */
const OTHERS = [4, 5, 9, 10, 13, 14, 15, 16, 17, 18, 42, 43];
const SIZES: [name: string, quoted: number | undefined][] = [
  ["8 bytes behind its IP header", 8],
  ["its whole TCP header", 20],
  ["all of it", undefined],
  ["an odd number of bytes", 25],
];

table("An ICMP error follows its flow to the other side", [
  ...SIZES.map(([name, quoted]) => ({
    name: `from the backend about a request, with ${name}`,
    steps: [
      ...handshake,
      {
        in: errorAbout(`${BACKEND} > ${NAT}`, `${SENT} PA seq=101 ack=901 ttl=63 data=question`, quotedBy(quoted)),
        side: provider,
        gives: "forward icmp-error 0",
        out: [
          `consumer ${errorAbout(`${ENDPOINT} > ${CLIENT} ttl=63`, `${REQUEST} PA seq=101 ack=901 ttl=63 data=question`, quotedBy(quoted))}`,
        ],
      },
    ],
  })),
  ...SIZES.map(([name, quoted]) => ({
    name: `from the client about a reply, with ${name}`,
    steps: [
      ...handshake,
      {
        in: errorAbout(`${CLIENT} > ${ENDPOINT}`, `${GIVEN} PA seq=901 ack=101 ttl=60 data=answer`, quotedBy(quoted)),
        gives: "forward icmp-error 0",
        out: [
          `provider ${errorAbout(`${NAT} > ${BACKEND} ttl=63`, `${REPLY} PA seq=901 ack=101 ttl=60 data=answer`, quotedBy(quoted))}`,
        ],
      },
    ],
  })),
  {
    name: "from routers in between: neither side sees the other's",
    steps: [
      ...handshake,
      {
        in: errorAbout(`${PROVIDER_ROUTER} > ${NAT}`, `${SENT} A`, { type: TIME_EXCEEDED, code: 0 }),
        side: provider,
        gives: "forward icmp-error 0",
        out: [
          `consumer ${errorAbout(`${ENDPOINT} > ${CLIENT} ttl=63`, `${REQUEST} A`, { type: TIME_EXCEEDED, code: 0 })}`,
        ],
      },
      {
        in: errorAbout(`${ROUTER} > ${ENDPOINT}`, `${GIVEN} A`, { type: PARAMETER_PROBLEM, code: 0, rest: 0x14000000 }),
        gives: "forward icmp-error 0",
        out: [
          `provider ${errorAbout(`${NAT} > ${BACKEND} ttl=63`, `${REPLY} A`, { type: PARAMETER_PROBLEM, code: 0, rest: 0x14000000 })}`,
        ],
      },
    ],
  },
  {
    name: "with its type and code, whatever they are",
    steps: [
      ...handshake,
      ...CODES.flatMap(([type, most]) =>
        [0, 1, 2, most, 255].flatMap((code): Step[] => [
          {
            in: errorAbout(`${PROVIDER_ROUTER} > ${NAT}`, `${SENT} A`, { type, code }),
            side: provider,
            gives: "forward icmp-error 0",
            out: [`consumer ${errorAbout(`${ENDPOINT} > ${CLIENT} ttl=63`, `${REQUEST} A`, { type, code })}`],
          },
          {
            in: errorAbout(`${ROUTER} > ${ENDPOINT}`, `${GIVEN} A`, { type, code }),
            gives: "forward icmp-error 0",
            out: [`provider ${errorAbout(`${NAT} > ${BACKEND} ttl=63`, `${REPLY} A`, { type, code })}`],
          },
        ]),
      ),
    ],
  },
  {
    name: "with its next-hop MTU: path MTU discovery works through the path",
    steps: [
      ...handshake,
      {
        in: errorAbout(`${PROVIDER_ROUTER} > ${NAT}`, `${SENT} A`, { code: 4, rest: 1400 }),
        side: provider,
        out: [`consumer ${errorAbout(`${ENDPOINT} > ${CLIENT} ttl=63`, `${REQUEST} A`, { code: 4, rest: 1400 })}`],
      },
    ],
  },
  {
    name: "of UDP: a checksum follows, and none stays none",
    steps: [
      { in: QUERY, gives: "forward new-flow 0" },
      {
        in: errorAbout(`${BACKEND} > ${NAT}`, SENT_QUERY, { code: 3, quoted: 8 }),
        side: provider,
        gives: "forward icmp-error 0",
        out: [`consumer ${errorAbout(`${ENDPOINT} > ${CLIENT} ttl=63`, QUERY, { code: 3, quoted: 8 })}`],
      },
      {
        in: errorAbout(`${BACKEND} > ${NAT}`, `${SENT_QUERY} l4sum=0`, { code: 3 }),
        side: provider,
        out: [`consumer ${errorAbout(`${ENDPOINT} > ${CLIENT} ttl=63`, `${QUERY} l4sum=0`, { code: 3 })}`],
      },
    ],
  },
  {
    name: "with IP options inside and outside",
    steps: [
      ...handshake,
      {
        in: errorAbout(`${BACKEND} > ${NAT} options=2`, `${SENT} A options=3`),
        side: provider,
        gives: "forward icmp-error 0",
        out: [`consumer ${errorAbout(`${ENDPOINT} > ${CLIENT} options=2 ttl=63`, `${REQUEST} A options=3`)}`],
      },
    ],
  },
  {
    name: "with the MAC addresses of its flow, and in VLANs",
    change: (it) =>
      Object.assign(it.loadBalancers[0]?.backendAddressPools[0]?.backends[0] as object, {
        macAddress: "02:00:00:00:00:99",
      }),
    steps: [
      { in: `${REQUEST} S seq=100 vlan=10` },
      {
        in: errorAbout(`${CLIENT} > ${ENDPOINT} vlan=10`, `${GIVEN} SA`),
        out: [`provider ${errorAbout(`${NAT} > ${BACKEND} ttl=63 vlan=10 to=020000000099`, `${REPLY} SA`)}`],
      },
    ],
  },
]);

const NO_FLOWS: [name: string, inner: string][] = [
  ["another port", `tcp ${NAT}:1025 > ${BACKEND}:8443 A`],
  ["another backend", `tcp ${NAT}:1024 > 10.2.1.9:8443 A`],
  ["another protocol", `udp ${NAT}:1024 > ${BACKEND}:8443`],
  ["another source than the error was sent to", `tcp 10.2.0.11:1024 > ${BACKEND}:8443 A`],
  ["a later fragment", `${SENT} A fragment=0x2001`],
  ["a ping", `icmp ${NAT} > ${BACKEND}`],
];

table("An ICMP error that is about no packet of a live flow is dropped", [
  ...NO_FLOWS.map(([name, inner]) => ({
    name,
    steps: [
      ...handshake,
      { in: errorAbout(`${BACKEND} > ${NAT}`, inner), side: provider, gives: "drop icmp-no-flow -1", out: [] },
    ],
  })),
  {
    name: "its flow has timed out, and no error kept it alive",
    steps: [
      { in: QUERY },
      { at: 299, in: errorAbout(`${BACKEND} > ${NAT}`, SENT_QUERY), side: provider, gives: "forward icmp-error 0" },
      { at: 301, in: errorAbout(`${BACKEND} > ${NAT}`, SENT_QUERY), side: provider, gives: "drop icmp-no-flow -1" },
    ],
    counters: {
      endpoints: { "shop-approved": { toConsumer: { packets: 0 }, drops: {} } },
      reasons: { "icmp-error": 1 },
    },
  },
  {
    name: "from a client: counted at the endpoint",
    steps: [{ in: errorAbout(`${CLIENT} > ${ENDPOINT}`, `${GIVEN} A`), gives: "drop icmp-no-flow -1" }],
    counters: { endpoints: { "shop-approved": { drops: { "icmp-no-flow": 1 } } } },
  },
  {
    name: "the flow lives on, whatever the error says",
    steps: [
      ...handshake,
      { in: errorAbout(`${BACKEND} > ${NAT}`, `${SENT} A`, { type: UNREACHABLE, code: 3 }), side: provider },
      { in: `${REQUEST} A seq=101 ack=901`, gives: "forward forwarded 0" },
    ],
  },
]);

table("An ICMP error that is not to be believed is dropped", [
  {
    name: "its checksum is wrong, or that of the IP header in it",
    steps: [
      ...handshake,
      {
        in: errorAbout(`${BACKEND} > ${NAT}`, `${SENT} A`, { wrong: 1 }),
        side: provider,
        gives: "drop icmp-bad-checksum -1",
      },
      {
        in: errorAbout(`${BACKEND} > ${NAT}`, `${SENT} A ipsum=1`),
        side: provider,
        gives: "drop icmp-bad-checksum -1",
      },
      { in: errorAbout(`${CLIENT} > ${ENDPOINT}`, `${GIVEN} A ipsum=1`), gives: "drop icmp-bad-checksum -1" },
    ],
    counters: { endpoints: { "shop-approved": { drops: { "icmp-bad-checksum": 1 } } } },
  },
  {
    name: "a wrong TCP checksum in it is not looked at, and leaves as wrong",
    steps: [
      ...handshake,
      {
        in: errorAbout(`${BACKEND} > ${NAT}`, `${SENT} A l4sum=${wrongBy(sumOf(`${SENT} A`), 4660)}`),
        side: provider,
        gives: "forward icmp-error 0",
        out: [
          `consumer ${errorAbout(`${ENDPOINT} > ${CLIENT} ttl=63`, `${REQUEST} A l4sum=${wrongBy(sumOf(`${REQUEST} A`), 4660)}`)}`,
        ],
      },
    ],
  },
  {
    name: "it is too short for a packet, or for what every error quotes",
    steps: [
      ...handshake,
      { in: `icmp ${BACKEND} > ${NAT} hex=0301`, side: provider, gives: "drop icmp-malformed -1" },
      { in: `icmp ${BACKEND} > ${NAT} hex=0301000000000000`, side: provider, gives: "drop icmp-malformed -1" },
      {
        in: errorAbout(`${BACKEND} > ${NAT}`, `${SENT} A`, { quoted: 7 }),
        side: provider,
        gives: "drop icmp-malformed -1",
      },
    ],
  },
  {
    name: "too little of it is captured; where enough is, its checksum cannot be asked",
    steps: [
      ...handshake,
      { in: errorAbout(`${BACKEND} > ${NAT}`, `${SENT} A`), side: provider, captured: 39, gives: "drop truncated -1" },
      { in: errorAbout(`${BACKEND} > ${NAT}`, `${SENT} A`), side: provider, captured: 69, gives: "drop truncated -1" },
      {
        in: errorAbout(`${BACKEND} > ${NAT}`, `${SENT} A`, { wrong: 1 }),
        side: provider,
        captured: 70,
        gives: "forward icmp-error 0",
      },
    ],
  },
  {
    name: "its TTL has run out; nobody is told of that",
    settings: { icmpTimeExceeded: true },
    steps: [
      ...handshake,
      {
        in: errorAbout(`${BACKEND} > ${NAT} ttl=1`, `${SENT} A`),
        side: provider,
        gives: "drop ttl-expired 0",
        out: [],
      },
    ],
    counters: { endpoints: { "shop-approved": { drops: { "ttl-expired": 1 } } } },
  },
  {
    name: "it is no error: redirects and the like",
    steps: [
      ...handshake,
      ...OTHERS.flatMap((type): Step[] => [
        { in: errorAbout(`${ROUTER} > ${ENDPOINT}`, `${GIVEN} A`, { type, code: 0 }), gives: "drop icmp -1", out: [] },
        {
          in: errorAbout(`${PROVIDER_ROUTER} > ${NAT}`, `${SENT} A`, { type, code: 0 }),
          side: provider,
          gives: "drop icmp -1",
          out: [],
        },
      ]),
      { in: `icmp ${BACKEND} > ${NAT}`, side: provider, gives: "drop icmp -1" },
    ],
  },
]);

const lost = (configuration: Configuration): void => {
  Object.assign(configuration.privateEndpoints[0] as object, { connectionState: "Rejected" });
};

table("An ICMP error and the rest of the path", [
  {
    name: "it has its flow judged after a change of the configuration",
    steps: [
      { in: `tcp 10.1.0.8:5000 > ${ENDPOINT}:443 S` },
      { in: `${REQUEST} S seq=100`, gives: "forward new-flow 1" },
      { apply: lost },
      {
        in: errorAbout(`${BACKEND} > ${NAT}`, `tcp ${NAT}:1025 > ${BACKEND}:8443 S`),
        side: provider,
        gives: "drop connection-lost 1",
      },
    ],
  },
  {
    name: "captured at the client: turned back into what came from the provider's side",
    steps: [
      ...handshake,
      {
        in: errorAbout(`${ENDPOINT} > ${CLIENT} ttl=60`, `${REQUEST} A seq=101`, { code: 4, rest: 1400 }),
        side: "captured",
        network: "shop",
        gives: "forward icmp-error 0",
        out: [`provider ${errorAbout(`${BACKEND} > ${NAT} ttl=61`, `${SENT} A seq=101`, { code: 4, rest: 1400 })}`],
      },
      {
        in: errorAbout(`${ENDPOINT} > ${CLIENT}`, `tcp ${CLIENT}:5001 > ${ENDPOINT}:443 A`),
        side: "captured",
        network: "shop",
        gives: "drop reply-unmatched -1",
      },
      {
        in: errorAbout(`${ENDPOINT} > ${CLIENT} ttl=255`, `${REQUEST} A`),
        side: "captured",
        network: "shop",
        gives: "drop reply-unmatched -1",
      },
      {
        in: `icmp ${ENDPOINT} > ${CLIENT} hex=0000000000000000`,
        side: "captured",
        network: "shop",
        gives: "drop icmp -1",
      },
    ],
  },
  {
    name: "it reaches the shard of its flow, from both sides",
    settings: { shards: 8, maxFlows: 800, maxDenied: 80 },
    steps: [5000, 5001, 5002, 5003, 5004, 5005].flatMap((port): Step[] => [
      { in: `tcp ${CLIENT}:${port} > ${ENDPOINT}:443 S` },
      {
        in: errorAbout(`${CLIENT} > ${ENDPOINT}`, `tcp ${ENDPOINT}:443 > ${CLIENT}:${port} SA`),
        gives: "forward icmp-error",
      },
    ]),
    counters: { reasons: { "icmp-error": 6 } },
  },
]);

/** Words that say how much is quoted; none for all. */
function quotedBy(quoted: number | undefined): { quoted?: number } {
  return quoted === undefined ? {} : { quoted };
}
