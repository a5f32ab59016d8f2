// TCP's orders: opening, closing, resetting, using a tuple again, and packets that do not belong.

import type { Settings } from "../../../host/config/configuration.ts";
import { DEFAULT_SETTINGS } from "../../../host/config/configuration.ts";
import {
  ANSWER,
  client,
  GIVEN,
  handshake,
  type JudgedStep,
  question,
  type Scenario,
  SENT,
  server,
} from "../scenario.ts";
import type { Difference } from "../scenario.ts";

/** Lifetimes of four seconds for whatever is not established, on both. */
const SHORT = 4;
const PAUSE = 7;
const timers: Settings["timers"] = {
  ...DEFAULT_SETTINGS.timers,
  tcpOpeningSeconds: SHORT,
  tcpClosingSeconds: SHORT,
  tcpResetSeconds: SHORT,
  udpIdleSeconds: SHORT,
};
const sysctl = Object.fromEntries(
  [
    "tcp_timeout_syn_sent",
    "tcp_timeout_syn_recv",
    "tcp_timeout_time_wait",
    "tcp_timeout_last_ack",
    "tcp_timeout_close",
    "udp_timeout",
    "udp_timeout_stream",
  ].map((name) => [`net.netfilter.nf_conntrack_${name}`, String(SHORT)]),
);
const ended = [
  client("FA seq=101 ack=901 window=8000"),
  server("FA seq=901 ack=102 window=8000"),
  client("A seq=102 ack=902 window=8000"),
];

/** What the kernel takes for invalid, and linkplane leaves to the ends. */
const forwarded = (step: JudgedStep, by: Difference, out: string): JudgedStep => ({
  ...step,
  differs: { by, kernel: [], linkplane: [out] },
});
const onward = (words: string, by: Difference): JudgedStep =>
  forwarded(client(words), by, `provider ${SENT} ${words} ttl=63`);
const back = (words: string, by: Difference): JudgedStep =>
  forwarded(server(words), by, `consumer ${GIVEN} ${words} ttl=63`);

export const tcp: Scenario[] = [
  {
    name: "SYN and SYN-ACK that are sent again",
    steps: [
      client("S seq=100 window=8000"),
      client("S seq=100 window=8000"),
      server("SA seq=900 ack=101 window=8000"),
      server("SA seq=900 ack=101 window=8000"),
      client("A seq=101 ack=901 window=8000"),
      server("SA seq=900 ack=101 window=8000"),
      client("A seq=101 ack=901 window=8000"),
    ],
  },
  {
    name: "opened by both at once",
    steps: [
      client("S seq=100 window=8000"),
      server("S seq=900 window=8000"),
      client("SA seq=100 ack=901 window=8000"),
      server("SA seq=900 ack=101 window=8000"),
      client("A seq=101 ack=901 window=8000"),
      server("PA seq=901 ack=101 window=8000 data=hello"),
    ],
  },
  {
    name: "closed by the backend first, with data after its FIN the other way",
    steps: [
      ...handshake,
      server("FA seq=901 ack=101 window=8000"),
      client("A seq=101 ack=902 window=8000"),
      client("PA seq=101 ack=902 window=8000 data=more"),
      server("A seq=902 ack=105 window=8000"),
      client("FA seq=105 ack=902 window=8000"),
      server("A seq=902 ack=106 window=8000"),
    ],
  },
  {
    name: "closed by both at once",
    steps: [
      ...handshake,
      client("FA seq=101 ack=901 window=8000"),
      server("FA seq=901 ack=101 window=8000"),
      client("A seq=102 ack=902 window=8000"),
      server("A seq=902 ack=102 window=8000"),
    ],
  },
  {
    name: "refused by the backend",
    steps: [client("S seq=100 window=8000"), server("RA seq=0 ack=101"), client("S seq=300 window=8000")],
  },
  {
    name: "reset in sequence by the client, and a late answer",
    steps: [...handshake, client("R seq=101"), server("PA seq=901 ack=101 window=8000 data=late")],
  },
  {
    name: "a tuple that is used again while it is closing",
    steps: [
      ...handshake,
      ...ended,
      client("S seq=500000 window=8000"),
      server("SA seq=70000 ack=500001 window=8000"),
      client("A seq=500001 ack=70001 window=8000"),
    ],
  },
  {
    name: "a client that has forgotten its connection: SYN, challenge ACK, RST, SYN",
    steps: [
      ...handshake,
      client("S seq=700000 window=8000"),
      server("A seq=901 ack=101 window=8000"),
      client("R seq=101"),
      client("S seq=700000 window=8000"),
      server("SA seq=80000 ack=700001 window=8000"),
      client("A seq=700001 ack=80001 window=8000"),
    ],
  },
  {
    name: "in the middle of a connection",
    steps: [
      client("A seq=101 ack=901 window=8000"),
      client("SA seq=101 ack=901"),
      client("FA seq=1 ack=2"),
      client("R seq=1"),
    ],
  },
  {
    name: "in the middle, admitted",
    kernel: { sysctl: { "net.netfilter.nf_conntrack_tcp_loose": "1" } },
    settings: { midStream: "admit" },
    steps: [
      client("PA seq=101 ack=901 window=8000 data=middle"),
      server("A seq=901 ack=107 window=8000"),
      client("PA seq=107 ack=901 window=8000 data=more"),
    ],
  },
  {
    name: "a reset out of the window",
    steps: [
      ...handshake,
      onward("R seq=90000101", "TCP windows"),
      back("R seq=90000901", "TCP windows"),
      client("PA seq=101 ack=901 window=8000 data=go-on"),
    ],
  },
  {
    name: "data out of the window, and acknowledgements of what was never sent",
    steps: [
      ...handshake,
      onward("PA seq=1000101 ack=901 window=8000 data=far", "TCP windows"),
      onward("A seq=101 ack=1000901 window=8000", "TCP windows"),
      server("PA seq=901 ack=101 window=8000 data=near"),
    ],
  },
  {
    name: "flags that cannot be",
    steps: [
      ...handshake,
      onward("- seq=101", "odd flags"),
      onward("FPU seq=101", "odd flags"),
      onward("SF seq=101", "odd flags"),
      onward("SR seq=101", "odd flags"),
      onward("FSRPAUEC seq=101", "odd flags"),
      {
        in: "tcp 10.1.0.9:1025 > 10.1.0.4:443 SF seq=1",
        differs: {
          by: "odd flags",
          kernel: [],
          linkplane: ["provider tcp 10.2.0.10:1025 > 10.2.1.1:8443 SF seq=1 ttl=63"],
        },
      },
      { in: "tcp 10.1.0.9:1031 > 10.1.0.4:443 SR seq=1" },
    ],
  },
  {
    name: "what dies in a pause: half-open, closed and reset flows and UDP do, an established one does not",
    kernel: { sysctl },
    settings: { timers },
    steps: [
      { in: "tcp 10.1.0.9:1024 > 10.1.0.4:443 S seq=100 window=8000" },
      { in: "tcp 10.1.0.9:1025 > 10.1.0.4:443 S seq=100 window=8000" },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1025 SA seq=900 ack=101 window=8000", side: "provider" },
      { in: "tcp 10.1.0.9:1025 > 10.1.0.4:443 A seq=101 ack=901 window=8000" },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1025 FA seq=901 ack=101 window=8000", side: "provider" },
      { in: "tcp 10.1.0.9:1025 > 10.1.0.4:443 FA seq=101 ack=902 window=8000" },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1025 A seq=902 ack=102 window=8000", side: "provider" },
      { in: "tcp 10.1.0.9:1026 > 10.1.0.4:443 S seq=100 window=8000" },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1026 SA seq=900 ack=101 window=8000", side: "provider" },
      { in: "tcp 10.1.0.9:1026 > 10.1.0.4:443 A seq=101 ack=901 window=8000" },
      { in: "tcp 10.1.0.9:1026 > 10.1.0.4:443 R seq=101" },
      { in: "tcp 10.1.0.9:1027 > 10.1.0.4:443 S seq=100 window=8000" },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1027 SA seq=900 ack=101 window=8000", side: "provider" },
      { in: "tcp 10.1.0.9:1027 > 10.1.0.4:443 A seq=101 ack=901 window=8000" },
      ...question,
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA seq=900 ack=101 window=8000", side: "provider", pause: PAUSE },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1025 A seq=902 ack=102 window=8000", side: "provider" },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1026 PA seq=901 ack=101 window=8000 data=late", side: "provider" },
      { in: "tcp 10.1.0.9:1025 > 10.1.0.4:443 A seq=102 ack=902 window=8000" },
      { in: `${ANSWER} data=late`, side: "provider" },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1027 PA seq=901 ack=101 window=8000 data=alive", side: "provider" },
      { in: "tcp 10.1.0.9:1027 > 10.1.0.4:443 A seq=101 ack=906 window=8000" },
    ],
  },
];
