// Translation itself: addresses, ports, checksums, what stays, and what does not get through.

import { frameOf } from "../../conformance/packet.ts";
import {
  ANSWER,
  client,
  GIVEN,
  handshake,
  QUERY,
  question,
  REQUEST,
  type Scenario,
  SENT,
  SENT_QUERY,
  server,
} from "../scenario.ts";

/** Data of a UDP packet whose checksum, once translated, comes out as 0. */
function dataForZero(): string {
  for (let pair = 0; pair < 0x10000; pair++) {
    const data = `hex=${pair.toString(16).padStart(4, "0")}`;
    const frame = frameOf(`${SENT_QUERY} ${data}`);
    if (frame[40] === 0xff && frame[41] === 0xff) return data;
  }
  throw new Error("No data give that checksum.");
}

/** The packet with its TCP or UDP checksum, or that of its IP header, off by one. */
function wrongBy(text: string, offset: number, by: number): Uint8Array {
  const frame = frameOf(text);
  const view = new DataView(frame.buffer);
  view.setUint16(offset, (view.getUint16(offset) + by) % 0xffff);
  return frame;
}
const sumOf = (text: string, offset: number, by: number): number =>
  new DataView(wrongBy(text, offset, by).buffer).getUint16(offset);
const IP_SUM = 24;
const UDP_SUM = 40;
const TCP_SUM = 50;

export const translation: Scenario[] = [
  {
    name: "a TCP connection from its SYN to its last FIN, with data both ways",
    steps: [
      ...handshake,
      client("PA seq=101 ack=901 window=8000 data=question"),
      server("A seq=901 ack=109 window=8000"),
      server("PA seq=901 ack=109 window=8000 data=an-answer-of-odd-length"),
      client("A seq=109 ack=924 window=8000"),
      client("FA seq=109 ack=924 window=8000"),
      server("A seq=924 ack=110 window=8000"),
      server("FA seq=924 ack=110 window=8000"),
      client("A seq=110 ack=925 window=8000"),
    ],
  },
  {
    name: "TCP with options: MSS, window scale, SACK and timestamps",
    steps: [
      client(`S seq=100 window=8000 offset=10 hex=020405b40402080a0000000100000000${"0103"}0307`),
      server(`SA seq=900 ack=101 window=8000 offset=10 hex=020405b40402080a00000001000000010103${"0307"}`),
      client("A seq=101 ack=901 window=8000 offset=8 hex=0101080a0000000200000001"),
      client("PA seq=101 ack=901 window=8000 offset=8 hex=0101080a0000000200000001616263646566"),
      server("A seq=901 ack=107 window=8000 offset=11 hex=0101080a00000002000000020101050a0000006500000068"),
    ],
  },
  {
    name: "UDP: query and answer, no checksum, and one that comes out as 0",
    steps: [
      ...question,
      { in: `${QUERY} l4sum=0 data=unsummed` },
      { in: `${ANSWER} l4sum=0 data=unsummed`, side: "provider" },
      { in: `${QUERY} ${dataForZero()}` },
      { in: `${QUERY}` },
    ],
  },
  {
    name: "type of service, identification, don't-fragment, no-operation options and urgent data stay",
    steps: [
      ...handshake,
      client("PAU seq=101 ack=901 window=8000 urgent=3 data=urgent tos=184 id=4711"),
      client("A seq=107 ack=901 window=8000 fragment=0 id=9"),
      client("A seq=107 ack=901 window=8000 options=2"),
      server("A seq=901 ack=107 window=8000 tos=3 id=65535 options=1"),
      client("PAEC seq=107 ack=901 window=8000 data=ecn"),
    ],
  },
  {
    name: "several clients, and several flows of one",
    steps: [
      { in: `${REQUEST} S seq=1` },
      { in: "tcp 10.1.0.9:1025 > 10.1.0.4:443 S seq=2" },
      { in: "tcp 10.1.0.8:1026 > 10.1.0.4:443 S seq=3" },
      { in: "udp 10.1.0.8:1024 > 10.1.0.4:53 data=udp-has-ports-of-its-own" },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1026 SA seq=9 ack=4", side: "provider" },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA seq=9 ack=2", side: "provider" },
    ],
  },
  {
    name: "nobody else gets in: ports that are not served, other addresses, the provider's side first, others' replies",
    steps: [
      { in: "tcp 10.1.0.9:1024 > 10.1.0.4:22 S" },
      { in: "udp 10.1.0.9:1024 > 10.1.0.4:443" },
      { in: "tcp 10.1.0.9:1024 > 10.1.0.5:443 S" },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 S", side: "provider" },
      ...handshake,
      ...question,
      { in: "tcp 10.2.1.9:8443 > 10.2.0.10:1024 A seq=901 ack=101", side: "provider" },
      { in: "tcp 10.2.1.1:8444 > 10.2.0.10:1024 A seq=901 ack=101", side: "provider" },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1025 A seq=901 ack=101", side: "provider" },
      { in: "udp 10.2.1.1:8443 > 10.2.0.10:1024", side: "provider" },
      { in: "udp 10.2.1.9:5353 > 10.2.0.10:1024", side: "provider" },
      { in: "tcp 10.1.0.8:1024 > 10.1.0.4:443 A seq=101 ack=901" },
      { in: "esp 10.1.0.9 > 10.1.0.4" },
      { in: "gre 10.1.0.9 > 10.1.0.4" },
      { in: "icmp 10.1.0.9 > 10.1.0.4" },
    ],
  },
  {
    name: "the last hops of a packet",
    steps: [...handshake, client("A seq=101 ack=901 window=8000 ttl=2"), server("A seq=901 ack=101 window=8000 ttl=2")],
  },
  {
    name: "trailers of an Ethernet frame",
    steps: [
      {
        in: `${REQUEST} S seq=1 trailer=6`,
        differs: {
          by: "trailers",
          kernel: [`provider ${SENT} S seq=1 ttl=63`],
          linkplane: [`provider ${SENT} S seq=1 ttl=63 trailer=6`],
        },
      },
    ],
  },
  {
    name: "wrong checksums",
    steps: [
      ...handshake,
      {
        in: wrongBy(`${REQUEST} A seq=101 ack=901 window=8000`, TCP_SUM, 1),
        differs: {
          by: "wrong checksums",
          kernel: [],
          linkplane: [
            `provider ${SENT} A seq=101 ack=901 window=8000 ttl=63 l4sum=${sumOf(`${SENT} A seq=101 ack=901 window=8000 ttl=63`, TCP_SUM, 1)}`,
          ],
        },
      },
      {
        in: wrongBy(`${REQUEST} A seq=101 ack=901 window=8000`, IP_SUM, 1),
        differs: {
          by: "wrong checksums",
          kernel: [],
          linkplane: [
            `provider ${SENT} A seq=101 ack=901 window=8000 ttl=63 ipsum=${sumOf(`${SENT} A seq=101 ack=901 window=8000 ttl=63`, IP_SUM, 1)}`,
          ],
        },
      },
      {
        in: wrongBy(`${QUERY} data=query`, UDP_SUM, 1),
        differs: {
          by: "wrong checksums",
          kernel: [],
          linkplane: [
            `provider ${SENT_QUERY} data=query ttl=63 l4sum=${sumOf(`${SENT_QUERY} data=query`, UDP_SUM, 1)}`,
          ],
        },
      },
    ],
  },
  {
    name: "lengths that do not fit",
    steps: [
      { in: `${REQUEST} S total=39` },
      { in: `${REQUEST} S total=200` },
      { in: `${REQUEST} S offset=4` },
      { in: `${REQUEST} S offset=6` },
      { in: `${QUERY} udplength=7 data=abcd` },
      { in: `${QUERY} udplength=13 data=abcd` },
      { in: frameOf(`${REQUEST} S`).fill(0x44, 14, 15) },
      { in: frameOf(`${REQUEST} S`).slice(0, 40) },
    ],
  },
  {
    name: "a source address that no host has",
    steps: ["224.0.0.9", "255.255.255.255"].map((address, i) => ({
      in: `udp ${address}:${1024 + i} > 10.1.0.4:53 data=x`,
    })),
  },
  {
    name: "a source address of loopback",
    steps: [
      {
        in: "udp 127.0.0.1:1024 > 10.1.0.4:53 data=x",
        differs: {
          by: "source addresses",
          kernel: [],
          linkplane: ["provider udp 10.2.0.10:1024 > 10.2.1.1:5353 data=x ttl=63"],
        },
      },
    ],
  },
  {
    name: "a source address that no network has, and the kernel forwards",
    steps: ["0.1.2.3", "169.254.1.1"].map((address, i) => ({
      in: `udp ${address}:${1024 + i} > 10.1.0.4:53 data=x`,
      differs: {
        by: "source addresses",
        kernel: [`provider udp 10.2.0.10:${1024 + i} > 10.2.1.1:5353 data=x ttl=63`],
        linkplane: [],
      },
    })),
  },
  {
    name: "a source address that was kept for later, and some clouds give to hosts",
    steps: [{ in: "udp 240.0.0.1:1024 > 10.1.0.4:53 data=x" }],
  },
  {
    name: "a source route",
    steps: [
      {
        in: routed(REQUEST, 64),
        differs: {
          by: "source routes",
          kernel: [],
          linkplane: [`provider hex:${Buffer.from(routed(SENT, 63).slice(14)).toString("hex")}`],
        },
      },
    ],
  },
  {
    name: "packets to the client that claim to be the endpoint's",
    steps: [{ in: `${GIVEN} SA` }],
  },
];

/** A SYN with a loose source route whose only hop lies ahead (RFC 791). */
function routed(ends: string, ttl: number): Uint8Array {
  const frame = frameOf(`${ends} S seq=1 options=2 ttl=${ttl}`);
  frame.set([131, 7, 4, 10, 9, 9, 9, 0], 34);
  frame.set([0, 0], IP_SUM);
  let sum = 0;
  for (let at = 14; at < 42; at += 2) sum += ((frame[at] as number) << 8) + (frame[at + 1] as number);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  frame.set([(~sum >>> 8) & 255, ~sum & 255], IP_SUM);
  return frame;
}
