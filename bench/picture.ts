// `npm run bench:picture RESULTS.json`: draws docs/ladder.svg from a results file.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ladderPicture } from "./chart.ts";
import { readResults, resultsPath } from "./results.ts";

const OUT = fileURLToPath(new URL("../docs/ladder.svg", import.meta.url));

const [file = resultsPath(undefined)] = process.argv.slice(2);
try {
  writeFileSync(OUT, await ladderPicture(readResults(file)));
  process.stderr.write(`Written to ${OUT}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
