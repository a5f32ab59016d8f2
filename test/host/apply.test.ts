// Another configuration for a running plane, as a program sees it.

import { type Configuration, markChecked } from "../../host/config/configuration.ts";
import type { Flow } from "../../host/flows.ts";
import { createPlane, type Packet, type Plane } from "../../host/plane.ts";
import { createWorkerPlane } from "../../host/workers/plane.ts";
import { baseConfiguration } from "../conformance/configuration.ts";
import { frameOf } from "../conformance/packet.ts";
import { assert, suite } from "../kit.ts";

const first = (settings: Partial<Configuration["settings"]> = {}): Configuration => {
  const configuration = baseConfiguration();
  Object.assign(configuration.settings, settings);
  return markChecked(configuration);
};

function changed(from: Configuration, change: (configuration: Configuration) => void): Configuration {
  const configuration = structuredClone(from);
  change(configuration);
  return markChecked(configuration);
}

const rejected = (from: Configuration): Configuration =>
  changed(from, ({ privateEndpoints: [endpoint] }) => {
    if (endpoint !== undefined) endpoint.connectionState = "Rejected";
  });

const packet = (port: number, flags = "S"): Packet => ({
  frame: frameOf(`tcp 10.1.0.9:${port} > 10.1.0.4:443 ${flags}`),
  network: "shop",
  time: 0n,
});

const reasonOf = (plane: Plane, one: Packet): string => plane.process([one])[0]?.reason ?? "";

/** Ports of so many clients. */
const PORTS = Array.from({ length: 40 }, (_, i) => 5000 + i);

suite("A plane that is given another configuration", (test) => {
  test("describes a flow that ends by it with the names it had", async () => {
    const ended: Flow[] = [];
    const configuration = first();
    const plane = await createPlane(configuration, { onFlowEnd: (flow) => ended.push(flow) });
    plane.process([packet(5000)]);
    plane.apply(
      changed(configuration, (it) => {
        it.privateEndpoints.shift();
        it.privateEndpoints.reverse();
      }),
    );
    assert.is(reasonOf(plane, packet(5000, "A")), "no-endpoint");
    assert.equal(
      ended.map(({ endpoint, end, network, backend }) => ({ endpoint, end, network, backend })),
      [{ endpoint: "shop-approved", end: "cut", network: "shop", backend: "10.2.1.1:8443" }],
    );
    const { endpoints, flows } = plane.counters();
    assert.is(endpoints.get("shop-approved")?.flows, 1);
    assert.is(flows.cut, 1);
  });

  test("goes on counting for an endpoint that was mapped to something else under its name", async () => {
    const configuration = first();
    const plane = await createPlane(configuration);
    plane.process([packet(5000)]);
    const [endpoint] = configuration.privateEndpoints;
    plane.apply(
      changed(configuration, ({ privateEndpoints: [it] }) => {
        if (it !== undefined) it.groupId = "blob";
      }),
    );
    plane.process([packet(5001), packet(5002)]);
    assert.is(plane.counters().endpoints.get(endpoint?.name ?? "")?.flows, 3);
  });

  test("knows its networks by name, new ones too, and no more those that are gone", async () => {
    const configuration = first();
    const plane = await createPlane(configuration);
    plane.apply(
      changed(configuration, (it) => {
        it.virtualNetworks.unshift({ name: "new", addressSpace: [] });
        it.privateEndpoints.push({ ...it.privateEndpoints[0], name: "there", virtualNetwork: "new" } as never);
      }),
    );
    assert.is(reasonOf(plane, { ...packet(5000), network: "new" }), "new-flow");
    assert.is(reasonOf(plane, packet(5000)), "new-flow");
    plane.apply(configuration);
    assert.throws(
      () => plane.process([{ ...packet(5000), network: "new" }]),
      (error: { code: string }) => error.code === "UNKNOWN_NETWORK",
    );
    assert.is(reasonOf(plane, packet(5000, "A")), "forwarded");
  });

  for (const times of [1, 254, 255, 256, 510])
    test(`judges a flow that ${times} changes have passed over`, async () => {
      const configuration = first();
      const plane = await createPlane(configuration);
      plane.process([packet(5000), packet(5001)]);
      const { bytes } = plane.core;
      for (let i = 1; i < times; i++) plane.apply(configuration);
      plane.apply(rejected(configuration));
      assert.is(reasonOf(plane, packet(5001, "A")), "connection-lost");
      assert.is(plane.core.bytes, bytes);
      assert.ok(bytes.length > 0);
    });

  test("says that it is to be called again until all flows are judged", async () => {
    const configuration = first({ maxFlows: 5000 });
    const plane = await createPlane(configuration);
    plane.process(Array.from({ length: 3000 }, (_, i) => packet(5000 + i)));
    plane.apply(rejected(configuration));
    let calls = 0;
    for (; plane.nextDeadline() === 0n; calls++) plane.advance(0n);
    assert.is(calls, 3);
    assert.is(plane.counters().flows.cut, 3000);
  });

  test("does so in all its shards, in one thread and in workers alike", async () => {
    const configuration = first({ shards: 4 });
    const plane = await createPlane(configuration);
    const workers = await createWorkerPlane(configuration, { workers: 2 });
    const opened = plane.process(PORTS.map((port) => packet(port)));
    assert.equal(await workers.process(PORTS.map((port) => packet(port))), opened);
    const next = rejected(configuration);
    plane.apply(next);
    await workers.apply(next);
    const lost = plane.process(PORTS.map((port) => packet(port, "A")));
    assert.equal(await workers.process(PORTS.map((port) => packet(port, "A"))), lost);
    assert.equal(await workers.counters(), plane.counters());
    assert.is(plane.counters().flows.cut, PORTS.length);
    assert.is(workers.configuration, next);
    const refused = await workers.apply(changed(next, (it) => void it.settings.seed++)).catch(({ code }) => code);
    assert.is(refused, "CHANGE_REFUSED");
    assert.is(workers.configuration, next);
    await workers.close();
  });
});
