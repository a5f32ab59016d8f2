// The ladder of the core alone, which needs nothing but the package.

import { takeTurns, type Series } from "./rounds.ts";
import { emptySection, type Section } from "./row.ts";
import { coreTwice, openRung, rateRow, rungName, sameRow } from "./rung.ts";

export const CORE_LADDER = [1_000, 100_000, 1_000_000];

/** Measures rung after rung. `onRung` hears of each before it is opened. */
export async function measureCoreLadder(
  rungs: readonly number[],
  rounds: number,
  onRung: (name: string) => void = () => {},
): Promise<Section> {
  const section = emptySection(
    "ladder",
    "Packets per second of the core: established flows, 64-byte frames, one core of the machine",
  );
  section.notes.push(
    `One flow is a connection, both directions in random order. ${rounds} rounds; only the call into the core is timed.`,
  );
  for (const flows of rungs) {
    const name = rungName(flows);
    onRung(name);
    const rung = await openRung(flows);
    const [core, again] = (await takeTurns(coreTwice(rung), rounds)) as [Series, Series];
    section.rows.push(rateRow(`${name}: core`, core));
    section.rows.push(sameRow(section, `${name}: core again / core (A/A)`, core, again));
  }
  return section;
}
