// Vector V06: what VPP's tests of its NAT ask about fragments (test/test_nat44_ed.py: test_frag_in_order, test_frag_out_of_order, both
// also with ports that are not translated, test_frag_in_plus_out), written again for this plane. More in ../fragments.test.ts.

import type { Configuration } from "../../../host/config/configuration.ts";
import { balancerOf } from "../frontend-kit.ts";
import { type Step, table } from "../table.ts";

const provider = "provider" as const;
const DATA = "data=0123456789abcdefghijklmnopqrstuvwxyz";
const PARTS = ["cut=0-24", "cut=24-40", "cut=40-"];
const REVERSED = [...PARTS].reverse();

/** A direction of a flow: how its packets come, and how they leave. */
interface Way {
  side: "consumer" | "provider";
  comes: string;
  leaves: string;
}

/** The ways of a flow; `port` and `backendPort` are the server's, as its client and as itself has them. */
const ways = (kind: "tcp" | "udp", port: number, backendPort: number): [there: Way, back: Way] => [
  {
    side: "consumer",
    comes: `${kind} 10.1.0.9:5000 > 10.1.0.4:${port}`,
    leaves: `provider ${kind} 10.2.0.10:1024 > 10.2.1.1:${backendPort}`,
  },
  {
    side: "provider",
    comes: `${kind} 10.2.1.1:${backendPort} > 10.2.0.10:1024`,
    leaves: `consumer ${kind} 10.1.0.4:${port} > 10.1.0.9:5000`,
  },
];

/** Fragments of a datagram in an order; those before the first one are held and leave behind it. */
function datagram({ side, comes, leaves }: Way, id: number, parts: readonly string[], words: string): Step[] {
  const left = (part: string): string => `${leaves} ${words} id=${id} ttl=63 ${part}`;
  const first = parts.indexOf("cut=0-24");
  const held = parts.slice(0, first);
  return parts.map((part, i) => ({
    in: `${comes} ${words} id=${id} ${part}`,
    side,
    ...(i < first
      ? { gives: "held awaiting-fragment", out: [] }
      : { out: i === first ? [left(part), ...held.map(left)] : [left(part)] }),
  }));
}
const opened: Step[] = [
  { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 S seq=100", gives: "forward new-flow 0" },
  { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA seq=900 ack=101", side: provider, gives: "forward forwarded 0" },
];
/** One rule for every port, which leaves ports as they are. */
const allPorts = (configuration: Configuration): void => {
  const balancer = balancerOf(configuration);
  const [rule] = balancer.loadBalancingRules;
  if (rule !== undefined) balancer.loadBalancingRules = [{ ...rule, protocol: "All", frontendPort: 0, backendPort: 0 }];
};

const ORDERS = [
  ["in order", PARTS],
  ["the last first", REVERSED],
  ["the first one in the middle", ["cut=24-40", "cut=0-24", "cut=40-"]],
] as const;
const [tcpThere, tcpBack] = ways("tcp", 443, 8443);
const [udpThere, udpBack] = ways("udp", 53, 5353);
const [plainThere, plainBack] = ways("udp", 7000, 7000);

table("V06: fragments", [
  ...ORDERS.map(([order, parts]) => ({
    name: `V06 TCP ${order}, of a request and of its answer`,
    steps: [
      ...opened,
      ...datagram(tcpThere, 7, parts, `A seq=101 ack=901 ${DATA}`),
      ...datagram(tcpBack, 7, parts, `A seq=901 ack=137 ${DATA}`),
    ],
  })),
  ...ORDERS.map(([order, parts]) => ({
    name: `V06 UDP ${order}, of a request and of its answer`,
    steps: [...datagram(udpThere, 7, parts, DATA), ...datagram(udpBack, 8, parts, DATA)],
    counters: { flows: { created: 1 } },
  })),
  ...ORDERS.map(([order, parts]) => ({
    name: `V06 UDP ${order}, the server's port not translated`,
    change: allPorts,
    steps: [...datagram(plainThere, 7, parts, DATA), ...datagram(plainBack, 8, parts, DATA)],
  })),
  ...[PARTS, REVERSED].map((parts, i) => ({
    name: `V06 in and out at once, ${i === 0 ? "in order" : "out of order"}: one identification in both directions is two datagrams`,
    steps: [
      ...datagram(udpThere, 6, PARTS, DATA),
      ...datagram(udpThere, 7, parts, DATA).flatMap((step, at): Step[] => [
        step,
        datagram(udpBack, 7, parts, DATA)[at] as Step,
      ]),
    ],
    counters: { flows: { created: 1 } },
  })),
]);
