// How much of each thing the numbers in the tables can tell apart.

import { compile } from "../../../host/config/compile.ts";
import { normalizeConfiguration } from "../../../host/config/normalize.ts";
import { assert, suite } from "../../kit.ts";
import { large, list, type Size } from "./large.ts";
import { complaint } from "./sample.ts";

/** One more than fits, and what is said of it; one less fits. */
const TOO_MANY: [over: Size, most: Size, path: string, message: RegExp][] = [
  [
    { pools: 16, backends: 4096 },
    { pools: 15, backends: 4369 },
    "loadBalancers",
    /^There are 65536 backends; a plane holds 65535\. Split /,
  ],
  [
    { services: 256, rules: 256 },
    { services: 257, rules: 255 },
    "privateLinkServices",
    /^There are 65536 rules behind services; .* 65535\. Split /,
  ],
  [
    { services: 8192, natAddresses: 8 },
    { services: 13107, natAddresses: 5 },
    "privateLinkServices",
    /^There are 65536 NAT addresses; .* 65535\. Split /,
  ],
];

suite("More than 16 bits can number", (test) => {
  for (const [over, most, path, message] of TOO_MANY)
    test(`is refused: ${message.source.slice(1, 40)}`, () => {
      const { problems } = complaint(() => normalizeConfiguration(large(over)));
      assert.is(problems.length, 1);
      assert.is(problems[0]?.path, path);
      assert.match(problems[0]?.message ?? "", message);
      assert.is(complaint(() => normalizeConfiguration(large(most))).code, "ACCEPTED");
    });

  test("is not what rules of frontends make that a service does not stand behind", () => {
    const { problems } = complaint(() => normalizeConfiguration(large({ services: 300, frontends: 300 })));
    assert.equal(problems, []);
  });
});

suite("Pools of ports", (test) => {
  test("are numbered by service, NAT address, backend and protocol, each once, alike in every shard", () => {
    const { names, poolSlots } = compile(
      normalizeConfiguration(large({ services: 3, natAddresses: 2, backends: 5, shards: 4 })),
      "drop",
    );
    const slots = list(poolSlots, (slot) => names.poolSlot(slot));
    assert.is(poolSlots, 3 * 2 * 5 * 2);
    assert.is(new Set(slots.map((slot) => JSON.stringify(slot))).size, poolSlots);
    const of = (service: string, natAddress: string, address: string) => ({ service, natAddress, backend: address });
    assert.equal(slots[0], { ...of("service-0", "11.0.0.0", "10.4.0.0"), protocol: "tcp" });
    assert.equal(slots[poolSlots - 1], { ...of("service-2", "11.0.0.5", "10.4.0.4"), protocol: "udp" });
  });
});
