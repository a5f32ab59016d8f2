// IPv6 clients: 6 to 6 and 6 to 4 (docs/behaviour.md, 23.3).

import type { Configuration } from "../../host/config/configuration.ts";
import { clientHello, hexOf } from "../names/hello.ts";
import { identifying, OWN } from "./first-message-kit.ts";
import { BACKEND6, CLIENT, DUAL, NAT6, PENDING, SIX, withIpv6 } from "./ipv6-kit.ts";
import { table } from "./table.ts";

table("IPv6", [
  {
    name: "6 to 6: addresses, ports and hop limit change, checksums follow, class and label stay",
    change: withIpv6,
    steps: [
      {
        in: `tcp ${CLIENT}:5000 > ${SIX}:443 S seq=7 class=3 label=5`,
        gives: "forward new-flow 0",
        out: [`provider/input tcp ${NAT6}:1024 > ${BACKEND6}:8443 S seq=7 class=3 label=5 ttl=63`],
      },
      {
        side: "provider",
        in: `tcp ${BACKEND6}:8443 > ${NAT6}:1024 SA seq=9 ack=8 class=1 label=77`,
        gives: "forward forwarded 0",
        out: [`consumer/input tcp ${SIX}:443 > ${CLIENT}:5000 SA seq=9 ack=8 class=1 label=77 ttl=63`],
      },
      {
        in: `tcp ${CLIENT}:5000 > ${SIX}:443 A seq=8 ack=10 data=hello`,
        gives: "forward forwarded 0",
        out: [`provider tcp ${NAT6}:1024 > ${BACKEND6}:8443 A seq=8 ack=10 data=hello ttl=63`],
      },
      {
        in: `udp ${CLIENT}:5000 > ${SIX}:53 data=q`,
        gives: "forward new-flow 1",
        out: [`provider udp ${NAT6}:1024 > ${BACKEND6}:5353 data=q ttl=63`],
      },
      {
        in: `udp ${CLIENT}:5000 > ${SIX}:53 data=q l4sum=0`,
        gives: "forward forwarded 1",
        out: [`provider udp ${NAT6}:1024 > ${BACKEND6}:5353 data=q l4sum=0 ttl=63`],
      },
    ],
    counters: {
      endpoints: { six: { flows: 2, toService: { packets: 4 }, toConsumer: { packets: 1, bytes: 74 } } },
      natPools: { "service6 fd00:2::10 fd00:2::1:1 tcp 0": { inUse: 1 } },
    },
    check(plane) {
      const [tcp] = plane.flows();
      if (tcp === undefined) throw new Error("There is no flow.");
      const told = [tcp.client, tcp.endpoint, tcp.nat, tcp.backend].join(" ");
      if (told !== "[fd00:1::9]:5000 six [fd00:2::10]:1024 [fd00:2::1:1]:8443") throw new Error(told);
    },
  },
  {
    name: "6 to 4: requests leave as IPv4, replies come back as IPv6",
    change: withIpv6,
    steps: [
      {
        in: `tcp ${CLIENT}:5000 > ${DUAL}:443 S seq=7 class=3 label=5`,
        gives: "forward new-flow 0",
        out: ["provider/input tcp 10.2.0.10:1024 > 10.2.1.1:8443 S seq=7 tos=3 id=0 ttl=63"],
      },
      {
        side: "provider",
        in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA seq=9 ack=8 tos=4 id=77 fragment=0",
        gives: "forward forwarded 0",
        out: [`consumer/input tcp ${DUAL}:443 > ${CLIENT}:5000 SA seq=9 ack=8 class=4 ttl=63`],
      },
      {
        in: `tcp ${CLIENT}:5000 > ${DUAL}:443 A seq=8 ack=10 data=hello trailer=3`,
        gives: "forward forwarded 0",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 A seq=8 ack=10 data=hello id=0 ttl=63 trailer=3"],
      },
      {
        side: "provider",
        in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 A seq=10 ack=13 data=world options=2 trailer=2",
        gives: "forward forwarded 0",
        out: [`consumer tcp ${DUAL}:443 > ${CLIENT}:5000 A seq=10 ack=13 data=world ttl=63 trailer=2`],
      },
    ],
    counters: {
      endpoints: { dual: { flows: 1, toService: { packets: 2, bytes: 156 }, toConsumer: { packets: 2, bytes: 123 } } },
    },
    check(plane) {
      const [tcp] = plane.flows();
      if (tcp === undefined) throw new Error("There is no flow.");
      const told = [tcp.client, tcp.endpoint, tcp.nat, tcp.backend].join(" ");
      if (told !== "[fd00:1::9]:5000 dual 10.2.0.10:1024 10.2.1.1:8443") throw new Error(told);
    },
  },
  {
    name: "a dual-stack endpoint is one: both of its addresses lead to the same service",
    change: withIpv6,
    steps: [
      {
        in: "tcp 10.1.0.9:5000 > 10.1.0.14:443 S",
        gives: "forward new-flow 0",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S ttl=63"],
      },
      {
        in: `tcp ${CLIENT}:5000 > ${DUAL}:443 S`,
        gives: "forward new-flow 1",
        out: ["provider tcp 10.2.0.10:1025 > 10.2.1.1:8443 S id=0 ttl=63"],
      },
    ],
    counters: { endpoints: { dual: { flows: 2 } } },
  },
  {
    name: "UDP without a checksum: IPv4 may, and the reply gets one",
    change: withIpv6,
    steps: [
      {
        in: `udp ${CLIENT}:5000 > ${DUAL}:53 data=q l4sum=0`,
        gives: "forward new-flow 0",
        out: ["provider udp 10.2.0.10:1024 > 10.2.1.1:5353 data=q l4sum=0 id=0 ttl=63"],
      },
      {
        side: "provider",
        in: "udp 10.2.1.1:5353 > 10.2.0.10:1024 data=answer l4sum=0",
        gives: "forward forwarded 0",
        out: [`consumer udp ${DUAL}:53 > ${CLIENT}:5000 data=answer ttl=63`],
      },
      {
        side: "provider",
        in: "udp 10.2.1.1:5353 > 10.2.0.10:1024 data=answer l4sum=0",
        captured: 45,
        gives: "drop truncated 0",
        out: [],
      },
    ],
    counters: { endpoints: { dual: { drops: { truncated: 1 }, toConsumer: { packets: 1 } } } },
  },
  {
    name: "extension headers stay from 6 to 6 and are left out from 6 to 4",
    change: withIpv6,
    steps: [
      {
        in: `tcp ${CLIENT}:5000 > ${SIX}:443 S ext=0,60,43`,
        gives: "forward new-flow 0",
        out: [`provider tcp ${NAT6}:1024 > ${BACKEND6}:8443 S ext=0,60,43 ttl=63`],
      },
      {
        in: `tcp ${CLIENT}:5000 > ${DUAL}:443 S ext=0,60,43`,
        gives: "forward new-flow 1",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S id=0 ttl=63"],
      },
    ],
  },
  {
    name: "a pending connection, and what comes from nowhere in the network",
    change: withIpv6,
    steps: [
      { in: `tcp ${CLIENT}:5000 > ${PENDING}:443 S`, gives: "drop connection-pending 1000", out: [] },
      { in: `tcp ${CLIENT}:5000 > ${PENDING}:443 S`, gives: "drop connection-pending 1000", out: [] },
      { in: `tcp [2001:db8::1]:5000 > ${SIX}:443 S`, network: "lab", gives: "drop endpoint-unreachable 1001", out: [] },
      { in: `tcp [fd00:1:7::1]:5000 > ${SIX}:443 S`, network: "lab", gives: "forward new-flow 0" },
      { in: `tcp ${CLIENT}:5000 > [fd00:1::99]:443 S`, gives: "pass no-endpoint -1", out: [] },
      { in: `tcp ${SIX}:443 > ${CLIENT}:5000 SA`, gives: "drop spoofed-endpoint -1", out: [] },
    ],
    check(plane) {
      const [flow, denied] = plane.flows();
      if (flow?.client !== "[fd00:1:7::1]:5000" || denied?.client !== "[fd00:1::9]:5000") throw new Error(flow?.client);
    },
  },
  {
    name: "to a NAT address without a flow, and from the wrong remote",
    change: withIpv6,
    steps: [
      { in: `tcp ${CLIENT}:5000 > ${SIX}:443 S`, gives: "forward new-flow 0" },
      { side: "provider", in: `tcp ${BACKEND6}:8443 > ${NAT6}:1025 SA`, gives: "drop no-flow -1", out: [] },
      { side: "provider", in: `tcp [fd00:2::9]:8443 > ${NAT6}:1024 SA`, gives: "drop no-flow -1", out: [] },
      { side: "provider", in: `tcp ${BACKEND6}:8443 > [fd00:2::11]:1024 SA`, gives: "pass no-endpoint -1", out: [] },
      { side: "provider", in: `tcp ${BACKEND6}:8443 > ${NAT6}:1024 SA`, gives: "forward forwarded 0" },
    ],
  },
  {
    name: "a flow that ended gives its addresses back, and the same tuple begins anew",
    change: withIpv6,
    steps: [
      { in: `udp ${CLIENT}:5000 > ${SIX}:53`, gives: "forward new-flow 0" },
      { at: 301 },
      { at: 302, in: `udp [fd00:1::a]:5000 > ${SIX}:53`, gives: "forward new-flow 0" },
      { at: 303, in: `udp ${CLIENT}:5000 > ${SIX}:53`, gives: "forward new-flow 1" },
      {
        at: 304,
        side: "provider",
        in: `udp ${BACKEND6}:5353 > ${NAT6}:1025`,
        gives: "forward forwarded 1",
        out: [`consumer udp ${SIX}:53 > ${CLIENT}:5000 ttl=63`],
      },
    ],
  },
  {
    name: "without an IPv6 address in the configuration it is passed",
    steps: [{ in: `tcp ${CLIENT}:5000 > ${SIX}:443 S`, gives: "pass ipv6 -1", out: [] }],
  },
]);

const hello = clientHello(OWN);
const identified = (configuration: Configuration): void => {
  withIpv6(configuration);
  identifying("tls")(configuration);
};

table(
  "IPv6 behind a rule that identifies",
  (
    [
      [DUAL, "10.2.0.10", "10.2.1.1", "6 to 4"],
      [SIX, NAT6, BACKEND6, "6 to 6"],
    ] as const
  ).map(([endpoint, nat, backend, families]) => ({
    name: `${families}: the flow goes on behind its first message`,
    change: identified,
    steps: [
      { in: `tcp ${CLIENT}:5000 > ${endpoint}:443 S seq=100`, gives: "forward new-flow 0" },
      { side: "provider" as const, in: `tcp ${backend}:8443 > ${nat}:1024 SA seq=900 ack=101` },
      { in: `tcp ${CLIENT}:5000 > ${endpoint}:443 A seq=101 ack=901` },
      {
        in: `tcp ${CLIENT}:5000 > ${endpoint}:443 PA seq=101 ack=901 hex=${hexOf(hello)}`,
        gives: "forward forwarded 0",
      },
      {
        side: "provider" as const,
        in: `tcp ${backend}:8443 > ${nat}:1024 PA seq=901 ack=${101 + hello.length} data=hello`,
        gives: "forward forwarded 0",
        out: [`consumer tcp ${endpoint}:443 > ${CLIENT}:5000 PA seq=901 ack=${101 + hello.length} data=hello ttl=63`],
      },
      { in: `tcp ${CLIENT}:5000 > ${endpoint}:443 A seq=${101 + hello.length} ack=906`, gives: "forward forwarded 0" },
    ],
  })),
);
