import type { Configuration } from "../../host/config/configuration.ts";
import { BACKEND6, CLIENT, DUAL, NAT6, SIX, withIpv6 } from "./ipv6-kit.ts";
import { type Step, table } from "./table.ts";

const client = (rest: string): string => `tcp 10.1.0.9:5000 > 10.1.0.4:443 ${rest}`;
const server = (rest: string): string => `tcp 10.2.1.1:8443 > 10.2.0.10:1024 ${rest}`;
const toClient = (rest: string): string =>
  `consumer/answer tcp 10.1.0.4:443 > 10.1.0.9:5000 ${rest} id=0 to=020000000001 from=020000000002`;
const handshake: Step[] = [
  { in: client("S seq=100"), gives: "forward new-flow 0" },
  { in: server("SA seq=900 ack=101"), side: "provider" },
  { in: client("A seq=101 ack=901"), gives: "forward forwarded 0" },
];
const resetting = ({ loadBalancers }: Configuration): void => {
  for (const rule of loadBalancers[0]?.loadBalancingRules ?? []) rule.enableTcpReset = true;
};

table("A late packet of a flow that timed out, where its rule has enableTcpReset", [
  {
    name: "is answered with an RST in sequence, each time, as long as it is remembered",
    change: resetting,
    steps: [
      ...handshake,
      { at: 310 },
      {
        at: 311,
        in: client("PA seq=101 ack=901 data=hello"),
        gives: "drop flow-expired 1000",
        out: [toClient("RA seq=901 ack=106")],
      },
      { at: 312, in: client("F seq=106"), gives: "drop flow-expired 1000", out: [toClient("RA seq=0 ack=107")] },
    ],
    counters: { generated: { reset: 4 }, flows: { denied: 1, expired: 1 }, reasons: { "flow-expired": 2 } },
  },
  {
    name: "is remembered while refused tuples keep half of maxDenied",
    settings: { maxDenied: 2 },
    change: resetting,
    steps: [
      ...handshake,
      { in: client("S seq=100").replace("5000", "5001") },
      { in: server("SA seq=900 ack=101").replace("1024", "1025"), side: "provider" },
      { in: client("A seq=101 ack=901").replace("5000", "5001") },
      { at: 310 },
      { at: 311, in: client("A seq=101 ack=901").replace("5000", "5001"), gives: "drop mid-stream 1001" },
      { at: 311, in: client("A seq=101 ack=901"), gives: "drop flow-expired 1000" },
    ],
    counters: { flows: { denied: 2, expired: 2 } },
  },
  {
    name: "was judged by the configuration that judged its flow: another one judges anew",
    change: resetting,
    steps: [
      ...handshake,
      {
        at: 299,
        apply: ({ privateEndpoints }) => Object.assign(privateEndpoints[0] as object, { connectionState: "Rejected" }),
      },
      { at: 310, in: client("A seq=101 ack=901"), gives: "drop connection-rejected 1000" },
    ],
    counters: { flows: { cut: 0, expired: 1 } },
  },
  {
    name: "that is the one to find out that it is dead: both ends are told, then it is answered",
    change: resetting,
    steps: [
      ...handshake,
      {
        at: 300,
        in: client("A seq=101 ack=901"),
        gives: "drop flow-expired 1000",
        out: [
          "consumer/timer tcp 10.1.0.4:443 > 10.1.0.9:5000 RA seq=901 ack=101 id=0 to=020000000001 from=020000000002",
          "provider/timer tcp 10.2.0.10:1024 > 10.2.1.1:8443 RA seq=101 ack=901 id=0",
          toClient("RA seq=901 ack=101"),
        ],
      },
    ],
  },
  {
    name: "does not begin the flow anew where such packets are admitted",
    settings: { midStream: "admit" },
    change: resetting,
    steps: [...handshake, { at: 310 }, { at: 311, in: client("A seq=101 ack=901"), gives: "drop flow-expired 1000" }],
  },
  {
    name: "a beginning does",
    change: resetting,
    steps: [
      ...handshake,
      { at: 310 },
      {
        at: 311,
        in: client("S seq=7000"),
        gives: "forward new-flow 0",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S seq=7000 ttl=63"],
      },
    ],
  },
  {
    name: "no RST is answered, nor what has no numbers, nor who cannot be answered",
    change: resetting,
    steps: [
      ...handshake,
      { at: 310 },
      { at: 311, in: client("R seq=101"), gives: "drop flow-expired 1000", out: [] },
      { at: 311, in: client("A seq=101 ack=901"), captured: 48, gives: "drop flow-expired 1000", out: [] },
      { at: 311, in: "tcp 224.0.0.1:5000 > 10.1.0.4:443 A", gives: "drop martian-source -1", out: [] },
      { at: 311, in: "tcp 127.0.0.1:5000 > 10.1.0.4:443 A", gives: "drop mid-stream 1001", out: [] },
      { at: 311, in: client("A seq=101 ack=901 to=ffffffffffff"), gives: "drop flow-expired 1000", out: [] },
    ],
    counters: { generated: { reset: 2 } },
  },
  {
    name: "that nothing remembers is one in mid-stream, and answered all the same",
    settings: { maxDenied: 0 },
    change: resetting,
    steps: [
      ...handshake,
      { at: 310 },
      { at: 311, in: client("A seq=101 ack=901"), gives: "drop mid-stream -1", out: [toClient("RA seq=901 ack=101")] },
    ],
    counters: { flows: { denialsUnrecorded: 1 } },
  },
  ...(
    [
      [DUAL, "10.2.0.10", "10.2.1.1", "6 to 4"],
      [SIX, NAT6, BACKEND6, "6 to 6"],
    ] as const
  ).map(([endpoint, nat, backend, families]) => ({
    name: `of IPv6, ${families}, is answered in the client's own terms`,
    change: (configuration: Configuration) => {
      withIpv6(configuration);
      for (const { loadBalancingRules } of configuration.loadBalancers)
        for (const rule of loadBalancingRules) rule.enableTcpReset = true;
    },
    steps: [
      { in: `tcp ${CLIENT}:5000 > ${endpoint}:443 S seq=100`, gives: "forward new-flow 0" },
      { in: `tcp ${backend}:8443 > ${nat}:1024 SA seq=900 ack=101`, side: "provider" as const },
      { in: `tcp ${CLIENT}:5000 > ${endpoint}:443 A seq=101 ack=901`, gives: "forward forwarded 0" },
      { at: 310 },
      {
        at: 311,
        in: `tcp ${CLIENT}:5000 > ${endpoint}:443 PA seq=101 ack=901 data=hello ext=60`,
        gives: "drop flow-expired 1000",
        out: [
          `consumer/answer tcp ${endpoint}:443 > ${CLIENT}:5000 RA seq=901 ack=106 to=020000000001 from=020000000002`,
        ],
      },
      { at: 311, in: `tcp [ff02::1]:5000 > ${endpoint}:443 A seq=1`, out: [] },
    ],
    counters: { generated: { reset: 3 } },
  })),
  {
    name: "of the server is dropped without an answer: it had its RST",
    change: resetting,
    steps: [
      ...handshake,
      { at: 310 },
      { at: 311, in: server("A seq=901"), side: "provider", gives: "drop no-flow -1", out: [] },
    ],
  },
  {
    name: "of a flow that was never answered is not remembered",
    change: resetting,
    steps: [
      { in: client("S seq=100") },
      { at: 61, out: [] },
      { at: 62, in: client("A seq=101"), gives: "drop mid-stream 1000", out: [toClient("RA seq=0 ack=101")] },
    ],
  },
]);

table("A late packet where the rule has it not", [
  {
    name: "is dropped in silence",
    steps: [
      ...handshake,
      { at: 310, out: [] },
      { at: 311, in: client("A seq=101 ack=901"), gives: "drop mid-stream 1000", out: [] },
    ],
    counters: { generated: { reset: 0 } },
  },
]);
