// Runs the test files, each in its own process: npx tsx test/run.ts [--timeout seconds] [pattern...]
//
// A pattern selects the files whose path contains it, or is the path of one file, test or not. Ends with one line
// `N passed, N failed`, counting tests, and with status 1 when anything is red.
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type FileRun, judge, type Verdict } from "./verdict.ts";

const FILES_AT_ONCE = 2;
/** What hangs, hangs for ever; what is slow may be so on a machine that others use too. */
const DEFAULT_TIMEOUT_SECONDS = 900;
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const running = new Set<ChildProcess>();

/** Paths of all test files from the root with forward slashes, those in folders called fixtures left out. */
function findTests(): string[] {
  return readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" })
    .map((path) => `test/${path.split(sep).join("/")}`)
    .filter((path) => path.endsWith(".test.ts") && !path.split("/").includes("fixtures"))
    .sort();
}

/** The files that a pattern stands for, none if nothing matches. */
function select(pattern: string, tests: string[]): string[] {
  const path = relative(ROOT, resolve(pattern)).split(sep).join("/");
  if (statSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile()) return [path];
  return tests.filter((test) => test.includes(pattern));
}

/** Ends the process and what it started: every file is run in a process group of its own. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group has ended.
  }
}

function runFile(path: string, timeoutSeconds: number): Promise<FileRun> {
  const { FORCE_COLOR: _, ...environment } = process.env;
  const child = spawn(process.execPath, ["--import", "tsx", path], {
    cwd: ROOT,
    detached: true,
    env: { ...environment, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const run: FileRun = { status: null, timedOut: false, stdout: "", stderr: "", source: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => void (run.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => void (run.stderr += text));
  const timer = setTimeout(() => {
    run.timedOut = true;
    killGroup(child);
  }, timeoutSeconds * 1000);
  return new Promise((settle, reject) => {
    child.on("error", reject);
    // A process that the file left behind would hold the pipes open.
    child.on("exit", () => killGroup(child));
    child.on("close", (status) => {
      clearTimeout(timer);
      running.delete(child);
      run.status = status;
      run.source = readFileSync(join(ROOT, path), "utf8");
      settle(run);
    });
  });
}

function report(path: string, run: FileRun, verdict: Verdict, milliseconds: number): void {
  const lines: string[] = [];
  if (verdict.faults.length === 0) lines.push(`ok   ${path}  ${verdict.passed} passed, ${milliseconds} ms`);
  else lines.push(`FAIL ${path}: ${verdict.faults.join("; ")}`);
  lines.push(...verdict.skips.map((skip) => `     skipped ${skip}`));
  if (verdict.faults.length > 0) {
    lines.push(
      ...`${run.stdout}\n${run.stderr}`
        .trimEnd()
        .split("\n")
        .map((line) => `     | ${line}`),
    );
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { timeout: { type: "string" } }, allowPositionals: true });
  const timeoutSeconds = Number(values.timeout ?? DEFAULT_TIMEOUT_SECONDS);
  if (!(timeoutSeconds > 0)) throw new Error(`--timeout takes seconds, not "${values.timeout}".`);
  const sums = { passed: 0, failed: 0, skipped: 0 };
  const fault = (sentence: string): void => {
    sums.failed++;
    process.stdout.write(`FAIL ${sentence}\n`);
  };
  const tests = findTests();
  const chosen = new Set(positionals.length === 0 ? tests : []);
  for (const pattern of positionals) {
    const matches = select(pattern, tests);
    if (matches.length === 0) fault(`no test file matches "${pattern}"`);
    for (const match of matches) chosen.add(match);
  }
  if (chosen.size === 0 && sums.failed === 0) fault("no test file was found");
  const queue = [...chosen];
  const work = async (): Promise<void> => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      const started = performance.now();
      const run = await runFile(path, timeoutSeconds);
      const verdict = judge(run);
      report(path, run, verdict, Math.round(performance.now() - started));
      sums.passed += verdict.passed;
      sums.failed += verdict.failed;
      sums.skipped += verdict.skipped;
    }
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, work));
  if (sums.skipped > 0) process.stdout.write(`${sums.skipped} skipped, for the reasons given above\n`);
  process.stdout.write(`${sums.passed} passed, ${sums.failed} failed\n`);
  process.exitCode = sums.failed === 0 ? 0 : 1;
}

for (const [signal, status] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.on(signal, () => {
    running.forEach(killGroup);
    process.exit(status);
  });
}
await main();
