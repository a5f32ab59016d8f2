// Results files: bench/results/local/bench.json, which is not committed, or bench/results/<machine>.json, which may be.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Machine, RESULTS_SCHEMA, type Results, type Section } from "../host/measure/row.ts";

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), "results");

/** Where a run's results go. */
export function resultsPath(machine: string | undefined): string {
  return machine === undefined ? join(FOLDER, "local", "bench.json") : join(FOLDER, `${machine}.json`);
}

/** Begins a run. One of some sections keeps the others of an earlier run of the same version on the same machine. */
export function begin(path: string, machine: Machine, some: boolean): Results {
  const begun = new Date().toISOString();
  const earlier = some && existsSync(path) ? readResults(path) : undefined;
  const same = JSON.stringify(earlier?.machine) === JSON.stringify(machine);
  return { schema: RESULTS_SCHEMA, begun, machine, sections: same ? (earlier?.sections ?? []) : [] };
}

/** Puts a section in the place of its earlier self, or at the end. */
export function putSection({ sections }: Results, section: Section): void {
  const at = sections.findIndex(({ name }) => name === section.name);
  sections.splice(at < 0 ? sections.length : at, 1, section);
}

/** Writes a file whole or not at all. */
export function writeResults(path: string, results: Results): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.part`, `${JSON.stringify(results, null, 1)}\n`);
  renameSync(`${path}.part`, path);
}

/** Reads a file. Throws with a sentence when it holds something else. */
export function readResults(path: string): Results {
  let read: Partial<Results>;
  try {
    read = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`${path} cannot be read as JSON: ${(error as Error).message}`, { cause: error });
  }
  if (read.schema !== RESULTS_SCHEMA || !Array.isArray(read.sections))
    throw new Error(`${path} is no results file of this suite; its schema is not ${RESULTS_SCHEMA}.`);
  return read as Results;
}
