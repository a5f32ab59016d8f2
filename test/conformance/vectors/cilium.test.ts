// Vectors V21 to V24: what Cilium's tests of its datapath ask (bpf/tests: bpf_nat_tests.c, icmp_err_revnat_pkt_defs.py,
// conntrack_test.c, hairpin_flow.c), written again for this plane.

import type { Configuration } from "../../../host/config/configuration.ts";
import { errorAbout, errorAbout6 } from "../icmp-kit.ts";
import { BACKEND6, CLIENT, DUAL, NAT6, SIX, withIpv6 } from "../ipv6-kit.ts";
import { type Step, table } from "../table.ts";
import {
  ANSWER,
  client,
  GIVEN,
  GIVEN_ANSWER,
  handshake,
  QUERY,
  REPLY,
  REQUEST,
  SENT,
  SENT_QUERY,
  server,
} from "./sequence.ts";

const provider = "provider" as const;
const ROUTER = "10.2.0.1 > 10.2.0.10";
const ROUTER6 = `[fd00:2::1] > ${NAT6}`;
const CLIENT_ROUTER = "10.1.0.1 > 10.1.0.4";
const query: Step[] = [
  { in: QUERY, gives: "forward new-flow 0" },
  { in: ANSWER, side: provider, gives: "forward forwarded 0" },
];
/** What a translated error's outer header says. */
const TO_CLIENT = "10.1.0.4 > 10.1.0.9 ttl=63";
const TO_BACKEND = "10.2.0.10 > 10.2.1.1 ttl=63";

table("V21: ICMP errors about packets of every protocol", [
  {
    name: "V21 about TCP, both ways",
    steps: [
      ...handshake,
      {
        in: errorAbout(ROUTER, `${SENT} A seq=101 ttl=3`),
        side: provider,
        gives: "forward icmp-error 0",
        out: [`consumer ${errorAbout(TO_CLIENT, `${REQUEST} A seq=101 ttl=3`)}`],
      },
      {
        in: errorAbout(CLIENT_ROUTER, `${GIVEN} A seq=901 ttl=3`),
        gives: "forward icmp-error 0",
        out: [`provider ${errorAbout(TO_BACKEND, `${REPLY} A seq=901 ttl=3`)}`],
      },
    ],
  },
  {
    name: "V21 about UDP, both ways",
    steps: [
      ...query,
      {
        in: errorAbout(ROUTER, `${SENT_QUERY} data=query`, { code: 3 }),
        side: provider,
        gives: "forward icmp-error 0",
        out: [`consumer ${errorAbout(TO_CLIENT, `${QUERY} data=query`, { code: 3 })}`],
      },
      {
        in: errorAbout(CLIENT_ROUTER, `${GIVEN_ANSWER} data=answer`, { code: 3 }),
        gives: "forward icmp-error 0",
        out: [`provider ${errorAbout(TO_BACKEND, `${ANSWER} data=answer`, { code: 3 })}`],
      },
    ],
  },
  {
    name: "V21 about ICMP echo, SCTP and ESP, which no flow has: dropped, both ways",
    steps: ["icmp", "sctp", "esp"].flatMap((protocol) => [
      {
        in: errorAbout(ROUTER, `${protocol} 10.2.0.10 > 10.2.1.1`),
        side: provider,
        gives: "drop icmp-no-flow",
        out: [],
      },
      { in: errorAbout(CLIENT_ROUTER, `${protocol} 10.1.0.4 > 10.1.0.9`), gives: "drop icmp-no-flow", out: [] },
    ]),
  },
]);

table("V22: ICMP errors that quote as little as is allowed", [
  {
    name: "V22 eight bytes of TCP: no checksum is in reach, and none is written",
    steps: [
      ...handshake,
      {
        in: errorAbout(ROUTER, `${SENT} A seq=101`, { quoted: 8 }),
        side: provider,
        gives: "forward icmp-error 0",
        out: [`consumer ${errorAbout(TO_CLIENT, `${REQUEST} A seq=101`, { quoted: 8 })}`],
      },
      {
        in: errorAbout(CLIENT_ROUTER, `${GIVEN} A seq=901`, { quoted: 8 }),
        gives: "forward icmp-error 0",
        out: [`provider ${errorAbout(TO_BACKEND, `${REPLY} A seq=901`, { quoted: 8 })}`],
      },
    ],
  },
  {
    name: "V22 eighteen bytes of TCP, which end behind the checksum's first byte or its last",
    steps: [
      ...handshake,
      ...[17, 18].map((quoted) => ({
        in: errorAbout(ROUTER, `${SENT} A seq=101`, { quoted }),
        side: provider,
        gives: "forward icmp-error 0",
      })),
    ],
  },
  ...(
    [
      ["6 to 6", SIX, NAT6, BACKEND6, ROUTER6],
      ["6 to 4", DUAL, "10.2.0.10", "10.2.1.1", ROUTER],
    ] as const
  ).map(([families, endpoint, nat, backend, router]) => {
    const across = families === "6 to 4";
    const [request, given] = [`tcp ${CLIENT}:5000 > ${endpoint}:443`, `tcp ${endpoint}:443 > ${CLIENT}:5000`];
    const [sent, reply] = [`tcp ${nat}:1024 > ${backend}:8443`, `tcp ${backend}:8443 > ${nat}:1024`];
    const theirs = across ? errorAbout : errorAbout6;
    const words = across ? " id=0" : "";
    return {
      name: `V22 eight bytes of TCP in ICMPv6, ${families}`,
      change: withIpv6,
      steps: [
        { in: `${request} S seq=100`, gives: "forward new-flow 0" },
        {
          in: theirs(router, `${sent} A seq=101`, { quoted: 8 }),
          side: provider,
          gives: "forward icmp-error 0",
          out: [`consumer ${errorAbout6(`${endpoint} > ${CLIENT} ttl=63`, `${request} A seq=101`, { quoted: 8 })}`],
        },
        {
          in: errorAbout6(`[fd00:1::1] > ${endpoint}`, `${given} A seq=901`, { quoted: 8 }),
          gives: "forward icmp-error 0",
          out: [
            `provider ${theirs(`${nat} > ${backend} ttl=63${words}`, `${reply} A seq=901${words}`, { quoted: 8 })}`,
          ],
        },
      ],
    };
  }),
  {
    name: "V22 seven bytes are too few",
    steps: [
      ...handshake,
      {
        in: errorAbout(ROUTER, `${SENT} A seq=101`, { quoted: 7 }),
        side: provider,
        gives: "drop icmp-malformed -1",
        out: [],
      },
    ],
  },
]);

table("V23: lifetimes, on a clock that is told", [
  {
    name: "V23 a SYN that nobody answers: 60 s",
    steps: [
      client("S seq=100", "forward new-flow 0"),
      client("S seq=100", "forward forwarded 0", 59.9),
      client("S seq=100", "forward new-flow", 119.9),
    ],
  },
  {
    name: "V23 established: 300 s",
    steps: [
      ...handshake,
      server("A seq=901 ack=101", "forward forwarded 0", 299.9),
      server("A", "drop no-flow", 599.9),
    ],
  },
  {
    name: "V23 one FIN changes nothing, two leave 30 s",
    steps: [
      ...handshake,
      server("FA seq=901 ack=101"),
      client("A seq=101 ack=902", "forward forwarded 0", 299),
      client("FA seq=101 ack=902", "forward forwarded 0", 300),
      server("A seq=902 ack=102", "forward forwarded 0", 329),
      client("A seq=102 ack=902", "drop mid-stream", 359),
    ],
  },
  {
    name: "V23 RST: 10 s",
    steps: [...handshake, client("R seq=101"), server("A seq=901 ack=101", "drop no-flow", 10)],
  },
  {
    name: "V23 a SYN on a tuple that is closing opens a new flow, with a NAT port of its own",
    steps: [
      ...handshake,
      client("FA seq=101 ack=901"),
      server("FA seq=901 ack=102"),
      {
        at: 1,
        in: `${REQUEST} S seq=900000`,
        gives: "forward new-flow 0",
        out: [`provider ${SENT} S seq=900000 ttl=63`],
      },
    ],
    counters: { flows: { created: 2, expired: 1, active: 1 } },
  },
]);

/** An endpoint at 10.2.0.4, in the backend's own network. */
const ownEndpoint = (configuration: Configuration): void => {
  const [endpoint] = configuration.privateEndpoints;
  if (endpoint === undefined) throw new Error("The base configuration has no endpoint.");
  const own = { name: "own", virtualNetwork: "provider", privateIPAddress: "10.2.0.4" };
  configuration.privateEndpoints.push({ ...endpoint, ...own });
};
const network = "provider";

table("V24: a backend that calls its own service", [
  {
    name: "V24 reaches itself: both directions of one host, an error included, and it never sees its own address",
    change: ownEndpoint,
    steps: [
      {
        in: "tcp 10.2.1.1:5000 > 10.2.0.4:443 S seq=100",
        network,
        gives: "forward new-flow 0",
        out: [`provider ${SENT} S seq=100 ttl=63`],
      },
      {
        in: `${REPLY} SA seq=900 ack=101`,
        side: provider,
        gives: "forward forwarded 0",
        out: ["consumer tcp 10.2.0.4:443 > 10.2.1.1:5000 SA seq=900 ack=101 ttl=63"],
      },
      {
        in: "tcp 10.2.1.1:5000 > 10.2.0.4:443 A seq=101 ack=901",
        network,
        gives: "forward forwarded 0",
        out: [`provider ${SENT} A seq=101 ack=901 ttl=63`],
      },
      {
        in: errorAbout("10.2.1.1 > 10.2.0.10", `${SENT} A seq=101`, { code: 3 }),
        side: provider,
        gives: "forward icmp-error 0",
        out: [
          `consumer ${errorAbout("10.2.0.4 > 10.2.1.1 ttl=63", "tcp 10.2.1.1:5000 > 10.2.0.4:443 A seq=101", { code: 3 })}`,
        ],
      },
    ],
    counters: { flows: { created: 1 }, endpoints: { own: { flows: 1 } } },
  },
]);
