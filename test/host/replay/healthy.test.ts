// A plane that works, and captures that do not: whatever is lost, late, doubled or damaged, no reply may count as different.

import { readFileSync } from "node:fs";
import { fileSource } from "../../../host/capture/file.ts";
import { memorySource } from "../../../host/capture/memory.ts";
import { type Configuration, markChecked } from "../../../host/config/configuration.ts";
import { parseConfiguration } from "../../../host/config/index.ts";
import type { Side } from "../../../host/plane.ts";
import { replay } from "../../../host/replay/replay.ts";
import { assert, suite } from "../../kit.ts";
import { readExample } from "../../random/bytes.ts";
import { Dice } from "../../random/dice.ts";
import { ABSENT, sharedCaptures } from "../../shared/captures.ts";
import { disturbed, type Packets, packetsOf } from "./disturbance.ts";

const PACKETS_MOST = 1500;
const ROUNDS = 6;
const SECONDS = [1, 3, 5, 10, 30, 60, 300];

/** The same with timers that end flows in the middle of a capture. */
function withTimers(configuration: Configuration, dice: Dice): Configuration {
  const { settings } = configuration;
  const timers = {
    tcpOpeningSeconds: dice.pick(SECONDS),
    tcpIdleSeconds: dice.pick(SECONDS),
    tcpClosingSeconds: dice.pick(SECONDS),
    tcpResetSeconds: dice.pick(SECONDS),
    udpIdleSeconds: dice.pick(SECONDS),
    deniedSeconds: dice.pick(SECONDS),
    fragmentSeconds: dice.pick(SECONDS),
  };
  return markChecked({ ...configuration, settings: { ...settings, timers, maxFlows: dice.pick([20, 5000]) } });
}

/** The same with PROXY headers of some profile at every service, in networks of some MTU. */
function announcing(configuration: Configuration, dice: Dice): Configuration {
  const mtu = dice.pick([576, 1500, 65_535]);
  const profile = dice.pick(["azure", "aws", "gcp"] as const);
  return markChecked({
    ...configuration,
    virtualNetworks: configuration.virtualNetworks.map((network) => ({ ...network, mtu })),
    privateLinkServices: configuration.privateLinkServices.map((it) => ({ ...it, enableProxyProtocol: true })),
    settings: { ...configuration.settings, profile },
  });
}

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

/** The same with networks of some MTU that packets may be too big for and SYNs are told of. */
function sized(configuration: Configuration, dice: Dice): Configuration {
  const { settings, virtualNetworks } = configuration;
  const [packetTooBig, clampMss] = [dice.pick(["forward", "drop", "answer"] as const), dice.pick([false, true])];
  return markChecked({
    ...configuration,
    virtualNetworks: virtualNetworks.map((network) => ({ ...network, mtu: dice.pick([576, 1280, 1500]) })),
    settings: { ...settings, packetTooBig, clampMss },
  });
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

/** Replays a capture made worse again and again: what came out right, and the PROXY headers that left. The seed stands in the message of what fails. */
async function endure(
  packets: Packets,
  configuration: Configuration,
  rounds: number,
  side: Side = "consumer",
  announces = false,
  sizes = false,
): Promise<{ identical: number; headers: number }> {
  let identical = 0;
  let headers = 0;
  for (let seed = 1; seed <= rounds; seed++) {
    const dice = new Dice(seed);
    const input = { file: "disturbed.pcap", source: memorySource(await disturbed(packets, dice)) };
    const timed = withTimers(configuration, dice);
    const announced = announces ? announcing(timed, dice) : timed;
    const given = sizes ? sized(announced, dice) : announced;
    const { replies, generated } = await replay({ configuration: given, inputs: [input], side });
    assert.is(replies.different, 0, `seed ${seed}: ${JSON.stringify(replies)}`);
    identical += replies.identical;
    headers += generated.proxyHeader;
  }
  return { identical, headers };
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
