// The core and the reference plane over the same random traffic: every verdict, reason, flow number, byte, counter and
// flow is the same. LINKPLANE_SEED repeats a run by its base seed, which is printed to stderr.
import fc from "fast-check";
import type { Configuration } from "../../host/config/configuration.ts";
import { corePlane } from "../core-plane.ts";
import { assert, suite } from "../kit.ts";
import { ReferencePlane } from "../reference/plane.ts";
import { comparePlanes } from "./compare.ts";
import { randomConfiguration } from "./configuration.ts";
import { Crowd, crowdedConfiguration } from "./crowd.ts";
import { Dice } from "./dice.ts";
import { Traffic } from "./traffic.ts";

const RUNS = 250;
const PACKETS_PER_RUN = 4000;
const CROWD_RUNS = 12;
const CROWD_PACKETS_PER_RUN = 10_000;
const PACKETS_LEAST = 1_000_000;
const UINT32_MAX = 0xffff_ffff;

/** Reasons that any seed's traffic provokes. */
const REASONS_LEAST = [
  "forwarded",
  "new-flow",
  "mid-stream-admitted",
  "not-ip",
  "ipv6",
  "link-type",
  "vlan-depth",
  "tunnel",
  "no-endpoint",
  "truncated",
  "bad-ip-header",
  "bad-ip-length",
  "bad-tcp-header",
  "bad-udp-length",
  "icmp",
  "fragment",
  "protocol",
  "spoofed-endpoint",
  "ttl-expired",
  "connection-pending",
  "connection-rejected",
  "connection-disconnected",
  "no-rule",
  "mid-stream",
  "no-backend",
  "flow-table-full",
  "nat-exhausted",
  "no-flow",
  "reply-unmatched",
  "reply-refused",
  "endpoint-unreachable",
  "martian-source",
  "connection-refused",
  "endpoint-rule-denied",
  "icmp-error",
  "icmp-malformed",
  "icmp-bad-checksum",
  "icmp-no-flow",
  "icmp-echo",
  "packet-too-big",
  "awaiting-fragment",
  "fragment-malformed",
  "fragment-duplicate",
  "fragment-overlap",
  "fragment-table-full",
  "fragment-pool-full",
  "fragment-timeout",
];

/** What was compared so far. */
const seen = { packets: 0, resets: 0, answers: 0, reasons: new Set<string>() };

suite("The core does what the reference plane does", (test) => {
  const seed = baseSeed();
  process.stderr.write(`random traffic: base seed ${seed} (LINKPLANE_SEED=${seed} repeats it)\n`);

  test("over random configurations and traffic", () =>
    overSeeds(seed, RUNS, (dice) => {
      const configuration = randomConfiguration(dice);
      return compareOnce(configuration, new Traffic(dice), dice, PACKETS_PER_RUN);
    }));

  test("where NAT ports run out", () =>
    overSeeds(seed, CROWD_RUNS, (dice) => {
      const configuration = crowdedConfiguration(dice);
      return compareOnce(configuration, new Crowd(dice, configuration), dice, CROWD_PACKETS_PER_RUN);
    }));

  test("a million packets and more, with every reason", () => {
    const { packets, resets, answers, reasons } = seen;
    process.stderr.write(
      `random traffic: ${packets} packets compared, ${reasons.size} reasons, ${resets} resets, ${answers} ICMP answers\n`,
    );
    assert.ok(packets >= PACKETS_LEAST, `only ${packets} packets were compared`);
    const missing = REASONS_LEAST.filter((reason) => !reasons.has(reason));
    assert.equal(missing, [], "reasons that no packet had");
    assert.ok(resets > 0 && answers > 0, "no reset or no ICMP answer was sent");
  });
});

/** The base seed from the environment, else one of the clock. */
function baseSeed(): number {
  const given = process.env.LINKPLANE_SEED;
  if (given === undefined || given === "") return Date.now() | 0;
  if (!/^-?\d+$/.test(given)) throw new Error(`LINKPLANE_SEED takes an integer, not "${given}".`);
  return Number(given) | 0;
}

/** Runs a comparison with the dice of so many seeds, until one fails. Seeds are not shrunk: a smaller one is no simpler. */
function overSeeds(seed: number, numRuns: number, compare: (dice: Dice) => Promise<void>): Promise<void> {
  const property = fc.asyncProperty(fc.noShrink(fc.nat({ max: UINT32_MAX })), (own) => compare(new Dice(own)));
  return fc.assert(property, { seed, numRuns, endOnFailure: true, includeErrorInReport: true });
}

async function compareOnce(configuration: Configuration, traffic: Traffic, dice: Dice, packets: number): Promise<void> {
  const reference = new ReferencePlane(configuration);
  comparePlanes(await corePlane(configuration), reference, traffic, dice, packets);
  const { reasons, generated } = reference.counters();
  seen.resets += generated.reset;
  seen.answers += generated.icmp;
  for (const [reason, count] of Object.entries(reasons)) {
    seen.reasons.add(reason);
    seen.packets += count;
  }
}
