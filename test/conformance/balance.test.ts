import type { Configuration, LoadDistribution } from "../../host/config/configuration.ts";
import { assert } from "../kit.ts";
import type { PlaneUnderTest } from "../plane.ts";
import { table } from "./table.ts";

const states =
  (...list: ("up" | "down" | "draining")[]) =>
  ({ loadBalancers }: Configuration): void => {
    const pool = loadBalancers[0]?.backendAddressPools[0];
    if (pool !== undefined) pool.backends = list.map((state, i) => ({ address: `10.2.1.${i + 1}`, weight: 1, state }));
  };

table("Balancing", [
  {
    name: "no backend that is up: refused",
    change: states("down", "draining"),
    steps: [{ in: "tcp 10.1.0.9:1 > 10.1.0.4:443 S", gives: "drop no-backend 1000" }],
  },
  {
    name: "a weight of 0 takes no flows",
    change: ({ loadBalancers }) => {
      const backend = loadBalancers[0]?.backendAddressPools[0]?.backends[0];
      if (backend !== undefined) backend.weight = 0;
    },
    steps: [{ in: "tcp 10.1.0.9:1 > 10.1.0.4:443 S", gives: "drop no-backend 1000" }],
  },
  {
    name: "only backends that are up get flows",
    change: states("down", "up", "draining"),
    steps: [1, 2, 3, 4, 5, 6].map((port) => ({
      in: `tcp 10.1.0.9:${port} > 10.1.0.4:443 S`,
      out: [`provider tcp 10.2.0.10:${1023 + port} > 10.2.1.2:8443 S ttl=63`],
    })),
  },
  {
    name: "a packet that names its backend goes there, whatever the hash says",
    change: states("up", "up", "up", "up"),
    steps: Array.from({ length: 12 }, (_, i) => ({
      in: `tcp 10.1.0.9:${100 + i} > 10.1.0.4:443 S`,
      backend: `10.2.1.${1 + (i % 4)}`,
      out: [`provider tcp 10.2.0.10:${1024 + Math.floor(i / 4)} > 10.2.1.${1 + (i % 4)}:8443 S ttl=63`],
    })),
  },
  {
    name: "not to one that takes no new flows, or is not in the rule's pool; nor does a flow move",
    change: states("up", "down", "draining"),
    steps: ["10.2.1.2", "10.2.1.3", "10.2.1.9", "0.0.0.0"].flatMap((backend, i) => [
      {
        in: `tcp 10.1.0.9:${100 + i} > 10.1.0.4:443 S`,
        backend,
        out: [`provider tcp 10.2.0.10:${1024 + i} > 10.2.1.1:8443 S ttl=63`],
      },
      {
        in: `tcp 10.1.0.9:${100 + i} > 10.1.0.4:443 A`,
        backend,
        out: [`provider tcp 10.2.0.10:${1024 + i} > 10.2.1.1:8443 A ttl=63`],
      },
    ]),
  },
  {
    name: "nor is one that is asked for any help when none takes new flows",
    change: states("down", "draining"),
    steps: [{ in: "tcp 10.1.0.9:1 > 10.1.0.4:443 S", backend: "10.2.1.1", gives: "drop no-backend 1000" }],
  },
  {
    name: "SourceIP: all of a client's flows go to one backend, whatever protocol and port",
    change: (configuration) => distribute(configuration, "SourceIP"),
    steps: Array.from({ length: 60 }, (_, port) => ({ in: opening(port, "10.1.0.9", port % 2 === 0) })),
    check: (plane) => assert.is(used(plane).length, 1),
  },
  {
    name: "SourceIPProtocol: one backend for each protocol of a client",
    change: (configuration) => distribute(configuration, "SourceIPProtocol"),
    steps: Array.from({ length: 60 }, (_, port) => ({ in: opening(port, "10.1.0.10", port % 2 === 0) })),
    check: (plane) => {
      const of = (protocol: string): Set<string> =>
        new Set(plane.flows().flatMap((flow) => (flow.protocol === protocol ? [hostOf(flow.backend)] : [])));
      assert.equal([of("tcp").size, of("udp").size], [1, 1]);
    },
  },
  {
    name: "Default: a client's flows spread over all backends, by weight",
    change: (configuration) => distribute(configuration, "Default", [1, 1, 2]),
    steps: Array.from({ length: 800 }, (_, port) => ({ in: opening(port, "10.1.0.9", true) })),
    check: (plane) => {
      const [one = 0, two = 0, three = 0] = used(plane).map(({ flows }) => flows / 800);
      assert.ok(Math.abs(one - 0.25) < 0.06 && Math.abs(two - 0.25) < 0.06, `${one} and ${two} of a quarter`);
      assert.ok(Math.abs(three - 0.5) < 0.06, `${three} of a half`);
    },
  },
]);

function opening(port: number, client: string, tcp: boolean): string {
  return tcp ? `tcp ${client}:${port} > 10.1.0.4:443 S` : `udp ${client}:${port} > 10.1.0.4:53`;
}

function hostOf(backend: string): string {
  return backend.split(":")[0] ?? "";
}

function used(plane: PlaneUnderTest): { flows: number }[] {
  return Object.values(plane.counters().backends).filter(({ flows }) => flows > 0);
}

function distribute(
  { loadBalancers }: Configuration,
  loadDistribution: LoadDistribution,
  weights = [1, 1, 1, 1],
): void {
  const [balancer] = loadBalancers;
  const pool = balancer?.backendAddressPools[0];
  if (pool !== undefined)
    pool.backends = weights.map((weight, i) => ({ address: `10.2.1.${i + 1}`, weight, state: "up" }));
  for (const rule of balancer?.loadBalancingRules ?? []) rule.loadDistribution = loadDistribution;
}
