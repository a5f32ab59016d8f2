import { echo } from "./icmp-kit.ts";
import { table } from "./table.ts";

const PING = "10.1.0.9 > 10.1.0.4";
const ANSWER = { icmpEcho: "answer" } as const;

table("Echo to an endpoint", [
  {
    name: "is dropped, with a reason that says so: real endpoints do not answer either",
    steps: [{ in: echo(PING), gives: "drop icmp-echo -1", out: [] }],
    counters: { endpoints: { "shop-approved": { drops: { "icmp-echo": 1 } } }, generated: { icmp: 0 } },
  },
  {
    name: "is answered when configured, whatever its TTL, type of service and size",
    settings: ANSWER,
    steps: ["", "x", "hello", "y".repeat(1400)].map((data) => ({
      in: echo(PING, 8, data, "ttl=1 tos=184"),
      gives: "drop icmp-echo -1",
      out: [`consumer ${echo("10.1.0.4 > 10.1.0.9", 0, data, "id=0 tos=184 from=020000000002 to=020000000001")}`],
    })),
    counters: { generated: { icmp: 4 } },
  },
  {
    name: "is answered with a right checksum when all else in the answer is 0",
    settings: ANSWER,
    steps: ["", "0000", "00"].map((data) => ({
      in: `icmp ${PING} hex=0800f7ff00000000${data}`,
      gives: "drop icmp-echo -1",
      out: [`consumer icmp 10.1.0.4 > 10.1.0.9 id=0 from=020000000002 to=020000000001 hex=0000ffff00000000${data}`],
    })),
  },
  {
    name: "in a VLAN is answered there",
    settings: ANSWER,
    steps: [
      {
        in: echo(PING, 8, "hello", "vlan=10"),
        out: [`consumer ${echo("10.1.0.4 > 10.1.0.9", 0, "hello", "id=0 vlan=10 from=020000000002 to=020000000001")}`],
      },
    ],
  },
  {
    name: "is answered only where a flow might begin, and only to a host",
    settings: ANSWER,
    steps: [
      { in: echo("10.1.0.9 > 10.1.0.5"), gives: "drop icmp-echo -1", out: [] },
      { in: echo("224.0.0.9 > 10.1.0.4"), gives: "drop icmp-echo -1", out: [] },
      { in: echo("0.0.0.9 > 10.1.0.4"), gives: "drop icmp-echo -1", out: [] },
      { in: echo("127.0.0.1 > 10.1.0.4"), gives: "drop icmp-echo -1", out: [] },
      { in: echo(PING, 8, "hello", "to=ffffffffffff"), gives: "drop icmp-echo -1", out: [] },
      { in: echo("192.168.0.9 > 10.1.0.4"), network: "lab", gives: "drop icmp-echo -1", out: [] },
      { in: echo(PING, 8, "not all of it"), captured: 50, gives: "drop icmp-echo -1", out: [] },
    ],
  },
  {
    name: "is told apart by type and code",
    settings: ANSWER,
    steps: [
      { in: echo(PING, 0), gives: "drop icmp -1", out: [] },
      { in: "icmp 10.1.0.9 > 10.1.0.4 hex=0801000000000000", gives: "drop icmp -1", out: [] },
      { in: echo("10.2.1.1 > 10.2.0.10"), side: "provider", gives: "drop icmp -1", out: [] },
    ],
  },
]);
