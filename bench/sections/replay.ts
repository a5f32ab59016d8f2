// Replays, file to file.

import { emptySection, exact, type Section } from "../../host/measure/row.ts";
import { measureEndToEnd } from "../endtoend.ts";
import type { Say } from "../plan.ts";

export async function measureReplay(say: Say): Promise<Section> {
  const section = emptySection("replay", "Replay, file to file");
  say("captures are replayed");
  for (const { name, megapackets, megabytes } of await measureEndToEnd()) {
    section.rows.push({ ...exact(name, "Mpps", megapackets, "higher"), kind: "rate" });
    section.rows.push({ ...exact(`${name}: input`, "MB/s", megabytes, "neither"), kind: "rate" });
  }
  return section;
}
