// Vectors V01 to V12: what VPP's tests of its NAT ask (test/test_nat44_ed.py), written again for this plane.

import { assert } from "../../kit.ts";
import { echo, errorAbout } from "../icmp-kit.ts";
import { synsOfShard } from "../shard-syns.ts";
import { type Step, table } from "../table.ts";
import {
  ANSWER,
  client,
  flowsByBackend,
  GIVEN_ANSWER,
  handshake,
  QUERY,
  REPLY,
  REQUEST,
  SENT,
  SENT_QUERY,
  server,
  weighted,
} from "./sequence.ts";

const provider = "provider" as const;
const SHARDS = 64;
const SLICE = 64512 / SHARDS;
/** One flow more than the last shard has ports. */
const ofLastShard = synsOfShard(SHARDS, SHARDS - 1, SLICE + 1);
const [oneTooMany = "", ...ofSlice] = ofLastShard;
const ofFirstShard = synsOfShard(SHARDS, 0, SLICE);
/** One flow of each shard between. */
const ofEach = Array.from({ length: SHARDS - 2 }, (_, i) => synsOfShard(SHARDS, i + 1, 1)[0] as string);
const reply = (port: number, gives: string) => ({
  in: `tcp 10.2.1.1:8443 > 10.2.0.10:${port} SA`,
  side: provider,
  gives,
});
const sharded = { shards: SHARDS, maxFlows: SHARDS * 2000, maxDenied: SHARDS };

/** A second TCP flow, of port 5001, on NAT port 1025: its SYN, its handshake, and what its server sends. */
const REQUEST2 = "tcp 10.1.0.9:5001 > 10.1.0.4:443";
const SYN2 = `${REQUEST2} S seq=100`;
const backward = (words: string): Step => ({ in: `tcp 10.2.1.1:8443 > 10.2.0.10:1025 ${words}`, side: provider });
const conversation2: Step[] = [
  { in: SYN2, gives: "forward new-flow 1" },
  backward("SA seq=900 ack=101"),
  { in: `${REQUEST2} A seq=101 ack=901` },
];

table("V01 to V05: translation, ports and errors", [
  {
    name: "V01 TCP, UDP and an ICMP error out and back: counters move by as many, and nothing is dropped",
    steps: [
      ...handshake,
      client("PA seq=101 ack=901 data=hello"),
      server("PA seq=901 ack=106 data=hi"),
      { in: `${QUERY} data=query`, gives: "forward new-flow 1" },
      { in: `${ANSWER} data=answer`, side: provider, gives: "forward forwarded 1" },
      {
        in: errorAbout("10.2.1.1 > 10.2.0.10", `${SENT_QUERY} data=query`),
        side: provider,
        gives: "forward icmp-error 1",
      },
    ],
    counters: {
      flows: { created: 2, denied: 0, active: 2 },
      endpoints: { "shop-approved": { flows: 2, toService: { packets: 4 }, toConsumer: { packets: 3 } } },
    },
    check: (plane) => {
      const { reasons, endpoints } = plane.counters();
      assert.equal(reasons, { "new-flow": 2, forwarded: 5, "icmp-error": 1 });
      assert.equal(endpoints["shop-approved"]?.drops, {});
    },
  },
  {
    name: "V02 edge ports of the client: 0, 1023, 1024 and 65535",
    steps: [0, 1023, 1024, 65535].flatMap((port, i) => [
      {
        in: `tcp 10.1.0.9:${port} > 10.1.0.4:443 S`,
        gives: `forward new-flow ${i}`,
        out: [`provider tcp 10.2.0.10:${1024 + i} > 10.2.1.1:8443 S ttl=63`],
      },
      {
        in: `tcp 10.2.1.1:8443 > 10.2.0.10:${1024 + i} SA`,
        side: provider,
        gives: `forward forwarded ${i}`,
        out: [`consumer tcp 10.1.0.4:443 > 10.1.0.9:${port} SA ttl=63`],
      },
    ]),
  },
  {
    name: "V02 the first NAT port of each shard's slice, the last of the first slice and of the last one, and those around",
    settings: sharded,
    steps: [
      ...[...ofFirstShard, ...ofEach, ...ofSlice].map((text) => ({ in: text, gives: "forward new-flow" })),
      ...Array.from({ length: SHARDS }, (_, shard) => reply(1024 + shard * SLICE, "forward forwarded")),
      ...Array.from({ length: SHARDS - 2 }, (_, i) => reply(1024 + (i + 1) * SLICE + 1, "drop no-flow")),
      reply(1023, "drop no-flow"),
      reply(1024 + SLICE - 1, "forward forwarded"),
      reply(65_535 - SLICE, "drop no-flow"),
      reply(65_535, "forward forwarded"),
    ],
    counters: { reasons: { forwarded: SHARDS + 2, "no-flow": SHARDS } },
  },
  {
    name: "V03 out of ports: a new flow is dropped and counted, others go on, and a port that is freed serves again",
    settings: sharded,
    steps: [
      ...ofSlice.map((text) => ({ in: text, gives: "forward new-flow" })),
      { in: oneTooMany, gives: "drop nat-exhausted" },
      { at: 30, in: ofSlice[0] as string, gives: "forward forwarded" },
      { at: 61, in: oneTooMany, gives: "forward new-flow" },
      { at: 61, in: ofSlice[0] as string, gives: "forward forwarded" },
    ],
    counters: { reasons: { "nat-exhausted": 1 } },
  },
  {
    name: "V04 an ICMP error: the packet in it is turned back, and all three checksums are right",
    steps: [
      ...handshake,
      {
        in: errorAbout("10.2.1.1 > 10.2.0.10", `${SENT} PA seq=101 ack=901 ttl=63 data=hello`, { code: 3 }),
        side: provider,
        gives: "forward icmp-error 0",
        out: [
          `consumer ${errorAbout("10.1.0.4 > 10.1.0.9 ttl=63", `${REQUEST} PA seq=101 ack=901 ttl=63 data=hello`, { code: 3 })}`,
        ],
      },
    ],
  },
  {
    name: "V05 an Ethernet trailer is neither summed nor counted as data",
    settings: { icmpEcho: "answer" },
    steps: [
      {
        in: `${QUERY} data=odd trailer=17`,
        gives: "forward new-flow 0",
        out: [`provider ${SENT_QUERY} data=odd ttl=63 trailer=17`],
      },
      {
        in: `${ANSWER} data=x trailer=17`,
        side: provider,
        out: [`consumer ${GIVEN_ANSWER} data=x ttl=63 trailer=17`],
      },
      {
        in: echo("10.1.0.9 > 10.1.0.4", 8, "ping", "trailer=14"),
        out: [`consumer ${echo("10.1.0.4 > 10.1.0.9", 0, "ping", "id=0 from=020000000002 to=020000000001")}`],
      },
      {
        in: errorAbout("10.2.1.1 > 10.2.0.10 trailer=9", `${SENT_QUERY} data=odd ttl=63`),
        side: provider,
        gives: "forward icmp-error 0",
        out: [`consumer ${errorAbout("10.1.0.4 > 10.1.0.9 ttl=63 trailer=9", `${QUERY} data=odd ttl=63`)}`],
      },
    ],
  },
]);

table("V07 to V09: balancing and room", [
  {
    name: "V07 one address before many backends: weights are kept, for several clients",
    change: weighted(1, 3, 0),
    steps: Array.from({ length: 1200 }, (_, i) => ({
      in: `tcp 10.1.0.${10 + (i % 6)}:${2000 + i} > 10.1.0.4:443 S`,
      gives: "forward new-flow",
    })),
    settings: { maxFlows: 2000 },
    check: (plane) => {
      const flows = flowsByBackend(plane);
      const [light = 0, heavy = 0] = ["10.2.1.1", "10.2.1.2"].map((backend) => flows.get(backend) ?? 0);
      assert.is(light + heavy, 1200, "the backend of weight 0 has none");
      assert.ok(Math.abs(heavy / 1200 - 0.75) < 0.05, `${heavy} of 900`);
    },
  },
  {
    name: "V08 both addresses are rewritten, whoever the client is: even one with the backend's own address",
    steps: [
      {
        in: `${REQUEST} S seq=1`,
        gives: "forward new-flow 0",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S seq=1 ttl=63"],
      },
      {
        in: "tcp 10.2.1.1:5000 > 10.1.0.4:443 S seq=1",
        gives: "forward new-flow 1",
        out: ["provider tcp 10.2.0.10:1025 > 10.2.1.1:8443 S seq=1 ttl=63"],
      },
      {
        in: "tcp 10.2.1.1:8443 > 10.2.0.10:1025 SA seq=9 ack=2",
        side: provider,
        gives: "forward forwarded 1",
        out: ["consumer tcp 10.1.0.4:443 > 10.2.1.1:5000 SA seq=9 ack=2 ttl=63"],
      },
    ],
  },
  {
    name: "V09 a full table takes the place of what has expired, and of nothing else",
    settings: { maxFlows: 3 },
    steps: [
      ...handshake,
      { in: QUERY, gives: "forward new-flow 1" },
      { in: "tcp 10.1.0.9:5001 > 10.1.0.4:443 S", gives: "forward new-flow 2" },
      { at: 59, in: "tcp 10.1.0.9:5002 > 10.1.0.4:443 S", gives: "drop flow-table-full" },
      { at: 61, in: "tcp 10.1.0.9:5002 > 10.1.0.4:443 S", gives: "forward new-flow 2" },
      { at: 61, in: "tcp 10.1.0.9:5003 > 10.1.0.4:443 S", gives: "drop flow-table-full" },
      client("A seq=101 ack=901", "forward forwarded 0", 61),
      { at: 61, in: QUERY, gives: "forward forwarded 1" },
    ],
    counters: { flows: { created: 4, expired: 1, active: 3 } },
  },
  ...(
    [
      ["an opening TCP flow", 60, [{ in: SYN2 }]],
      [
        "a closing one",
        30,
        [...conversation2, { in: `${REQUEST2} FA seq=101 ack=901` }, backward("FA seq=901 ack=102")],
      ],
      ["one that was reset", 10, [...conversation2, backward("R seq=901")]],
      ["UDP", 300, [{ in: QUERY }]],
      ["an established one", 300, conversation2],
    ] as [kind: string, lives: number, opening: Step[]][]
  ).map(([kind, lives, opening]) => ({
    name: `V09 ${kind} makes room when it has expired, ${lives} s after its last packet, and not before; a live one stays`,
    settings: { maxFlows: 2 },
    steps: [
      ...handshake,
      ...opening,
      client("A seq=101 ack=901", "forward forwarded 0", lives - 1),
      { at: lives - 1, in: "tcp 10.1.0.9:5009 > 10.1.0.4:443 S", gives: "drop flow-table-full" },
      // Flows are released by ticks of 2^28 ns.
      { at: lives + 0.3, in: "tcp 10.1.0.9:5009 > 10.1.0.4:443 S", gives: "forward new-flow 1" },
      client("A seq=101 ack=901", "forward forwarded 0", lives + 0.3),
    ],
    counters: { flows: { created: 3, expired: 1, active: 2 } },
  })),
]);

table("V10 to V12: how TCP ends", [
  {
    name: "V10 RST: the flow lives shortly, data behind its end are dropped, a SYN opens the tuple again",
    steps: [
      ...handshake,
      server("R seq=901"),
      client("PA seq=101 ack=901 data=late", "drop mid-stream", 10.5),
      server("A seq=901 ack=101", "drop no-flow", 10.5),
      client("S seq=5000", "forward new-flow", 11),
    ],
    counters: { flows: { created: 2, expired: 1, active: 1 } },
  },
  {
    name: "V11 closed by the client first: the flow is there until both ends have said so, and shortly after",
    steps: [
      ...handshake,
      client("FA seq=101 ack=901"),
      server("A seq=901 ack=102"),
      server("PA seq=901 ack=102 data=rest", "forward forwarded 0", 200),
      server("FA seq=905 ack=102", "forward forwarded 0", 201),
      client("A seq=102 ack=906", "forward forwarded 0", 202),
      client("A seq=102 ack=906", "drop mid-stream", 232),
    ],
  },
  {
    name: "V11 closed by the backend first",
    steps: [
      ...handshake,
      server("FA seq=901 ack=101"),
      client("A seq=101 ack=902"),
      client("PA seq=101 ack=902 data=rest", "forward forwarded 0", 200),
      client("FA seq=105 ack=902", "forward forwarded 0", 201),
      server("A seq=902 ack=106", "forward forwarded 0", 202),
      server("A seq=902 ack=106", "drop no-flow", 232),
    ],
  },
  {
    name: "V11 closed by both at once",
    steps: [
      ...handshake,
      client("FA seq=101 ack=901"),
      server("FA seq=901 ack=101"),
      client("A seq=102 ack=902"),
      server("A seq=902 ack=102"),
      client("A seq=102 ack=902", "forward forwarded 0", 29),
      client("A seq=102 ack=902", "drop mid-stream", 59),
    ],
  },
  {
    name: "V12 a SYN on a closed tuple opens a flow that stays short-lived until both ends speak",
    steps: [
      ...handshake,
      client("FA seq=101 ack=901"),
      server("FA seq=901 ack=102"),
      client("A seq=102 ack=902"),
      client("S seq=7000", "forward new-flow 0", 5),
      client("S seq=7000", "forward forwarded 0", 6),
      server("SA seq=3000 ack=7001", "drop no-flow", 66),
    ],
    check: (plane) => assert.is(plane.counters().flows.created, 2),
  },
  {
    name: "V12 and lives as any other when they do",
    steps: [
      ...handshake,
      client("FA seq=101 ack=901"),
      server("FA seq=901 ack=102"),
      client("A seq=102 ack=902"),
      client("S seq=7000", "forward new-flow 0", 5),
      { at: 5, in: `${REPLY} SA seq=3000 ack=7001`, side: provider, gives: "forward forwarded 0" },
      client("A seq=7001 ack=3001", "forward forwarded 0", 5),
      server("A seq=3001 ack=7001", "forward forwarded 0", 300),
    ],
  },
  {
    name: "V12 a SYN of the backend opens nothing",
    steps: [
      ...handshake,
      client("FA seq=101 ack=901"),
      server("FA seq=901 ack=102"),
      client("A seq=102 ack=902"),
      server("S seq=7000", "forward forwarded 0", 5),
      server("S seq=7000", "drop no-flow", 40),
    ],
    counters: { flows: { created: 1 } },
  },
]);
