// linkplane bench: the ladder of the core on this machine.

import { CORE_LADDER, measureCoreLadder } from "../measure/core-ladder.ts";
import { RESULTS_SCHEMA, type Results } from "../measure/row.ts";
import { machineText, sectionText } from "../report/section.ts";
import { EXIT, usageError } from "./exit.ts";
import { machine } from "./machine.ts";

export interface BenchArguments {
  flows?: string;
  rounds?: string;
  json?: boolean;
}

const ROUNDS = 15;
const ROUNDS_MAX = 1000;
/** What one plane's memory holds. */
const FLOWS_MAX = 16_000_000;

/** Runs the command; its exit code. */
export async function benchCommand(args: BenchArguments): Promise<number> {
  const rungs = args.flows === undefined ? CORE_LADDER : args.flows.split(",").map((word) => flowsOf(word));
  const rounds = args.rounds === undefined ? ROUNDS : wholeNumber(args.rounds, ROUNDS_MAX, "--rounds");
  const results: Results = {
    schema: RESULTS_SCHEMA,
    begun: new Date().toISOString(),
    machine: machine(),
    sections: [],
  };
  const say = (name: string): void => void (process.stderr.isTTY && process.stderr.write(`${name} ...\n`));
  const section = await measureCoreLadder(rungs, rounds, say);
  results.sections.push(section);
  if (args.json === true) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else process.stdout.write(`${machineText(results.machine)}\n\n${sectionText(section)}`);
  return EXIT.done;
}

/** `1000`, `100k`, `4M`. */
function flowsOf(word: string): number {
  const [, digits, unit = ""] = /^(\d+)([kM]?)$/.exec(word) ?? [];
  const factor = unit === "M" ? 1_000_000 : unit === "k" ? 1000 : 1;
  return wholeNumber(digits === undefined ? word : String(Number(digits) * factor), FLOWS_MAX, "--flows");
}

function wholeNumber(word: string, most: number, option: string): number {
  const number = Number(word);
  if (!/^\d+$/.test(word) || number < 1 || number > most)
    throw usageError(
      `${option} takes whole numbers from 1 to ${most.toLocaleString("en")}, not "${word}".`,
      option === "--flows" ? "Write --flows 1k,100k,1M, say." : `Leave it out for ${ROUNDS}.`,
    );
  return number;
}
