// Vectors V25, V29 and V30: what the Linux kernel's selftests of its connection tracking ask
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
