// Vectors V25 to V30: what the Linux kernel's selftests of its connection tracking ask
// (tools/testing/selftests/net/netfilter/packetdrill), written again for this plane.

import { table } from "../table.ts";
import { client, handshake, server } from "./sequence.ts";

table("V25 to V30: what TCP does in odd orders", [
  {
    name: "V25 lost acknowledgements never stall a connection: a window that the plane did not see opened counts for nothing",
    steps: [
      ...handshake,
      ...Array.from({ length: 8 }, (_, i) =>
        server(`PA seq=${901 + i * 100_000} ack=101 window=64 data=${"d".repeat(100)}`),
      ),
      client("A seq=101 ack=800901 window=10"),
      client("PA seq=2000000101 ack=800901 data=far-ahead"),
      server("A seq=801001 ack=2000000110"),
    ],
    counters: { reasons: { "new-flow": 1, forwarded: 13 } },
  },
  {
    name: "V26 an RST beside the next number neither ends the flow nor keeps it alive, and one at that number ends it",
    steps: [
      ...handshake,
      server("R seq=905", "forward reset-out-of-sequence 0", 1),
      server("PA seq=901 ack=101 data=alive", "forward forwarded 0", 200),
      server("R seq=907", "forward reset-out-of-sequence 0", 499),
      client("A seq=101 ack=906", "drop mid-stream", 500),
      client("S seq=8000", "forward new-flow", 500),
      server("SA seq=3000 ack=8001", "forward forwarded", 500),
      client("A seq=8001 ack=3001", "forward forwarded", 500),
      server("R seq=3001", "forward forwarded", 501),
      client("A seq=8001 ack=3001", "drop mid-stream", 511),
    ],
  },
  {
    name: "V27 an RST with an old number, or one far ahead, is not taken, from either end",
    steps: [
      ...handshake,
      server("R seq=5", "forward reset-out-of-sequence 0"),
      server("R seq=900000", "forward reset-out-of-sequence 0"),
      client("R seq=100", "forward reset-out-of-sequence 0"),
      client("R seq=90000101", "forward reset-out-of-sequence 0"),
      client("PA seq=101 ack=901 data=go-on", "forward forwarded 0", 299),
    ],
  },
  {
    name: "V28 a client that has forgotten its connection: SYN, challenge ACK, RST, SYN",
    steps: [
      ...handshake,
      client("S seq=700000"),
      server("A seq=901 ack=101"),
      client("R seq=101"),
      client("S seq=700000", "forward new-flow", 1),
      server("SA seq=80000 ack=700001", "forward forwarded", 1),
      client("A seq=700001 ack=80001", "forward forwarded", 1),
      server("A seq=80001 ack=700001", "forward forwarded", 300),
    ],
  },
  {
    name: "V29 an old SYN-ACK is reset by the client, and the connection opens with the right one",
    steps: [
      client("S seq=100", "forward new-flow 0"),
      server("SA seq=7777 ack=55"),
      client("R seq=55"),
      client("S seq=100", "forward new-flow", 1),
      server("SA seq=900 ack=101", "forward forwarded", 1),
      client("A seq=101 ack=901", "forward forwarded", 1),
      server("PA seq=901 ack=101 data=hello", "forward forwarded", 300),
    ],
  },
  {
    name: "V30 a tuple is used again at once after both ends closed, by a SYN with a higher number",
    steps: [
      ...handshake,
      client("FA seq=101 ack=901"),
      server("FA seq=901 ack=102"),
      client("A seq=102 ack=902"),
      client("S seq=200000", "forward new-flow 0", 0.001),
      server("SA seq=50000 ack=200001", "forward forwarded 0", 0.002),
      client("A seq=200001 ack=50001", "forward forwarded 0", 0.003),
      client("PA seq=200001 ack=50001 data=again", "forward forwarded 0", 299),
    ],
    counters: { flows: { created: 2, active: 1 } },
  },
]);
