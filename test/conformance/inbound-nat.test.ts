import { SSH } from "./configuration.ts";
import { balancerOf, floating, floats, natRule, ofSix, poolOf } from "./frontend-kit.ts";
import { BACKEND6, CLIENT, DUAL, NAT6, SIX, withIpv6 } from "./ipv6-kit.ts";
import { table } from "./table.ts";

const provider = "provider" as const;
const syn = (port: number, client = 5000): string => `tcp 10.1.0.9:${client} > 10.1.0.4:${port} S`;
const query = (port: number): string => `udp 10.1.0.9:5000 > 10.1.0.4:${port}`;

table("An inbound NAT rule", [
  {
    name: "leads each port of its range to one backend, in their order, and replies back",
    change: natRule(),
    steps: [
      ...[1, 2, 3].map((last) => ({
        in: syn(49_999 + last),
        gives: "forward new-flow",
        out: [`provider tcp 10.2.0.10:1024 > 10.2.1.${last}:22 S ttl=63`],
      })),
      {
        in: "tcp 10.2.1.3:22 > 10.2.0.10:1024 SA",
        side: provider,
        out: ["consumer tcp 10.1.0.4:50002 > 10.1.0.9:5000 SA ttl=63"],
      },
    ],
  },
  {
    name: "has no backend for the ports that are left, nor for another protocol",
    change: natRule(),
    steps: [
      { in: syn(50_003), gives: "drop no-rule" },
      { in: syn(49_999), gives: "drop no-rule" },
      { in: query(50_000), gives: "drop no-rule" },
    ],
  },
  {
    name: "for all protocols is for TCP and UDP",
    change: natRule({ protocol: "All", backendPort: 7 }),
    steps: [
      { in: syn(50_001), out: ["provider tcp 10.2.0.10:1024 > 10.2.1.2:7 S ttl=63"] },
      { in: query(50_001), out: ["provider udp 10.2.0.10:1024 > 10.2.1.2:7 ttl=63"] },
    ],
  },
  {
    name: "asks for no state, weight or backend that a packet names",
    change: (it) => {
      natRule()(it);
      poolOf(it).backends = [
        { address: "10.2.1.1", weight: 0, state: "down", adminState: "Down" },
        { address: "10.2.1.2", weight: 1, state: "up" },
      ];
    },
    steps: [
      {
        in: syn(50_000),
        backend: "10.2.1.2",
        gives: "forward new-flow",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:22 S ttl=63"],
      },
    ],
  },
  {
    name: "comes before a rule for all ports",
    change: (it) => {
      natRule()(it);
      const [first] = balancerOf(it).loadBalancingRules;
      if (first === undefined) return;
      balancerOf(it).loadBalancingRules.push({
        ...first,
        name: "all",
        protocol: "All",
        frontendPort: 0,
        backendPort: 0,
      });
    },
    steps: [
      { in: syn(50_001), out: ["provider tcp 10.2.0.10:1024 > 10.2.1.2:22 S ttl=63"] },
      { in: syn(50_003), gives: "forward new-flow" },
    ],
  },
]);

table("Flows of an inbound NAT rule", [
  {
    name: "stay when their backend is down, UDP too, and when it has drained",
    change: natRule({ protocol: "All" }),
    steps: [
      { at: 10, in: syn(50_000), gives: "forward new-flow 0" },
      { at: 10, in: query(50_000), gives: "forward new-flow 1" },
      {
        apply: (it) => {
          poolOf(it).drainPeriodInSeconds = 1;
          for (const backend of poolOf(it).backends) backend.state = "draining";
        },
      },
      { at: 11, in: query(50_000), gives: "forward forwarded 1" },
      { at: 20, in: query(50_000), gives: "forward forwarded 1" },
      { at: 20, in: "tcp 10.1.0.9:5000 > 10.1.0.4:50000 A", gives: "forward forwarded 0" },
    ],
    counters: { flows: { cut: 0 } },
  },
  {
    name: "are withdrawn when their port leads to another backend",
    change: natRule(),
    steps: [
      { in: syn(50_000), gives: "forward new-flow 0" },
      { in: syn(50_001), gives: "forward new-flow 1" },
      { apply: (it) => void poolOf(it).backends.shift() },
      { in: "tcp 10.1.0.9:5000 > 10.1.0.4:50001 A", gives: "drop flow-withdrawn 1" },
    ],
  },
]);

table("Floating IP", [
  {
    name: "leaves packets addressed to the frontend, on the port they came to; a reply comes from there",
    change: floating(),
    steps: [
      { in: syn(443), backend: "10.2.1.1", out: ["provider tcp 10.2.0.10:1024 > 10.2.0.5:443 S ttl=63"] },
      {
        in: "tcp 10.2.0.5:443 > 10.2.0.10:1024 SA",
        side: provider,
        out: ["consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 SA ttl=63"],
      },
    ],
    counters: { backends: { "balancer/pool/10.2.1.1": { flows: 1, toConsumer: { packets: 1 } } } },
  },
  {
    name: "has NAT ports towards the frontend's address: no two flows of two backends have the same",
    change: floating(),
    steps: [1, 2, 1, 2].map((last, i) => ({
      in: syn(443, 6000 + i),
      backend: `10.2.1.${last}`,
      out: [`provider tcp 10.2.0.10:${1024 + i} > 10.2.0.5:443 S ttl=63`],
    })),
    counters: { natPools: { "service 10.2.0.10 10.2.0.5 tcp 0": { inUse: 4 } } },
  },
  {
    name: "tells backends apart by their MAC addresses",
    change: floating(true),
    steps: [1, 2].map((last, i) => ({
      in: syn(443, 6000 + i),
      backend: `10.2.1.${last}`,
      out: [`provider tcp 10.2.0.10:${1024 + i} > 10.2.0.5:443 S ttl=63 to=0200000000b${last}`],
    })),
  },
  {
    name: "stays with the flows that have it when the rule has it no more, and new ones go to backends",
    change: floating(),
    steps: [
      { in: syn(443), backend: "10.2.1.1", out: ["provider tcp 10.2.0.10:1024 > 10.2.0.5:443 S ttl=63"] },
      {
        apply: (it) => {
          for (const rule of balancerOf(it).loadBalancingRules) rule.enableFloatingIP = false;
        },
      },
      {
        in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 A",
        gives: "forward forwarded 0",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.0.5:443 A ttl=63"],
      },
      { in: "tcp 10.2.0.5:443 > 10.2.0.10:1024 SA", side: provider, gives: "forward forwarded 0" },
      { in: syn(443, 6000), backend: "10.2.1.1", out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:443 S ttl=63"] },
    ],
  },
  {
    name: "resets go to the frontend's address, too",
    change: floating(),
    steps: [
      { in: `${syn(443)} seq=100`, backend: "10.2.1.1" },
      { in: "tcp 10.2.0.5:443 > 10.2.0.10:1024 SA seq=900 ack=101", side: provider },
      { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 A seq=101 ack=901" },
      {
        at: 301,
        out: [
          "consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 RA seq=901 ack=101 id=0 from=020000000002 to=020000000001",
          "provider tcp 10.2.0.10:1024 > 10.2.0.5:443 RA seq=101 ack=901 id=0",
        ],
      },
    ],
  },
]);

table("Inbound NAT rules and floating IP of IPv6 services", [
  {
    name: "a port leads to its backend",
    change: ofSix((balancer) => {
      const [pool] = balancer.backendAddressPools;
      pool?.backends.push({ address: "fd00:2::1:2", weight: 0, state: "down" });
      balancer.inboundNatRules = [{ ...SSH, frontendPortRangeEnd: 50_004 }];
    }),
    steps: [
      {
        in: `tcp ${CLIENT}:5000 > ${SIX}:50001 S`,
        gives: "forward new-flow",
        out: [`provider tcp ${NAT6}:1024 > [fd00:2::1:2]:22 S ttl=63`],
      },
      { in: `tcp ${CLIENT}:5000 > ${SIX}:50002 S`, gives: "drop no-rule" },
    ],
  },
  {
    name: "of an IPv4 service, from an IPv6 client",
    change: (it) => {
      withIpv6(it);
      natRule()(it);
    },
    steps: [
      {
        in: `tcp ${CLIENT}:5000 > ${DUAL}:50002 S`,
        gives: "forward new-flow",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.3:22 S id=0 ttl=63"],
      },
    ],
  },
  {
    name: "packets are addressed to the frontend, and a reply comes from there",
    change: ofSix(floats),
    steps: [
      { in: `tcp ${CLIENT}:5000 > ${SIX}:443 S`, out: [`provider tcp ${NAT6}:1024 > [fd00:2::5]:443 S ttl=63`] },
      {
        in: `tcp [fd00:2::5]:443 > ${NAT6}:1024 SA`,
        side: provider,
        gives: "forward forwarded 0",
        out: [`consumer tcp ${SIX}:443 > ${CLIENT}:5000 SA ttl=63`],
      },
      { in: `tcp ${BACKEND6}:443 > ${NAT6}:1024 SA`, side: provider, gives: "drop no-flow" },
    ],
    counters: { natPools: { "service6 fd00:2::10 fd00:2::5 tcp 0": { inUse: 1 } } },
  },
  {
    name: "6 to 4 with floating IP",
    change: (it) => {
      withIpv6(it);
      floating()(it);
    },
    steps: [
      { in: `tcp ${CLIENT}:5000 > ${DUAL}:443 S`, out: ["provider tcp 10.2.0.10:1024 > 10.2.0.5:443 S id=0 ttl=63"] },
      {
        in: "tcp 10.2.0.5:443 > 10.2.0.10:1024 SA",
        side: provider,
        out: [`consumer tcp ${DUAL}:443 > ${CLIENT}:5000 SA ttl=63`],
      },
    ],
  },
]);
