import { synsOfShard } from "./shard-syns.ts";
import { assert } from "../kit.ts";
import { type Step, table } from "./table.ts";

const syn = (port: number, gives: string): Step => ({ in: `tcp 10.1.0.9:${port} > 10.1.0.4:443 S seq=100`, gives });
const synAck = (natPort: number, gives: string): Step => ({
  in: `tcp 10.2.1.1:8443 > 10.2.0.10:${natPort} SA seq=900 ack=101`,
  side: "provider",
  gives,
});
const ack = (port: number, gives: string): Step => ({
  in: `tcp 10.1.0.9:${port} > 10.1.0.4:443 A seq=101 ack=901`,
  gives,
});
/** A flow of a client's port that is answered, on a NAT port. */
const answered = (port: number, natPort: number, flow: number): Step[] => [
  syn(port, `forward new-flow ${flow}`),
  synAck(natPort, `forward forwarded ${flow}`),
  ack(port, `forward forwarded ${flow}`),
];
const FLOOD = 1000;
const flood = Array.from({ length: FLOOD }, (_, i) => syn(10_000 + i, "forward new-flow"));

/** A slice of 1,008 NAT ports, and one flow more. */
const SHARDS = 64;
const SHARD = 5;
const SLICE = 64512 / SHARDS;
const [next = "", ...slice] = synsOfShard(SHARDS, SHARD, SLICE + 1);

const ofSlices = {
  shards: SHARDS,
  maxFlows: SHARDS * 5000,
  endpointSources: "admit",
  whenFull: "evict",
} as const;
/** The server's packet to the NAT port that the shard gave out as its `which`th. */
const ofServer = (rest: string, which = 0): string =>
  `tcp 10.2.1.1:8443 > 10.2.0.10:${1024 + SHARD * SLICE + which} ${rest}`;

table("Opening flows give way", [
  {
    name: "where there is no room, the one that has been opening longest: it is forgotten",
    settings: { maxFlows: 3, whenFull: "evict" },
    steps: [
      ...answered(1, 1024, 0),
      syn(2, "forward new-flow 1"),
      syn(3, "forward new-flow 2"),
      syn(4, "forward new-flow 1"),
      ack(2, "drop mid-stream 3"),
      ack(1, "forward forwarded 0"),
    ],
    counters: { flows: { created: 4, evicted: 1, expired: 1, active: 3 } },
  },
  {
    name: "to beginnings only: neither UDP nor a flow in mid-stream takes its place",
    settings: { maxFlows: 1, midStream: "admit", whenFull: "evict" },
    steps: [
      syn(1, "forward new-flow 0"),
      { in: "udp 10.1.0.9:5 > 10.1.0.4:53", gives: "drop flow-table-full" },
      ack(2, "drop flow-table-full"),
      syn(3, "forward new-flow 0"),
    ],
  },
  {
    name: "no flow that was answered does",
    settings: { maxFlows: 2, whenFull: "evict" },
    steps: [...answered(1, 1024, 0), ...answered(2, 1025, 1), syn(3, "drop flow-table-full")],
    counters: { flows: { evicted: 0 } },
  },
  {
    name: "where there is no NAT port, the one of that pool that has been opening longest: the new flow has its port, rested or not",
    settings: { ...ofSlices, portQuarantineSeconds: 120 },
    steps: [
      ...slice.map((text) => ({ in: text, gives: "forward new-flow" })),
      { in: next, gives: `forward new-flow ${SHARD * 5000}` },
      { in: slice[1] as string, gives: `forward forwarded ${SHARD * 5000 + 1}` },
      { in: slice[0] as string, gives: `forward new-flow ${SHARD * 5000 + 1}` },
    ],
    counters: {
      flows: { evicted: 2 },
      natPools: { [`service 10.2.0.10 10.2.1.1 tcp ${SHARD}`]: { inUse: SLICE, peak: SLICE, exhausted: 2 } },
    },
  },
  {
    name: "but no port that a server has answered over: whoever opened behind it gives way",
    settings: ofSlices,
    steps: [
      ...slice.map((text) => ({ in: text, gives: "forward new-flow" })),
      { in: ofServer("SA seq=900 ack=1"), side: "provider", gives: `forward forwarded ${SHARD * 5000}` },
      { in: next, gives: `forward new-flow ${SHARD * 5000 + 1}` },
      { in: slice[0] as string, gives: `forward forwarded ${SHARD * 5000}` },
    ],
  },
  {
    name: "nor one whose connection began anew",
    settings: ofSlices,
    steps: [
      ...slice.map((text) => ({ in: text, gives: "forward new-flow" })),
      { in: ofServer("SA seq=900 ack=1"), side: "provider" },
      { in: `${(slice[0] as string).slice(0, -1)}A seq=1 ack=901` },
      { in: `${(slice[0] as string).slice(0, -1)}FA seq=1 ack=901` },
      { in: ofServer("FA seq=901 ack=2"), side: "provider", gives: `forward forwarded ${SHARD * 5000}` },
      { in: ofServer("SA seq=70000 ack=5001"), side: "provider", gives: `forward forwarded ${SHARD * 5000}` },
      { in: next, gives: `forward new-flow ${SHARD * 5000 + 1}` },
      { in: ofServer("A seq=70001 ack=5001"), side: "provider", gives: `forward forwarded ${SHARD * 5000}` },
    ],
    check: (plane) => {
      assert.is(plane.flows().find(({ number }) => number === SHARD * 5000)?.state, "opening");
    },
  },
  {
    name: "where all were answered there is none: the new one is refused",
    settings: ofSlices,
    steps: [
      ...slice.map((text) => ({ in: text, gives: "forward new-flow" })),
      ...slice.map((_, i) => ({ in: ofServer("SA seq=900 ack=1", i), side: "provider" as const })),
      { in: next, gives: "drop nat-exhausted" },
    ],
    counters: { flows: { evicted: 0 } },
  },
  {
    name: "without whenFull: evict none does: the new one is refused",
    settings: { maxFlows: 1 },
    steps: [syn(1, "forward new-flow 0"), syn(2, "drop flow-table-full"), ack(1, "forward forwarded 0")],
  },
  {
    name: "one that was sent again is as old as before",
    settings: { maxFlows: 2, whenFull: "evict" },
    steps: [
      syn(1, "forward new-flow 0"),
      syn(2, "forward new-flow 1"),
      syn(1, "forward forwarded 0"),
      syn(3, "forward new-flow 0"),
    ],
  },
  {
    name: "a flood of SYNs leaves established flows alone, and new ones are answered in the midst of it",
    settings: { maxFlows: 20, whenFull: "evict" },
    steps: [
      ...answered(1, 1024, 0),
      ...flood,
      ack(1, "forward forwarded 0"),
      syn(2, "forward new-flow"),
      ...flood.slice(0, 15),
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 A seq=901 ack=101", side: "provider", gives: "forward forwarded 0" },
      ack(1, "forward forwarded 0"),
      ack(2, "forward forwarded"),
    ],
    check: (plane) => {
      assert.is(plane.counters().flows.active, 20);
      assert.is(plane.counters().reasons["flow-table-full"] ?? 0, 0);
    },
  },
]);
