// More than one core: measured by bench/workers.ts where it is there.

import { existsSync } from "node:fs";
import type { Section } from "../../host/measure/row.ts";
import type { Say } from "../plan.ts";

const source = new URL("../workers.ts", import.meta.url);

export async function measureWorkers(say: Say): Promise<Section | string> {
  if (!existsSync(source)) return "bench/workers.ts is not there.";
  const { measureWorkers: measure } = (await import(source.href)) as { measureWorkers(say: Say): Promise<Section> };
  return measure(say);
}
