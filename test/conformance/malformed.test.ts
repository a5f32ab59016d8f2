import { frameOf } from "./packet.ts";
import { table } from "./table.ts";

const SYN = "tcp 10.1.0.9:5000 > 10.1.0.4:443 S";
const UDP = "udp 10.1.0.9:5000 > 10.1.0.4:53 data=abcd";

table("Malformed packets are dropped with their reason, and nothing is read beyond the frame", [
  {
    name: "no IPv4 at all",
    steps: [
      { frame: Uint8Array.from([...frameOf(SYN).slice(0, 12), 0x08, 0x06, 0, 1]), gives: "pass not-ip -1" },
      { frame: Uint8Array.from([...frameOf(SYN).slice(0, 12), 0x00, 0x26, 0, 1]), gives: "pass not-ip -1" },
      { frame: Uint8Array.from([...frameOf(SYN).slice(0, 12), 0x86, 0xdd, 0x60]), gives: "pass ipv6 -1" },
    ],
  },
  {
    name: "captured bytes that end inside the headers",
    steps: [0, 13, 14, 33, 37].map((captured) => ({ in: SYN, captured, gives: "drop truncated -1", out: [] })),
  },
  {
    name: "a header length below five words, or beyond the captured bytes",
    steps: [
      { frame: frameOf(SYN).fill(0x44, 14, 15), gives: "drop bad-ip-header -1" },
      { frame: frameOf(SYN).fill(0x55, 14, 15), gives: "drop bad-ip-header -1" },
      { frame: frameOf(SYN).fill(0x4f, 14, 15), gives: "drop truncated -1" },
    ],
  },
  {
    name: "a total length that does not fit",
    steps: [
      { in: `${SYN} total=19`, gives: "drop bad-ip-length -1" },
      { in: `${SYN} total=41`, gives: "drop bad-ip-length -1" },
      { in: `${SYN} total=41`, wireLength: 55, gives: "forward new-flow 0" },
    ],
  },
  {
    name: "TCP headers that cannot be",
    steps: [
      { in: `${SYN} total=39`, gives: "drop bad-tcp-header -1" },
      { in: `${SYN} offset=4`, gives: "drop bad-tcp-header -1" },
      { in: `${SYN} offset=6`, gives: "drop bad-tcp-header -1" },
    ],
  },
  {
    name: "UDP lengths that cannot be",
    steps: [
      { in: `${UDP} udplength=7`, gives: "drop bad-udp-length -1" },
      { in: `${UDP} udplength=13`, gives: "drop bad-udp-length -1" },
      { in: `${UDP} udplength=0`, gives: "drop bad-udp-length -1" },
      { in: `${UDP} total=27`, gives: "drop bad-udp-length -1" },
      {
        in: `${UDP} udplength=9`,
        gives: "forward new-flow 0",
        out: ["provider udp 10.2.0.10:1024 > 10.2.1.1:5353 data=abcd udplength=9 ttl=63"],
      },
    ],
  },
  {
    name: "offloaded frames: a total length of 0 stands for what is on the wire",
    steps: [
      {
        in: `${SYN} total=0 data=offloaded`,
        gives: "forward new-flow 0",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S total=0 data=offloaded ttl=63"],
      },
      {
        in: `${UDP} total=0 udplength=0`,
        gives: "forward new-flow 1",
        out: ["provider udp 10.2.0.10:1024 > 10.2.1.1:5353 data=abcd total=0 udplength=0 ttl=63"],
      },
    ],
  },
  {
    name: "a malformed packet that concerns no endpoint is not the plane's to drop once its addresses can be read",
    steps: [{ in: "tcp 10.1.0.9:5000 > 8.8.8.8:443 S offset=4", gives: "pass no-endpoint -1" }],
  },
]);
