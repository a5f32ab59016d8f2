import { table } from "./table.ts";

const SYN = "tcp 10.1.0.9:5000 > 10.1.0.4:443 S seq=100";
const SENT = "tcp 10.2.0.10:1024 > 10.2.1.1:8443 S seq=100 ttl=63";

table("Translation of a flow, both directions", [
  {
    name: "a request leaves from the NAT address to the backend, its reply comes from the endpoint",
    steps: [
      { in: SYN, gives: "forward new-flow 0", out: [`provider ${SENT}`] },
      {
        in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA seq=900 ack=101",
        side: "provider",
        gives: "forward forwarded 0",
        out: ["consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 SA seq=900 ack=101 ttl=63"],
      },
      {
        in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 PA seq=101 ack=901 data=hello",
        gives: "forward forwarded 0",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 PA seq=101 ack=901 data=hello ttl=63"],
      },
    ],
    counters: {
      reasons: { "new-flow": 1, forwarded: 2 },
      flows: { created: 1, active: 1, peak: 1 },
      endpoints: {
        "shop-approved": { flows: 1, toService: { packets: 2, bytes: 113 }, toConsumer: { packets: 1, bytes: 54 } },
      },
      backends: { "balancer/pool/10.2.1.1": { flows: 1, active: 1, toService: { packets: 2 } } },
      natPools: { "service 10.2.0.10 10.2.1.1 tcp 0": { inUse: 1, peak: 1, exhausted: 0 } },
    },
  },
  {
    name: "UDP has a pool of NAT ports of its own",
    steps: [
      { in: SYN, out: [`provider ${SENT}`] },
      {
        in: "udp 10.1.0.9:5000 > 10.1.0.4:53 data=query",
        gives: "forward new-flow 1",
        out: ["provider udp 10.2.0.10:1024 > 10.2.1.1:5353 data=query ttl=63"],
      },
      {
        in: "udp 10.2.1.1:5353 > 10.2.0.10:1024 data=answer",
        side: "provider",
        out: ["consumer udp 10.1.0.4:53 > 10.1.0.9:5000 data=answer ttl=63"],
      },
    ],
  },
  {
    name: "IPv4 options, type of service, identification and trailer stay as they are",
    steps: [
      {
        in: `${SYN} options=3 tos=184 id=4711 trailer=6`,
        out: [`provider ${SENT} options=3 tos=184 id=4711 trailer=6`],
      },
    ],
  },
  {
    name: "edge ports 0 and 65535 of the client",
    steps: [
      { in: "tcp 10.1.0.9:0 > 10.1.0.4:443 S", out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S ttl=63"] },
      { in: "tcp 10.1.0.9:65535 > 10.1.0.4:443 S", out: ["provider tcp 10.2.0.10:1025 > 10.2.1.1:8443 S ttl=63"] },
      {
        in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA",
        side: "provider",
        out: ["consumer tcp 10.1.0.4:443 > 10.1.0.9:0 SA ttl=63"],
      },
    ],
  },
  {
    name: "a rule for all ports leaves the port as it is, and an exact rule comes first",
    change: ({ loadBalancers }) => {
      const [balancer] = loadBalancers;
      const [https] = balancer?.loadBalancingRules ?? [];
      if (https !== undefined)
        balancer?.loadBalancingRules.push({ ...https, name: "all", protocol: "All", frontendPort: 0, backendPort: 0 });
    },
    steps: [
      { in: "tcp 10.1.0.9:1 > 10.1.0.4:7777 S", out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:7777 S ttl=63"] },
      { in: "udp 10.1.0.9:1 > 10.1.0.4:7777", out: ["provider udp 10.2.0.10:1024 > 10.2.1.1:7777 ttl=63"] },
      { in: SYN, out: ["provider tcp 10.2.0.10:1025 > 10.2.1.1:8443 S seq=100 ttl=63"] },
    ],
  },
]);
