// What the plane itself sends about IPv6 packets, sizes, captured replies and PROXY headers (docs/behaviour.md, 23.3 to 23.5).

import type { Configuration } from "../../host/config/configuration.ts";
import { errorAbout6, message6 } from "./icmp-kit.ts";
import { BACKEND6, CLIENT, DUAL, NAT6, SIX, withIpv6 } from "./ipv6-kit.ts";
import { table } from "./table.ts";

const SYN = `tcp ${CLIENT}:5000 > ${SIX}:443 S`;

/** An ICMPv6 error about a packet, as the text of a packet. */
const error = (from: string, to: string, type: number, rest: number, about: string, words = ""): string =>
  errorAbout6(`${from} > ${to} ${words}`.trim(), about, { type, rest });

/** PROXY header of the client at the dual-stack endpoint, whose connection has number 12. */
const HEADER = [
  "0d0a0d0a000d0a515549540a2121002c",
  "fd000001000000000000000000000009",
  "fd000001000000000000000000000004",
  "138801bb",
  "ee0005010c000000",
].join("");

const swapped = "to=020000000001 from=020000000002 ";

const proxied = (configuration: Configuration): void => {
  withIpv6(configuration);
  for (const service of configuration.privateLinkServices) service.enableProxyProtocol = true;
  for (const endpoint of configuration.privateEndpoints)
    endpoint.linkIdentifier = 7 + configuration.privateEndpoints.indexOf(endpoint);
};

const resetting = (configuration: Configuration): void => {
  withIpv6(configuration);
  for (const { loadBalancingRules } of configuration.loadBalancers)
    for (const rule of loadBalancingRules) rule.enableTcpReset = true;
};

table("IPv6: what the plane sends", [
  {
    name: "resets of 6 to 6 and 6 to 4 are of the family of each side",
    change: resetting,
    steps: [
      { in: SYN, gives: "forward new-flow 0" },
      { side: "provider", in: `tcp ${BACKEND6}:8443 > ${NAT6}:1024 SA seq=9 ack=1`, gives: "forward forwarded 0" },
      { in: `tcp ${CLIENT}:5000 > ${SIX}:443 A seq=1 ack=10` },
      { in: `tcp ${CLIENT}:5000 > ${DUAL}:443 S`, gives: "forward new-flow 1" },
      { side: "provider", in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA seq=9 ack=1", gives: "forward forwarded 1" },
      { in: `tcp ${CLIENT}:5000 > ${DUAL}:443 A seq=1 ack=10` },
      {
        at: 400,
        out: [
          `consumer/timer tcp ${SIX}:443 > ${CLIENT}:5000 RA seq=10 ack=1 ${swapped.trim()}`,
          `provider/timer tcp ${NAT6}:1024 > ${BACKEND6}:8443 RA seq=1 ack=10`,
          `consumer/timer tcp ${DUAL}:443 > ${CLIENT}:5000 RA seq=10 ack=1 ${swapped.trim()}`,
          "provider/timer tcp 10.2.0.10:1024 > 10.2.1.1:8443 RA seq=1 ack=10 id=0",
        ],
      },
    ],
    counters: { generated: { reset: 4 } },
  },
  {
    name: "a hop limit that has run out is told of, with as much of the packet as fits",
    settings: { icmpTimeExceeded: true },
    change: withIpv6,
    steps: [
      {
        in: `${SYN} ttl=1`,
        gives: "drop ttl-expired -1",
        out: [`consumer/answer ${error(SIX, CLIENT, 3, 0, `${SYN} ttl=1`, swapped)}`],
      },
      {
        in: `${SYN} ttl=0 data=${"x".repeat(1300)}`,
        gives: "drop ttl-expired -1",
        out: [`consumer/answer ${error(SIX, CLIENT, 3, 0, `${SYN} ttl=0 data=${"x".repeat(1300)}`, swapped)}`],
      },
      { in: `tcp [::1]:5000 > ${SIX}:443 S ttl=1`, gives: "drop ttl-expired -1", out: [] },
      { in: `tcp [ff02::1]:5000 > ${SIX}:443 S ttl=1`, gives: "drop ttl-expired -1", out: [] },
      { in: `tcp [::]:5000 > ${SIX}:443 S ttl=1`, gives: "drop ttl-expired -1", out: [] },
      { in: `${SYN} ttl=1 to=333300000001`, gives: "drop ttl-expired -1", out: [] },
    ],
    counters: { generated: { icmp: 2 } },
  },
  {
    name: "has no routing header, whatever the packet that it is about had (RFC 8200, 8.4)",
    settings: { icmpTimeExceeded: true, icmpEcho: "answer" },
    change: withIpv6,
    steps: [
      {
        in: `${SYN} ttl=1 ext=43`,
        gives: "drop ttl-expired -1",
        out: [`consumer/answer ${error(SIX, CLIENT, 3, 0, `${SYN} ttl=1 ext=43`, swapped)}`],
      },
      {
        in: `${message6(`${CLIENT} > ${SIX}`, 128, 0, 1, Uint8Array.of(7))} ext=43`,
        gives: "drop icmp-echo -1",
        out: [`consumer/answer ${message6(`${SIX} > ${CLIENT}`, 129, 0, 1, Uint8Array.of(7))} ${swapped.trim()}`],
      },
    ],
    counters: { generated: { icmp: 2 } },
  },
  {
    name: "packets that are too big as they leave; senders are told in their own terms",
    settings: { packetTooBig: "answer" },
    change(configuration) {
      withIpv6(configuration);
      for (const network of configuration.virtualNetworks) network.mtu = 1300;
    },
    steps: [
      { in: `${SYN} data=${"x".repeat(1240)}`, gives: "forward new-flow 0" },
      {
        in: `${SYN} data=${"x".repeat(1241)}`,
        gives: "drop packet-too-big 0",
        out: [`consumer/answer ${error(SIX, CLIENT, 2, 1300, `${SYN} data=${"x".repeat(1241)}`, swapped)}`],
      },
      { in: `tcp ${CLIENT}:5000 > ${DUAL}:443 S data=${"x".repeat(1260)}`, gives: "forward new-flow 1" },
      {
        in: `tcp ${CLIENT}:5000 > ${DUAL}:443 S data=${"x".repeat(1261)}`,
        gives: "drop packet-too-big 1",
        out: [
          `consumer/answer ${error(DUAL, CLIENT, 2, 1320, `tcp ${CLIENT}:5000 > ${DUAL}:443 S data=${"x".repeat(1261)}`, swapped)}`,
        ],
      },
      {
        side: "provider",
        in: `tcp 10.2.1.1:8443 > 10.2.0.10:1024 A fragment=0 data=${"x".repeat(1240)}`,
        gives: "forward forwarded 1",
      },
      {
        side: "provider",
        in: `tcp 10.2.1.1:8443 > 10.2.0.10:1024 A fragment=0 data=${"x".repeat(1241)}`,
        gives: "drop packet-too-big 1",
      },
    ],
  },
  {
    name: "whatever a network takes, nobody is told less than 1,280 bytes",
    settings: { packetTooBig: "answer" },
    change(configuration) {
      withIpv6(configuration);
      for (const network of configuration.virtualNetworks) network.mtu = 1000;
    },
    steps: [
      {
        in: `${SYN} data=${"x".repeat(941)}`,
        gives: "drop packet-too-big -1",
        out: [`consumer/answer ${error(SIX, CLIENT, 2, 1280, `${SYN} data=${"x".repeat(941)}`, swapped)}`],
      },
      {
        in: `tcp ${CLIENT}:5000 > ${DUAL}:443 S data=${"x".repeat(961)}`,
        gives: "drop packet-too-big -1",
        out: [
          `consumer/answer ${error(DUAL, CLIENT, 2, 1280, `tcp ${CLIENT}:5000 > ${DUAL}:443 S data=${"x".repeat(961)}`, swapped)}`,
        ],
      },
    ],
  },
  {
    name: "MSS: sixty bytes of headers where the side is IPv6",
    settings: { clampMss: true },
    change: withIpv6,
    steps: [
      {
        in: `${SYN} offset=6 hex=020405b4`,
        gives: "forward new-flow 0",
        out: [`provider tcp ${NAT6}:1024 > ${BACKEND6}:8443 S offset=6 hex=020405a0 ttl=63`],
      },
      {
        in: `tcp ${CLIENT}:5000 > ${DUAL}:443 S offset=6 hex=020405b4`,
        gives: "forward new-flow 1",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S offset=6 hex=020405a0 id=0 ttl=63"],
      },
    ],
  },
  {
    name: "captured replies are turned back, 6 to 6 and 6 to 4",
    settings: { endpointSources: "admit" },
    change: withIpv6,
    steps: [
      { side: "captured", network: "shop", in: SYN, gives: "forward new-flow 0" },
      {
        side: "captured",
        network: "shop",
        in: `tcp ${SIX}:443 > ${CLIENT}:5000 SA seq=3 label=9 ttl=60`,
        gives: "forward forwarded 0",
        out: [`provider tcp ${BACKEND6}:8443 > ${NAT6}:1024 SA seq=3 label=9 ttl=61`],
      },
      { side: "captured", network: "shop", in: `tcp ${CLIENT}:5000 > ${DUAL}:443 S`, gives: "forward new-flow 1" },
      {
        side: "captured",
        network: "shop",
        in: `tcp ${DUAL}:443 > ${CLIENT}:5000 SA seq=3 class=2 ttl=60`,
        gives: "forward forwarded 1",
        out: ["provider tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA seq=3 tos=2 id=0 ttl=61"],
      },
      {
        side: "captured",
        network: "shop",
        in: `tcp ${DUAL}:443 > ${CLIENT}:5000 A ttl=255`,
        gives: "drop reply-unmatched -1",
      },
      {
        side: "captured",
        network: "shop",
        in: `tcp ${DUAL}:443 > ${CLIENT}:5001 A ttl=60`,
        gives: "drop reply-unmatched -1",
      },
      {
        side: "captured",
        network: "shop",
        in: `icmp6 ${DUAL} > ${CLIENT} hex=0100000000000000`,
        gives: "drop icmp-malformed -1",
      },
    ],
    counters: {
      endpoints: { dual: { toConsumer: { packets: 1 }, drops: { "icmp-malformed": 1, "reply-unmatched": 2 } } },
    },
  },
  {
    name: "PROXY headers bear IPv6 addresses, to servers of either family",
    change: proxied,
    steps: [
      { in: `tcp ${CLIENT}:5000 > ${DUAL}:443 S seq=10`, gives: "forward new-flow 0" },
      { side: "provider", in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA seq=20 ack=11", gives: "forward forwarded 0" },
      {
        in: `tcp ${CLIENT}:5000 > ${DUAL}:443 A seq=11 ack=21`,
        gives: "forward forwarded 0",
        out: [`provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 A seq=11 ack=21 id=0 ttl=63 hex=${HEADER}`],
      },
      {
        in: `tcp ${CLIENT}:5000 > ${DUAL}:443 A seq=11 ack=21 data=hi`,
        gives: "forward forwarded 0",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 A seq=71 ack=21 data=hi id=0 ttl=63"],
      },
    ],
    counters: { generated: { proxyHeader: 1 } },
  },
]);
