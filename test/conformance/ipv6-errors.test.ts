// ICMPv6 errors about packets of flows 6 to 6 (docs/behaviour.md, 23.6; RFC 4443).

import { errorAbout6, message6 } from "./icmp-kit.ts";
import { BACKEND6, CLIENT, NAT6, SIX, table6 as table } from "./ipv6-kit.ts";
import type { Step } from "./table.ts";

const ROUTER = "[fd00:1::1]";
const PROVIDER_ROUTER = "[fd00:2::1]";
const provider = "provider" as const;
const captured = { side: "captured", network: "shop" } as const;
/** The flow's packets as each side has them. */
const REQUEST = `tcp ${CLIENT}:5000 > ${SIX}:443`;
const SENT = `tcp ${NAT6}:1024 > ${BACKEND6}:8443`;
const REPLY = `tcp ${BACKEND6}:8443 > ${NAT6}:1024`;
const GIVEN = `tcp ${SIX}:443 > ${CLIENT}:5000`;
const QUERY = `udp ${CLIENT}:5000 > ${SIX}:53 data=query`;
const SENT_QUERY = `udp ${NAT6}:1024 > ${BACKEND6}:5353 data=query`;

const handshake: Step[] = [
  { in: `${REQUEST} S seq=100`, gives: "forward new-flow 0" },
  { in: `${REPLY} SA seq=900 ack=101`, side: provider, gives: "forward forwarded 0" },
  { in: `${REQUEST} A seq=101 ack=901`, gives: "forward forwarded 0" },
];
const quotedBy = (quoted: number | undefined): { quoted?: number } => (quoted === undefined ? {} : { quoted });
const SIZES: [name: string, quoted: number | undefined][] = [
  ["8 bytes behind its IP header", 8],
  ["its whole TCP header", 20],
  ["all of it", undefined],
  ["an odd number of bytes", 25],
];

table("An ICMPv6 error follows its flow to the other side", [
  ...SIZES.map(([name, quoted]) => ({
    name: `from the backend about a request, with ${name}`,
    steps: [
      ...handshake,
      {
        in: errorAbout6(`${BACKEND6} > ${NAT6}`, `${SENT} PA seq=101 ack=901 ttl=63 data=question`, quotedBy(quoted)),
        side: provider,
        gives: "forward icmp-error 0",
        out: [
          `consumer ${errorAbout6(`${SIX} > ${CLIENT} ttl=63`, `${REQUEST} PA seq=101 ack=901 ttl=63 data=question`, quotedBy(quoted))}`,
        ],
      },
    ],
  })),
  ...SIZES.map(([name, quoted]) => ({
    name: `from the client about a reply, with ${name}`,
    steps: [
      ...handshake,
      {
        in: errorAbout6(`${CLIENT} > ${SIX}`, `${GIVEN} PA seq=901 ack=101 ttl=60 data=answer`, quotedBy(quoted)),
        gives: "forward icmp-error 0",
        out: [
          `provider ${errorAbout6(`${NAT6} > ${BACKEND6} ttl=63`, `${REPLY} PA seq=901 ack=101 ttl=60 data=answer`, quotedBy(quoted))}`,
        ],
      },
    ],
  })),
  {
    name: "from routers in between, of each type: neither side sees the other's",
    steps: [
      ...handshake,
      ...[1, 2, 3, 4].map((type) => ({
        in: errorAbout6(`${PROVIDER_ROUTER} > ${NAT6}`, `${SENT} A`, { type, code: 1, rest: 1400 }),
        side: provider,
        gives: "forward icmp-error 0",
        out: [`consumer ${errorAbout6(`${SIX} > ${CLIENT} ttl=63`, `${REQUEST} A`, { type, code: 1, rest: 1400 })}`],
      })),
      {
        in: errorAbout6(`${ROUTER} > ${SIX}`, `${GIVEN} A`, { type: 2, rest: 1300 }),
        gives: "forward icmp-error 0",
        out: [`provider ${errorAbout6(`${NAT6} > ${BACKEND6} ttl=63`, `${REPLY} A`, { type: 2, rest: 1300 })}`],
      },
    ],
  },
  {
    name: "of UDP: a checksum follows, and none stays none",
    steps: [
      { in: QUERY, gives: "forward new-flow 0" },
      {
        in: errorAbout6(`${BACKEND6} > ${NAT6}`, SENT_QUERY, { code: 4, quoted: 8 }),
        side: provider,
        gives: "forward icmp-error 0",
        out: [`consumer ${errorAbout6(`${SIX} > ${CLIENT} ttl=63`, QUERY, { code: 4, quoted: 8 })}`],
      },
      {
        in: errorAbout6(`${BACKEND6} > ${NAT6}`, `${SENT_QUERY} l4sum=0`, { code: 4 }),
        side: provider,
        out: [`consumer ${errorAbout6(`${SIX} > ${CLIENT} ttl=63`, `${QUERY} l4sum=0`, { code: 4 })}`],
      },
    ],
  },
  {
    name: "with extension headers inside and outside, and a fragment header inside",
    steps: [
      ...handshake,
      {
        in: errorAbout6(`${BACKEND6} > ${NAT6} ext=0,60`, `${SENT} A ext=60`),
        side: provider,
        gives: "forward icmp-error 0",
        out: [`consumer ${errorAbout6(`${SIX} > ${CLIENT} ttl=63 ext=0,60`, `${REQUEST} A ext=60`)}`],
      },
      {
        in: errorAbout6(`${BACKEND6} > ${NAT6}`, `${SENT} A ext=60 fragment=0x2000 id=77`),
        side: provider,
        gives: "forward icmp-error 0",
        out: [`consumer ${errorAbout6(`${SIX} > ${CLIENT} ttl=63`, `${REQUEST} A ext=60 fragment=0x2000 id=77`)}`],
      },
    ],
  },
  {
    name: "captured at the client: turned back into what came from the provider's side",
    steps: [
      ...handshake,
      {
        in: errorAbout6(`${SIX} > ${CLIENT} ttl=60`, `${REQUEST} A seq=101`, { type: 2, rest: 1400 }),
        ...captured,
        gives: "forward icmp-error 0",
        out: [`provider ${errorAbout6(`${BACKEND6} > ${NAT6} ttl=61`, `${SENT} A seq=101`, { type: 2, rest: 1400 })}`],
      },
      {
        in: errorAbout6(`${SIX} > ${CLIENT}`, `tcp ${CLIENT}:5001 > ${SIX}:443 A`),
        ...captured,
        gives: "drop reply-unmatched -1",
      },
      {
        in: errorAbout6(`${SIX} > ${CLIENT} ttl=255`, `${REQUEST} A`),
        ...captured,
        gives: "drop reply-unmatched -1",
      },
      { in: message6(`${SIX} > ${CLIENT}`, 129, 0, 0, new Uint8Array()), ...captured, gives: "drop icmp -1" },
    ],
  },
  {
    name: "it reaches the shard of its flow, from both sides",
    settings: { shards: 8, maxFlows: 800, maxDenied: 80 },
    steps: [5000, 5001, 5002, 5003, 5004, 5005].flatMap((port): Step[] => [
      { in: `tcp ${CLIENT}:${port} > ${SIX}:443 S` },
      {
        in: errorAbout6(`${CLIENT} > ${SIX}`, `tcp ${SIX}:443 > ${CLIENT}:${port} SA`),
        gives: "forward icmp-error",
      },
    ]),
    counters: { reasons: { "icmp-error": 6 } },
  },
]);

const NO_FLOWS: [name: string, inner: string][] = [
  ["another port", `tcp ${NAT6}:1025 > ${BACKEND6}:8443 A`],
  ["a backend that nobody has spoken to", `tcp ${NAT6}:1024 > [fd00:2::1:9]:8443 A`],
  ["another protocol", `udp ${NAT6}:1024 > ${BACKEND6}:8443`],
  ["another source than the error was sent to", `tcp [fd00:2::11]:1024 > ${BACKEND6}:8443 A`],
  ["a later fragment", `${SENT} A fragment=0x2001`],
  ["a ping", `icmp6 ${NAT6} > ${BACKEND6}`],
];

const ERROR = errorAbout6(`${BACKEND6} > ${NAT6}`, `${SENT} A`);

table("An ICMPv6 error that is about no packet of a flow, or not to be believed, is dropped", [
  ...NO_FLOWS.map(([name, inner]) => ({
    name,
    steps: [
      ...handshake,
      {
        in: errorAbout6(`${BACKEND6} > ${NAT6}`, inner),
        side: provider,
        gives: "drop icmp-no-flow -1",
        out: [],
      },
    ] as Step[],
  })),
  {
    name: "its flow has timed out, and no error kept it alive",
    steps: [
      { in: QUERY },
      {
        at: 299,
        in: errorAbout6(`${BACKEND6} > ${NAT6}`, SENT_QUERY),
        side: provider,
        gives: "forward icmp-error 0",
      },
      {
        at: 301,
        in: errorAbout6(`${BACKEND6} > ${NAT6}`, SENT_QUERY),
        side: provider,
        gives: "drop icmp-no-flow -1",
      },
    ],
    counters: { endpoints: { six: { toConsumer: { packets: 0 }, drops: {} } }, reasons: { "icmp-error": 1 } },
  },
  {
    name: "from a client: counted at the endpoint",
    steps: [{ in: errorAbout6(`${CLIENT} > ${SIX}`, `${GIVEN} A`), gives: "drop icmp-no-flow -1" }],
    counters: { endpoints: { six: { drops: { "icmp-no-flow": 1 } } } },
  },
  {
    name: "its checksum is wrong; that over a pseudo-header too",
    steps: [
      ...handshake,
      {
        in: errorAbout6(`${BACKEND6} > ${NAT6}`, `${SENT} A`, { wrong: 1 }),
        side: provider,
        gives: "drop icmp-bad-checksum -1",
      },
      { in: ERROR.replace(BACKEND6, PROVIDER_ROUTER), side: provider, gives: "drop icmp-bad-checksum -1" },
    ],
  },
  {
    name: "it is too short for a packet, its extension headers, or for what every error quotes",
    steps: [
      ...handshake,
      { in: `icmp6 ${BACKEND6} > ${NAT6} hex=0100`, side: provider, gives: "drop icmp-malformed -1" },
      { in: `icmp6 ${BACKEND6} > ${NAT6} hex=0100000000000000`, side: provider, gives: "drop icmp-malformed -1" },
      {
        in: errorAbout6(`${BACKEND6} > ${NAT6}`, `${SENT} A`, { quoted: 7 }),
        side: provider,
        gives: "drop icmp-malformed -1",
      },
      {
        in: errorAbout6(`${BACKEND6} > ${NAT6}`, `${SENT} A ext=60`, { quoted: -1 }),
        side: provider,
        gives: "drop icmp-malformed -1",
      },
      {
        in: errorAbout6(`${BACKEND6} > ${NAT6}`, `${SENT} A fragment=0x2000`, { quoted: -1 }),
        side: provider,
        gives: "drop icmp-malformed -1",
      },
      {
        in: errorAbout6(
          `${BACKEND6} > ${NAT6}`,
          "tcp 10.2.0.10:1024 > 10.2.1.1:8443 A data=0123456789012345678901234567890",
        ),
        side: provider,
        gives: "drop icmp-malformed -1",
      },
    ],
  },
  {
    name: "too little of it is captured; where enough is, its checksum cannot be asked",
    steps: [
      ...handshake,
      { in: ERROR, side: provider, captured: 14 + 40 + 7, gives: "drop truncated -1" },
      { in: ERROR, side: provider, captured: 14 + 40 + 8 + 39, gives: "drop truncated -1" },
      { in: ERROR, side: provider, captured: 14 + 40 + 8 + 47, gives: "drop truncated -1" },
      {
        in: errorAbout6(`${BACKEND6} > ${NAT6}`, `${SENT} A`, { wrong: 1 }),
        side: provider,
        captured: 14 + 40 + 8 + 48,
        gives: "forward icmp-error 0",
      },
    ],
  },
  {
    name: "its hop limit has run out; nobody is told of that",
    settings: { icmpTimeExceeded: true },
    steps: [
      ...handshake,
      {
        in: errorAbout6(`${BACKEND6} > ${NAT6} ttl=1`, `${SENT} A`),
        side: provider,
        gives: "drop ttl-expired 0",
        out: [],
      },
    ],
    counters: { endpoints: { six: { drops: { "ttl-expired": 1 } } } },
  },
  {
    name: "it is no error, or of a type that there is none of yet",
    steps: [
      { in: message6(`${ROUTER} > ${SIX}`, 5, 0, 0, new Uint8Array()), gives: "drop icmp -1" },
      { in: message6(`${BACKEND6} > ${NAT6}`, 128, 0, 0, new Uint8Array()), side: provider, gives: "drop icmp -1" },
    ],
  },
]);

const ANSWER = { icmpEcho: "answer" } as const;
const ping = (ends: string, type = 128, data = "hello"): string =>
  message6(ends, type, 0, 0x12340001, new TextEncoder().encode(data));

table("ICMPv6 echo to an endpoint", [
  {
    name: "is dropped, with a reason that says so",
    steps: [{ in: ping(`${CLIENT} > ${SIX}`), gives: "drop icmp-echo -1", out: [] }],
    counters: { endpoints: { six: { drops: { "icmp-echo": 1 } } }, generated: { icmp: 0 } },
  },
  {
    name: "is answered when configured, whatever its hop limit, traffic class, extension headers and size",
    settings: ANSWER,
    steps: ["", "x", "hello", "y".repeat(1400)].map((data) => ({
      in: ping(`${CLIENT} > ${SIX} ttl=1 class=184 label=5 ext=60`, 128, data),
      gives: "drop icmp-echo -1",
      out: [`consumer/answer ${ping(`${SIX} > ${CLIENT} class=184 from=020000000002 to=020000000001`, 129, data)}`],
    })),
    counters: { generated: { icmp: 4 } },
  },
  {
    name: "is answered only where a flow might begin, and only to a host",
    settings: ANSWER,
    steps: [
      { in: ping(`${CLIENT} > [fd00:1::5]`), gives: "drop icmp-echo -1", out: [] },
      { in: ping(`[ff02::1] > ${SIX}`), gives: "drop icmp-echo -1", out: [] },
      { in: ping(`[::1] > ${SIX}`), gives: "drop icmp-echo -1", out: [] },
      { in: ping(`[2001:db8::1] > ${SIX}`), network: "lab", gives: "drop icmp-echo -1", out: [] },
      { in: ping(`${CLIENT} > ${SIX}`), captured: 66, gives: "drop icmp-echo -1", out: [] },
      { in: ping(`${CLIENT} > ${SIX}`, 129), gives: "drop icmp -1", out: [] },
    ],
  },
]);
