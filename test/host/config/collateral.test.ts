// What a backend that leaves takes with it, against tables that the reference builds.

import { addressNumber } from "../../../host/config/address.ts";
import { collateralOf } from "../../../host/config/collateral.ts";
import { type Backend, type Configuration, markChecked } from "../../../host/config/configuration.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";
import { assert, suite } from "../../kit.ts";
import { tableOf } from "../../reference/maglev.ts";
import { mixOf } from "../../reference/mix.ts";

const SEED = 7;
const backendsOf = (weights: number[]): Backend[] =>
  weights.map((weight, i) => ({ address: `10.2.${1 + (i >> 8)}.${i & 255}`, weight, state: "up" }));

function configurationOf(backends: Backend[]): Configuration {
  const configuration = baseConfiguration();
  configuration.settings.seed = SEED;
  const [pool] = configuration.loadBalancers[0]?.backendAddressPools ?? [];
  if (pool !== undefined) pool.backends = backends;
  return markChecked(configuration);
}

/** Places of others that move when the backend at an index goes down, by the reference's tables. */
function movedBy(backends: Backend[], gone: number): number {
  const members = (without: number) =>
    backends.map(({ address, weight }, i) => ({
      address: addressNumber(address),
      weight,
      takes: i !== without && weight > 0,
    }));
  const before = tableOf(members(-1), mixOf(SEED));
  const after = tableOf(members(gone), mixOf(SEED));
  const own = addressNumber(backends[gone]?.address ?? "");
  return before.filter(({ address }, slot) => address !== own && address !== after[slot]?.address).length;
}

suite("Collateral", (test) => {
  test("is what the reference's tables have", () => {
    for (const weights of [
      [1, 1, 1],
      [3, 1, 2, 5],
      [1, 1, 1, 1, 1, 1, 1, 1],
    ]) {
      const backends = backendsOf(weights);
      const each = backends.map((_, i) => movedBy(backends, i));
      const [pool] = collateralOf(configurationOf(backends));
      assert.equal(pool, {
        loadBalancer: "balancer",
        pool: "pool",
        backends: weights.length,
        places: weights.length < 5 ? (weights.length < 3 ? 251 : 509) : 1021,
        tried: weights.length,
        moved: { average: each.reduce((sum, moved) => sum + moved, 0) / each.length, most: Math.max(...each) },
      });
      assert.ok(each.some((moved) => moved > 0));
    }
  });

  test("counts only backends that take new flows, and is nothing for one or none", () => {
    const none = { average: 0, most: 0 };
    const one = collateralOf(configurationOf(backendsOf([1, 0])))[0];
    assert.equal(one && [one.backends, one.places, one.moved], [1, 251, none]);
    const gone = collateralOf(configurationOf(backendsOf([0])))[0];
    assert.equal(gone && [gone.backends, gone.places, gone.tried, gone.moved], [0, 0, 0, none]);
  });

  test("of two backends is nothing: all that is left is the other's", () => {
    assert.equal(collateralOf(configurationOf(backendsOf([1, 4])))[0]?.moved, { average: 0, most: 0 });
  });

  test("of a large pool is reckoned from 16 of them, and stays below one place in fifty", () => {
    const [pool] = collateralOf(configurationOf(backendsOf(Array.from({ length: 300 }, () => 1))));
    assert.is(pool?.tried, 16);
    assert.ok((pool?.moved.most ?? 0) < (pool?.places ?? 0) / 50, String(pool?.moved.most));
  });
});
