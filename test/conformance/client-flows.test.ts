// A limit of the flows that a client has at once (docs/behaviour.md, section 20.6; RFC 6888, REQ-4).

import { assert } from "../kit.ts";
import { CLIENT, DUAL, SIX, withIpv6 } from "./ipv6-kit.ts";
import { synsOfShard } from "./shard-syns.ts";
import { type Step, table } from "./table.ts";

const syn = (port: number, gives: string, client = "10.1.0.9"): Step => ({
  in: `tcp ${client}:${port} > 10.1.0.4:443 S seq=100`,
  gives,
});
const query = (port: number, gives: string): Step => ({ in: `udp 10.1.0.9:${port} > 10.1.0.4:53`, gives });
/** A flow of the first client, whose server has answered on the first NAT port. */
const established: Step[] = [
  syn(1, "forward new-flow 0"),
  { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA seq=900 ack=101", side: "provider" },
  { in: "tcp 10.1.0.9:1 > 10.1.0.4:443 A seq=101 ack=901", gives: "forward forwarded 0" },
];
const FULL = "drop client-flows-full";
/** One flow of each of so many other clients. */
const others = (count: number): Step[] =>
  Array.from({ length: count }, (_, i) => syn(1, "forward new-flow", `10.1.2.${1 + i}`));
const SHARDS = 2;
const OF_SHARD = 1;
const ofShard = synsOfShard(SHARDS, OF_SHARD, 3);

table("Flows of a client", [
  {
    name: "are as many as it may have, of TCP and UDP together; those it has go on, and others' are their own",
    settings: { maxFlowsPerClient: 2 },
    steps: [
      ...established,
      query(2, "forward new-flow 1"),
      syn(3, `${FULL} 1000`),
      query(3, `${FULL} 1001`),
      query(2, "forward forwarded 1"),
      { in: "tcp 10.1.0.9:1 > 10.1.0.4:443 A seq=101 ack=901", gives: "forward forwarded 0" },
      syn(1, "forward new-flow 2", "10.1.0.10"),
    ],
    counters: { reasons: { "client-flows-full": 2 }, flows: { active: 3, denied: 2 } },
  },
  {
    name: "make room when they end: what was refused is asked again with every packet",
    settings: { maxFlowsPerClient: 1 },
    steps: [
      syn(1, "forward new-flow 0"),
      syn(2, `${FULL} 1000`),
      { at: 59, in: "tcp 10.1.0.9:2 > 10.1.0.4:443 S seq=100", gives: `${FULL} 1000` },
      { at: 61, in: "tcp 10.1.0.9:2 > 10.1.0.4:443 S seq=100", gives: "forward new-flow 0" },
    ],
    counters: { flows: { created: 2, expired: 1, active: 1 } },
  },
  {
    name: "that are dead and not released yet are, when it has too many: the next 16 that are due",
    settings: { maxFlowsPerClient: 1 },
    steps: [...others(16), syn(1, "forward new-flow"), { ...syn(99, "forward new-flow"), at: 61 }],
    counters: { flows: { expired: 17, active: 1 } },
  },
  {
    name: "are not found out to be dead behind 17 others",
    settings: { maxFlowsPerClient: 1 },
    steps: [...others(17), syn(1, "forward new-flow"), { ...syn(99, FULL), at: 61 }],
    counters: { flows: { expired: 17, active: 1 } },
  },
  {
    name: "are those of its address in one network",
    settings: { maxFlowsPerClient: 1 },
    steps: [
      syn(1, "forward new-flow"),
      { in: "tcp 10.1.0.9:2 > 10.1.0.4:443 S", network: "lab", gives: "forward new-flow" },
      { in: "tcp 10.1.0.9:3 > 10.1.0.4:443 S", network: "lab", gives: FULL },
      syn(2, FULL),
    ],
  },
  {
    name: "are not evicted for others of its own",
    settings: { maxFlowsPerClient: 2, whenFull: "evict" },
    steps: [syn(1, "forward new-flow 0"), syn(2, "forward new-flow 1"), syn(3, FULL), syn(1, "forward forwarded 0")],
    counters: { flows: { evicted: 0 } },
  },
  {
    name: "make way for those of another client when all flows are there, and then it may have more",
    settings: { maxFlows: 2, maxFlowsPerClient: 2, whenFull: "evict" },
    steps: [
      syn(1, "forward new-flow 0"),
      syn(2, "forward new-flow 1"),
      syn(1, "forward new-flow 0", "10.1.0.10"),
      syn(3, "forward new-flow 1"),
    ],
    counters: { flows: { evicted: 2 } },
  },
  {
    name: "of an IPv6 address, to endpoints of both kinds",
    settings: { maxFlowsPerClient: 2 },
    change: withIpv6,
    steps: [
      { in: `tcp ${CLIENT}:1 > ${SIX}:443 S`, gives: "forward new-flow 0" },
      { in: `tcp ${CLIENT}:1 > ${DUAL}:443 S`, gives: "forward new-flow 1" },
      { in: `udp ${CLIENT}:1 > ${DUAL}:53`, gives: FULL },
      { in: `tcp [fd00:1::a]:1 > ${SIX}:443 S`, gives: "forward new-flow 2" },
      { at: 61, in: `udp ${CLIENT}:1 > ${DUAL}:53`, gives: "forward new-flow" },
    ],
  },
  {
    name: "are shared out among shards, as all flows are",
    settings: { shards: SHARDS, maxFlowsPerClient: 3 },
    steps: ofShard.map((text, i) => ({ in: text, gives: i < 2 ? "forward new-flow" : FULL })),
  },
  {
    name: "flood after flood of one client takes no room, no NAT port and no flow from another",
    settings: { maxFlows: 20, maxFlowsPerClient: 10 },
    steps: [
      ...Array.from({ length: 10 }, (_, i) => syn(1000 + i, "forward new-flow", "10.1.0.66")),
      ...Array.from({ length: 1000 }, (_, i) => syn(2000 + i, FULL, "10.1.0.66")),
      ...Array.from({ length: 10 }, (_, i) => syn(3000 + i, "forward new-flow")),
    ],
    check: (plane) => {
      assert.is(plane.counters().reasons["flow-table-full"] ?? 0, 0);
      assert.is(plane.counters().flows.active, 20);
    },
  },
]);
