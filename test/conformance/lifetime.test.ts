import { table } from "./table.ts";

const packet = (flags: string): string => `tcp 10.1.0.9:5000 > 10.1.0.4:443 ${flags}`;
const reply = (flags: string): string => `tcp 10.2.1.1:8443 > 10.2.0.10:1024 ${flags}`;
const handshake = [
  { in: packet("S"), gives: "forward new-flow 0" },
  { in: reply("SA"), side: "provider" as const, gives: "forward forwarded 0" },
  { in: packet("A"), gives: "forward forwarded 0" },
];

table("Lifetime of a TCP flow", [
  {
    name: "established: alive at 299.9 s of silence, dead at 300",
    steps: [
      ...handshake,
      { at: 299.999, in: packet("A"), gives: "forward forwarded 0" },
      { at: 599.999, in: packet("A"), gives: "drop mid-stream 1000" },
    ],
    counters: { flows: { created: 1, expired: 1 } },
  },
  {
    name: "a packet of either direction keeps it alive",
    steps: [
      ...handshake,
      { at: 250, in: reply("A"), side: "provider", gives: "forward forwarded 0" },
      { at: 549, in: packet("A"), gives: "forward forwarded 0" },
      { at: 848, in: reply("A"), side: "provider", gives: "forward forwarded 0" },
      { at: 1148, in: reply("A"), side: "provider", gives: "drop no-flow -1" },
    ],
  },
  {
    name: "a rule's own idle timeout",
    change: ({ loadBalancers }) => {
      const rule = loadBalancers[0]?.loadBalancingRules[0];
      if (rule !== undefined) rule.idleTimeoutInMinutes = 30;
    },
    steps: [
      ...handshake,
      { at: 1799, in: packet("A"), gives: "forward forwarded 0" },
      { at: 3598, in: packet("A"), gives: "forward forwarded 0" },
      { at: 5398, in: packet("A"), gives: "drop mid-stream 1000" },
    ],
  },
  {
    name: "not answered: 60 s",
    steps: [
      { in: packet("S"), gives: "forward new-flow 0" },
      { at: 60, in: reply("SA"), side: "provider", gives: "drop no-flow -1" },
    ],
  },
  {
    name: "FIN from one side leaves the other its time; from both 30 s",
    steps: [
      ...handshake,
      { in: packet("FA"), gives: "forward forwarded 0" },
      { at: 200, in: reply("A"), side: "provider", gives: "forward forwarded 0" },
      { at: 201, in: reply("FA"), side: "provider", gives: "forward forwarded 0" },
      { at: 202, in: packet("A"), gives: "forward forwarded 0" },
      { at: 232, in: packet("A"), gives: "drop mid-stream 1000" },
    ],
  },
  {
    name: "RST 10 s, and data after it does not bring the flow back",
    steps: [
      ...handshake,
      { in: reply("R"), side: "provider", gives: "forward forwarded 0" },
      { at: 9, in: packet("PA data=late"), gives: "forward forwarded 0" },
      { at: 19, in: packet("PA data=late"), gives: "drop mid-stream 1000" },
    ],
  },
  {
    name: "a SYN on a closing flow's tuple opens a new flow",
    steps: [
      ...handshake,
      { in: packet("FA") },
      { in: reply("FA"), side: "provider" },
      { at: 5, in: packet("S seq=2"), gives: "forward new-flow 0" },
    ],
    counters: { flows: { created: 2, expired: 1, active: 1 } },
  },
  {
    name: "a SYN on a live flow's tuple is a packet of it",
    steps: [...handshake, { at: 5, in: packet("S"), gives: "forward forwarded 0" }],
  },
  {
    name: "a time that jumps backwards does no harm",
    steps: [
      { at: 1000, in: packet("S"), gives: "forward new-flow 0" },
      { at: 3, in: reply("SA"), side: "provider", gives: "forward forwarded 0" },
      { at: 1, in: packet("A"), gives: "forward forwarded 0" },
      { at: 1299, in: packet("A"), gives: "forward forwarded 0" },
    ],
  },
  {
    name: "a packet from before the clock releases one due flow as well",
    steps: [
      ...handshake,
      ...[5001, 5002, 5003].map((port) => ({ in: `tcp 10.1.0.9:${port} > 10.1.0.4:443 S`, gives: "forward new-flow" })),
      { at: 100, in: packet("A"), gives: "forward forwarded 0" },
      ...[50, 51, 52].map((at) => ({ at, in: packet("A"), gives: "forward forwarded 0" })),
    ],
    counters: { flows: { created: 4, expired: 3, active: 1 } },
  },
  {
    name: "advance releases what is due, without a packet",
    steps: [...handshake, { at: 310, out: [] }],
    counters: {
      flows: { created: 1, expired: 1, active: 0 },
      natPools: { "service 10.2.0.10 10.2.1.1 tcp 0": { inUse: 0 } },
    },
  },
]);

table("Lifetime of a UDP flow", [
  {
    name: "300 s by default",
    steps: [
      { in: "udp 10.1.0.9:5000 > 10.1.0.4:53", gives: "forward new-flow 0" },
      { at: 299, in: "udp 10.1.0.9:5000 > 10.1.0.4:53", gives: "forward forwarded 0" },
      { at: 599, in: "udp 10.1.0.9:5000 > 10.1.0.4:53", gives: "forward new-flow 0" },
    ],
  },
]);
