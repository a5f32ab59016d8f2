// Vectors V21 to V23: what Cilium's tests of its datapath ask (bpf/tests: bpf_nat_tests.c, icmp_err_revnat_pkt_defs.py,
// conntrack_test.c), written again for this plane.

import { errorAbout } from "../icmp-kit.ts";
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
    name: "V21 about ICMP echo and ESP, which no flow has: dropped, both ways",
    steps: ["icmp", "esp"].flatMap((protocol) => [
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
