import type { Backend, BackendAddressPool, Configuration } from "../../host/config/configuration.ts";
import { assert } from "../kit.ts";
import { table } from "./table.ts";

type Said = [state: Backend["state"], adminState?: Backend["adminState"], weight?: number];

/** Gives the pool such backends: 10.2.1.1 and on. */
const backends =
  (list: Said[], pool: Partial<BackendAddressPool> = {}) =>
  ({ loadBalancers }: Configuration): void => {
    const own = loadBalancers[0]?.backendAddressPools[0];
    if (own === undefined) return;
    Object.assign(own, pool);
    own.backends = list.map(([state, adminState, weight = 1], i) => ({
      address: `10.2.1.${i + 1}`,
      weight,
      state,
      ...(adminState === undefined ? {} : { adminState }),
    }));
  };

const ALL_UP = { noHealthyBackendsBehavior: "AllProbedUp" } as const;
const CLIENTS = [1, 2, 3, 4, 5, 6];
const syn = (client: number): string => `tcp 10.1.0.9:${client} > 10.1.0.4:443 S`;
/** All new flows go to one backend. */
const onlyTo = (backend: number) =>
  CLIENTS.map((client) => ({
    in: syn(client),
    gives: "forward new-flow",
    out: [`provider tcp 10.2.0.10:${1023 + client} > 10.2.1.${backend}:8443 S ttl=63`],
  }));
const refused = [{ in: syn(1), gives: "drop no-backend 1000" }];

table("Backends that take new flows", [
  {
    name: "adminState Up: whatever the probe says",
    change: backends([["down"], ["down", "Up"]]),
    steps: onlyTo(2),
  },
  {
    name: "adminState Down: not even one that is up",
    change: backends([
      ["up", "Down"],
      ["up", "None"],
    ]),
    steps: onlyTo(2),
  },
  {
    name: "not one that is draining, with adminState Up, nor one of weight 0",
    change: backends([
      ["draining", "Up"],
      ["up", "Up", 0],
    ]),
    steps: refused,
  },
  {
    name: "all probed down: none",
    change: backends([["down"], ["down", "None"]], { noHealthyBackendsBehavior: "AllProbedDown" }),
    steps: refused,
  },
  {
    name: "AllProbedUp: when none takes them, those that are down do",
    change: backends([["draining"], ["down", "Down"], ["down", "None", 0], ["down"]], ALL_UP),
    steps: onlyTo(4),
  },
  {
    name: "AllProbedUp: new flows spread over all that are down, and over no other",
    change: backends([["down"], ["draining"], ["down"], ["down", "Down"], ["down"]], ALL_UP),
    steps: Array.from({ length: 60 }, (_, i) => ({ in: syn(1 + i), gives: "forward new-flow" })),
    check: (plane) => {
      const used = new Set(plane.flows().map(({ backend }) => backend));
      assert.equal([...used].sort(), ["10.2.1.1:8443", "10.2.1.3:8443", "10.2.1.5:8443"]);
    },
  },
  {
    name: "AllProbedUp: not while another does",
    change: backends([["down"], ["up"]], ALL_UP),
    steps: onlyTo(2),
  },
  {
    name: "AllProbedUp: one that was put up counts as another",
    change: backends([["down"], ["down", "Up"]], ALL_UP),
    steps: onlyTo(2),
  },
  {
    name: "AllProbedUp: none when all were put down",
    change: backends([["down", "Down"], ["draining"]], ALL_UP),
    steps: refused,
  },
  {
    name: "a packet that names its backend: only one that takes them",
    change: backends([["up", "Down"], ["down", "Up"], ["up"]]),
    steps: CLIENTS.map((client) => ({ in: syn(client), backend: client === 1 ? "10.2.1.1" : "10.2.1.2" })),
    check: (plane) => {
      const [first, ...others] = plane.flows().map(({ backend }) => backend);
      assert.ok(first !== "10.2.1.1:8443", first);
      assert.equal(others, ["10.2.1.2:8443", "10.2.1.2:8443", "10.2.1.2:8443", "10.2.1.2:8443", "10.2.1.2:8443"]);
    },
  },
]);

const query = "udp 10.1.0.9:5000 > 10.1.0.4:53";
const packet = (flags: string): string => `tcp 10.1.0.9:5000 > 10.1.0.4:443 ${flags}`;

table("Flows of a backend that ceases to take new ones", [
  {
    name: "adminState Down: TCP stays, UDP moves",
    change: backends([["up"], ["down"]]),
    steps: [
      { in: packet("S"), gives: "forward new-flow 0" },
      { in: query, gives: "forward new-flow 1", out: ["provider udp 10.2.0.10:1024 > 10.2.1.1:5353 ttl=63"] },
      { apply: backends([["up", "Down"], ["up"]]) },
      { in: packet("A"), gives: "forward forwarded 0", out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 A ttl=63"] },
      { in: query, gives: "forward new-flow 1", out: ["provider udp 10.2.0.10:1024 > 10.2.1.2:5353 ttl=63"] },
    ],
    counters: { flows: { cut: 1 } },
  },
  {
    name: "all probed down: TCP goes on, UDP and new flows are refused",
    change: backends([["up"]]),
    steps: [
      { in: packet("S"), gives: "forward new-flow 0" },
      { in: query, gives: "forward new-flow 1" },
      { apply: backends([["down"]]) },
      { in: packet("A"), gives: "forward forwarded 0" },
      { in: query, gives: "drop no-backend 1000" },
      { in: packet("S").replace("5000", "6000"), gives: "drop no-backend 1001" },
    ],
  },
  {
    name: "AllProbedUp: UDP stays where it is, new flows come",
    change: backends([["up"]], ALL_UP),
    steps: [
      { in: query, gives: "forward new-flow 0" },
      { apply: backends([["down"]], ALL_UP) },
      { in: query, gives: "forward forwarded 0" },
      { in: packet("S"), gives: "forward new-flow 1" },
    ],
    counters: { flows: { cut: 0 } },
  },
]);
