// `npx tsx bench/before.ts COMMIT [--flows N] [--placements N]`: what established flows cost in this checkout's core beside that of
// another commit, in one process and by turns, each core twice (A/A). The commit is checked out into a folder of its own and built
// there; its own measuring code opens its flows, so the two need to agree on nothing but how a rung is opened. A rate is that of a
// turn's median call: one in which something else had the processor does not count.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { intervalOf } from "../host/measure/interval.ts";
import { millions, ratio, type Series, type Subject, takeTurns } from "../host/measure/rounds.ts";
import * as here from "../host/measure/rung.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PER_TURN = 2 ** 17;
const ROUNDS = 9;

type Rungs = Pick<typeof here, "openRung" | "coreTwice">;

/** The core under its rung's load, by the call that half of a turn's calls are no longer than. */
function timed(name: string, subject: Subject, rung: here.Rung): Subject {
  const { core } = rung.plane;
  const run = core.run.bind(core);
  return {
    name,
    async turn(round) {
      const calls: number[] = [];
      core.run = () => {
        const start = performance.now();
        const handled = run();
        calls.push(performance.now() - start);
        return handled;
      };
      await subject.turn(round);
      return here.BATCH / (intervalOf(calls).median * 1e6);
    },
  };
}

/** Both cores twice in memory of their own, taking turns. */
async function measure(flows: number, sides: readonly [name: string, rungs: Rungs][]): Promise<Series[]> {
  const subjects: Subject[] = [];
  for (const [name, { openRung, coreTwice }] of sides) {
    const rung = await openRung(flows, PER_TURN);
    const [once, again] = coreTwice(rung);
    subjects.push(timed(name, once, rung), timed(`${name}, again`, again, rung));
  }
  return takeTurns(subjects, ROUNDS);
}

/** Checks a commit out and builds its core there; its measuring code. */
async function loadCommit(commit: string, folder: string): Promise<Rungs> {
  execFileSync("git", ["worktree", "add", "--quiet", "--detach", folder, commit], { cwd: ROOT });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  execFileSync(process.execPath, ["--import", "tsx", "host/build/core.ts"], { cwd: folder, stdio: "inherit" });
  return import(pathToFileURL(join(folder, "host/measure/rung.ts")).href);
}

function print(flows: number, series: readonly Series[]): void {
  const table = new Table({ head: ["core", "million/s", "to the first", "95 %"], style: { head: [], border: [] } });
  for (const one of series) {
    const { median, low, high } = ratio(one, series[0] as Series);
    table.push([
      one.name,
      millions(one).median.toFixed(1),
      median.toFixed(3),
      `${low.toFixed(3)} to ${high.toFixed(3)}`,
    ]);
  }
  process.stdout.write(`${here.rungName(flows)}\n${table.toString()}\n`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { flows: { type: "string", multiple: true }, placements: { type: "string", default: "5" } },
});
const [commit] = positionals;
if (commit === undefined) throw new Error("Name the commit to measure against: npx tsx bench/before.ts COMMIT");
const folder = join(mkdtempSync(join(tmpdir(), "linkplane-before-")), "checkout");
try {
  const before = await loadCommit(commit, folder);
  for (const flows of (values.flows ?? ["1000", "100000"]).map(Number)) {
    const series: Series[] = [];
    for (let placement = 1; placement <= Number(values.placements); placement++) {
      process.stderr.write(`${here.rungName(flows)}, placement ${placement}\n`);
      const more = await measure(flows, [
        [commit, before],
        ["this checkout", here],
      ]);
      more.forEach(({ name, rates }, i) => (series[i] ??= { name, rates: [] }).rates.push(...rates));
    }
    print(flows, series);
  }
} finally {
  execFileSync("git", ["worktree", "remove", "--force", folder], { cwd: ROOT });
  rmSync(join(folder, ".."), { recursive: true, force: true });
}
