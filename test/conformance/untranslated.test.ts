import { table } from "./table.ts";

table("What is not translated", [
  {
    name: "ICMP, fragments and other protocols to an endpoint are dropped with their reason",
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
    steps: [
      { in: "icmp 10.2.1.1 > 10.2.0.10", side: "provider", gives: "drop icmp -1", out: [] },
      { in: "tcp 10.2.1.1:1 > 10.2.0.10:1024 A fragment=0x2000", side: "provider", gives: "drop fragment -1", out: [] },
    ],
  },
]);
