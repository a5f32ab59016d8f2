import { ANSWER, CAPTURED_ANSWER, captured, provider, QUERY } from "./fragment-kit.ts";
import { table } from "./table.ts";

table("What is not translated", [
  {
    name: "ICMP, fragments with fragments: drop, and other protocols to an endpoint are dropped with their reason",
    settings: { fragments: "drop" },
    steps: [
      { in: "icmp 10.1.0.9 > 10.1.0.4", gives: "drop icmp-echo -1", out: [] },
      { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 S fragment=0x2000", gives: "drop fragment -1", out: [] },
      { in: "udp 10.1.0.9:5000 > 10.1.0.4:53 fragment=0x0001", gives: "drop fragment -1", out: [] },
      { in: "esp 10.1.0.9 > 10.1.0.4", gives: "drop protocol -1", out: [] },
      { in: "gre 10.1.0.9 > 10.1.0.4", gives: "drop protocol -1", out: [] },
    ],
    counters: {
      endpoints: { "shop-approved": { drops: { "icmp-echo": 1, fragment: 2, protocol: 2 } } },
      flows: { denied: 0 },
    },
  },
  {
    name: "to anybody else they are passed; tunnels say so",
    steps: [
      { in: "icmp 10.1.0.9 > 10.1.0.1", gives: "pass no-endpoint -1", out: [] },
      { in: "gre 10.1.0.9 > 10.1.0.1", gives: "pass tunnel -1", out: [] },
      { in: "ipip 10.1.0.9 > 10.1.0.1", gives: "pass tunnel -1", out: [] },
      { in: "gre 10.1.0.9 > 10.1.0.1 fragment=0x2000", gives: "pass no-endpoint -1", out: [] },
    ],
  },
  {
    name: "to a NAT address as well",
    settings: { fragments: "drop" },
    steps: [
      { in: "icmp 10.2.1.1 > 10.2.0.10", side: "provider", gives: "drop icmp -1", out: [] },
      { in: "tcp 10.2.1.1:1 > 10.2.0.10:1024 A fragment=0x2000", side: "provider", gives: "drop fragment -1", out: [] },
    ],
  },
  ...[{ fragments: "drop" as const }, { fragments: "drop" as const, shards: 2 }].map((settings) => ({
    name: `no fragment is, with ${JSON.stringify(settings)}`,
    settings,
    steps: [
      { in: QUERY.in("0-16"), gives: "drop fragment -1", out: [] },
      { in: QUERY.in("16-"), gives: "drop fragment -1", out: [] },
      // What is malformed, or at the end of its TTL, is not found out.
      { in: QUERY.in("16-17+", "ttl=1"), gives: "drop fragment -1", out: [] },
      { in: ANSWER.in("0-16"), ...provider, gives: "drop fragment -1", out: [] },
      { in: CAPTURED_ANSWER.in("0-16"), ...captured, gives: "drop fragment -1", out: [] },
      { in: CAPTURED_ANSWER.in("16-", "ttl=255"), ...captured, gives: "drop fragment -1", out: [] },
      { in: QUERY.in("0-16").replace("10.1.0.4", "10.1.0.3"), gives: "pass no-endpoint -1" },
    ],
    counters: { reasons: { fragment: 6 }, endpoints: { "shop-approved": { drops: { fragment: 5 } } } },
  })),
  {
    name: "fragments of other protocols are not",
    steps: [
      { in: "icmp 10.1.0.9 > 10.1.0.4 cut=0-8+", gives: "drop fragment -1", out: [] },
      { in: "esp 10.1.0.9 > 10.1.0.4 cut=0-8+", gives: "drop fragment -1", out: [] },
      { in: "gre 10.2.1.1 > 10.2.0.10 cut=0-8+", ...provider, gives: "drop fragment -1", out: [] },
      { in: "icmp 10.1.0.4 > 10.1.0.9 cut=0-8+", ...captured, gives: "drop fragment -1", out: [] },
    ],
    counters: { endpoints: { "shop-approved": { drops: { fragment: 3 } } } },
  },
  {
    name: "fragments from an endpoint's address are the consumer's unless they were captured",
    steps: [
      { in: CAPTURED_ANSWER.in("16-"), gives: "drop spoofed-endpoint -1" },
      // To another endpoint a captured one is none of a reply.
      { in: CAPTURED_ANSWER.in("16-").replace("10.1.0.9", "10.1.0.5"), ...captured, gives: "drop spoofed-endpoint -1" },
      { in: CAPTURED_ANSWER.in("16-"), ...captured, gives: "held awaiting-fragment -1" },
    ],
  },
  {
    name: "fragments from an endpoint's address, with endpointSources: admit",
    settings: { endpointSources: "admit" },
    steps: [
      { in: CAPTURED_ANSWER.in("16-"), gives: "drop fragment -1" },
      {
        in: CAPTURED_ANSWER.in("16-").replace("10.1.0.9", "10.1.0.5"),
        ...captured,
        gives: "held awaiting-fragment -1",
      },
      { in: CAPTURED_ANSWER.in("0-16").replace("10.1.0.9", "10.1.0.5"), ...captured, gives: "drop connection-pending" },
    ],
    counters: {
      endpoints: {
        "shop-approved": { drops: { fragment: 1 } },
        "shop-pending": { drops: { "connection-pending": 2 } },
      },
    },
  },
]);
