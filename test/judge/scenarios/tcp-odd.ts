// TCP packets that do not belong: in the middle, out of the window, with odd flags, and behind a flow's end.

import { DEFAULT_SETTINGS, type Settings } from "../../../host/config/configuration.ts";
import {
  ANSWER,
  client,
  type Difference,
  GIVEN,
  handshake,
  type JudgedStep,
  question,
  type Scenario,
  SENT,
  server,
} from "../scenario.ts";

/** Lifetimes of eight seconds for whatever is not established, on both. */
const SHORT = 8;
const PAUSE = 11;
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
/** What the kernel takes for invalid, and linkplane leaves to the ends. */
const forwarded = (step: JudgedStep, by: Difference, out: string): JudgedStep => ({
  ...step,
  differs: { by, kernel: [], linkplane: [out] },
});
const onward = (words: string, by: Difference): JudgedStep =>
  forwarded(client(words), by, `provider ${SENT} ${words} ttl=63`);
const back = (words: string, by: Difference): JudgedStep =>
  forwarded(server(words), by, `consumer ${GIVEN} ${words} ttl=63`);

export const tcpOdd: Scenario[] = [
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
