// Replays, file to file, beside what other tools do with the same files.

import type { Interval } from "../../host/measure/interval.ts";
import { emptySection, exact, type Section } from "../../host/measure/row.ts";
import { measureEndToEnd } from "../endtoend.ts";
import type { Say } from "../plan.ts";

/** A row of bench/endtoend.ts; ratios stand only where another tool took turns. */
interface Measured {
  name: string;
  megapackets: number;
  megabytes: number;
  rate?: Interval;
  against?: { name: string; ratio: Interval; target: number }[];
}

export async function measureReplay(say: Say): Promise<Section> {
  const section = emptySection("replay", "Replay, file to file");
  const measure: (say: Say) => Promise<Measured[]> = measureEndToEnd;
  say("captures are replayed");
  for (const { name, megapackets, megabytes, rate, against = [] } of await measure(say)) {
    const row = { ...exact(name, "Mpps", megapackets, "higher"), kind: "rate" } as const;
    section.rows.push(rate === undefined ? row : { ...row, value: rate });
    section.rows.push({ ...exact(`${name}: input`, "MB/s", megabytes, "neither"), kind: "rate" });
    for (const { name: other, ratio, target } of against)
      section.rows.push({
        name: `${name} / ${other}`,
        unit: "times",
        kind: "pair",
        better: "higher",
        value: ratio,
        goal: { target },
      });
  }
  return section;
}
