import { table } from "./table.ts";
import { client, handshake, REQUEST, REPLY, GIVEN, SENT, server } from "./vectors/sequence.ts";

table("Valid orders of TCP packets (RFC 9293, 3.5 and 3.6; RFC 5382, REQ-2)", [
  {
    name: "opened by both ends at once",
    steps: [
      client("S seq=100", "forward new-flow 0"),
      server("S seq=900"),
      client("SA seq=100 ack=901"),
      server("SA seq=900 ack=101"),
      client("A seq=101 ack=901"),
      server("PA seq=901 ack=101 data=hello", "forward forwarded 0", 299),
    ],
    counters: { flows: { created: 1, active: 1 } },
  },
  {
    name: "SYN and SYN-ACK that are lost and sent again",
    steps: [
      client("S seq=100", "forward new-flow 0"),
      client("S seq=100", "forward forwarded 0", 1),
      server("SA seq=900 ack=101", "forward forwarded 0", 2),
      client("S seq=100", "forward forwarded 0", 3),
      server("SA seq=900 ack=101", "forward forwarded 0", 4),
      client("A seq=101 ack=901", "forward forwarded 0", 4),
      server("A seq=901 ack=101", "forward forwarded 0", 303),
    ],
    counters: { flows: { created: 1, active: 1 } },
  },
  {
    name: "a keep-alive, which asks again for what was acknowledged, keeps the flow",
    steps: [
      ...handshake,
      client("A seq=100 ack=901", "forward forwarded 0", 290),
      server("A seq=901 ack=101", "forward forwarded 0", 580),
      client("A seq=101 ack=901", "forward forwarded 0", 870),
    ],
  },
  {
    name: "a refusal: RST to a SYN, after which the client may try again",
    steps: [
      client("S seq=100", "forward new-flow 0"),
      server("RA seq=0 ack=101"),
      client("S seq=7100", "forward new-flow", 1),
    ],
  },
  {
    name: "a SYN that is tried for three minutes, at twice the distance each time: one flow as long as tries are less than 60 s apart",
    steps: [
      client("S seq=100", "forward new-flow 0"),
      ...[1, 3, 7, 15, 31, 63].map((at) => client("S seq=100", "forward forwarded 0", at)),
      client("S seq=100", "forward new-flow", 127),
      client("S seq=100", "forward forwarded", 182),
      server("SA seq=900 ack=101", "forward forwarded", 182),
    ],
    counters: { flows: { created: 2, active: 1 } },
  },
  {
    name: "a window of zero that is probed for long keeps the flow; RST and urgent data pass while it is closed",
    steps: [
      ...handshake,
      server("A seq=901 ack=101 window=0"),
      ...[60, 180, 420]
        .map((at) => [
          client("A seq=101 ack=901 data=p", "forward forwarded 0", at),
          server("A seq=901 ack=101 window=0", "forward forwarded 0", at),
        ])
        .flat(),
      client("AU seq=101 ack=901 urgent=1 data=p", "forward forwarded 0", 500),
      client("R seq=101", "forward forwarded 0", 501),
      server("A seq=901 ack=101", "drop no-flow", 511),
    ],
  },
  {
    name: "numbers that pass 2^32, of both sides: resets count there as elsewhere",
    steps: [
      client("S seq=4294967290", "forward new-flow 0"),
      server("SA seq=4294967295 ack=4294967291"),
      client("A seq=4294967291 ack=0"),
      client("PA seq=4294967291 ack=0 data=twelve-bytes"),
      server("PA seq=0 ack=7 data=hello"),
      server("R seq=4294967295", "forward reset-out-of-sequence 0"),
      client("A seq=7 ack=5"),
      client("R seq=4294967291 ack=0", "forward reset-out-of-sequence 0"),
      client("R seq=7"),
      server("A seq=5 ack=7", "drop no-flow", 10),
    ],
  },
]);

table("What of a TCP header is the ends' own (RFC 9293, 3.1)", [
  {
    name: "reserved bits, all flags, window and urgent pointer stay",
    steps: [
      ...handshake,
      {
        in: `${REQUEST} PAUEC seq=101 ack=901 window=4660 urgent=2 reserved=5 data=hi`,
        gives: "forward forwarded 0",
        out: [`provider ${SENT} PAUEC seq=101 ack=901 window=4660 urgent=2 reserved=5 data=hi ttl=63`],
      },
    ],
  },
  {
    name: "options that the plane does not know stay, in both directions",
    steps: [
      ...handshake,
      {
        in: `${REQUEST} A seq=101 ack=901 offset=7 hex=fd06010203040100`,
        gives: "forward forwarded 0",
        out: [`provider ${SENT} A seq=101 ack=901 offset=7 hex=fd06010203040100 ttl=63`],
      },
      {
        in: `${REPLY} A seq=901 ack=101 offset=7 hex=1c04007b01010101`,
        side: "provider",
        gives: "forward forwarded 0",
        out: [`consumer ${GIVEN} A seq=901 ack=101 offset=7 hex=1c04007b01010101 ttl=63`],
      },
    ],
  },
]);
