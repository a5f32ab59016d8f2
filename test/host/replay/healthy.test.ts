// A plane that works, and captures that do not: whatever is lost, late, doubled or damaged, no reply may count as different.

import { readFileSync } from "node:fs";
import { fileSource } from "../../../host/capture/file.ts";
import { memorySource } from "../../../host/capture/memory.ts";
import { type Configuration, markChecked } from "../../../host/config/configuration.ts";
import { parseConfiguration } from "../../../host/config/index.ts";
import { replay } from "../../../host/replay/replay.ts";
import { assert, suite } from "../../kit.ts";
import { readExample } from "../../random/bytes.ts";
import { ABSENT, sharedCaptures } from "../../shared/captures.ts";
import { packetsOf } from "./disturbance.ts";
import { endure } from "./endurance.ts";

const PACKETS_MOST = 1500;
const ROUNDS = 6;

/** Established flows end after a few seconds of silence; the capture is as it was. */
async function withShortIdle(path: string, configuration: Configuration): Promise<void> {
  const { settings } = configuration;
  const timers = { ...settings.timers, tcpIdleSeconds: 5 };
  const source = await fileSource(path);
  const short = markChecked({ ...configuration, settings: { ...settings, timers } });
  const { replies } = await replay({ configuration: short, inputs: [{ file: path, source }] });
  await source.close();
  assert.is(replies.different, 0, JSON.stringify(replies));
}

/** As if it had been captured at a server: backends have the endpoints' addresses and ports. */
function atServer(configuration: Configuration): Configuration {
  const { privateEndpoints, privateLinkServices, loadBalancers } = configuration;
  const addressBehind = (balancer: string): string => {
    const service = privateLinkServices.find(({ loadBalancer }) => loadBalancer === balancer)?.name;
    const endpoint = privateEndpoints.find(({ privateLinkService }) => privateLinkService === service);
    return endpoint?.privateIPAddress ?? "";
  };
  const servers = loadBalancers.map((balancer) => ({
    ...balancer,
    backendAddressPools: balancer.backendAddressPools.map((pool) => ({
      ...pool,
      backends: [addressBehind(balancer.name), "10.255.0.77"].map((address) => ({
        address,
        weight: 1,
        state: "up" as const,
      })),
    })),
    loadBalancingRules: balancer.loadBalancingRules.map((rule) => ({ ...rule, backendPort: rule.frontendPort })),
  }));
  const endpoints = privateEndpoints.map((endpoint, i) => ({ ...endpoint, privateIPAddress: `10.253.0.${i + 1}` }));
  return markChecked({ ...configuration, privateEndpoints: endpoints, loadBalancers: servers });
}

suite("No reply of a plane that works is different", (test) => {
  test("the example, disturbed", async () => {
    const { capture, configuration } = await readExample();
    await endure(await packetsOf(memorySource(capture), PACKETS_MOST), configuration, 60);
  });
  test("the example with PROXY headers, disturbed", async () => {
    const { capture, configuration } = await readExample();
    const packets = await packetsOf(memorySource(capture), PACKETS_MOST);
    assert.ok((await endure(packets, configuration, 40, "consumer", true)).headers > 0);
    assert.ok((await endure(packets, atServer(configuration), 10, "provider", true)).headers > 0);
  });

  test("the example in narrow networks, with PROXY headers and without, disturbed", async () => {
    const { capture, configuration } = await readExample();
    const packets = await packetsOf(memorySource(capture), PACKETS_MOST);
    await endure(packets, configuration, 40, "consumer", false, true);
    await endure(packets, atServer(configuration), 10, "provider", true, true);
    await endure(packets, configuration, 20, "consumer", true, true);
  });

  test("the example filtered by name, with PROXY headers and without, disturbed", async () => {
    const { capture } = await readExample();
    const packets = await packetsOf(memorySource(capture), PACKETS_MOST);
    const filtered = parseConfiguration(readFileSync("examples/filtered.yaml", "utf8"), "filtered.yaml");
    await endure(packets, filtered, 40);
    assert.ok((await endure(packets, filtered, 40, "consumer", true)).headers > 0);
  });

  const captures = sharedCaptures().filter(({ endpointPackets }) => (endpointPackets ?? 0) > 0);
  test.skipUnless(captures.length > 0, ABSENT, "there are captures", () => assert.ok(captures.length > 0));
  for (const { file, path, configuration } of captures) {
    test(`${file}, flows ending after 5 seconds`, () => withShortIdle(path, configuration));
    test(`${file}, disturbed`, async () => {
      const source = await fileSource(path);
      const packets = await packetsOf(source, PACKETS_MOST);
      await source.close();
      assert.ok((await endure(packets, configuration, ROUNDS)).identical > 0);
      assert.ok((await endure(packets, atServer(configuration), 2, "provider")).identical > 0);
      assert.ok((await endure(packets, configuration, 2, "consumer", true)).identical > 0);
      await endure(packets, configuration, 2, "consumer", false, true);
    });
  }
});
