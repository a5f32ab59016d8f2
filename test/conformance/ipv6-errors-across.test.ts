// ICMP errors about packets of flows 6 to 4: each side is told in its own family (docs/behaviour.md, 23.6; RFC 7915, 4.2 and 5.2).

import type { Configuration } from "../../host/config/configuration.ts";
import { errorAbout, errorAbout6, message6, PARAMETER_PROBLEM, TIME_EXCEEDED } from "./icmp-kit.ts";
import { CLIENT, DUAL, table6 as table, withIpv6 } from "./ipv6-kit.ts";
import { frameOf } from "./packet.ts";
import type { Step } from "./table.ts";

const ROUTER = "[fd00:1::1]";
const NAT = "10.2.0.10";
const BACKEND = "10.2.1.1";
const PROVIDER_ROUTER = "10.2.0.1";
const provider = "provider" as const;
const captured = { side: "captured", network: "shop" } as const;
const REQUEST = `tcp ${CLIENT}:5000 > ${DUAL}:443`;
const SENT = `tcp ${NAT}:1024 > ${BACKEND}:8443`;
const REPLY = `tcp ${BACKEND}:8443 > ${NAT}:1024`;
const GIVEN = `tcp ${DUAL}:443 > ${CLIENT}:5000`;

const handshake: Step[] = [
  { in: `${REQUEST} S seq=100`, gives: "forward new-flow 0" },
  { in: `${REPLY} SA seq=900 ack=101`, side: provider, gives: "forward forwarded 0" },
  { in: `${REQUEST} A seq=101 ack=901`, gives: "forward forwarded 0" },
];

/** A fragment that fills the largest IPv4 packet, and 28 bytes more as IPv6. */
const GIANT = `A data=${"x".repeat(65_535 - 20 - 8 - 40)} fragment=0x2000 id=5`;
const GIANT4 = `${SENT} ${GIANT}`;
const GIANT6 = `${REQUEST} ${GIANT}`;

interface Words {
  type: number;
  code: number;
  rest?: number;
}

/** An error of the provider's side, and what the client is told: nothing when that is left out. */
function told(words: Words, says?: Words): Step {
  const step = { in: errorAbout(`${PROVIDER_ROUTER} > ${NAT}`, `${SENT} A`, words), side: provider };
  if (says === undefined) return { ...step, gives: "drop icmp 0", out: [] };
  const out = [`consumer ${errorAbout6(`${DUAL} > ${CLIENT} ttl=63`, `${REQUEST} A`, says)}`];
  return { ...step, gives: "forward icmp-error 0", out };
}

/** An error of the consumer's side, and what the backend is told. */
function toldBack(words: Words, says?: Words): Step {
  const step = { in: errorAbout6(`${ROUTER} > ${DUAL}`, `${GIVEN} A`, words) };
  if (says === undefined) return { ...step, gives: "drop icmp 0", out: [] };
  const out = [`provider ${errorAbout(`${NAT} > ${BACKEND} id=0 ttl=63`, `${REPLY} A id=0`, says)}`];
  return { ...step, gives: "forward icmp-error 0", out };
}

const sized =
  (consumer: number, service: number) =>
  (configuration: Configuration): void => {
    withIpv6(configuration);
    for (const network of configuration.virtualNetworks) network.mtu = network.name === "provider" ? service : consumer;
  };

const SIZES: [name: string, quoted: number | undefined][] = [
  ["8 bytes behind its IP header", 8],
  ["its whole TCP header", 20],
  ["all of it", undefined],
  ["an odd number of bytes", 25],
];
const quotedBy = (quoted: number | undefined): { quoted?: number } => (quoted === undefined ? {} : { quoted });

table("An ICMP error of 6 to 4 is told in the other side's family", [
  ...SIZES.map(([name, quoted]) => ({
    name: `with ${name}, in both directions`,
    steps: [
      ...handshake,
      {
        in: errorAbout(`${BACKEND} > ${NAT} tos=8`, `${SENT} PA seq=101 ack=901 ttl=63 tos=4 data=question`, {
          code: 3,
          ...quotedBy(quoted),
        }),
        side: provider,
        gives: "forward icmp-error 0",
        out: [
          `consumer ${errorAbout6(`${DUAL} > ${CLIENT} ttl=63 class=8`, `${REQUEST} PA seq=101 ack=901 ttl=63 class=4 data=question`, { code: 4, ...quotedBy(quoted) })}`,
        ],
      },
      {
        in: errorAbout6(`${CLIENT} > ${DUAL} class=8`, `${GIVEN} PA seq=901 ack=101 ttl=60 class=4 data=answer`, {
          code: 4,
          ...quotedBy(quoted),
        }),
        gives: "forward icmp-error 0",
        out: [
          `provider ${errorAbout(`${NAT} > ${BACKEND} id=0 tos=8 ttl=63`, `${REPLY} PA seq=901 ack=101 id=0 ttl=60 tos=4 data=answer`, { code: 3, ...quotedBy(quoted) })}`,
        ],
      },
    ],
  })),
  {
    name: "unreachable, from IPv4",
    steps: [
      ...handshake,
      ...[0, 1, 5, 6, 7, 8, 11, 12].map((code) => told({ type: 3, code }, { type: 1, code: 0 })),
      ...[9, 10, 13, 15].map((code) => told({ type: 3, code }, { type: 1, code: 1 })),
      told({ type: 3, code: 2 }, { type: 4, code: 1, rest: 6 }),
      told({ type: 3, code: 3 }, { type: 1, code: 4 }),
      told({ type: 3, code: 14 }),
      told({ type: 3, code: 16 }),
    ],
    counters: { endpoints: { dual: { drops: { icmp: 2 } } } },
  },
  {
    name: "unreachable, from IPv6",
    steps: [
      ...handshake,
      ...[0, 2, 3].map((code) => toldBack({ type: 1, code }, { type: 3, code: 1 })),
      toldBack({ type: 1, code: 1 }, { type: 3, code: 10 }),
      toldBack({ type: 1, code: 4 }, { type: 3, code: 3 }),
      toldBack({ type: 1, code: 5 }),
    ],
  },
  {
    name: "time exceeded, whatever its code",
    steps: [
      ...handshake,
      ...[0, 1].map((code) => told({ type: TIME_EXCEEDED, code }, { type: 3, code })),
      ...[0, 1].map((code) => toldBack({ type: 3, code }, { type: TIME_EXCEEDED, code })),
    ],
  },
  {
    name: "a parameter problem points at the same field, where there is one",
    steps: [
      ...handshake,
      ...pointersToIpv6().map(([at, there]) =>
        told(
          { type: PARAMETER_PROBLEM, code: 0, rest: at * 2 ** 24 },
          there === undefined ? undefined : { type: 4, code: 0, rest: there },
        ),
      ),
      told({ type: PARAMETER_PROBLEM, code: 2, rest: 9 * 2 ** 24 }, { type: 4, code: 0, rest: 6 }),
      told({ type: PARAMETER_PROBLEM, code: 1, rest: 9 * 2 ** 24 }),
      ...pointersToIpv4().map(([at, there]) =>
        toldBack(
          { type: 4, code: 0, rest: at },
          there === undefined ? undefined : { type: PARAMETER_PROBLEM, code: 0, rest: there * 2 ** 24 },
        ),
      ),
      toldBack({ type: 4, code: 1, rest: 6 }, { type: 3, code: 2 }),
      toldBack({ type: 4, code: 2, rest: 6 }),
    ],
  },
  {
    name: "an MTU is that of the other side's headers: path MTU discovery works through 6 to 4",
    change: sized(1500, 9000),
    steps: [
      ...handshake,
      told({ type: 3, code: 4, rest: 1400 }, { type: 2, code: 0, rest: 1420 }),
      told({ type: 3, code: 4, rest: 1490 }, { type: 2, code: 0, rest: 1500 }),
      told({ type: 3, code: 4, rest: 600 }, { type: 2, code: 0, rest: 1280 }),
      told({ type: 3, code: 4, rest: 0 }, { type: 2, code: 0, rest: 1280 }),
      toldBack({ type: 2, code: 0, rest: 1400 }, { type: 3, code: 4, rest: 1380 }),
      toldBack({ type: 2, code: 7, rest: 9000 }, { type: 3, code: 4, rest: 1480 }),
      toldBack({ type: 2, code: 0, rest: 10 }, { type: 3, code: 4, rest: 68 }),
      toldBack({ type: 2, code: 0, rest: 0xffffffff }, { type: 3, code: 4, rest: 1480 }),
    ],
  },
  {
    name: "an MTU is no higher than the networks', and without one it is the plateau below the packet's size",
    change: sized(9000, 1400),
    steps: [
      ...handshake,
      told({ type: 3, code: 4, rest: 4000 }, { type: 2, code: 0, rest: 1420 }),
      toldBack({ type: 2, code: 0, rest: 4000 }, { type: 3, code: 4, rest: 1400 }),
      {
        in: errorAbout(`${PROVIDER_ROUTER} > ${NAT}`, `${SENT} A total=1400`, { code: 4, quoted: 8 }),
        side: provider,
        out: [
          `consumer ${errorAbout6(`${DUAL} > ${CLIENT} ttl=63`, `${REQUEST} A payload=1380`, { type: 2, rest: 1280, quoted: 8 })}`,
        ],
      },
    ],
  },
  {
    name: "plateaus of RFC 1191",
    change: sized(65000, 65000),
    steps: [
      ...handshake,
      ...[
        [1493, 1492],
        [1492, 1280 - 20],
        [2003, 2002],
        [9000, 8166],
        [65535, 32000],
      ].map(([total = 0, plateau = 0]) => ({
        in: errorAbout(`${PROVIDER_ROUTER} > ${NAT}`, `${SENT} A total=${total}`, { code: 4, quoted: 8 }),
        side: provider,
        out: [
          `consumer ${errorAbout6(`${DUAL} > ${CLIENT} ttl=63`, `${REQUEST} A payload=${total - 20}`, { type: 2, rest: plateau + 20, quoted: 8 })}`,
        ],
      })),
    ],
  },
]);

table("An ICMP error of 6 to 4 and the packet in it", [
  {
    name: "options and extension headers are left out, around and inside; trailers stay",
    steps: [
      ...handshake,
      {
        in: errorAbout(`${BACKEND} > ${NAT} options=2 trailer=3`, `${SENT} A options=3`),
        side: provider,
        out: [`consumer ${errorAbout6(`${DUAL} > ${CLIENT} ttl=63 trailer=3`, `${REQUEST} A`)}`],
      },
      {
        in: errorAbout6(`${CLIENT} > ${DUAL} ext=0,60`, `${GIVEN} A ext=60 label=9`),
        out: [`provider ${errorAbout(`${NAT} > ${BACKEND} id=0 ttl=63`, `${REPLY} A id=0`)}`],
      },
    ],
  },
  {
    name: "a fragment header inside is kept, and counts for the MTU",
    steps: [
      ...handshake,
      {
        in: errorAbout(`${BACKEND} > ${NAT}`, `${SENT} A fragment=0x2000 id=77`),
        side: provider,
        out: [`consumer ${errorAbout6(`${DUAL} > ${CLIENT} ttl=63`, `${REQUEST} A fragment=0x2000 id=77`)}`],
      },
      {
        in: errorAbout6(`${CLIENT} > ${DUAL}`, `${GIVEN} A fragment=0x2000 id=0x12340005`, { type: 2, rest: 1300 }),
        out: [
          `provider ${errorAbout(`${NAT} > ${BACKEND} id=0 ttl=63`, `${REPLY} A fragment=0x2000 id=5`, { code: 4, rest: 1272 })}`,
        ],
      },
      {
        in: errorAbout6(`${CLIENT} > ${DUAL}`, `${GIVEN} A fragment=0 id=5`),
        out: [`provider ${errorAbout(`${NAT} > ${BACKEND} id=0 ttl=63`, `${REPLY} A fragment=0 id=5`)}`],
      },
    ],
  },
  {
    name: "a length of 0 in it stays one, and one that is not true is carried over",
    steps: [
      ...handshake,
      {
        in: errorAbout(`${BACKEND} > ${NAT}`, `${SENT} A total=0`),
        side: provider,
        out: [`consumer ${errorAbout6(`${DUAL} > ${CLIENT} ttl=63`, `${REQUEST} A payload=0`)}`],
      },
      {
        in: errorAbout6(`${CLIENT} > ${DUAL}`, `${GIVEN} A payload=0`),
        out: [`provider ${errorAbout(`${NAT} > ${BACKEND} id=0 ttl=63`, `${REPLY} A id=0 total=0`)}`],
      },
      {
        in: errorAbout6(`${CLIENT} > ${DUAL}`, `${GIVEN} A payload=65530`),
        out: [`provider ${errorAbout(`${NAT} > ${BACKEND} id=0 ttl=63`, `${REPLY} A id=0 total=14`)}`],
      },
    ],
  },
  {
    name: "of more than 1,280 bytes as IPv6: it ends there",
    steps: [
      ...handshake,
      {
        in: errorAbout(`${BACKEND} > ${NAT} trailer=4`, `${SENT} A data=${"x".repeat(1300)}`),
        side: provider,
        gives: "forward icmp-error 0",
        out: [`consumer ${errorAbout6(`${DUAL} > ${CLIENT} ttl=63`, `${REQUEST} A data=${"x".repeat(1300)}`)}`],
      },
      {
        in: errorAbout(`${BACKEND} > ${NAT}`, `${SENT} A data=${"x".repeat(1172)}`),
        side: provider,
        out: [`consumer ${errorAbout6(`${DUAL} > ${CLIENT} ttl=63`, `${REQUEST} A data=${"x".repeat(1172)}`)}`],
      },
    ],
  },
  {
    name: "not all captured: what there is leaves",
    steps: [
      ...handshake,
      {
        in: errorAbout(`${BACKEND} > ${NAT}`, `${SENT} A data=0123456789`),
        side: provider,
        captured: 14 + 20 + 8 + 20 + 23,
        gives: "forward icmp-error 0",
        out: [`consumer ${errorAbout6(`${DUAL} > ${CLIENT} ttl=63`, `${REQUEST} A data=0123456789`)}`],
        leaves: 14 + 40 + 8 + 40 + 23,
      },
    ],
  },
  {
    name: "longer as IPv6 than a payload length can tell: it says 0",
    steps: [
      ...handshake,
      {
        in: errorAbout(`${BACKEND} > ${NAT}`, GIANT4),
        side: provider,
        captured: 14 + 20 + 8 + 20 + 23,
        gives: "forward icmp-error 0",
        out: [`consumer ${message6(`${DUAL} > ${CLIENT} ttl=63 payload=0`, 1, 0, 0, frameOf(GIANT6, "raw"))}`],
        leaves: 14 + 40 + 8 + 48 + 23,
      },
    ],
  },
  {
    name: "UDP without a checksum stays without one",
    steps: [
      { in: `udp ${CLIENT}:5000 > ${DUAL}:53 data=query`, gives: "forward new-flow 0" },
      {
        in: errorAbout(`${BACKEND} > ${NAT}`, `udp ${NAT}:1024 > ${BACKEND}:5353 data=query l4sum=0`, { code: 3 }),
        side: provider,
        gives: "forward icmp-error 0",
        out: [
          `consumer ${errorAbout6(`${DUAL} > ${CLIENT} ttl=63`, `udp ${CLIENT}:5000 > ${DUAL}:53 data=query l4sum=0`, { code: 4 })}`,
        ],
      },
    ],
  },
  {
    name: "link headers name the family, and bear the flow's MAC addresses",
    change: (it) => {
      withIpv6(it);
      Object.assign(it.loadBalancers[0]?.backendAddressPools[0]?.backends[0] as object, {
        macAddress: "02:00:00:00:00:99",
      });
    },
    steps: [
      { in: `${REQUEST} S vlan=10` },
      {
        in: errorAbout6(`${CLIENT} > ${DUAL} vlan=10`, `${GIVEN} SA`),
        out: [`provider ${errorAbout(`${NAT} > ${BACKEND} id=0 ttl=63 vlan=10 to=020000000099`, `${REPLY} SA id=0`)}`],
      },
      {
        in: errorAbout(`${BACKEND} > ${NAT} from=020000000099 to=020000000098`, `${SENT} S`),
        side: provider,
        out: [
          `consumer ${errorAbout6(`${DUAL} > ${CLIENT} ttl=63 to=020000000001 from=020000000002`, `${REQUEST} S`)}`,
        ],
      },
    ],
  },
  {
    name: "captured at the client: turned back into an error of the provider's family",
    steps: [
      ...handshake,
      {
        in: errorAbout6(`${DUAL} > ${CLIENT} ttl=60`, `${REQUEST} A seq=101`, { type: 2, rest: 1420 }),
        ...captured,
        gives: "forward icmp-error 0",
        out: [
          `provider ${errorAbout(`${BACKEND} > ${NAT} id=0 ttl=61`, `${SENT} A seq=101 id=0`, { code: 4, rest: 1400 })}`,
        ],
      },
      {
        in: errorAbout6(`${DUAL} > ${CLIENT} ttl=60`, `${REQUEST} A seq=101`, { type: 4, code: 2 }),
        ...captured,
        gives: "drop icmp 0",
      },
      { in: errorAbout6(`${DUAL} > ${CLIENT} ttl=0`, `${REQUEST} A`), ...captured, gives: "drop ttl-expired 0" },
    ],
  },
  {
    name: "it reaches the shard of its flow, from both sides",
    settings: { shards: 8, maxFlows: 800, maxDenied: 80 },
    steps: [5000, 5001, 5002, 5003, 5004, 5005].flatMap((port): Step[] => [
      { in: `tcp ${CLIENT}:${port} > ${DUAL}:443 S` },
      {
        in: errorAbout6(`${CLIENT} > ${DUAL}`, `tcp ${DUAL}:443 > ${CLIENT}:${port} SA`),
        gives: "forward icmp-error",
      },
    ]),
    counters: { reasons: { "icmp-error": 6 } },
  },
]);

/** Byte of an IPv4 header, and that of IPv6 with the same field. */
function pointersToIpv6(): [number, number?][] {
  return [
    [0, 0],
    [1, 1],
    [2, 4],
    [3, 4],
    [4],
    [6],
    [7],
    [8, 7],
    [9, 6],
    [10],
    [11],
    [12, 8],
    [15, 8],
    [16, 24],
    [19, 24],
    [20],
  ];
}

function pointersToIpv4(): [number, number?][] {
  return [[0, 0], [1, 1], [2], [3], [4, 2], [5, 2], [6, 9], [7, 8], [8, 12], [23, 12], [24, 16], [39, 16], [40]];
}
