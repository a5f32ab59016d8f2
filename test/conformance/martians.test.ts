// Sources that no packet between networks has (docs/behaviour.md, section 3, step 8; RFC 1812, 5.3.7; RFC 3927, 2.6.2; RFC 4291, 2.5).

import { CLIENT, SIX, withIpv6 } from "./ipv6-kit.ts";
import { type Step, table } from "./table.ts";

const DROPPED = "drop martian-source -1";
const OPENED = "forward new-flow";
const from = (source: string, gives: string, rest = "S"): Step => ({
  in: `tcp ${source}:5000 > 10.1.0.4:443 ${rest}`,
  gives,
  ...(gives === DROPPED ? { out: [] } : {}),
});
const from6 = (source: string, gives: string): Step => ({
  in: `tcp [${source}]:5000 > ${SIX}:443 S`,
  gives,
  ...(gives === DROPPED ? { out: [] } : {}),
});

table("A martian source", [
  {
    name: "opens no flow and leaves no denied one: this network, the link, multicast, broadcast",
    steps: [
      from("0.0.0.0", DROPPED),
      from("0.255.255.255", DROPPED),
      from("169.254.0.0", DROPPED),
      from("169.254.255.255", DROPPED),
      from("224.0.0.1", DROPPED),
      from("239.255.255.255", DROPPED),
      from("255.255.255.255", DROPPED),
      { in: "udp 169.254.0.1:5000 > 10.1.0.4:53", gives: DROPPED, out: [] },
    ],
    counters: {
      reasons: { "martian-source": 8 },
      endpoints: { "shop-approved": { drops: { "martian-source": 8 } } },
      flows: { active: 0, denied: 0 },
    },
  },
  {
    name: "is none of the addresses beside them, nor of 240.0.0.0/4, which some clouds give to hosts, nor loopback, which captures have",
    steps: [
      "1.0.0.0",
      "126.255.255.255",
      "127.0.0.1",
      "128.0.0.0",
      "169.253.255.255",
      "169.255.0.0",
      "223.255.255.255",
      "240.0.0.0",
      "255.255.255.254",
    ].map((source) => from(source, OPENED)),
    counters: { flows: { active: 9 } },
  },
  {
    name: "of IPv6 is none, multicast, or of a link",
    change: withIpv6,
    steps: [
      ...["::", "ff02::1", "ff0e::9", "fe80::1", "febf:ffff::1"].map((source) => from6(source, DROPPED)),
      ...["::1", "::2", "0:0:0:1::", "fe7f::1", "fec0::1", "fc00::1"].map((source) => from6(source, OPENED)),
    ],
    counters: { reasons: { "martian-source": 5 }, flows: { active: 6, denied: 0 } },
  },
  {
    name: "is judged before reach and the connection, and behind what every packet must have",
    steps: [
      { in: "tcp 169.254.0.1:5000 > 10.1.0.5:443 S", gives: DROPPED },
      { in: "tcp 169.254.0.1:5000 > 10.1.0.4:443 S", network: "lab", gives: DROPPED },
      from("169.254.0.1", "drop ttl-expired -1", "S ttl=1"),
      { in: "tcp 169.254.0.1:5000 > 10.9.9.9:443 S", gives: "pass no-endpoint -1" },
    ],
  },
  {
    name: "opens none with the first fragment of a datagram either",
    steps: [
      { in: "udp 169.254.0.1:5000 > 10.1.0.4:53 data=12345678 id=7 frag=0+", gives: DROPPED, out: [] },
      { in: `tcp ${CLIENT}:5000 > ${SIX}:443 S`, gives: "pass ipv6 -1" },
    ],
  },
]);
