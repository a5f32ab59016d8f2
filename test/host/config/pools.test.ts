// Backend pools as the tables hold them. What the tables promise is in maglev.test.ts.

import * as Abi from "../../../host/abi.ts";
import { addressText } from "../../../host/config/address.ts";
import { compile } from "../../../host/config/compile.ts";
import type { Backend, BackendAddressPool, Configuration, LoadBalancer } from "../../../host/config/configuration.ts";
import { tableSize } from "../../../host/config/maglev.ts";
import { normalizeConfiguration } from "../../../host/config/normalize.ts";
import { assert, suite } from "../../kit.ts";
import { valueOf } from "./sample.ts";

/** The sample with these backends. */
function withBackends(backends: Partial<Backend>[], pool: Partial<BackendAddressPool> = {}): Configuration {
  const value = valueOf() as { loadBalancers: LoadBalancer[] };
  const own = { name: "servers", backends: backends as Backend[], ...pool };
  (value.loadBalancers[0] as LoadBalancer).backendAddressPools = [own];
  return normalizeConfiguration(value);
}

const host = (number: number, rest: Partial<Backend> = {}): Partial<Backend> => ({
  address: `10.2.2.${number}`,
  ...rest,
});

/** The address that owns each slot of the first pool. */
function slots(configuration: Configuration): string[] {
  const { image } = compile(configuration, "drop");
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const at = view.getUint32(Abi.TABLES_POOLS, true);
  const table = view.getUint32(at + Abi.BACKEND_POOL_TABLE, true);
  return Array.from({ length: view.getUint32(at + Abi.BACKEND_POOL_SLOTS, true) }, (_, slot) => {
    const backend = view.getUint16(table + slot * 2, true);
    const entry = view.getUint32(Abi.TABLES_BACKENDS, true) + backend * Abi.BACKEND_SIZE;
    return addressText(view.getUint32(entry + Abi.BACKEND_ADDRESS_BE, false));
  });
}

/** Backends, and those of them that get slots. */
const MEMBERS: [name: string, backends: Partial<Backend>[], members: string[]][] = [
  ["all that are up", [host(1), host(2)], ["10.2.2.1", "10.2.2.2"]],
  ["none that is down", [host(1, { state: "down" }), host(2)], ["10.2.2.2"]],
  ["none that is draining", [host(1), host(2, { state: "draining" })], ["10.2.2.1"]],
  ["none without a weight", [host(1, { weight: 0 }), host(2, { weight: 1000 })], ["10.2.2.2"]],
  ["one that is put up", [host(1, { state: "down", adminState: "Up" }), host(2, { state: "down" })], ["10.2.2.1"]],
  ["none that is put down", [host(1), host(2, { adminState: "Down" })], ["10.2.2.1"]],
  ["nobody", [host(1, { weight: 0 }), host(2, { state: "down" }), host(3, { state: "draining" })], []],
];

suite("A pool", (test) => {
  for (const [name, backends, members] of MEMBERS)
    test(`gives slots to ${name}`, () => {
      const owners = slots(withBackends(backends));
      assert.equal([...new Set(owners)].sort(), members);
      assert.is(owners.length, members.length === 0 ? 0 : 251);
    });

  test("gives slots to those that are down when all are, with AllProbedUp", () => {
    const all = [host(1, { state: "down" }), host(2, { state: "down" })];
    const owners = slots(withBackends(all, { noHealthyBackendsBehavior: "AllProbedUp" }));
    assert.equal([...new Set(owners)].sort(), ["10.2.2.1", "10.2.2.2"]);
  });

  test("keeps its size when backends go down", () => {
    const backends = Array.from({ length: 20 }, (_, i) => host(i + 1, i < 15 ? { state: "down" } : {}));
    assert.is(slots(withBackends(backends)).length, tableSize(20));
  });

  test("is found by its load balancer's name and its own, whatever is in them", () => {
    const balancer = (name: string, pool: string, address: string): unknown => ({
      name,
      frontendIPConfigurations: [{ name: "front", privateIPAddress: "10.2.0.4" }],
      backendAddressPools: [{ name: pool, backends: [{ address }] }],
      loadBalancingRules: [
        { name: "web", frontendIPConfiguration: "front", backendAddressPool: pool, protocol: "Tcp", frontendPort: 80 },
      ],
    });
    const service = (name: string, nat: string, loadBalancer: string): unknown => ({
      name,
      virtualNetwork: "provider",
      loadBalancer,
      natAddresses: [nat],
    });
    const { image } = compile(
      normalizeConfiguration({
        virtualNetworks: [{ name: "provider" }],
        privateEndpoints: [],
        privateLinkServices: [service("one", "10.2.1.4", "a"), service("two", "10.2.1.5", "a/b")],
        loadBalancers: [balancer("a", "b/c", "10.2.0.11"), balancer("a/b", "c", "10.2.0.12")],
      }),
      "drop",
    );
    const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
    const rules = view.getUint32(Abi.TABLES_RULES, true);
    const pools = [0, 1].map((rule) => view.getUint16(rules + rule * Abi.RULE_SIZE + Abi.RULE_POOL, true));
    assert.equal(pools, [0, 1]);
  });
});
