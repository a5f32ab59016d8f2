// Maglev tables: the published example, the reference's tables, and what such a table promises.

import fc from "fast-check";
import * as Abi from "../../../host/abi.ts";
import { addressNumber, addressText } from "../../../host/config/address.ts";
import { compile } from "../../../host/config/compile.ts";
import type { Backend, BackendState } from "../../../host/config/configuration.ts";
import { mix32, seedWords } from "../../../host/config/hash.ts";
import { fillTable, type Permutation, permutationOf, tableSize } from "../../../host/config/maglev.ts";
import { baseConfiguration } from "../../conformance/configuration.ts";
import { assert, suite } from "../../kit.ts";
import { filled, tableOf } from "../../reference/maglev.ts";
import { mixOf } from "../../reference/mix.ts";

const FIRST_ADDRESS = addressNumber("10.2.1.1");
const U64 = { min: 0n, max: 2n ** 64n - 1n };

/** Permutations of table 1 of the Maglev paper (Eisenbud et al., NSDI 2016, section 3.4), of 7 slots. */
const PUBLISHED: Permutation[] = [
  { offset: 3, skip: 4, weight: 1 },
  { offset: 0, skip: 2, weight: 1 },
  { offset: 3, skip: 1, weight: 1 },
];
const PUBLISHED_SLOTS = 7;

/** Both ways of filling a table; they must agree. */
const FILLS: [name: string, fill: (members: Permutation[], size: number) => number[]][] = [
  ["host", (members, size) => [...fillTable(members, size)]],
  ["reference", filled],
];

/** Backends that are up at consecutive addresses, one for each weight. */
function backendsOf(weights: readonly number[]): Backend[] {
  return weights.map((weight, i) => ({ address: addressText(FIRST_ADDRESS + i), weight, state: "up" }));
}

/** Address of the backend that owns each slot of the table that the core is given; empty without a table. */
function ownersOf(backends: Backend[], seed: number): string[] {
  const configuration = baseConfiguration();
  const [balancer] = configuration.loadBalancers;
  if (balancer === undefined) throw new Error("The base configuration has no load balancer.");
  balancer.backendAddressPools = [
    // Before the pool, so that its backends do not have the lowest numbers.
    { name: "other", backends: backendsOf([1, 1, 1]) },
    { name: "pool", backends },
  ];
  configuration.settings.seed = seed;
  const { image, names } = compile(configuration, "drop");
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const pool = view.getUint32(Abi.TABLES_POOLS, true) + Abi.BACKEND_POOL_SIZE;
  const table = view.getUint32(pool + Abi.BACKEND_POOL_TABLE, true);
  return Array.from({ length: view.getUint32(pool + Abi.BACKEND_POOL_SLOTS, true) }, (_, slot) => {
    const backend = view.getUint16(table + slot * 2, true);
    return names.backends[backend]?.address ?? `none: backend ${backend}`;
  });
}

/** The same by the reference. */
function referenceOwnersOf(backends: Backend[], seed: number): string[] {
  const numbered = backends.map(({ address: text, weight, state }) => ({
    text,
    weight,
    takes: state === "up" && weight > 0,
    address: addressNumber(text),
  }));
  return tableOf(numbered, mixOf(seed)).map(({ text }) => text);
}

/** Slots of each address. */
function slotsOf(owners: readonly string[]): Map<string, number> {
  const slots = new Map<string, number>();
  for (const owner of owners) slots.set(owner, (slots.get(owner) ?? 0) + 1);
  return slots;
}

const without = (backends: Backend[], index: number): Backend[] =>
  backends.map((backend, i) => (i === index ? { ...backend, state: "down" } : backend));

/** Share of the others' slots that change hands when one backend goes down. */
function movedWithout(backends: Backend[], index: number, seed: number): number {
  const gone = backends[index]?.address;
  const before = ownersOf(backends, seed);
  const after = ownersOf(without(backends, index), seed);
  const others = before.filter((owner) => owner !== gone).length;
  return before.filter((owner, slot) => owner !== gone && owner !== after[slot]).length / others;
}

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const anyBackends = (most: number): fc.Arbitrary<Backend[]> =>
  fc.uniqueArray(
    fc.record({
      address: fc.integer({ min: 0x01000000, max: 0xdfffffff }).map(addressText),
      weight: fc.oneof(fc.constant(1), fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 1000 })),
      state: fc.constantFrom<BackendState>("up", "up", "up", "down", "draining"),
    }),
    { minLength: 1, maxLength: most, selector: ({ address }) => address },
  );

suite("Maglev: filling a table", (test) => {
  for (const [name, fill] of FILLS) {
    test(`${name}: the paper's example`, () => {
      assert.equal(fill(PUBLISHED, PUBLISHED_SLOTS), [1, 0, 1, 0, 2, 2, 0]);
    });

    test(`${name}: the paper's example without its second backend`, () => {
      const left = PUBLISHED.filter((_, index) => index !== 1);
      const owners = fill(left, PUBLISHED_SLOTS).map((index) => (index === 1 ? 2 : index));
      assert.equal(owners, [0, 0, 0, 0, 2, 2, 2]);
    });

    test(`${name}: the paper's example with the weight of its first backend doubled, worked out by hand`, () => {
      const weighted = PUBLISHED.map((permutation, index) => ({ ...permutation, weight: index === 0 ? 2 : 1 }));
      // Round 1: 0 takes 3. Round 2: 0 takes 0, 1 takes 2, 2 takes 4. Round 3: 0 takes 1. Round 4: 0 takes 5, 1 takes 6.
      assert.equal(fill(weighted, PUBLISHED_SLOTS), [0, 0, 1, 0, 2, 0, 1]);
    });

    test(`${name}: equal weights are weights of 1`, () => {
      const heavy = PUBLISHED.map((permutation) => ({ ...permutation, weight: 1000 }));
      assert.equal(fill(heavy, PUBLISHED_SLOTS), [1, 0, 1, 0, 2, 2, 0]);
    });
  }

  test("a backend's wishes are all the slots, for every size of table", () => {
    for (const size of [251, 16381, 524287]) {
      const { offset, skip } = permutationOf(FIRST_ADDRESS, 1, size, seedWords(7));
      assert.ok(offset >= 0 && offset < size && skip >= 1 && skip < size);
      assert.is(new Set(Array.from({ length: size }, (_, j) => (offset + j * skip) % size)).size, size);
    }
  });

  test("a table has a prime number of slots, a hundred at least for each backend of a pool", () => {
    const steps = [
      [2, 251],
      [5, 509],
      [10, 1021],
      [20, 2039],
      [40, 4093],
      [81, 8191],
      [163, 16381],
      [327, 32749],
      [655, 65521],
      [1310, 131071],
      [2621, 262139],
      [5000, 524287],
    ] as const;
    let least = 1;
    for (const [most, size] of steps) {
      assert.equal([tableSize(least), tableSize(most)], [size, size]);
      assert.ok(isPrime(size), `${size} is no prime`);
      assert.ok(size >= most * 100);
      least = most + 1;
    }
  });
});

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false;
  return number > 1;
}

suite("Maglev: the table of a pool", (test) => {
  test("is the reference's, whatever weights, states and seed", () => {
    fc.assert(
      fc.property(anyBackends(40), seeds, (backends, seed) => {
        assert.equal(ownersOf(backends, seed), referenceOwnersOf(backends, seed));
      }),
      { numRuns: 150 },
    );
  });

  for (const [count, size] of [
    [1311, 262139],
    [5000, 524287],
  ] as const)
    test(`is the reference's for ${count} backends`, () => {
      const weights = Array.from({ length: count }, (_, i) => (i * 7919) % 11);
      const backends = backendsOf(weights).map((backend, i) =>
        i % 13 === 0 ? { ...backend, state: "down" as const } : backend,
      );
      const owners = ownersOf(backends, 0xffffffff);
      assert.is(owners.length, size);
      assert.ok(owners.join() === referenceOwnersOf(backends, 0xffffffff).join());
    });

  test("has an owner in every slot that is up and has a weight, and is not there when none is", () => {
    fc.assert(
      fc.property(anyBackends(30), seeds, (backends, seed) => {
        const taking = backends
          .filter(({ state, weight }) => state === "up" && weight > 0)
          .map(({ address }) => address);
        const owners = ownersOf(backends, seed);
        assert.is(owners.length, taking.length === 0 ? 0 : tableSize(backends.length));
        assert.equal(
          [...new Set(owners)].filter((owner) => !taking.includes(owner)),
          [],
        );
      }),
      { numRuns: 150 },
    );
    assert.equal(ownersOf(backendsOf([0, 0]), 1), []);
  });

  test("does not depend on the order of backends in the file", () => {
    const shuffled = anyBackends(30).chain((backends) =>
      fc.tuple(fc.constant(backends), fc.shuffledSubarray(backends, { minLength: backends.length })),
    );
    fc.assert(
      fc.property(shuffled, seeds, ([backends, other], seed) => {
        assert.equal(ownersOf(other, seed), ownersOf(backends, seed));
      }),
      { numRuns: 100 },
    );
  });

  test("is another for another seed", () => {
    const backends = backendsOf([1, 1, 1, 1]);
    const tables = [0, 1, 2, 2 ** 32 - 1].map((seed) => ownersOf(backends, seed).join());
    assert.is(new Set(tables).size, 4);
  });
});

suite("Maglev: shares", (test) => {
  test("of backends of one weight differ by a slot at most", () => {
    for (const count of [1, 2, 3, 7, 64, 300, 400]) {
      const slots = [...slotsOf(ownersOf(backendsOf(Array.from({ length: count }, () => 3)), 5)).values()];
      assert.is(slots.length, count);
      assert.ok(Math.max(...slots) - Math.min(...slots) <= 1, slots.join());
    }
  });

  // In R rounds a member of weight w has floor(R w / wmax) turns. With n members the table of M slots is full in between
  // M wmax / W - 1 and (M + n) wmax / W rounds, W being the sum of the weights, and n / M is 1 % at most.
  // So a backend that is due less than 2 slots may get none.
  test("follow the weights: never more than 2 slots too few, nor more than 1 slot and 1 % too many", () => {
    fc.assert(
      fc.property(anyBackends(60), seeds, (backends, seed) => {
        const owners = ownersOf(backends, seed);
        const slots = slotsOf(owners);
        const taking = backends.filter(({ state, weight }) => state === "up" && weight > 0);
        const sum = taking.reduce((total, { weight }) => total + weight, 0);
        for (const { address, weight } of taking) {
          const due = (owners.length * weight) / sum;
          const own = slots.get(address) ?? 0;
          assert.ok(own >= due - 2 && own <= due * 1.01 + 1, `${own} slots where ${due} are due`);
        }
      }),
      { numRuns: 150 },
    );
  });
});

suite("Maglev: a backend that goes", (test) => {
  const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);

  // Measured over these seeds, mean and most: backends 2: 0 %; 3: 1.3 and 9.7; 5: 2.5 and 4.7; 10: 2.7 and 6.0; 50: 1.6 and 1.8;
  // 100: 1.3 and 1.5. Small tables have unlucky seeds: one of seeds 0 to 199 moves 19 % of 5. Modulo n would move 1 - 1/n.
  for (const [count, mean, most] of [
    [2, 0, 0],
    [3, 0.02, 0.12],
    [5, 0.035, 0.08],
    [10, 0.04, 0.08],
    [50, 0.02, 0.025],
    [100, 0.015, 0.02],
  ] as const)
    test(`of ${count} moves at most ${mean * 100} % of the others' slots on average, and ${most * 100} % ever`, () => {
      const backends = backendsOf(Array.from({ length: count }, () => 1));
      const moved = SEEDS.map((seed) => movedWithout(backends, seed % count, seed));
      const average = moved.reduce((sum, share) => sum + share, 0) / moved.length;
      assert.ok(average <= mean, `${average} on average`);
      assert.ok(Math.max(...moved) <= most, `${Math.max(...moved)} at most`);
    });

  // Measured: 2.6 % on average, 9.0 at most.
  test("of 10 of mixed weights moves at most 4 % of the others' slots on average", () => {
    const moved = SEEDS.map((seed) => {
      const weights = Array.from({ length: 10 }, (_, i) => 1 + ((i * 7919 + seed * 104729) % 1000));
      return movedWithout(backendsOf(weights), seed % 10, seed);
    });
    assert.ok(moved.reduce((sum, share) => sum + share, 0) / moved.length <= 0.04);
  });

  test("leaves the same table whether it is down, draining, of weight 0, or taken out of a pool of the same size", () => {
    const backends = backendsOf([1, 2, 3, 4, 5, 6, 7, 8]);
    const [first, ...rest] = backends as [Backend, ...Backend[]];
    const down = ownersOf([{ ...first, state: "down" }, ...rest], 9);
    assert.equal(ownersOf([{ ...first, state: "draining" }, ...rest], 9), down);
    assert.equal(ownersOf([{ ...first, weight: 0 }, ...rest], 9), down);
    assert.equal(ownersOf(rest, 9), down);
  });
});

suite("The seeded hash", (test) => {
  // Outputs of splitmix64: of state 0 by its authors' code (Vigna, prng.di.unimi.it), of 1234567 by Rosetta Code.
  const WORDS = [
    [0, 0xe220a8397b1dcdafn, 0x6e789e6aa1b965f4n],
    [1234567, 6457827717110365317n, 3203168211198807973n],
  ] as const;

  for (const [seed, low, high] of WORDS)
    test(`has the first two outputs of splitmix64 started at ${seed} as its seed words`, () => {
      assert.equal(seedWords(seed), [low, high]);
      // Only words that equal the seed words cancel to 0.
      assert.equal([mix32(low, high, seedWords(seed)), mixOf(seed)(low, high)], [0, 0]);
      const configuration = baseConfiguration();
      configuration.settings.seed = seed;
      const { image } = compile(configuration, "drop");
      const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
      assert.equal(
        [0, 8].map((at) => view.getBigUint64(Abi.TABLES_SEED + at, true)),
        [low, high],
      );
    });

  test("gives what the formula of docs/behaviour.md gives with exact integers", () => {
    const [s0, s1] = [0xe220a8397b1dcdafn, 0x6e789e6aa1b965f4n];
    for (const mix of [mixOf(0), (low: bigint, high: bigint) => mix32(low, high, seedWords(0))]) {
      assert.is(mix(s0 ^ 1n, s1), 0x2ab33022);
      assert.is(mix(s0, s1 ^ 1n), 0x9fd5c1c5);
      assert.is(mix(0x0a00000bn, 1n), 0xa4f177b5);
    }
  });

  test("is the reference's for all words and seeds, and has 32 bits", () => {
    fc.assert(
      fc.property(seeds, fc.bigInt(U64), fc.bigInt(U64), (seed, low, high) => {
        const hash = mix32(low, high, seedWords(seed));
        assert.is(hash, mixOf(seed)(low, high));
        assert.ok(Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32);
      }),
      { numRuns: 500 },
    );
  });
});
