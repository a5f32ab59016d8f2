// What of an IPv4 header is the ends' own (RFC 791, 3.1): no option is read, none gets an address of the plane.

import { table } from "./table.ts";
import { GIVEN, handshake, REPLY, REQUEST, SENT } from "./vectors/sequence.ts";

const provider = "provider" as const;

/** Options as they are on the wire, whole words. */
const OPTIONS: [name: string, bytes: string][] = [
  ["a record route with room for two addresses", "070b0400000000000000000000000000"],
  ["a loose source route that has come to its end", "83070801020304000000"],
  ["a strict source route with an address to come", "890704010203040000000000"],
  ["a timestamp with its first place free", "440c05000000000000000000"],
  ["a security label", "820b0000000000000000000000000000"],
  ["a router alert", "94040000"],
  ["kinds that nobody knows", "de04abcdde04abcd"],
];

/** What no reader of options could step over. */
const BROKEN: [name: string, bytes: string][] = [
  ["a length of 0", "0700000000000000"],
  ["a length of 1", "8301000000000000"],
  ["a length beyond the header", "0728040000000000"],
];
const words = (bytes: string): string => bytes.padEnd(Math.ceil(bytes.length / 8) * 8, "0");

table("Options of an IPv4 header", [
  ...[...OPTIONS, ...BROKEN].map(([name, bytes]) => ({
    name: `${name}: stays as it came, in both directions`,
    steps: [
      ...handshake,
      {
        in: `${REQUEST} A seq=101 ack=901 options=0x${words(bytes)}`,
        gives: "forward forwarded 0",
        out: [`provider ${SENT} A seq=101 ack=901 options=0x${words(bytes)} ttl=63`],
      },
      {
        in: `${REPLY} A seq=901 ack=101 options=0x${words(bytes)}`,
        side: provider,
        gives: "forward forwarded 0",
        out: [`consumer ${GIVEN} A seq=901 ack=101 options=0x${words(bytes)} ttl=63`],
      },
    ],
  })),
  {
    name: "are no part of what an answer of the plane's own bears",
    settings: { icmpEcho: "answer" },
    steps: [
      {
        in: `icmp 10.1.0.9 > 10.1.0.4 options=0x${words("070b0400000000000000000000000000")} hex=0800f7ff00000000`,
        gives: "drop icmp-echo -1",
        out: ["consumer icmp 10.1.0.4 > 10.1.0.9 id=0 from=020000000002 to=020000000001 hex=0000ffff00000000"],
      },
    ],
  },
]);

table("Flags and sizes of an IPv4 header", [
  {
    name: "the reserved flag stays, with don't-fragment and without, and makes no fragment",
    steps: [
      ...handshake,
      ...["0x8000", "0xc000"].map((fragment) => ({
        in: `${REQUEST} A seq=101 ack=901 fragment=${fragment}`,
        gives: "forward forwarded 0",
        out: [`provider ${SENT} A seq=101 ack=901 fragment=${fragment} ttl=63`],
      })),
    ],
  },
  {
    name: "packets of 65,535 bytes, the most there can be, and of 28, the fewest of UDP",
    steps: [
      ...handshake,
      {
        in: `${REQUEST} A seq=101 ack=901 data=${"d".repeat(65_495)}`,
        gives: "forward forwarded 0",
        out: [`provider ${SENT} A seq=101 ack=901 data=${"d".repeat(65_495)} ttl=63`],
      },
      {
        in: "udp 10.1.0.9:5000 > 10.1.0.4:53",
        gives: "forward new-flow 1",
        out: ["provider udp 10.2.0.10:1024 > 10.2.1.1:5353 ttl=63"],
      },
    ],
  },
]);
