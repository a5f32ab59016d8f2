// How large a configuration may be, and what it costs to read one. Times are bounds with room for a busy machine.

import { compile } from "../../../host/config/compile.ts";
import type { Configuration } from "../../../host/config/configuration.ts";
import { normalizeConfiguration } from "../../../host/config/normalize.ts";
import { parseConfiguration } from "../../../host/config/parse.ts";
import { assert, suite } from "../../kit.ts";
import { large } from "./large.ts";
import { complaint } from "./sample.ts";

const MEBIBYTE = 2 ** 20;

function milliseconds(step: () => void): number {
  const before = performance.now();
  step();
  return performance.now() - before;
}

suite("5,000 backends behind 8 NAT addresses", (test) => {
  const value = large({ backends: 5000, natAddresses: 8, shards: 64 });
  let configuration: Configuration;

  test("are read within seconds", () => {
    const text = JSON.stringify(value);
    const taken = milliseconds(() => {
      configuration = parseConfiguration(text, "large.json");
    });
    assert.is(configuration.loadBalancers[0]?.backendAddressPools[0]?.backends.length, 5000);
    assert.ok(taken < 10_000, `${taken} ms`);
  });

  test("become tables that take four bytes for each NAT address and backend", () => {
    const before = process.memoryUsage().arrayBuffers;
    const tables = compile(configuration, "drop");
    assert.is(tables.poolSlots, 5000 * 8 * 2);
    assert.ok(tables.image.length < 2 * MEBIBYTE, `${tables.image.length} bytes`);
    const held = process.memoryUsage().arrayBuffers - before;
    assert.ok(held < 16 * MEBIBYTE, `${held} bytes held`);
    const one = compile({ ...configuration, settings: { ...configuration.settings, shards: 1 } }, "drop");
    assert.is(one.poolSlots, 5000 * 8 * 2);
    assert.is(one.image.length, tables.image.length);
    const single = compile(normalizeConfiguration(large({ backends: 5000 })), "drop");
    assert.ok(tables.image.length - single.image.length < 5000 * 7 * 4 + 1024);
  });

  test("are compiled within seconds, even when one of them outweighs the others", () => {
    const lopsided = large({ backends: 5000 });
    Object.assign(lopsided.loadBalancers[0]?.backendAddressPools[0]?.backends[0] as object, { weight: 1000 });
    const taken = milliseconds(() => compile(normalizeConfiguration(lopsided), "drop"));
    assert.ok(taken < 20_000, `${taken} ms`);
  });
});

suite("A thousand mistakes", (test) => {
  test("are told within seconds", () => {
    const value = large({ backends: 1000 });
    for (const each of value.loadBalancers[0]?.backendAddressPools[0]?.backends ?? []) each.address += ".1";
    const taken = milliseconds(() => {
      assert.is(complaint(() => normalizeConfiguration(value)).problems.length, 1000);
    });
    assert.ok(taken < 10_000, `${taken} ms`);
  });
});
