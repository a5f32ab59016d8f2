// What a flood of SYNs does to established flows, by what settings make of it.

import type { Settings } from "../../host/config/configuration.ts";
import { measuredConfiguration } from "../../host/measure/configuration.ts";
import { intervalOf } from "../../host/measure/interval.ts";
import { type Series, type Subject, takeTurns } from "../../host/measure/rounds.ts";
import { emptySection, type Section } from "../../host/measure/row.ts";
import { BATCH, eventRow, rateRow, ratioRow, sameRow } from "../../host/measure/rung.ts";
import { recordTape } from "../../host/measure/tape.ts";
import { establish, PLAIN } from "../../host/measure/traffic.ts";
import { createPlane } from "../../host/plane.ts";
import type { Say } from "../plan.ts";
import { Flooded, Unflooded } from "./flooded.ts";
import { openings } from "./new-flows.ts";
import { Player } from "./script.ts";

const FLOWS = 100_000;
const ROUNDS = 9;
const PER_TURN = 2 ** 16;
const FILLS = 2;
/** Flows that are opened in whole batches. */
const WHOLE = FLOWS - (FLOWS % BATCH);
/** More than any client opens. */
const UNREACHED = 1_000_000;

const FLOODS = ["refuse", "evict"] as const;

export async function measureFlood(say: Say): Promise<Section> {
  const section = emptySection("flood", "Established flows while SYNs flood: 100,000 flows, a SYN before each packet");
  section.notes.push(
    `Batches of ${BATCH}, half of them SYNs of tuples that never came before, with room for half as many flows again, which the flood fills. Rates are those of the packets of established flows in a turn's median call, the SYNs' share of it included. Each of these is forwarded, or the run ends; so is one of every flow in each direction at the end.`,
  );
  say("flows are opened");
  const alone = await establish({ flows: FLOWS, ...PLAIN }, {}, measuredConfiguration(FLOWS + FLOWS / 2));
  const load = { tape: recordTape(alone.frames, PER_TURN), batch: BATCH, perTurn: PER_TURN };
  const floods: Flooded[] = [];
  for (const whenFull of FLOODS)
    floods.push(await Flooded.open(`whenFull: ${whenFull}`, FLOWS, PER_TURN, { whenFull }));
  const subjects: Subject[] = [
    new Unflooded("no flood", alone.plane.core, load, alone.time),
    new Unflooded("no flood, again", alone.plane.core, load, alone.time),
    ...floods,
  ];
  say(subjects.map(({ name }) => name).join("; "));
  const [none, again, ...flooded] = (await takeTurns(subjects, ROUNDS)) as [Series, Series, ...Series[]];
  for (const flood of floods) flood.verify();
  section.rows.push(rateRow("no flood", none), sameRow(section, "no flood, again / itself (A/A)", none, again));
  for (const series of flooded)
    section.rows.push(rateRow(series.name, series), ratioRow(`${series.name} / no flood`, series, none));
  await measureCount(section, say);
  return section;
}

/** What counting the flows of clients costs flows that open. */
async function measureCount(section: Section, say: Say): Promise<void> {
  say("new flows, counted by client");
  const tape = openings(FLOWS);
  const opening = async (name: string, settings: Partial<Settings>): Promise<Subject> => {
    const configuration = measuredConfiguration(FLOWS);
    Object.assign(configuration.settings, settings);
    const player = new Player((await createPlane(configuration)).core, BATCH);
    return {
      name,
      turn() {
        const calls: number[] = [];
        for (let fill = 0; fill < FILLS; fill++) {
          player.reset();
          player.play(tape, 0, WHOLE, (milliseconds) => void calls.push(milliseconds));
        }
        return BATCH / (intervalOf(calls).median * 1e6);
      },
    };
  };
  const subjects = [
    await opening("new flows", {}),
    await opening("new flows with maxFlowsPerClient", { maxFlowsPerClient: UNREACHED }),
  ];
  const [plain, counted] = (await takeTurns(subjects, ROUNDS)) as [Series, Series];
  section.rows.push(eventRow(plain.name, plain), eventRow(counted.name, counted));
  section.rows.push(ratioRow(`${counted.name} / without`, counted, plain));
}
