// NAT ports at their limits: a whole pool of 64,512 used up, and more pools configured than could ever be filled.

import { PORT_COUNT, PORT_FIRST } from "../../../host/abi.ts";
import { type Configuration, markChecked } from "../../../host/config/configuration.ts";
import { createPlane, type Packet, type Plane, type Result } from "../../../host/plane.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";
import { assert, suite } from "../../kit.ts";
import { ACK, SYN, segment } from "../segment.ts";

const SECOND = 1_000_000_000n;
const NAT_PORT = 34;

async function planeWith(change: (configuration: Configuration) => void): Promise<Plane> {
  const configuration = baseConfiguration();
  configuration.settings.portQuarantineSeconds = 0;
  change(configuration);
  return createPlane(markChecked(configuration));
}

const from = (client: number, flags = SYN, time = 0n): Packet => ({
  frame: segment(0x0a020000 + (client >> 15), 1 + (client & 32767), flags),
  network: "shop",
  time,
});

const natPort = ({ out }: Result): number => {
  const bytes = out[0]?.bytes as Uint8Array;
  return new DataView(bytes.buffer).getUint16(NAT_PORT);
};

suite("A pool of NAT ports", (test) => {
  test("gives every port once, refuses the next flow, leaves the others alone, and heals", async () => {
    const plane = await planeWith(({ settings }) =>
      Object.assign(settings, { maxFlows: 100_000, endpointSources: "admit" }),
    );
    const opened = plane.process(Array.from({ length: PORT_COUNT }, (_, client) => from(client)));
    assert.ok(opened.every(({ reason }) => reason === "new-flow"));
    const ports = new Set(opened.map(natPort));
    assert.equal([ports.size, Math.min(...ports), Math.max(...ports)], [PORT_COUNT, PORT_FIRST, 65535]);

    const refused = plane.process([from(PORT_COUNT), from(PORT_COUNT + 1)]);
    assert.equal(
      refused.map(({ reason }) => reason),
      ["nat-exhausted", "nat-exhausted"],
    );
    const [pool] = plane.counters().natPools;
    assert.equal([pool?.inUse, pool?.peak, pool?.capacity, pool?.exhausted], [PORT_COUNT, PORT_COUNT, PORT_COUNT, 2]);
    const again = plane.process(Array.from({ length: PORT_COUNT }, (_, client) => from(client, ACK, 30n * SECOND)));
    assert.ok(again.every(({ reason, flow }, client) => reason === "forwarded" && flow === client));

    plane.advance(1000n * SECOND);
    assert.is(plane.counters().natPools[0]?.inUse, 0);
    const [healed] = plane.process([from(PORT_COUNT, SYN, 1001n * SECOND)]) as [Result];
    assert.is(healed.reason, "new-flow");
  });

  test("costs memory only when used: 5,000 backends behind 8 addresses", async () => {
    const plane = await planeWith((configuration) => {
      const [service] = configuration.privateLinkServices;
      const [balancer] = configuration.loadBalancers;
      if (service === undefined || balancer === undefined) throw new Error("The base configuration has changed.");
      service.natAddresses = Array.from({ length: 8 }, (_, i) => `10.2.0.${10 + i}`);
      balancer.backendAddressPools = [
        {
          name: "pool",
          backends: Array.from({ length: 5000 }, (_, i) => ({
            address: `10.3.${i >> 8}.${i & 255}`,
            weight: 1,
            state: "up" as const,
          })),
        },
      ];
      configuration.settings.maxFlows = 20_000;
      configuration.settings.endpointSources = "admit";
    });
    const opened = plane.process(Array.from({ length: 20_000 }, (_, client) => from(client * 7)));
    assert.ok(opened.every(({ reason }) => reason === "new-flow"));
    const pools = plane.counters().natPools;
    assert.is(
      pools.reduce((sum, { inUse }) => sum + inUse, 0),
      20_000,
    );
    assert.ok(pools.length < 20_000 && pools.length > 4000, `${pools.length} pools in use of 80,000`);
    assert.ok(pools.every(({ capacity }) => capacity === PORT_COUNT));
  });
});
