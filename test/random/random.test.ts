// The core and the reference plane over the same random traffic: every verdict, reason, flow number, byte, counter and
// flow is the same. LINKPLANE_SEED repeats a run by its base seed, which is printed to stderr.
import fc from "fast-check";
import { corePlane } from "../core-plane.ts";
import { assert, suite } from "../kit.ts";
import { ReferencePlane } from "../reference/plane.ts";
import { comparePlanes } from "./compare.ts";
import { randomConfiguration } from "./configuration.ts";
import { Dice } from "./dice.ts";
import { Traffic } from "./traffic.ts";

const RUNS = 250;
const PACKETS_PER_RUN = 4000;
const PACKETS_LEAST = 1_000_000;
const UINT32_MAX = 0xffff_ffff;

/** Reasons that this traffic provokes whatever the seed. Those of a replay's own (`reply-...`) are not a plane's. */
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
  "no-flow",
];

/** What was compared so far. */
const seen = { packets: 0, resets: 0, answers: 0, reasons: new Set<string>() };

suite("The core does what the reference plane does", (test) => {
  test("over random configurations and traffic", async () => {
    const seed = baseSeed();
    process.stderr.write(`random traffic: base seed ${seed} (LINKPLANE_SEED=${seed} repeats it)\n`);
    const property = fc.asyncProperty(fc.noShrink(fc.nat({ max: UINT32_MAX })), compareOnce);
    await fc.assert(property, { seed, numRuns: RUNS, endOnFailure: true });
    const { packets, resets, answers, reasons } = seen;
    process.stderr.write(
      `random traffic: ${packets} packets compared, ${reasons.size} reasons, ${resets} resets, ${answers} ICMP answers\n`,
    );
    assert.ok(packets >= PACKETS_LEAST, `only ${packets} packets were compared`);
    assert.equal(
      REASONS_LEAST.filter((reason) => !reasons.has(reason)),
      [],
      "reasons that no packet had",
    );
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

/** One configuration and its traffic, both from one seed. */
async function compareOnce(seed: number): Promise<void> {
  const dice = new Dice(seed);
  const configuration = randomConfiguration(dice);
  const reference = new ReferencePlane(configuration);
  comparePlanes(await corePlane(configuration), reference, new Traffic(dice), dice, PACKETS_PER_RUN);
  const { reasons, generated } = reference.counters();
  seen.resets += generated.reset;
  seen.answers += generated.icmp;
  for (const [reason, count] of Object.entries(reasons)) {
    seen.reasons.add(reason);
    seen.packets += count;
  }
}
