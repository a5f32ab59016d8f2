import type { BackendAddressPool, Backend, Configuration } from "../../host/config/configuration.ts";
import { table } from "./table.ts";

const packet = (flags: string, port = 5000): string => `tcp 10.1.0.9:${port} > 10.1.0.4:443 ${flags}`;
const reply = (flags: string): string => `tcp 10.2.1.1:8443 > 10.2.0.10:1024 ${flags}`;
const query = "udp 10.1.0.9:5000 > 10.1.0.4:53";
const provider = "provider" as const;
const handshake = [
  { at: 100, in: packet("S seq=100"), gives: "forward new-flow 0" },
  { at: 100, in: reply("SA seq=900 ack=101"), side: provider, gives: "forward forwarded 0" },
  { at: 100, in: packet("A seq=101 ack=901"), gives: "forward forwarded 0" },
];
const RESET_TO_CLIENT =
  "consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 RA seq=901 ack=101 id=0 from=020000000002 to=020000000001";
const RESET_TO_BACKEND = "provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 RA seq=101 ack=901 id=0";

const poolOf = ({ loadBalancers }: Configuration): BackendAddressPool => {
  const pool = loadBalancers[0]?.backendAddressPools[0];
  if (pool === undefined) throw new Error("The base configuration has no pool.");
  return pool;
};
/** Sets the state of the first backend, 10.2.1.1; a second one is up. */
const states =
  (state: Backend["state"], period?: number, reset = false) =>
  (configuration: Configuration): void => {
    const pool = poolOf(configuration);
    pool.backends = [
      { address: "10.2.1.1", weight: 1, state },
      { address: "10.2.1.2", weight: state === "up" ? 0 : 1, state: "up" },
    ];
    if (period === undefined) delete pool.drainPeriodInSeconds;
    else pool.drainPeriodInSeconds = period;
    for (const rule of configuration.loadBalancers[0]?.loadBalancingRules ?? []) rule.enableTcpReset = reset;
  };
const up = states("up", 20);
/** A packet that is no concern of the flows, to move the clock. */
const tick = (at: number) => ({ at, in: packet("A").replace("10.1.0.4", "10.1.0.99"), gives: "pass no-endpoint" });

table("A backend that drains within a period", [
  {
    name: "its flows go on until the period is over, then they are cut",
    change: up,
    steps: [
      ...handshake,
      { apply: states("draining", 20) },
      tick(110),
      { at: 129.999, in: packet("A"), gives: "forward forwarded 0" },
      { at: 130, in: reply("A"), side: provider, gives: "drop no-flow", out: [] },
      { at: 130, in: packet("A"), gives: "drop mid-stream" },
    ],
    counters: { flows: { cut: 1, active: 0 }, generated: { reset: 0 } },
  },
  {
    name: "with resets to both ends where the rule asks for them",
    change: states("up", 20, true),
    steps: [
      ...handshake,
      { apply: states("draining", 20, true) },
      { at: 110, out: [] },
      { at: 129.9, out: [] },
      { at: 130, out: [RESET_TO_CLIENT.replace("consumer", "consumer/timer"), RESET_TO_BACKEND] },
    ],
    counters: { flows: { cut: 1, active: 0 }, generated: { reset: 2 } },
  },
  {
    name: "a packet that comes before the walk is dropped, and has the flow cut",
    change: states("up", 20, true),
    steps: [
      { at: 100, in: packet("S", 6000), gives: "forward new-flow 0" },
      { at: 100, in: packet("S seq=100"), gives: "forward new-flow 1" },
      { apply: states("draining", 20, true) },
      tick(110),
      {
        at: 130,
        in: packet("A"),
        gives: "drop backend-drained 1",
        out: [
          "consumer/timer tcp 10.1.0.4:443 > 10.1.0.9:6000 RA seq=0 ack=1 id=0 from=020000000002 to=020000000001",
          "provider/timer tcp 10.2.0.10:1024 > 10.2.1.1:8443 RA seq=1 ack=0 id=0",
          "consumer/answer tcp 10.1.0.4:443 > 10.1.0.9:5000 RA seq=0 ack=101 id=0 from=020000000002 to=020000000001",
          "provider/answer tcp 10.2.0.10:1025 > 10.2.1.1:8443 RA seq=101 ack=0 id=0",
        ],
      },
      { at: 130, in: packet("S"), out: ["provider tcp 10.2.0.10:1024 > 10.2.1.2:8443 S ttl=63"] },
    ],
    counters: {
      reasons: { "backend-drained": 1 },
      endpoints: { "shop-approved": { drops: { "backend-drained": 1 } } },
    },
  },
  {
    name: "takes no new flow, and its UDP flows move at once",
    change: up,
    steps: [
      { at: 100, in: query, gives: "forward new-flow 0" },
      { apply: states("draining", 20) },
      { at: 101, in: query, gives: "forward new-flow 0", out: ["provider udp 10.2.0.10:1024 > 10.2.1.2:5353 ttl=63"] },
      { at: 200, in: query, gives: "forward forwarded 0" },
    ],
  },
  {
    name: "without a period its flows go on until they end",
    change: states("up"),
    steps: [
      ...handshake,
      { apply: states("draining") },
      tick(110),
      { at: 350, in: packet("A"), gives: "forward forwarded 0" },
    ],
  },
  {
    name: "a period of 0: cut at once",
    change: states("up", 0),
    steps: [
      ...handshake,
      { apply: states("draining", 0) },
      { at: 100, in: reply("A"), side: provider, gives: "drop no-flow" },
    ],
    counters: { flows: { cut: 1 } },
  },
]);

table("The period", [
  {
    name: "begins with the first packet behind the change",
    change: up,
    steps: [
      ...handshake,
      { apply: states("draining", 20) },
      { at: 119, in: packet("A"), gives: "forward forwarded 0" },
      { at: 138, in: packet("A"), gives: "forward forwarded 0" },
      { at: 139, in: packet("A"), gives: "drop mid-stream" },
    ],
  },
  {
    name: "is not begun anew by another change",
    change: up,
    steps: [
      ...handshake,
      { apply: states("draining", 20) },
      tick(110),
      { apply: (it) => Object.assign(it.settings, { icmpEcho: "answer" }) },
      tick(125),
      { at: 130, in: packet("A"), gives: "drop mid-stream" },
    ],
  },
  {
    name: "may be made shorter and longer while it runs",
    change: up,
    steps: [
      ...handshake,
      { apply: states("draining", 20) },
      tick(110),
      { apply: states("draining", 40) },
      { at: 149, in: packet("A"), gives: "forward forwarded 0" },
      { apply: states("draining", 30) },
      { at: 149, in: packet("A"), gives: "drop mid-stream" },
    ],
  },
  {
    name: "ends when the backend is up again, and begins anew when it drains again",
    change: up,
    steps: [
      ...handshake,
      { apply: states("draining", 20) },
      tick(110),
      { apply: up },
      { at: 130, in: packet("A"), gives: "forward forwarded 0" },
      { apply: states("draining", 20) },
      { at: 140, in: packet("A"), gives: "forward forwarded 0" },
      { at: 159, in: packet("A"), gives: "forward forwarded 0" },
      { at: 160, in: packet("A"), gives: "drop mid-stream" },
    ],
  },
  {
    name: "goes on when the backend is removed",
    change: up,
    steps: [
      ...handshake,
      { apply: states("draining", 20) },
      tick(110),
      { apply: (it) => void poolOf(it).backends.shift() },
      { at: 129, in: packet("A"), gives: "forward forwarded 0" },
      { at: 130, in: packet("A"), gives: "drop mid-stream" },
    ],
  },
  {
    name: "of a backend that drains from the beginning begins with the first packet",
    change: states("draining", 20),
    steps: [tick(1000), { apply: states("draining", 20) }, { at: 1001, in: packet("S"), gives: "forward new-flow 0" }],
    counters: { flows: { cut: 0 } },
  },
  {
    name: "has a denied flow walk again when it is over",
    change: up,
    steps: [
      ...handshake,
      { apply: states("draining", 20) },
      { at: 110, in: packet("S").replace("10.1.0.4", "10.1.0.5"), gives: "drop connection-pending 1000" },
      { at: 131, in: packet("S").replace("10.1.0.4", "10.1.0.5"), gives: "drop connection-pending 1000" },
    ],
  },
]);
