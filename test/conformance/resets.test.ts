import type { Configuration } from "../../host/config/configuration.ts";
import { table } from "./table.ts";

const handshake = [
  { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 S seq=100 vlan=10" },
  { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA seq=900 ack=101", side: "provider" as const },
  { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 PA seq=101 ack=901 data=hello vlan=10" },
  { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 A seq=901 ack=106", side: "provider" as const },
];
const enabled = ({ loadBalancers }: Configuration): void => {
  for (const rule of loadBalancers[0]?.loadBalancingRules ?? []) rule.enableTcpReset = true;
};

table("enableTcpReset", [
  {
    name: "an established flow that idles out is reset at both ends, in sequence, with its link header",
    change: enabled,
    steps: [
      ...handshake,
      {
        at: 310,
        out: [
          "consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 RA seq=901 ack=106 id=0 vlan=10 to=020000000001 from=020000000002",
          "provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 RA seq=106 ack=901 id=0 vlan=10",
        ],
      },
    ],
    counters: { generated: { reset: 2 }, flows: { active: 0 } },
  },
  {
    name: "the resets leave before the packet that made the time pass",
    change: enabled,
    steps: [
      ...handshake,
      {
        at: 310,
        in: "udp 10.1.0.8:1 > 10.1.0.4:53",
        gives: "forward new-flow 0",
        out: [
          "consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 RA seq=901 ack=106 id=0 vlan=10 to=020000000001 from=020000000002",
          "provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 RA seq=106 ack=901 id=0 vlan=10",
          "provider udp 10.2.0.10:1024 > 10.2.1.1:5353 ttl=63",
        ],
      },
    ],
  },
  {
    name: "an acknowledgement that is not captured is not made up: what the client sent stands for it",
    change: enabled,
    steps: [
      { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 S seq=100" },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA seq=900 ack=101", side: "provider" as const, captured: 48 },
      { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 A seq=101 ack=901" },
      {
        at: 310,
        out: [
          "consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 RA seq=901 ack=101 id=0 to=020000000001 from=020000000002",
          "provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 RA seq=101 ack=901 id=0",
        ],
      },
    ],
  },
  {
    name: "without it the end is silent",
    steps: [...handshake, { at: 310, out: [] }],
    counters: { generated: { reset: 0 }, flows: { active: 0 } },
  },
]);
