// Writes the explanations that the tests compare with: `npx tsx test/host/explain/golden.ts`, then read what changed.

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Explanation } from "../../../host/explain/explanation.ts";
import { explanationText } from "../../../host/report/explanation.ts";
import { CASES, nameOf, prepared } from "./cases.ts";
import { explained, REPLAYED } from "./replayed.ts";

export const FOLDER = fileURLToPath(new URL("golden/", import.meta.url));

/** An explanation as text, and as JSON. */
export const written = (explanation: Explanation): { txt: string; json: string } => ({
  txt: explanationText(explanation),
  json: `${JSON.stringify(explanation, null, 2)}\n`,
});

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(FOLDER, { recursive: true });
  const write = (name: string, explanation: Explanation): void => {
    const { txt, json } = written(explanation);
    writeFileSync(`${FOLDER}${name}.txt`, txt);
    writeFileSync(`${FOLDER}${name}.json`, json);
  };
  for (const each of CASES) {
    const { plane, packet } = await prepared(each);
    write(nameOf(each), plane.explain(packet));
  }
  for (const each of REPLAYED) write(each.name, await explained(each));
}
