// What a batch's size is worth: the plain traffic in batches of every size, taking turns.

import { CoreSubject } from "../../host/measure/ladder.ts";
import { type Series, takeTurns } from "../../host/measure/rounds.ts";
import { emptySection, type Section } from "../../host/measure/row.ts";
import { BATCH, rateRow, ratioRow } from "../../host/measure/rung.ts";
import { recordTape } from "../../host/measure/tape.ts";
import { establish, PLAIN } from "../../host/measure/traffic.ts";
import type { Say } from "../plan.ts";

const FLOWS = 100_000;
const ROUNDS = 21;
const PER_TURN = 2 ** 15;
const SIZES = [1, 32, 64, 128, 256, 512, 1024];

export async function measureBatches(say: Say): Promise<Section> {
  const section = emptySection("batches", "Batch sizes: 100,000 established flows, 64-byte frames");
  section.notes.push(
    `All sizes take turns, ${ROUNDS} rounds. Reading the clock twice is part of each batch's time, and much of it at 1.`,
  );
  say("flows are opened");
  const { plane, frames, time } = await establish({ flows: FLOWS, ...PLAIN });
  const tape = recordTape(frames, 8 * PER_TURN);
  say(`batches of ${SIZES.join(", ")}`);
  const subjects = SIZES.map(
    (batch) => new CoreSubject(String(batch), plane.core, { tape, batch, perTurn: PER_TURN }, time),
  );
  const series = await takeTurns(subjects, ROUNDS);
  const usual = series[SIZES.indexOf(BATCH)] as Series;
  for (const each of series) {
    section.rows.push(rateRow(`batch of ${each.name}`, each));
    if (each !== usual) section.rows.push(ratioRow(`batch of ${each.name} / ${BATCH}`, each, usual));
  }
  return section;
}
