// A plane that works, and captures of IPv6 that do not: whatever is lost, late, doubled or damaged, nothing may count as different.

import { readFileSync } from "node:fs";
import { memorySource } from "../../../host/capture/memory.ts";
import { parseConfiguration } from "../../../host/config/index.ts";
import { assert, suite } from "../../kit.ts";
import { packetsOf } from "./disturbance.ts";
import { endure } from "./endurance.ts";

const PACKETS_MOST = 1500;
const read = async () => ({
  configuration: parseConfiguration(readFileSync("examples/ipv6.yaml", "utf8"), "ipv6.yaml"),
  packets: await packetsOf(memorySource(readFileSync("examples/ipv6.pcapng")), PACKETS_MOST),
});

suite("No IPv6 reply of a plane that works is different", (test) => {
  test("the example, disturbed", async () => {
    const { packets, configuration } = await read();
    assert.ok((await endure(packets, configuration, 60)).identical > 0);
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
