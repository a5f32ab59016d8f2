// Fragments of IPv6, and of both families where they meet (docs/behaviour.md, 23.8; RFC 8200, 4.5; RFC 5722; RFC 6946; RFC 7915).

import { errorAbout } from "./icmp-kit.ts";
import { BACKEND6, CLIENT, DUAL, NAT6, SIX, table6 as table, withIpv6 } from "./ipv6-kit.ts";
import type { Step } from "./table.ts";

const provider = "provider" as const;
const captured = { side: "captured", network: "shop" } as const;
const DATA = "abcdefghijklmnopqrstuvwxyz012345";
/** A query of 40 bytes behind its IP header, as each side has it. */
const QUERY = `udp ${CLIENT}:5000 > ${SIX}:53 data=${DATA} id=0x12345678`;
const SENT = `udp ${NAT6}:1024 > ${BACKEND6}:5353 data=${DATA} id=0x12345678 ttl=63`;
const ANSWER = `udp ${BACKEND6}:5353 > ${NAT6}:1024 data=${DATA} id=7`;
const GIVEN = `udp ${SIX}:53 > ${CLIENT}:5000 data=${DATA} id=7 ttl=63`;
/** The same where the families meet. */
const ACROSS = `udp ${CLIENT}:5000 > ${DUAL}:53 data=${DATA} id=0x12345678`;
const SENT4 = `udp 10.2.0.10:1024 > 10.2.1.1:5353 data=${DATA} id=0x5678 fragment=0 ttl=63`;
const ANSWER4 = `udp 10.2.1.1:5353 > 10.2.0.10:1024 data=${DATA} id=7 fragment=0`;
const GIVEN6 = `udp ${DUAL}:53 > ${CLIENT}:5000 data=${DATA} id=7 ttl=63`;

const SYN = `tcp ${CLIENT}:5000 > ${SIX}:443 S data=${DATA} id=9`;
const LONG = `udp 10.2.1.1:5353 > 10.2.0.10:1024 data=${"x".repeat(1600)} id=7 fragment=0`;

const inOrder = (request: string, sent: string, reply: string, given: string): Step[] => [
  { in: `${request} cut=0-16`, gives: "forward new-flow 0", out: [`provider ${sent} cut=0-16`] },
  { in: `${request} cut=16-32`, gives: "forward forwarded 0", out: [`provider ${sent} cut=16-32`] },
  { in: `${request} cut=32-`, gives: "forward forwarded 0", out: [`provider ${sent} cut=32-`] },
  { side: provider, in: `${reply} cut=0-24`, gives: "forward forwarded 0", out: [`consumer ${given} cut=0-24`] },
  { side: provider, in: `${reply} cut=24-`, gives: "forward forwarded 0", out: [`consumer ${given} cut=24-`] },
];

const reversed = (request: string, sent: string, reply: string, given: string): Step[] => [
  { in: `${request} cut=32-`, gives: "held awaiting-fragment -1", out: [] },
  { in: `${request} cut=16-32`, gives: "held awaiting-fragment -1", out: [] },
  {
    in: `${request} cut=0-16`,
    gives: "forward new-flow 0",
    out: [`provider/input ${sent} cut=0-16`, `provider/held ${sent} cut=32-`, `provider/held ${sent} cut=16-32`],
  },
  { side: provider, in: `${reply} cut=24-`, gives: "held awaiting-fragment -1", out: [] },
  {
    side: provider,
    in: `${reply} cut=0-24`,
    gives: "forward forwarded 0",
    out: [`consumer/input ${given} cut=0-24`, `consumer/held ${given} cut=24-`],
  },
];

table("Fragments of IPv6", [
  { name: "6 to 6: in order, both ways", steps: inOrder(QUERY, SENT, ANSWER, GIVEN) },
  { name: "6 to 6: the last first, both ways", steps: reversed(QUERY, SENT, ANSWER, GIVEN) },
  { name: "6 to 4: in order, both ways", steps: inOrder(ACROSS, SENT4, ANSWER4, GIVEN6) },
  { name: "6 to 4: the last first, both ways", steps: reversed(ACROSS, SENT4, ANSWER4, GIVEN6) },
  {
    name: "behind extension headers; traffic class and flow label",
    steps: [
      {
        in: `${QUERY} ext=0,60 class=9 label=77 cut=0-16`,
        out: [`provider ${SENT} ext=0,60 class=9 label=77 cut=0-16`],
      },
      {
        in: `${QUERY} ext=0,60 class=9 label=77 cut=16-`,
        out: [`provider ${SENT} ext=0,60 class=9 label=77 cut=16-`],
      },
      {
        in: `${ACROSS} ext=60 class=9 label=77 cut=16-`,
        gives: "held awaiting-fragment -1",
      },
      {
        in: `${ACROSS} ext=60 class=9 label=77 cut=0-16`,
        gives: "forward new-flow 1",
        out: [`provider ${SENT4} tos=9 cut=0-16`, `provider ${SENT4} tos=9 cut=16-`],
      },
    ],
  },
  {
    name: "in other link headers, their family named",
    steps: (["null", "raw", "sll", "sll2"] as const).flatMap((link, i) => [
      { link, in: `${ACROSS.replace(":5000", `:500${i}`)} cut=16-`, gives: "held awaiting-fragment -1" },
      {
        link,
        in: `${ACROSS.replace(":5000", `:500${i}`)} cut=0-16`,
        out: ["", ""].map(
          (_, part) => `provider ${SENT4.replace(":1024", `:${1024 + i}`)} cut=${part === 0 ? "0-16" : "16-"}`,
        ),
      },
    ]),
  },
  {
    name: "trailers stay; what is not captured is not there",
    steps: [
      { in: `${ACROSS} cut=0-16 trailer=3`, out: [`provider ${SENT4} cut=0-16 trailer=3`] },
      {
        in: `${ACROSS} cut=16-`,
        captured: 14 + 40 + 8 + 5,
        out: [`provider ${SENT4} cut=16-`],
        leaves: 14 + 20 + 5,
      },
    ],
  },
  {
    name: "overlaps are refused with their datagram, duplicates alone (RFC 5722)",
    steps: [
      { in: `${QUERY} cut=0-16`, gives: "forward new-flow 0" },
      { in: `${QUERY} cut=0-16`, gives: "drop fragment-duplicate -1" },
      { in: `${QUERY} cut=8-24`, gives: "drop fragment-overlap -1" },
      { in: `${QUERY} cut=16-32`, gives: "drop fragment-overlap -1" },
      { in: `${QUERY.replace("78", "79")} cut=0-16`, gives: "forward forwarded 0" },
    ],
    counters: { endpoints: { six: { drops: { "fragment-overlap": 2, "fragment-duplicate": 1 } } } },
  },
  {
    name: "an identification has 32 bits, and addresses of both families are told apart",
    steps: [
      { in: `${QUERY} cut=0-16`, gives: "forward new-flow 0" },
      { in: `${QUERY.replace("0x1234", "0x1235")} cut=16-`, gives: "held awaiting-fragment -1" },
      { in: `${QUERY.replace("::9", "::8")} cut=16-`, gives: "held awaiting-fragment -1" },
      { in: `${QUERY} cut=16-`, gives: "forward forwarded 0" },
    ],
  },
  {
    name: "malformed ones: no data, no multiple of eight, beyond what a payload can have",
    steps: [
      { in: `${QUERY} cut=16-16+`, gives: "drop fragment-malformed -1" },
      { in: `${QUERY} cut=16-21+`, gives: "drop fragment-malformed -1" },
      { in: `${QUERY} cut=0-7 fragment=0x1fff`, gives: "drop fragment-malformed -1" },
      { in: `${QUERY} fragment=0x1ffb`, gives: "drop fragment-malformed -1" },
      { in: `${QUERY} fragment=0x1ffa`, gives: "held awaiting-fragment -1" },
      { in: `${QUERY.replace("78", "77")} fragment=0x1ff9`, gives: "held awaiting-fragment -1" },
      { in: `${ACROSS} fragment=0x1ff9`, gives: "drop fragment-malformed -1" },
      { ...captured, in: `${GIVEN6} fragment=0x1ff9 ttl=60`, gives: "drop fragment-malformed -1" },
      { in: `${QUERY} cut=0-16 ext=60,60,60,60,60,60,60,60`, gives: "drop ipv6-extension -1" },
      { in: `tcp ${CLIENT}:5000 > ${SIX}:443 S cut=0-16`, gives: "drop fragment-malformed -1" },
    ],
  },
  {
    name: "first ones whose TCP or UDP header is not whole (RFC 7112)",
    steps: [
      { in: `${QUERY} cut=16-`, gives: "held awaiting-fragment -1" },
      { in: `${QUERY} cut=0-0+`, gives: "drop fragment-malformed -1", out: [] },
      {
        in: `tcp ${CLIENT}:5000 > ${SIX}:443 S data=abcdefgh id=9 cut=0-16`,
        gives: "drop fragment-malformed -1",
        out: [],
      },
      {
        in: `tcp ${CLIENT}:5000 > ${SIX}:443 S data=abcdefgh id=9 cut=16-`,
        gives: "drop fragment-malformed -1",
        out: [],
      },
      { in: `tcp ${CLIENT}:5000 > ${SIX}:443 S data=abcdefghijkl id=10 cut=0-24`, gives: "forward new-flow 0" },
    ],
  },
  {
    name: "the header of a fragment is not all there",
    steps: [
      { in: `${QUERY} cut=0-16`, captured: 14 + 40 + 7, gives: "drop truncated -1" },
      { in: `icmp6 ${CLIENT} > ${SIX} next=44 hex=06000001000000`, gives: "drop ipv6-extension -1" },
    ],
  },
  {
    name: "atomic fragments are whole packets (RFC 6946)",
    steps: [
      { in: `${QUERY} fragment=0`, gives: "forward new-flow 0", out: [`provider ${SENT} fragment=0`] },
      { in: `${QUERY} fragment=0`, gives: "forward forwarded 0" },
      { in: `${ACROSS} fragment=0`, gives: "forward new-flow 1", out: [`provider ${SENT4}`] },
      { in: `tcp ${CLIENT}:5000 > ${SIX}:443 S fragment=0`, gives: "forward new-flow 2" },
    ],
  },
  {
    name: "of other protocols, or with more extension headers behind, they are no flow's",
    steps: [
      { in: `icmp6 ${CLIENT} > ${SIX} hex=80000000000100010000000000000000 cut=0-8`, gives: "drop fragment -1" },
      { in: `icmp6 ${CLIENT} > ${SIX} next=60 fragment=0x2000 hex=1100010400000000`, gives: "drop fragment -1" },
      { in: `icmp6 ${CLIENT} > [fd00:1::99] fragment=0x2000`, gives: "pass no-endpoint -1" },
    ],
  },
  {
    name: "UDP without a checksum, cut up by an IPv4 server, cannot be given one",
    steps: [
      { in: ACROSS.replace(" id=0x12345678", ""), gives: "forward new-flow 0" },
      { side: provider, in: `${ANSWER4} l4sum=0 cut=24-`, gives: "held awaiting-fragment -1" },
      { side: provider, in: `${ANSWER4} l4sum=0 cut=0-24`, gives: "drop fragment -1", out: [] },
    ],
    counters: { endpoints: { dual: { drops: { fragment: 1 } } }, reasons: { fragment: 2 } },
  },
  {
    name: "hop limits that have run out; only the first one is told of",
    settings: { icmpTimeExceeded: true },
    steps: [
      { in: `${QUERY} cut=16- ttl=1`, gives: "drop ttl-expired -1", out: [] },
      { in: `${QUERY} cut=0-16 ttl=1`, gives: "drop ttl-expired -1" },
    ],
    counters: { generated: { icmp: 1 } },
  },
  {
    name: "with MAC addresses of their flow",
    change: (it) => {
      withIpv6(it);
      for (const balancer of it.loadBalancers)
        Object.assign(balancer.backendAddressPools[0]?.backends[0] as object, { macAddress: "02:00:00:00:00:99" });
    },
    steps: [
      { in: `${ACROSS} cut=0-16 vlan=10`, out: [`provider ${SENT4} cut=0-16 vlan=10 to=020000000099`] },
      { in: `${ACROSS} cut=16- vlan=10`, out: [`provider ${SENT4} cut=16- vlan=10 to=020000000099`] },
      { side: provider, in: `${ANSWER4} cut=24- from=020000000099 to=020000000098`, out: [] },
      {
        side: provider,
        in: `${ANSWER4} cut=0-24 from=020000000099 to=020000000098`,
        out: ["0-24", "24-"].map((part) => `consumer ${GIVEN6} cut=${part} to=020000000001 from=020000000002`),
      },
      { in: `${QUERY} cut=0-16`, out: [`provider ${SENT} cut=0-16 to=020000000099`] },
      { in: `${QUERY} cut=16-`, out: [`provider ${SENT} cut=16- to=020000000099`] },
    ],
  },
  {
    name: "captured replies are turned back, whatever comes first",
    steps: [
      { ...captured, in: QUERY, gives: "forward new-flow 0" },
      { ...captured, in: `${GIVEN.replace("ttl=63", "ttl=60")} cut=24-`, gives: "held awaiting-fragment -1" },
      {
        ...captured,
        in: `${GIVEN.replace("ttl=63", "ttl=60")} cut=0-24`,
        gives: "forward forwarded 0",
        out: [`provider/input ${ANSWER} ttl=61 cut=0-24`, `provider/held ${ANSWER} ttl=61 cut=24-`],
      },
      { ...captured, in: ACROSS, gives: "forward new-flow 1" },
      {
        ...captured,
        in: `${GIVEN6.replace("ttl=63", "ttl=60")} cut=0-24`,
        gives: "forward forwarded 1",
        out: [`provider/input ${ANSWER4} ttl=61 cut=0-24`],
      },
      {
        ...captured,
        in: `${GIVEN6.replace("ttl=63", "ttl=60")} cut=24-`,
        gives: "forward forwarded 1",
        out: [`provider/input ${ANSWER4} ttl=61 cut=24-`],
      },
    ],
  },
  {
    name: "sizes: a reply grows by its fragment header; what leaves as IPv4 with one may be cut",
    settings: { packetTooBig: "drop" },
    change(configuration) {
      withIpv6(configuration);
      for (const network of configuration.virtualNetworks) network.mtu = 1300;
    },
    steps: [
      {
        in: `udp ${CLIENT}:5000 > ${DUAL}:53 data=${"x".repeat(1400)} id=1 cut=0-1400`,
        gives: "forward new-flow 0",
      },
      {
        side: provider,
        in: `udp 10.2.1.1:5353 > 10.2.0.10:1024 data=${"x".repeat(1400)} id=1 fragment=0 cut=0-1256`,
        gives: "drop packet-too-big 0",
      },
      {
        side: provider,
        in: `udp 10.2.1.1:5353 > 10.2.0.10:1024 data=${"x".repeat(1400)} id=2 fragment=0 cut=0-1248`,
        gives: "forward forwarded 0",
      },
      {
        in: `udp ${CLIENT}:5000 > ${SIX}:53 data=${"x".repeat(1400)} id=1 cut=0-1256`,
        gives: "drop packet-too-big -1",
      },
    ],
  },
  {
    name: "an IPv4 server is told of the size that its fragments may have, with which they pass",
    settings: { packetTooBig: "answer" },
    steps: [
      { in: ACROSS, gives: "forward new-flow 0" },
      {
        side: provider,
        in: `${LONG} cut=0-1456`,
        gives: "drop packet-too-big 0",
        out: [
          `provider/answer ${errorAbout("10.2.0.10 > 10.2.1.1 tos=192 id=0 fragment=0 from=020000000002 to=020000000001", `${LONG} cut=0-1456`, { code: 4, rest: 1472, quoted: 528 })}`,
        ],
      },
      { side: provider, in: `${LONG.replace("id=7", "id=8")} cut=0-1448`, gives: "forward forwarded 0" },
    ],
  },
  {
    name: "in a plane of several shards",
    settings: { shards: 4, maxFlows: 400, maxDenied: 40 },
    steps: [0, 1, 2, 3, 4, 5].flatMap((i): Step[] => [
      { in: `${QUERY.replace(":5000", `:500${i}`)} cut=16-`, gives: "held awaiting-fragment -1" },
      { in: `${QUERY.replace(":5000", `:500${i}`)} cut=0-16`, gives: "forward new-flow" },
      { in: `${ACROSS.replace(":5000", `:501${i}`)} cut=0-16`, gives: "forward new-flow" },
      { in: `${ACROSS.replace(":5000", `:501${i}`)} cut=16-`, gives: "forward forwarded" },
    ]),
    counters: { reasons: { forwarded: 12, "new-flow": 12 } },
  },
  {
    name: "are not another client's that took their flow's place, its ports and its nanosecond",
    settings: { maxFlows: 2, whenFull: "evict" },
    steps: [
      // It has the other addresses of the flow too, so that the client's place alone gets free.
      { in: QUERY.replace("::9", "::7"), gives: "forward new-flow 0" },
      { in: `${SYN} cut=0-24`, gives: "forward new-flow 1" },
      { in: `${SYN.replace("::9", "::8")} cut=0-24`, gives: "forward new-flow 1" },
      { in: `${SYN} cut=24-`, gives: "drop fragment-timeout -1", out: [] },
      { in: `${SYN.replace("::9", "::8")} cut=24-`, gives: "forward forwarded 1" },
    ],
    counters: { flows: { evicted: 1 } },
  },
  {
    name: "with fragments: drop, and of a flow that is gone",
    settings: { fragments: "drop" },
    steps: [{ in: `${QUERY} cut=0-16`, gives: "drop fragment -1", out: [] }],
  },
]);
