import type { Configuration } from "../../host/config/configuration.ts";
import { errorAbout } from "./icmp-kit.ts";
import type { Step } from "./table.ts";
import { table } from "./table.ts";

const REQUEST = "tcp 10.1.0.9:5000 > 10.1.0.4:443";
const SENT = "tcp 10.2.0.10:1024 > 10.2.1.1:8443";
const REPLY = "tcp 10.2.1.1:8443 > 10.2.0.10:1024";
const provider = "provider" as const;
const data = (bytes: number): string => `data=${"d".repeat(bytes)}`;
const handshake: Step[] = [
  { in: `${REQUEST} S seq=100`, gives: "forward new-flow 0" },
  { in: `${REPLY} SA seq=900 ack=101`, side: provider, gives: "forward forwarded 0" },
];
/** The consumer's network takes 900 bytes, the provider's 1,000. */
const narrow = (configuration: Configuration): void => {
  const mtus: Record<string, number> = { shop: 900, provider: 1000 };
  for (const network of configuration.virtualNetworks) network.mtu = mtus[network.name] ?? 1500;
};
/** The ICMP message about a packet, with the plane's own headers: it has 576 bytes in all (RFC 1812, 4.3.2.3), 28 of headers. */
const tooBig = (ends: string, inner: string, mtu: number): string =>
  errorAbout(`${ends} tos=192 id=0 fragment=0 from=020000000002 to=020000000001`, inner, {
    code: 4,
    rest: mtu,
    quoted: 528,
  });

table("A packet that is too big for where it goes", [
  {
    name: "leaves as it is by default: what is captured before segmentation is larger than any MTU",
    change: narrow,
    steps: [...handshake, { in: `${REQUEST} A seq=101 ${data(2000)}`, gives: "forward forwarded 0" }],
  },
  {
    name: "is dropped with packetTooBig: drop, by the MTU of the network it goes to; one byte less passes",
    settings: { packetTooBig: "drop" },
    change: narrow,
    steps: [
      ...handshake,
      { in: `${REQUEST} A seq=101 ${data(960)}`, gives: "forward forwarded 0" },
      { in: `${REQUEST} A seq=101 ${data(961)}`, gives: "drop packet-too-big 0", out: [] },
      { in: `${REPLY} A seq=901 ${data(860)}`, side: provider, gives: "forward forwarded 0" },
      { in: `${REPLY} A seq=901 ${data(861)}`, side: provider, gives: "drop packet-too-big 0", out: [] },
    ],
    counters: { endpoints: { "shop-approved": { drops: { "packet-too-big": 2 } } } },
  },
  {
    name: "is told so with answer, on the side it came from",
    settings: { packetTooBig: "answer" },
    change: narrow,
    steps: [
      ...handshake,
      {
        in: `${REQUEST} A seq=101 ${data(961)}`,
        gives: "drop packet-too-big 0",
        out: [`consumer ${tooBig("10.1.0.4 > 10.1.0.9", `${REQUEST} A seq=101 ${data(961)}`, 1000)}`],
      },
      {
        in: `${REPLY} A seq=901 ${data(861)}`,
        side: provider,
        gives: "drop packet-too-big 0",
        out: [`provider ${tooBig("10.2.0.10 > 10.2.1.1", `${REPLY} A seq=901 ${data(861)}`, 900)}`],
      },
    ],
    counters: { generated: { icmp: 2 } },
  },
  {
    name: "may be cut by routers further on when it lets them",
    settings: { packetTooBig: "drop" },
    change: narrow,
    steps: [...handshake, { in: `${REQUEST} A seq=101 fragment=0 ${data(2000)}`, gives: "forward forwarded 0" }],
  },
  {
    name: "passes when it is offloaded: its total length is not known",
    settings: { packetTooBig: "drop" },
    change: narrow,
    steps: [...handshake, { in: `${REQUEST} A seq=101 total=0 ${data(2000)}`, gives: "forward forwarded 0" }],
  },
  {
    name: "opens no flow and leaves no denied flow",
    settings: { packetTooBig: "answer" },
    change: narrow,
    steps: [
      {
        in: `udp 10.1.0.9:5000 > 10.1.0.4:53 ${data(973)}`,
        gives: "drop packet-too-big -1",
        out: [`consumer ${tooBig("10.1.0.4 > 10.1.0.9", `udp 10.1.0.9:5000 > 10.1.0.4:53 ${data(973)}`, 1000)}`],
      },
      { in: `udp 10.1.0.9:5000 > 10.1.0.4:53 ${data(972)}`, gives: "forward new-flow 0" },
    ],
    counters: { flows: { denied: 0, created: 1 } },
  },
  {
    name: "does not keep its flow alive",
    settings: { packetTooBig: "drop" },
    change: narrow,
    steps: [
      { in: "udp 10.1.0.9:5000 > 10.1.0.4:53" },
      { at: 299, in: `udp 10.1.0.9:5000 > 10.1.0.4:53 ${data(973)}`, gives: "drop packet-too-big 0" },
      { at: 301, in: "udp 10.2.1.1:5353 > 10.2.0.10:1024", side: provider, gives: "drop no-flow" },
    ],
  },
]);

/** A TCP header with options in front of data: `options` in hexadecimal digits, a multiple of four bytes. */
const withOptions = (flags: string, options: string): string =>
  `${flags} offset=${5 + options.length / 8} hex=${options}`;
const mss = (value: number): string => `0204${value.toString(16).padStart(4, "0")}`;

table("The MSS of a SYN", [
  {
    name: "stays as it is by default",
    change: narrow,
    steps: [
      {
        in: `${REQUEST} ${withOptions("S", mss(1460))}`,
        out: [`provider ${SENT} ${withOptions("S", mss(1460))} ttl=63`],
      },
    ],
  },
  {
    name: "is lowered with clampMss to what both networks take, from both ends, and never raised",
    settings: { clampMss: true },
    change: narrow,
    steps: [
      {
        in: `${REQUEST} ${withOptions("S seq=100", mss(1460))}`,
        out: [`provider ${SENT} ${withOptions("S seq=100", mss(860))} ttl=63`],
      },
      {
        in: `${REPLY} ${withOptions("SA seq=900 ack=101", mss(1460))}`,
        side: provider,
        out: [`consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 ${withOptions("SA seq=900 ack=101", mss(860))} ttl=63`],
      },
      {
        in: `${REQUEST} ${withOptions("S seq=100", mss(800))}`,
        out: [`provider ${SENT} ${withOptions("S seq=100", mss(800))} ttl=63`],
      },
    ],
  },
  {
    name: "is found at an odd place among the options, and the checksum follows",
    settings: { clampMss: true },
    change: narrow,
    steps: [
      {
        in: `${REQUEST} ${withOptions("S", `01${mss(1460)}010101`)}`,
        out: [`provider ${SENT} ${withOptions("S", `01${mss(860)}010101`)} ttl=63`],
      },
    ],
  },
  {
    name: "is lowered at an odd place that ends what is captured, and the checksum follows",
    settings: { clampMss: true },
    change: narrow,
    steps: [
      {
        in: `${REQUEST} ${withOptions("S", `01${mss(1460)}000000`)}`,
        captured: 14 + 20 + 20 + 5,
        out: [`provider ${SENT} ${withOptions("S", `01${mss(860)}000000`)} ttl=63`],
      },
    ],
  },
  {
    name: "is not looked for behind the end of the options, in options that do not fit, or beyond what is captured",
    settings: { clampMss: true },
    change: narrow,
    steps: [`00000000${mss(1460)}`, `0300000${"0"}${mss(1460)}`, `0101010${"9"}${mss(1460)}`].map((options) => ({
      in: `${REQUEST} ${withOptions("S", options)}`,
      out: [`provider ${SENT} ${withOptions("S", options)} ttl=63`],
    })),
  },
  {
    name: "is not added to a SYN that says none",
    settings: { clampMss: true },
    change: narrow,
    steps: [
      { in: `${REQUEST} S seq=100`, out: [`provider ${SENT} S seq=100 ttl=63`] },
      {
        in: `${REPLY} ${withOptions("SA seq=900 ack=101", "01030307")}`,
        side: provider,
        out: [`consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 ${withOptions("SA seq=900 ack=101", "01030307")} ttl=63`],
      },
    ],
  },
  {
    name: "of a packet without SYN is no concern",
    settings: { clampMss: true },
    change: narrow,
    steps: [
      ...handshake,
      {
        in: `${REQUEST} ${withOptions("A seq=101", mss(1460))}`,
        out: [`provider ${SENT} ${withOptions("A seq=101", mss(1460))} ttl=63`],
      },
    ],
  },
]);
