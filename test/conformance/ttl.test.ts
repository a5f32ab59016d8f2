import { table } from "./table.ts";

const SYN = "tcp 10.1.0.9:5000 > 10.1.0.4:443 S";

table("Time to live", [
  {
    name: "1 and 0 end here, and touch no flow",
    steps: [
      { in: `${SYN} ttl=1`, gives: "drop ttl-expired -1", out: [] },
      { in: `${SYN} ttl=0`, gives: "drop ttl-expired -1", out: [] },
      { in: `${SYN} ttl=2`, gives: "forward new-flow 0", out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S ttl=1"] },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA ttl=1", side: "provider", gives: "drop ttl-expired 0", out: [] },
      { in: `${SYN} ttl=1`, gives: "drop ttl-expired -1", out: [] },
    ],
    counters: { flows: { created: 1, denied: 0 }, endpoints: { "shop-approved": { drops: { "ttl-expired": 4 } } } },
  },
  {
    name: "answered with ICMP time exceeded when configured",
    settings: { icmpTimeExceeded: true },
    steps: [{ in: `${SYN} ttl=1`, gives: "drop ttl-expired -1" }],
    counters: { generated: { icmp: 1 } },
  },
  {
    name: "but not to an address that cannot be answered",
    settings: { icmpTimeExceeded: true },
    steps: [
      { in: "tcp 224.0.0.9:5000 > 10.1.0.4:443 S ttl=1", out: [] },
      { in: "tcp 0.1.2.3:5000 > 10.1.0.4:443 S ttl=1", out: [] },
    ],
    counters: { generated: { icmp: 0 } },
  },
]);
