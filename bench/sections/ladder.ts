// The ladder: the core, the native plane and planes in JavaScript on the same flows, all taking turns in every round.

import { type Series, type Subject, takeTurns } from "../../host/measure/rounds.ts";
import { emptySection, type Goal, type Section } from "../../host/measure/row.ts";
import { coreTwice, openRung, type Rung, rateRow, ratioRow, rungName, sameRow } from "../../host/measure/rung.ts";
import { RUNGS } from "../goals.ts";
import { JavascriptSubject } from "../javascript/subject.ts";
import { loadPlane } from "../javascript/planes.ts";
import { type Build, buildCeilings, NativeLoad, NativeSubject } from "../native/ceiling.ts";
import type { Keep, Say } from "../plan.ts";

const ROUNDS = 15;
/**
 * Where the kernel happens to put a table's pages moves a plane's rate by a third and stays for the life of its memory. So a rung
 * is opened anew so many times, each with its share of the rounds: more often where a table about fills the caches, since there it
 * matters most and opening takes no time.
 */
const PLACEMENTS = 3;
const PLACEMENTS_OF_SMALL = 5;
const SMALL_MAX = 100_000;
const NATIVE = "native, ";
const HUGE = ", huge pages";
const JAVASCRIPT = ["plain", "pipelined"] as const;

export async function measureLadder(say: Say, keep: Keep): Promise<Section> {
  const section = emptySection(
    "ladder",
    "Packets per second: established flows, 64-byte frames, both directions, random order, one core of the machine",
  );
  section.notes.push(
    "One flow is a connection: two records. Every plane does the same complete work on the same frames, placed fresh before each batch; only the plane's work is timed.",
    `${ROUNDS} rounds in which all planes of a rung take turns; ratios are of turns of one round.`,
    `Planes begin anew in other memory ${PLACEMENTS} times, ${PLACEMENTS_OF_SMALL} up to ${rungName(SMALL_MAX)}, since where pages lie matters.`,
  );
  const builds = buildCeilings();
  if (builds.length === 0) section.notes.push("There is no C compiler on this machine, so no native plane.");
  for (const flows of RUNGS.keys()) {
    const series: Series[] = [];
    const placements = flows <= SMALL_MAX ? PLACEMENTS_OF_SMALL : PLACEMENTS;
    for (let placement = 1; placement <= placements; placement++) {
      say(`${rungName(flows)} are opened, placement ${placement} of ${placements}`);
      const more = await measureRung(flows, builds, ROUNDS / placements);
      more.forEach(({ name, rates }, i) => (series[i] ??= { name, rates: [] }).rates.push(...rates));
    }
    addRows(section, flows, series);
    keep(section);
  }
  return section;
}

/** Every plane in memory of its own, and their rates in so many rounds. */
async function measureRung(flows: number, builds: readonly Build[], rounds: number): Promise<Series[]> {
  const rung = await openRung(flows);
  const prepared = builds.length === 0 ? undefined : new NativeLoad(rung.plane.core, rung.load, rung.time);
  const subjects: Subject[] = [...coreTwice(rung), ...(await javascriptSubjects(rung))];
  try {
    if (prepared !== undefined) {
      subjects.push(...builds.map((build) => new NativeSubject(build, prepared)));
      subjects.push(new NativeSubject(builds.at(-1) as Build, prepared, true));
    }
    return await takeTurns(subjects, rounds);
  } finally {
    for (const subject of subjects) subject.close?.();
    prepared?.close();
  }
}

/** The planes in JavaScript, going on where the core stands. */
async function javascriptSubjects({ plane, load, time }: Rung): Promise<Subject[]> {
  const room = load.batch * load.tape.stride;
  const subjects: Subject[] = [];
  for (const kind of JAVASCRIPT)
    subjects.push(new JavascriptSubject(await loadPlane(kind, plane.core, time, room), load));
  return subjects;
}

function addRows(section: Section, flows: number, series: readonly Series[]): void {
  const goals = RUNGS.get(flows);
  const title = rungName(flows);
  const [core, again, plain, pipelined] = series as [Series, Series, Series, Series];
  section.rows.push(rateRow(`${title}: core`, core, goals?.core));
  section.rows.push(sameRow(section, `${title}: core again / core (A/A)`, core, again));
  addNative(section, title, series, goals?.native);
  section.rows.push(rateRow(`${title}: plain JavaScript`, plain));
  section.rows.push(ratioRow(`${title}: core / plain JavaScript`, core, plain, goals?.plain));
  section.rows.push(rateRow(`${title}: pipelined JavaScript`, pipelined));
  section.rows.push(ratioRow(`${title}: core / pipelined JavaScript`, core, pipelined, goals?.pipelined));
}

/** Rows of the fastest native build, and of the one with huge pages. */
function addNative(section: Section, title: string, series: readonly Series[], goal: Goal | undefined): void {
  const [core] = series as [Series];
  const native = series.filter(({ name }) => name.startsWith(NATIVE));
  const best = fastest(native.filter(({ name }) => !name.endsWith(HUGE)));
  if (best !== undefined) {
    section.rows.push(rateRow(`${title}: native`, best));
    section.rows.push(ratioRow(`${title}: core / native`, core, best, goal));
    section.notes.push(`${title}: the fastest native build is ${best.name.slice(NATIVE.length)}.`);
  }
  const huge = native.find(({ name }) => name.endsWith(HUGE));
  if (huge !== undefined) section.rows.push({ ...rateRow(`${title}: native${HUGE}`, huge), better: "neither" });
}

/** The series with the highest median. */
function fastest(series: readonly Series[]): Series | undefined {
  const median = ({ rates }: Series): number => [...rates].sort((a, b) => a - b)[rates.length >> 1] as number;
  return [...series].sort((a, b) => median(b) - median(a))[0];
}
