// What the run of one test file proved, read from its exit and its output.
import { SKIP_MARK } from "./kit.ts";

export interface FileRun {
  /** Exit status, null when a signal ended it. */
  status: number | null;
  timedOut: boolean;
  stdout: string;
  stderr: string;
  /** Text of the test file. */
  source: string;
}

export interface Verdict {
  passed: number;
  failed: number;
  skipped: number;
  /** Why the file is red; none when it is green. */
  faults: string[];
  /** What skipUnless printed, without its mark. */
  skips: string[];
}

/** uvu's summary, uncoloured. Its total leaves skipped tests out. */
const SUMMARY = /^ {2}Total: {5}(\d+)\n {2}Passed: {4}(\d+)\n {2}Skipped: {3}(\d+)\n {2}Duration: {2}/gm;
const UVU_IMPORT = /\bfrom\s*["']uvu["']|\b(?:import|require)\s*\(?\s*["']uvu["']/;

/** A file is green when it ended well, printed one summary, and every test in it passed or was declared skipped. */
export function judge(run: FileRun): Verdict {
  const faults: string[] = [];
  const skips = run.stderr
    .split("\n")
    .filter((line) => line.startsWith(SKIP_MARK))
    .map((line) => line.slice(SKIP_MARK.length));
  const summaries = [...run.stdout.matchAll(SUMMARY)].map((match) => match.slice(1).map(Number));
  const [total = 0, passed = 0, skipped = 0] = summaries[0] ?? [];
  if (run.timedOut) faults.push("it ran out of time and was killed");
  else if (run.status !== 0) faults.push(`it exited with ${run.status ?? "a signal"}`);
  if (UVU_IMPORT.test(run.source)) faults.push("it uses uvu directly; declare its tests through test/kit.ts");
  if (summaries.length > 1) faults.push("it printed more than one summary: a suite was declared late");
  if (summaries.length === 0) {
    faults.push("it printed no summary: it declares no suite, or ended before its tests did");
    return { passed: 0, failed: 1, skipped: 0, faults, skips };
  }
  if (total + skips.length === 0) faults.push("it ran no test");
  if (passed !== total) faults.push(`${total - passed} of ${total} tests did not pass`);
  if (skipped !== skips.length) {
    faults.push(`${skipped} tests did not run and ${skips.length} are declared with test.skipUnless`);
  }
  const failed = faults.length === 0 ? 0 : Math.max(1, total - passed);
  return { passed, failed, skipped: skips.length, faults, skips };
}
