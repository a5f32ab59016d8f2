// The recorded example of IPv6: a dual-stack endpoint of an IPv4 service and an endpoint of an IPv6 service.

import { readFileSync } from "node:fs";
import { memorySource } from "../../../host/capture/memory.ts";
import { parseConfiguration } from "../../../host/config/index.ts";
import { replay } from "../../../host/replay/replay.ts";
import { assert, suite } from "../../kit.ts";

suite("The example of IPv6", (test) => {
  test("clients of either family reach the endpoints, and what no rule serves is refused", async () => {
    const configuration = parseConfiguration(readFileSync("examples/ipv6.yaml", "utf8"), "ipv6.yaml");
    const source = memorySource(readFileSync("examples/ipv6.pcapng"));
    const { drops, endpoints, replies } = await replay({ configuration, inputs: [{ file: "ipv6.pcapng", source }] });
    assert.equal(drops, { "no-rule": 6, "icmp-echo": 2, icmp: 2, "reply-refused": 4 });
    assert.equal(
      endpoints.map(({ name, flows }) => [name, flows]),
      [
        ["pe-storage", 9],
        ["pe-search", 2],
      ],
    );
    assert.equal(replies, { mirrored: 115, identical: 115, different: 0, unmatched: 0, refused: 4 });
  });
});
