// New flows: a table that begins empty is filled by SYNs, each admitted completely.

import * as Abi from "../../host/abi.ts";
import { measuredConfiguration } from "../../host/measure/configuration.ts";
import { FLAG } from "../../host/measure/frame.ts";
import { type Series, type Subject, takeTurns } from "../../host/measure/rounds.ts";
import { emptySection, type Section } from "../../host/measure/row.ts";
import { BATCH, eventRow, rungName, sameRow } from "../../host/measure/rung.ts";
import type { Tape } from "../../host/measure/tape.ts";
import { PLAIN, requestOf } from "../../host/measure/traffic.ts";
import { createPlane } from "../../host/plane.ts";
import { NEW_FLOWS } from "../goals.ts";
import type { Say } from "../plan.ts";
import { blankTape, Player, writePacket } from "./script.ts";
import { shuffled } from "./shuffled.ts";

/** Tables of a size are filled several times in a turn, so that a turn is long enough. */
const SIZES: [flows: number, rounds: number, fills: number][] = [
  [10_000, 21, 10],
  [1_000_000, 11, 1],
];

export async function measureNewFlows(say: Say): Promise<Section> {
  const section = emptySection("new-flows", "New flows: SYNs, in random order, into a table that begins empty");
  section.notes.push(
    `Batches of ${BATCH}. Each SYN goes through endpoint, connection, rules, backend and NAT port, and leaves two records and a timer. The table has no more room than it needs.`,
  );
  for (const [flows, rounds, fills] of SIZES) {
    const title = `to ${rungName(flows)}`;
    say(title);
    const { core } = await createPlane(measuredConfiguration(flows));
    const tape = openings(flows);
    const subject = (name: string): Subject => ({
      name,
      turn: () => (flows * fills) / (fill(new Player(core, BATCH), tape, fills) * 1e6),
    });
    const [first, again] = (await takeTurns([subject("core"), subject("again")], rounds)) as [Series, Series];
    section.rows.push(eventRow(title, first, flows >= 1_000_000 ? NEW_FLOWS : undefined));
    section.rows.push(sameRow(section, `${title}: again / itself (A/A)`, first, again));
  }
  return section;
}

/** A SYN of every flow, in random order. */
export function openings(flows: number): Tape {
  const tape = blankTape(flows);
  const order = shuffled(flows);
  for (let i = 0; i < flows; i++)
    writePacket(tape, i, Abi.SIDE_CONSUMER, requestOf({ ...PLAIN, flows }, order[i] as number, FLAG.syn));
  return tape;
}

/** Fills the table so many times; milliseconds that the core took for the packets. */
function fill(player: Player, tape: Tape, fills: number): number {
  let milliseconds = 0;
  for (let i = 0; i < fills; i++) {
    player.reset();
    milliseconds += player.play(tape);
  }
  return milliseconds;
}
