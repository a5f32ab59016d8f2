// A plane that works, and captures of IPv6 that do not: whatever is lost, late, doubled or damaged, nothing may count as different.

import { readFileSync } from "node:fs";
import { memorySource } from "../../../host/capture/memory.ts";
import { markChecked } from "../../../host/config/configuration.ts";
import { parseConfiguration } from "../../../host/config/index.ts";
import { replay } from "../../../host/replay/replay.ts";
import { assert, suite } from "../../kit.ts";
import { Dice } from "../../random/dice.ts";
import { disturbed, packetsOf } from "./disturbance.ts";
import { endure } from "./endurance.ts";
import { varied } from "./variety.ts";

const PACKETS_MOST = 1500;
const VARIANTS = 60;
const read = async () => ({
  configuration: parseConfiguration(readFileSync("examples/ipv6.yaml", "utf8"), "ipv6.yaml"),
  packets: await packetsOf(memorySource(readFileSync("examples/ipv6.pcapng")), PACKETS_MOST),
});

suite("No IPv6 reply of a plane that works is different", (test) => {
  test("the example, disturbed", async () => {
    const { packets, configuration } = await read();
    assert.ok((await endure(packets, configuration, 60)).identical > 0);
  });

  test("the example in every link type, with extension headers and in fragments, disturbed", async () => {
    const { packets, configuration } = await read();
    for (let seed = 1; seed <= VARIANTS; seed++) {
      const dice = new Dice(seed);
      const { settings, privateLinkServices } = configuration;
      const announces = dice.chance(40);
      const [whenFull, maxFlows] = [dice.pick(["refuse", "evict"] as const), dice.pick([4, 20, 5000])];
      const given = markChecked({
        ...configuration,
        privateLinkServices: privateLinkServices.map((it) => ({ ...it, enableProxyProtocol: announces })),
        settings: { ...settings, whenFull, maxFlows, shards: dice.pick([1, 2]) },
      });
      const input = { file: "varied.pcap", source: memorySource(await disturbed(varied(packets, dice), dice)) };
      const { replies, checksums } = await replay({ configuration: given, inputs: [input], verifyChecksums: true });
      assert.equal([replies.different, checksums?.changed], [0, 0], `seed ${seed}: ${JSON.stringify(replies)}`);
    }
  });

  test("the example with PROXY headers, disturbed", async () => {
    const { packets, configuration } = await read();
    assert.ok((await endure(packets, configuration, 40, "consumer", true)).headers > 0);
  });

  test("the example in narrow networks, with PROXY headers and without, disturbed", async () => {
    const { packets, configuration } = await read();
    await endure(packets, configuration, 40, "consumer", false, true);
    await endure(packets, configuration, 20, "consumer", true, true);
  });
});
