// ICMP errors that follow their flows, those that do not, and those that the router itself sends.

import { errorAbout, PARAMETER_PROBLEM, TIME_EXCEEDED } from "../../conformance/icmp-kit.ts";
import { frameOf } from "../../conformance/packet.ts";
import {
  client,
  GIVEN,
  GIVEN_ANSWER,
  handshake,
  QUERY,
  question,
  REPLY,
  REQUEST,
  type Scenario,
  SENT,
  SENT_QUERY,
  server,
} from "../scenario.ts";

const provider = "provider" as const;
const BACKEND = "10.2.1.1 > 10.2.0.10";
const ROUTER = "10.2.7.7 > 10.2.0.10";
const CLIENT = "10.1.0.9 > 10.1.0.4";
const CLIENT_ROUTER = "10.1.7.7 > 10.1.0.4";
const SENT_DATA = `${SENT} PA seq=101 ack=901 window=8000 ttl=63 data=question`;
const GIVEN_DATA = `${GIVEN} PA seq=901 ack=101 window=8000 ttl=63 data=answer`;

const EXPIRED = { type: TIME_EXCEEDED, code: 0 };
/** How the kernel marks its own messages: internetwork control (RFC 1812, 4.3.2.5), no flags. */
const OWN = "tos=192 id=any fragment=0";
const TOO_BIG = `${REQUEST} PA seq=101 ack=901 window=8000 data=${"d".repeat(961)}`;
const WRONG = 1;

export const icmp: Scenario[] = [
  {
    name: "errors of the backend about requests: all of the packet, its header, eight bytes, an odd number",
    steps: [
      ...handshake,
      client("PA seq=101 ack=901 window=8000 data=question"),
      ...[undefined, 20, 8, 25].map((quoted) => ({
        in: errorAbout(BACKEND, SENT_DATA, { code: 3, ...(quoted === undefined ? {} : { quoted }) }),
        side: provider,
      })),
      ...question,
      { in: errorAbout(BACKEND, `${SENT_QUERY} data=query ttl=63`, { code: 3 }), side: provider },
      { in: errorAbout(BACKEND, `${SENT_QUERY} data=query ttl=63 l4sum=0`, { code: 3 }), side: provider },
    ],
  },
  {
    name: "errors of the client about replies",
    steps: [
      ...handshake,
      server("PA seq=901 ack=101 window=8000 data=answer"),
      ...[undefined, 20, 8].map((quoted) => ({
        in: errorAbout(CLIENT, GIVEN_DATA, { code: 3, ...(quoted === undefined ? {} : { quoted }) }),
      })),
      ...question,
      { in: errorAbout(CLIENT, `${GIVEN_ANSWER} data=answer ttl=63`, { code: 3 }) },
    ],
  },
  {
    name: "errors of routers on either side: fragmentation needed, time exceeded, a parameter problem",
    steps: [
      ...handshake,
      { in: errorAbout(ROUTER, SENT_DATA, { code: 4, rest: 1400 }), side: provider },
      { in: errorAbout(ROUTER, SENT_DATA, { type: TIME_EXCEEDED, code: 0 }), side: provider },
      { in: errorAbout(ROUTER, SENT_DATA, { type: PARAMETER_PROBLEM, code: 0, rest: 0x14000000 }), side: provider },
      { in: errorAbout(CLIENT_ROUTER, GIVEN_DATA, { code: 4, rest: 1400 }) },
      { in: errorAbout(CLIENT_ROUTER, GIVEN_DATA, { type: TIME_EXCEEDED, code: 0 }) },
    ],
  },
  {
    name: "errors about no flow, about others' packets, and wrong ones",
    steps: [
      { in: errorAbout(BACKEND, `${SENT} A`), side: provider },
      ...handshake,
      { in: errorAbout(BACKEND, `${SENT.replace(":8443", ":8444")} A`), side: provider },
      { in: errorAbout(BACKEND, `${SENT.replace(":1024", ":1025")} A`), side: provider },
      { in: errorAbout(CLIENT, `${GIVEN.replace(":1024", ":1025")} A`) },
      { in: errorAbout(BACKEND, SENT_DATA, { code: 3, wrong: 1 }), side: provider },
      { in: errorAbout(BACKEND, SENT_DATA, { code: 3, quoted: 7 }), side: provider },
      {
        in: errorAbout(BACKEND, `${SENT_DATA} ipsum=${WRONG}`, { code: 3 }),
        side: provider,
        differs: {
          by: "errors about a wrong header",
          kernel: [
            `consumer ${errorAbout("10.1.0.4 > 10.1.0.9 ttl=63", `${REQUEST} PA seq=101 ack=901 window=8000 ttl=63 data=question ipsum=${WRONG + 0x0100}`, { code: 3 })}`,
          ],
          linkplane: [],
        },
      },
      { in: errorAbout(BACKEND, `${SENT_DATA} l4sum=1`, { code: 3 }), side: provider },
      { in: errorAbout(BACKEND, `${SENT_DATA} options=2`, { code: 3 }), side: provider },
    ],
  },
  {
    name: "a packet whose TTL runs out, from either side",
    settings: { icmpTimeExceeded: true },
    steps: [
      {
        in: `${REQUEST} S seq=1 ttl=1`,
        differs: {
          by: "errors that a hop sends",
          kernel: [`consumer ${errorAbout(`10.1.0.4 > 10.1.0.9 ${OWN}`, `${REQUEST} S seq=1 ttl=1`, EXPIRED)}`],
          linkplane: [
            `consumer ${errorAbout("10.1.0.4 > 10.1.0.9 tos=192 id=0 fragment=0", `${REQUEST} S seq=1 ttl=1`, EXPIRED)}`,
          ],
        },
      },
      ...handshake,
      {
        in: `${REPLY} A seq=901 ack=101 window=8000 ttl=1`,
        side: provider,
        differs: {
          by: "errors that a hop sends",
          kernel: [
            `provider ${errorAbout(`10.2.0.10 > 10.2.1.1 ${OWN}`, `${REPLY} A seq=901 ack=101 window=8000 ttl=1`, EXPIRED)}`,
          ],
          linkplane: [
            `provider ${errorAbout("10.2.0.10 > 10.2.1.1 tos=192 id=0 fragment=0", `${REPLY} A seq=901 ack=101 window=8000 ttl=1`, EXPIRED)}`,
          ],
        },
      },
    ],
  },
  {
    name: "a packet that is too big for the provider's network",
    kernel: { providerMtu: 1000 },
    settings: { packetTooBig: "answer" },
    change: ({ virtualNetworks }) => {
      for (const network of virtualNetworks) if (network.name === "provider") network.mtu = 1000;
    },
    steps: [
      ...handshake,
      client(`PA seq=101 ack=901 window=8000 data=${"d".repeat(960)}`),
      {
        in: TOO_BIG,
        differs: {
          by: "errors that a hop sends",
          kernel: [
            `consumer ${errorAbout(`10.1.0.4 > 10.1.0.9 ${OWN}`, TOO_BIG, { code: 4, rest: 1000, quoted: 528 })}`,
          ],
          linkplane: [
            `consumer ${errorAbout("10.1.0.4 > 10.1.0.9 tos=192 id=0 fragment=0", TOO_BIG, { code: 4, rest: 1000, quoted: 528 })}`,
          ],
        },
      },
      {
        in: `${QUERY} data=${"d".repeat(973)} fragment=0`,
        differs: {
          by: "cutting",
          kernel: cut(`${SENT_QUERY} data=${"d".repeat(973)} fragment=0 ttl=63`, 976).map(
            (hex) => `provider hex:${hex}`,
          ),
          linkplane: [`provider ${SENT_QUERY} data=${"d".repeat(973)} fragment=0 ttl=63`],
        },
      },
    ],
  },
  {
    name: "MSS that is lowered",
    kernel: { providerMtu: 1000, rules: ["tcp flags syn tcp option maxseg size set 960"] },
    settings: { clampMss: true },
    change: ({ virtualNetworks }) => {
      for (const network of virtualNetworks) if (network.name === "provider") network.mtu = 1000;
    },
    steps: [
      client("S seq=100 window=8000 offset=6 hex=020405b4"),
      server("SA seq=900 ack=101 window=8000 offset=6 hex=020405b4"),
      client("A seq=101 ack=901 window=8000"),
    ],
  },
  {
    name: "pings to the endpoint and to the NAT address",
    steps: [
      { in: "icmp 10.1.0.9 > 10.1.0.4 hex=0800f7ff00000000" },
      { in: "icmp 10.2.1.1 > 10.2.0.10 hex=0800f7ff00000000", side: provider },
    ],
  },
];

/** A packet without IP options cut in two, the first of them with so many bytes, as hexadecimal digits. */
function cut(text: string, bytes: number): string[] {
  const whole = frameOf(text, "raw");
  const [head, body] = [whole.slice(0, 20), whole.slice(20)];
  const part = (from: number, to: number, flags: number): string => {
    const fragment = Uint8Array.from([...head, ...body.slice(from, to)]);
    const view = new DataView(fragment.buffer);
    view.setUint16(2, fragment.length);
    view.setUint16(6, flags | (from / 8));
    view.setUint16(10, 0);
    let sum = 0;
    for (let at = 0; at < 20; at += 2) sum += view.getUint16(at);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    view.setUint16(10, ~sum & 0xffff);
    return Buffer.from(fragment).toString("hex");
  };
  return [part(0, bytes, 0x2000), part(bytes, body.length, 0)];
}
