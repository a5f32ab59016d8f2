// The core and the reference plane over random traffic of both families, configurations with IPv6 in them, and changes of these.

import { corePlane } from "../core-plane.ts";
import { assert, suite } from "../kit.ts";
import { ReferencePlane } from "../reference/plane.ts";
import { comparePlanes } from "./compare.ts";
import { Dice } from "./dice.ts";
import { ipv6Configuration } from "./ipv6-configuration.ts";
import { Ipv6Traffic } from "./ipv6-traffic.ts";

const RUNS = Number(process.env.LINKPLANE_RUNS ?? 60);
const PACKETS = 3000;
/** Reasons that IPv6 packets of any seed have. */
const REASONS_LEAST = [
  "forwarded",
  "new-flow",
  "ipv6",
  "ipv6-extension",
  "connection-pending",
  "reply-unmatched",
  "no-flow",
  "truncated",
  "icmp-error",
  "icmp-no-flow",
  "icmp-malformed",
  "icmp-bad-checksum",
  "icmp-echo",
  "awaiting-fragment",
  "fragment-overlap",
  "fragment-duplicate",
  "fragment-malformed",
  "fragment-timeout",
];

suite("IPv6 in the core and the reference plane", (test) => {
  const seed = Number(process.env.LINKPLANE_SEED ?? Date.now() % 2 ** 31);
  process.stderr.write(`random IPv6: seed ${seed} (LINKPLANE_SEED=${seed} repeats it)\n`);

  test("is the same over random configurations and traffic", async () => {
    const reasons = new Set<string>();
    for (let run = 0; run < RUNS; run++) {
      const dice = new Dice(seed + run);
      const configuration = ipv6Configuration(dice);
      const reference = new ReferencePlane(configuration);
      try {
        comparePlanes(await corePlane(configuration), reference, new Ipv6Traffic(dice), dice, PACKETS);
      } catch (error) {
        process.stderr.write(`seed ${seed + run}\n`);
        throw error;
      }
      for (const reason of Object.keys(reference.counters().reasons)) reasons.add(reason);
    }
    const missing = REASONS_LEAST.filter((reason) => !reasons.has(reason));
    assert.equal(missing, [], "reasons that no packet had");
  });
});
