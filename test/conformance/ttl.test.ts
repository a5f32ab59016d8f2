import { errorAbout, TIME_EXCEEDED } from "./icmp-kit.ts";
import { frameOf } from "./packet.ts";
import { type Step, table } from "./table.ts";

const SYN = "tcp 10.1.0.9:5000 > 10.1.0.4:443 S";

/** The answer: 576 bytes in all, precedence internetwork control (RFC 1812, 4.3.2.3 and 4.3.2.5). */
const told = (packet: string): string =>
  errorAbout("10.1.0.4 > 10.1.0.9 tos=192 id=0 fragment=0 from=020000000002 to=020000000001", packet, {
    type: TIME_EXCEEDED,
    code: 0,
    quoted: 528,
  });

table("Time to live", [
  {
    name: "1 and 0 end here, and touch no flow",
    steps: [
      { in: `${SYN} ttl=1`, gives: "drop ttl-expired -1", out: [] },
      { in: `${SYN} ttl=0`, gives: "drop ttl-expired -1", out: [] },
      { in: `${SYN} ttl=2`, gives: "forward new-flow 0", out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S ttl=1"] },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA ttl=1", side: "provider", gives: "drop ttl-expired 0", out: [] },
      { in: `${SYN} ttl=1`, gives: "drop ttl-expired -1", out: [] },
    ],
    counters: { flows: { created: 1, denied: 0 }, endpoints: { "shop-approved": { drops: { "ttl-expired": 4 } } } },
  },
  {
    name: "answered with ICMP time exceeded when configured",
    settings: { icmpTimeExceeded: true },
    steps: ["", " data=", ` data=${"d".repeat(507)}`, ` data=${"d".repeat(508)}`, ` data=${"d".repeat(509)}`].map(
      (data) => ({
        in: `${SYN} ttl=1${data}`,
        gives: "drop ttl-expired -1",
        out: [`consumer/answer ${told(`${SYN} ttl=1${data}`)}`],
      }),
    ),
    counters: { generated: { icmp: 5 } },
  },
  {
    name: "but not to an address that cannot be answered",
    settings: { icmpTimeExceeded: true },
    steps: [
      { in: "tcp 224.0.0.9:5000 > 10.1.0.4:443 S ttl=1", out: [] },
      { in: "tcp 0.1.2.3:5000 > 10.1.0.4:443 S ttl=1", out: [] },
      { in: "tcp 127.0.0.1:5000 > 10.1.0.4:443 S ttl=1", out: [] },
      { in: "tcp 255.255.255.255:5000 > 10.1.0.4:443 S ttl=1", out: [] },
      { in: "tcp 128.0.0.1:5000 > 10.1.0.4:443 S ttl=1", gives: "drop ttl-expired -1" },
    ],
    counters: { generated: { icmp: 1 } },
  },
  {
    name: "nor when the frame was sent to more stations than one (RFC 1122, 3.2.2)",
    settings: { icmpTimeExceeded: true },
    steps: [
      { in: `${SYN} ttl=1 to=ffffffffffff`, gives: "drop ttl-expired -1", out: [] },
      { in: `${SYN} ttl=1 to=01005e000001`, gives: "drop ttl-expired -1", out: [] },
      ...[1, 2].flatMap((kind): Step[] => [
        { frame: frameOf(`${SYN} ttl=1`, "sll").fill(kind, 1, 2), link: "sll", gives: "drop ttl-expired -1", out: [] },
        {
          frame: frameOf(`${SYN} ttl=1`, "sll2").fill(kind, 10, 11),
          link: "sll2",
          gives: "drop ttl-expired -1",
          out: [],
        },
      ]),
      { in: `${SYN} ttl=1`, link: "sll", gives: "drop ttl-expired -1" },
      { in: `${SYN} ttl=1`, link: "sll2", gives: "drop ttl-expired -1" },
      { in: `${SYN} ttl=1`, gives: "drop ttl-expired -1" },
    ],
    counters: { generated: { icmp: 3 } },
  },
]);
