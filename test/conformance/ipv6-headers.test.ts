// What an IPv6 header and the extension headers behind it may be (docs/behaviour.md, 23.1).

import { assert } from "../kit.ts";
import { BACKEND6, CLIENT, NAT6, SIX, withIpv6 } from "./ipv6-kit.ts";
import { frameOf } from "./packet.ts";
import { type Step, table } from "./table.ts";

const SYN = `tcp ${CLIENT}:5000 > ${SIX}:443 S`;
const eight = Array.from({ length: 8 }, () => "60").join(",");

table("IPv6 headers", [
  {
    name: "eight extension headers are stepped over, the ninth is not",
    change: withIpv6,
    steps: [
      {
        in: `${SYN} ext=${eight}`,
        gives: "forward new-flow 0",
        out: [`provider tcp ${NAT6}:1024 > ${BACKEND6}:8443 S ext=${eight} ttl=63`],
      },
      { in: `${SYN} ext=60,${eight}`, gives: "drop ipv6-extension -1", out: [] },
    ],
  },
  {
    name: "hop-by-hop options come first, routes end here, lengths stay within the packet",
    change: withIpv6,
    steps: [
      { in: `${SYN} ext=60,0`, gives: "drop ipv6-extension -1", out: [] },
      { in: `${SYN} ext=43 segments=1`, gives: "drop ipv6-extension -1", out: [] },
      { in: `${SYN} ext=43`, gives: "forward new-flow 0" },
      { in: `${SYN} ext=60 payload=7`, gives: "drop ipv6-extension -1", out: [] },
      { in: `${SYN} ext=60`, captured: 14 + 40 + 7, gives: "drop truncated -1", out: [] },
      // A hundred times eight bytes of options that are not there.
      { in: `icmp6 ${CLIENT} > ${SIX} next=60 hex=0664000000000000`, gives: "drop ipv6-extension -1", out: [] },
    ],
  },
  {
    name: "a header that is cut, of another version, or says more than there is",
    change: withIpv6,
    steps: [
      { in: SYN, captured: 14 + 39, gives: "drop truncated -1", out: [] },
      { in: SYN, captured: 14 + 40, gives: "drop truncated -1", out: [] },
      { in: `${SYN} payload=21`, gives: "drop bad-ip-length -1", out: [] },
      { in: `${SYN} payload=19`, gives: "drop bad-tcp-header -1", out: [] },
      { in: `udp ${CLIENT}:5000 > ${SIX}:53 udplength=9`, gives: "drop bad-udp-length -1", out: [] },
      {
        in: `${SYN} payload=0`,
        gives: "forward new-flow 0",
        out: [`provider tcp ${NAT6}:1024 > ${BACKEND6}:8443 S payload=0 ttl=63`],
      },
    ],
  },
  {
    name: "fragments, ICMPv6, tunnels and other protocols to an endpoint",
    change: withIpv6,
    steps: [
      { in: `icmp6 ${CLIENT} > ${SIX} next=44 hex=3b00000100000001`, gives: "drop fragment -1", out: [] },
      { in: `icmp6 ${CLIENT} > ${SIX} hex=8000000000010001`, gives: "drop icmp-echo -1", out: [] },
      { in: `icmp6 ${CLIENT} > ${SIX} next=50`, gives: "drop protocol -1", out: [] },
      { in: `icmp6 ${CLIENT} > ${SIX} next=1`, gives: "drop protocol -1", out: [] },
      { in: `icmp6 ${CLIENT} > ${SIX} next=41`, gives: "drop protocol -1", out: [] },
      { in: `icmp6 ${CLIENT} > [fd00:1::99] next=41`, gives: "pass tunnel -1", out: [] },
      { in: `icmp6 ${CLIENT} > [fd00:1::99] next=44`, gives: "pass no-endpoint -1", out: [] },
    ],
    counters: { endpoints: { six: { drops: { fragment: 1, "icmp-echo": 1, protocol: 3 } } } },
  },
  {
    name: "no next header, authentication, mobility and kinds that nobody knows end the chain: no protocol of a flow",
    change: withIpv6,
    steps: [59, 51, 135, 139, 140, 253].flatMap((next): Step[] => [
      { in: `icmp6 ${CLIENT} > ${SIX} next=${next}`, gives: "drop protocol -1", out: [] },
      { in: `icmp6 ${CLIENT} > ${SIX} ext=60 next=${next}`, gives: "drop protocol -1", out: [] },
      { in: `icmp6 ${CLIENT} > [fd00:1::99] next=${next}`, gives: "pass no-endpoint -1", out: [] },
    ]),
    counters: { endpoints: { six: { drops: { protocol: 12 } } }, generated: { icmp: 0 } },
  },
  {
    name: "options are not read, those that ask to be dropped where nobody knows them neither",
    change: withIpv6,
    steps: [0, 60].flatMap((kind) =>
      [0x1e, 0x5e, 0x9e, 0xde, 0x05, 0xc2].map((option) => ({
        frame: frameOf(`${SYN} ext=${kind}`).fill(option, 14 + 40 + 2, 14 + 40 + 3),
        gives: kind === 0 && option === 0x1e ? "forward new-flow 0" : "forward forwarded 0",
      })),
    ),
    check: (plane) => assert.is(plane.counters().reasons.forwarded, 11),
  },
  {
    name: "neighbours and multicast listeners speak of their link alone",
    change: withIpv6,
    steps: [
      { in: `icmp6 ${CLIENT} > ${SIX} ttl=255 hex=87000000000000000000000000000000`, gives: "pass ipv6 -1", out: [] },
      { in: `icmp6 ${CLIENT} > [ff02::16] ttl=1 ext=0 hex=8f00000000000000`, gives: "pass ipv6 -1", out: [] },
      {
        side: "provider",
        in: `icmp6 ${BACKEND6} > ${NAT6} ttl=255 hex=8800000000000000`,
        gives: "pass ipv6 -1",
        out: [],
      },
    ],
  },
  {
    name: "on every link type, and in VLANs",
    change: withIpv6,
    steps: [
      {
        link: "raw",
        in: SYN,
        gives: "forward new-flow 0",
        out: [`provider tcp ${NAT6}:1024 > ${BACKEND6}:8443 S ttl=63`],
      },
      {
        link: "null",
        in: SYN,
        gives: "forward forwarded 0",
        out: [`provider tcp ${NAT6}:1024 > ${BACKEND6}:8443 S ttl=63`],
      },
      {
        link: "sll",
        in: SYN,
        gives: "forward forwarded 0",
        out: [`provider tcp ${NAT6}:1024 > ${BACKEND6}:8443 S ttl=63`],
      },
      {
        link: "sll2",
        in: SYN,
        gives: "forward forwarded 0",
        out: [`provider tcp ${NAT6}:1024 > ${BACKEND6}:8443 S ttl=63`],
      },
      {
        network: "provider",
        in: `${SYN} vlan=10`,
        gives: "forward forwarded 0",
        out: [`provider tcp ${NAT6}:1024 > ${BACKEND6}:8443 S ttl=63 vlan=10`],
      },
    ],
  },
]);
