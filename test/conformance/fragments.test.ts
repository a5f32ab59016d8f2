import { assert } from "../kit.ts";
import {
  ANSWER,
  ASKED,
  CAPTURED_ANSWER,
  captured,
  HANDSHAKE,
  held,
  provider,
  QUERY,
  REQUEST,
  RESPONSE,
} from "./fragment-kit.ts";
import { table } from "./table.ts";

table("Fragments in order", [
  {
    name: "of a request open a flow and follow it; the checksum follows in the first one alone",
    steps: [
      { in: QUERY.in("0-16"), gives: "forward new-flow 0", out: [QUERY.out("0-16")] },
      { in: QUERY.in("16-32"), gives: "forward forwarded 0", out: [QUERY.out("16-32")] },
      { in: QUERY.in("32-"), gives: "forward forwarded 0", out: [QUERY.out("32-")] },
    ],
    counters: {
      reasons: { "new-flow": 1, forwarded: 2 },
      names: { held: 0 },
      endpoints: { "shop-approved": { flows: 1, toService: { packets: 3, bytes: 3 * 34 + 40 }, drops: {} } },
      backends: { "balancer/pool/10.2.1.1": { toService: { packets: 3, bytes: 3 * 34 + 40 } } },
    },
    check: (plane) => assert.equal(plane.flows()[0]?.toService, { packets: 3, bytes: 142 }),
  },
  {
    name: "of an answer",
    steps: [
      ...ASKED,
      { in: ANSWER.in("0-8"), ...provider, gives: "forward forwarded 0", out: [ANSWER.out("0-8")] },
      { in: ANSWER.in("8-24"), ...provider, gives: "forward forwarded 0", out: [ANSWER.out("8-24")] },
      { in: ANSWER.in("24-"), ...provider, gives: "forward forwarded 0", out: [ANSWER.out("24-")] },
    ],
    counters: {
      endpoints: { "shop-approved": { toService: { packets: 1 }, toConsumer: { packets: 3, bytes: 142 } } },
      backends: { "balancer/pool/10.2.1.1": { toConsumer: { packets: 3, bytes: 142 } } },
    },
  },
  {
    name: "of TCP, both directions: the first one's flags and numbers count",
    change: ({ loadBalancers }) => {
      for (const rule of loadBalancers[0]?.loadBalancingRules ?? []) rule.enableTcpReset = true;
    },
    steps: [
      ...HANDSHAKE,
      { in: REQUEST.in("0-24"), gives: "forward forwarded 0", out: [REQUEST.out("0-24")] },
      { in: REQUEST.in("24-48"), gives: "forward forwarded 0", out: [REQUEST.out("24-48")] },
      { in: REQUEST.in("48-"), gives: "forward forwarded 0", out: [REQUEST.out("48-")] },
      { in: RESPONSE.in("0-32"), ...provider, gives: "forward forwarded 0", out: [RESPONSE.out("0-32")] },
      { in: RESPONSE.in("32-"), ...provider, gives: "forward forwarded 0", out: [RESPONSE.out("32-")] },
      {
        at: 301,
        out: [
          // What the client sent ends 4 bytes into the segment, as far as the first fragment shows.
          "consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 RA seq=901 ack=105 id=0 from=020000000002 to=020000000001",
          "provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 RA seq=101 ack=913 id=0",
        ],
      },
    ],
  },
  {
    name: "of captured replies leave on the provider's side with TTL one more, TTL 1 too",
    steps: [
      { in: QUERY.in("0-16"), ...captured, gives: "forward new-flow 0", out: [QUERY.out("0-16")] },
      { in: QUERY.in("16-"), ...captured, gives: "forward forwarded 0", out: [QUERY.out("16-")] },
      {
        in: CAPTURED_ANSWER.in("0-16"),
        ...captured,
        gives: "forward forwarded 0",
        out: [CAPTURED_ANSWER.out("0-16", "ttl=65")],
      },
      {
        in: CAPTURED_ANSWER.in("16-", "ttl=1"),
        ...captured,
        gives: "forward forwarded 0",
        out: [CAPTURED_ANSWER.out("16-", "ttl=2")],
      },
    ],
    counters: {
      endpoints: { "shop-approved": { toService: { packets: 2 }, toConsumer: { packets: 2, bytes: 2 * 34 + 40 } } },
    },
  },
  {
    name: "of a datagram that is complete: the next one may have its identification at once",
    steps: [
      { in: QUERY.in("0-16"), gives: "forward new-flow 0" },
      { in: QUERY.in("16-"), gives: "forward forwarded 0" },
      { in: QUERY.in("0-16"), gives: "forward forwarded 0", out: [QUERY.out("0-16")] },
      { in: QUERY.in("16-"), gives: "forward forwarded 0" },
    ],
  },
]);

table("Fragments out of order", [
  {
    name: "are held until the first one comes, and leave behind it as they came",
    steps: [
      { in: QUERY.in("32-", "ttl=20"), gives: "held awaiting-fragment -1", out: [] },
      { at: 1, in: QUERY.in("16-32"), gives: "held awaiting-fragment -1", out: [] },
      {
        at: 1.5,
        in: QUERY.in("0-16"),
        gives: "forward new-flow 0",
        out: [QUERY.out("0-16"), held(QUERY.out("32-", "ttl=19")), held(QUERY.out("16-32"))],
      },
    ],
    counters: {
      reasons: { "new-flow": 1, forwarded: 2, "awaiting-fragment": undefined },
      endpoints: { "shop-approved": { toService: { packets: 3, bytes: 142 }, drops: {} } },
      backends: { "balancer/pool/10.2.1.1": { toService: { packets: 3, bytes: 142 } } },
    },
    check: (plane) => assert.is(plane.flows()[0]?.lastSeen, 1_500_000_000n),
  },
  {
    name: "are no more held than needed: behind the first one they leave at once",
    steps: [
      { in: QUERY.in("24-32"), gives: "held awaiting-fragment -1" },
      { in: QUERY.in("0-16"), gives: "forward new-flow 0", out: [QUERY.out("0-16"), held(QUERY.out("24-32"))] },
      { in: QUERY.in("32-"), gives: "forward forwarded 0", out: [QUERY.out("32-")] },
      { in: QUERY.in("16-24"), gives: "forward forwarded 0", out: [QUERY.out("16-24")] },
      // Complete, so gone.
      { in: QUERY.in("16-24"), gives: "held awaiting-fragment -1" },
    ],
    counters: { reasons: { "awaiting-fragment": 1 }, names: { held: 0 } },
  },
  {
    name: "of an answer, of a TCP segment and of a captured answer",
    steps: [
      ...ASKED,
      { in: ANSWER.in("16-"), ...provider, gives: "held awaiting-fragment -1", out: [] },
      {
        in: ANSWER.in("0-16"),
        ...provider,
        gives: "forward forwarded 0",
        out: [ANSWER.out("0-16"), held(ANSWER.out("16-"))],
      },
      { in: CAPTURED_ANSWER.in("16-", "ttl=9"), ...captured, gives: "held awaiting-fragment -1", out: [] },
      {
        in: CAPTURED_ANSWER.in("0-16", "ttl=9"),
        ...captured,
        gives: "forward forwarded 0",
        out: [CAPTURED_ANSWER.out("0-16", "ttl=10"), held(CAPTURED_ANSWER.out("16-", "ttl=10"))],
      },
    ],
    counters: { endpoints: { "shop-approved": { toConsumer: { packets: 4, bytes: 2 * (2 * 34 + 40) } } } },
  },
  {
    name: "of a segment",
    steps: [
      ...HANDSHAKE,
      { in: REQUEST.in("24-"), gives: "held awaiting-fragment -1" },
      {
        in: REQUEST.in("0-24"),
        gives: "forward forwarded 0",
        out: [REQUEST.out("0-24"), held(REQUEST.out("24-"))],
      },
    ],
  },
  {
    name: "are told apart by identification, protocol, addresses, network and side",
    steps: [
      { in: QUERY.in("16-"), gives: "held awaiting-fragment -1" },
      { in: QUERY.in("0-16", "id=6"), gives: "forward new-flow 0", out: [QUERY.out("0-16", "id=6")] },
      { in: `${QUERY.in("0-24").replace("udp", "tcp").replace(":53", ":443")} S`, gives: "forward new-flow 1" },
      { in: QUERY.in("0-16").replace("10.1.0.9", "10.1.0.8"), gives: "forward new-flow 2" },
      { in: QUERY.in("0-16"), network: "lab", gives: "forward new-flow 3" },
      { in: QUERY.in("0-16"), gives: "forward forwarded 0", out: [QUERY.out("0-16"), held(QUERY.out("16-"))] },
    ],
  },
]);

table("What fragments keep and lose", [
  {
    name: "options, type of service, trailer and don't-fragment stay",
    steps: ["0-16", "16-"].map((cut) => {
      const words = "options=2 tos=184 trailer=6 fragment=0x4000";
      return { in: QUERY.in(cut, words), out: [QUERY.out(cut, words)] };
    }),
  },
  {
    name: "a total length of 0 stands for what is on the wire",
    steps: [
      { in: QUERY.in("16-", "total=0"), gives: "held awaiting-fragment -1" },
      {
        in: QUERY.in("0-16", "total=0"),
        gives: "forward new-flow 0",
        out: [QUERY.out("0-16", "total=0"), held(QUERY.out("16-", "total=0"))],
      },
    ],
    counters: { endpoints: { "shop-approved": { toService: { packets: 2, bytes: 108 } } } },
  },
  {
    name: "a UDP checksum of 0 stays 0, a wrong one wrong; later ones have none",
    steps: [
      { in: QUERY.in("0-16", "l4sum=0"), out: [QUERY.out("0-16", "l4sum=0")] },
      { in: QUERY.in("16-", "l4sum=0"), out: [QUERY.out("16-", "l4sum=0")] },
    ],
  },
  {
    name: "what is not captured is not held either",
    steps: [
      { in: QUERY.in("16-"), captured: 36, gives: "held awaiting-fragment -1" },
      { in: QUERY.in("0-16"), captured: 42, gives: "forward new-flow 0" },
      { in: QUERY.in("0-16", "id=6"), captured: 42, gives: "forward forwarded 0", out: [QUERY.out("0-16", "id=6")] },
      {
        in: QUERY.in("16-", "id=6"),
        captured: 34,
        gives: "forward forwarded 0",
        out: [QUERY.out("16-", "id=6")],
      },
    ],
    counters: { endpoints: { "shop-approved": { toService: { packets: 4, bytes: 216 } } } },
  },
  {
    name: "VLAN tags stay, and MAC addresses are as in any packet of the flow",
    change: ({ loadBalancers, privateLinkServices }) => {
      Object.assign(loadBalancers[0]?.backendAddressPools[0]?.backends[0] ?? {}, { macAddress: "02:00:00:00:00:bb" });
      Object.assign(privateLinkServices[0] ?? {}, { macAddress: "02:00:00:00:00:aa" });
    },
    steps: [
      { in: QUERY.in("24-", "vlan=10"), gives: "held awaiting-fragment -1" },
      {
        in: QUERY.in("0-16", "vlan=10"),
        out: [
          QUERY.out("0-16", "vlan=10 to=0200000000bb from=0200000000aa"),
          held(QUERY.out("24-", "vlan=10 to=0200000000bb from=0200000000aa")),
        ],
      },
      { in: QUERY.in("16-24", "vlan=10"), out: [QUERY.out("16-24", "vlan=10 to=0200000000bb from=0200000000aa")] },
      ...["0-16", "16-"].map((cut) => ({
        in: ANSWER.in(cut, "vlan=7 to=0200000000aa from=0200000000bb"),
        ...provider,
        out: [ANSWER.out(cut, "vlan=7 to=020000000001 from=020000000002")],
      })),
    ],
  },
  {
    name: "frames without MAC addresses",
    steps: ["16-", "0-16"].map((cut, i) => ({
      in: QUERY.in(cut),
      link: "raw" as const,
      out: i === 0 ? [] : [QUERY.out("0-16"), held(QUERY.out("16-"))],
    })),
  },
  {
    name: "the MSS of a SYN in a first fragment is lowered",
    settings: { clampMss: true },
    change: ({ virtualNetworks }) => {
      for (const network of virtualNetworks) network.mtu = 900;
    },
    steps: [
      {
        in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 S offset=6 hex=020405b4aabbccddeeff cut=0-24",
        gives: "forward new-flow 0",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S offset=6 hex=0204035caabbccddeeff cut=0-24 ttl=63"],
      },
    ],
  },
  {
    name: "a later one refreshes its flow",
    steps: [
      { in: QUERY.in("0-16"), gives: "forward new-flow 0" },
      { at: 1.9, in: QUERY.in("16-24"), gives: "forward forwarded 0" },
      { at: 301, in: "udp 10.2.1.1:5353 > 10.2.0.10:1024", ...provider, gives: "forward forwarded 0" },
    ],
  },
]);
