// Random fragments while flows come, end and are judged again: the core, in batches of random size, does what the reference plane does.

import { type Configuration, markChecked } from "../../host/config/configuration.ts";
import { corePlane } from "../core-plane.ts";
import { assert, suite } from "../kit.ts";
import { ReferencePlane } from "../reference/plane.ts";
import { Changes } from "./changes.ts";
import { comparePlanes } from "./compare.ts";
import { randomConfiguration } from "./configuration.ts";
import { Dice } from "./dice.ts";
import { Traffic } from "./traffic.ts";

const SEED = Number(process.env.LINKPLANE_SEED ?? Date.now() % 2 ** 31);
const ROUNDS = Number(process.env.LINKPLANE_ROUNDS ?? 20);
const SHARDS = process.env.LINKPLANE_SHARDS === undefined ? undefined : Number(process.env.LINKPLANE_SHARDS);
const PACKETS = 5000;
/** Packets of a hundred that are cut. */
const CUT = 30;
const REASONS_LEAST = [
  "forwarded",
  "awaiting-fragment",
  "fragment",
  "fragment-malformed",
  "fragment-duplicate",
  "fragment-overlap",
  "fragment-table-full",
  "fragment-pool-full",
  "fragment-timeout",
];

/** What was compared so far. */
const seen = { packets: 0, letGo: 0, reasons: new Set<string>() };

suite("Fragments, random", (test) => {
  process.stderr.write(`fragments: LINKPLANE_SEED=${SEED} repeats it\n`);

  test(`${ROUNDS} rounds of ${PACKETS} packets`, () =>
    inRounds(SEED, async (dice) => {
      const configuration = translating(randomConfiguration(dice), dice);
      await compareOnce(configuration, dice);
    }));

  test(`${ROUNDS} rounds of ${PACKETS} packets while the configuration changes`, () =>
    inRounds(SEED + ROUNDS, async (dice) => {
      const changes = new Changes(dice, translating);
      await compareOnce(changes.configuration, dice, () => (dice.chance(30) ? changes.next() : undefined));
    }));

  test("with every reason, and held ones let go", () => {
    const { packets, letGo, reasons } = seen;
    process.stderr.write(`fragments: ${packets} packets compared, ${letGo} held ones let go\n`);
    assert.ok(letGo > 0);
    assert.equal(
      REASONS_LEAST.filter((reason) => !reasons.has(reason)),
      [],
    );
  });
});

/** A configuration in which fragments get far: most connections approved, flows that end soon. */
function translating(configuration: Configuration, dice: Dice): Configuration {
  const { settings, privateEndpoints } = configuration;
  Object.assign(settings, {
    shards: SHARDS ?? dice.pick([1, 1, 4]),
    fragments: "translate",
    midStream: dice.chance(80) ? "admit" : "drop",
  });
  if (dice.chance(50)) Object.assign(settings.timers, { udpIdleSeconds: 1, tcpOpeningSeconds: 1, tcpIdleSeconds: 2 });
  for (const endpoint of privateEndpoints) if (dice.chance(80)) endpoint.connectionState = "Approved";
  return markChecked(configuration);
}

async function inRounds(first: number, round: (dice: Dice) => Promise<void>): Promise<void> {
  for (let seed = first; seed < first + ROUNDS; seed++) {
    try {
      await round(new Dice(seed));
    } catch (error) {
      process.stderr.write(`fragments: seed ${seed} shows a difference\n`);
      throw error;
    }
  }
}

async function compareOnce(
  configuration: Configuration,
  dice: Dice,
  next: () => Configuration | undefined = () => undefined,
): Promise<void> {
  const core = await corePlane(configuration);
  const reference = new ReferencePlane(configuration);
  const traffic = new Traffic(dice, CUT);
  comparePlanes(core, reference, traffic, dice, PACKETS, () => {
    const changed = next();
    if (changed === undefined) return;
    core.apply(changed);
    reference.apply(changed);
  });
  for (const [reason, count] of Object.entries(reference.counters().reasons)) {
    seen.reasons.add(reason);
    seen.packets += count;
  }
  seen.letGo += traffic.letGo;
}
