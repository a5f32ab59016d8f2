// `npx tsx bench/filtering.ts`: what identifying by name costs established flows. A rule by address (twice, A/A), one that looks at the
// first request, and one that looks at every request, each in turn; packets without data, and a request in every packet of a client.

import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import * as Abi from "../host/abi.ts";
import { type Configuration, markChecked } from "../host/config/configuration.ts";
import { measuredConfiguration } from "../host/measure/configuration.ts";
import { type Interval, intervalOf } from "../host/measure/interval.ts";
import { CoreSubject, type Load, STEP } from "../host/measure/ladder.ts";
import { millions, ratio, type Series, takeTurns } from "../host/measure/rounds.ts";
import { recordTape } from "../host/measure/tape.ts";
import { establish, PLAIN } from "../host/measure/traffic.ts";
import type { Plane } from "../host/plane.ts";
import { Asking, UNDER_WAY } from "./asking.ts";

const FLOWS = 100_000;
const BATCH = 256;
const PER_TURN = 2 ** 17;
/** Planes begin anew in other memory so many times, each with its rounds: where pages lie moves a plane's rate. */
const PLACEMENTS = 5;
const ROUNDS = 9;
/** Turns that the requests of a placement are recorded for: numbers go on, so none is played twice. */
const TURNS = ROUNDS + 2;
export const HOST = "contosodata.blob.core.windows.net";

/** How a rule finds the resource of a flow, and whether its packets take the slow path for good. */
const RULES = {
  "by address": { identify: "address", slow: false },
  "by address again (A/A)": { identify: "address", slow: false },
  "by the first request": { identify: "http", slow: false },
  "by every request": { identify: "http", everyRequest: true, slow: true },
} as const;
export type RuleName = keyof typeof RULES;
const NAMES = Object.keys(RULES) as RuleName[];

function configurationOf(flows: number, rule: RuleName): Configuration {
  const configuration = measuredConfiguration(flows);
  const { identify, slow: _, ...more } = RULES[rule];
  if (identify === "address") return configuration;
  const resource = { name: "contosodata", groupId: "blob" };
  Object.assign(configuration.privateEndpoints[0] ?? {}, { resource: resource.name, groupId: resource.groupId });
  Object.assign(configuration.privateLinkServices[0] ?? {}, { resources: [{ ...resource, names: [HOST] }] });
  Object.assign(configuration.loadBalancers[0]?.loadBalancingRules[0] ?? {}, { identify, ...more });
  const { settings } = configuration;
  settings.identification = { ...settings.identification, otherBeginning: "allow" };
  return markChecked(configuration);
}

/** Established flows of a rule. */
interface Opened {
  rule: RuleName;
  plane: Plane;
  asking: Asking;
  /** Time of the last packet, ns. */
  time: number;
}

/** Opens flows whose clients have asked once, each for the right name. */
export async function openFlows(flows: number, rule: RuleName): Promise<Opened> {
  const established = await establish({ flows, ...PLAIN }, {}, configurationOf(flows, rule));
  const asking = new Asking(established, flows, HOST);
  asking.askFirst();
  const { plane, time } = established;
  const slow = slowFlows(plane, flows);
  if (slow !== (RULES[rule].slow ? flows : 0)) throw new Error(`${slow} flows take the slow path of a rule ${rule}.`);
  return { rule, plane, asking, time };
}

/** Flows whose packets take the slow path. */
export function slowFlows({ core }: Plane, flows: number): number {
  const records = core.region(Abi.REGION_RECORDS);
  let slow = 0;
  for (let flow = 0; flow < flows; flow++)
    if ((core.u8(records + flow * 2 * Abi.REC_SIZE + Abi.REC_SEEN) & Abi.SEEN_HANDLED) !== 0) slow++;
  return slow;
}

/** The core by the call that half of a turn's calls are no longer than: one in which something else had the processor does not count. */
class TypicalCall extends CoreSubject {
  override turn(round: number): number {
    const { median } = intervalOf(this.calls(round));
    return BATCH / (median * 1e6);
  }
}

/** One placement: all planes in memory of their own, their rates without data and with requests. */
async function measure(): Promise<{ silent: Series[]; asking: Series[] }> {
  const all: Opened[] = [];
  for (const rule of NAMES) all.push(await openFlows(FLOWS, rule));
  const [{ asking, time }] = all as [Opened];
  // The same packets have the same numbers and ports in every plane, so one tape is played to all.
  const turns = (load: Load, from: number): Promise<Series[]> =>
    takeTurns(
      all.map(({ rule, plane }) => new TypicalCall(rule, plane.core, load, from)),
      ROUNDS,
    );
  const silent = { tape: recordTape(asking.silence(), PER_TURN * TURNS), batch: BATCH, perTurn: PER_TURN };
  const requests = { ...silent, tape: asking.record(PER_TURN * TURNS) };
  return { silent: await turns(silent, time), asking: await turns(requests, time + PER_TURN * TURNS * STEP) };
}

const spread = ({ low, high }: Interval, digits: number): string => `${low.toFixed(digits)} to ${high.toFixed(digits)}`;

function addRows(table: Table.Table, traffic: string, series: readonly Series[]): void {
  for (const one of series) {
    const rate = millions(one);
    const share = ratio(one, series[0] ?? one);
    table.push([traffic, one.name, rate.median.toFixed(1), spread(rate, 1), share.median.toFixed(2), spread(share, 2)]);
  }
}

async function main(): Promise<void> {
  const silent: Series[] = NAMES.map((name) => ({ name, rates: [] }));
  const asking: Series[] = NAMES.map((name) => ({ name, rates: [] }));
  for (let placement = 1; placement <= PLACEMENTS; placement++) {
    process.stderr.write(`placement ${placement} of ${PLACEMENTS}\n`);
    const more = await measure();
    more.silent.forEach(({ rates }, i) => silent[i]?.rates.push(...rates));
    more.asking.forEach(({ rates }, i) => asking[i]?.rates.push(...rates));
  }
  const head = ["packets", "rule", "million/s", "95 %", "to by address", "95 %"];
  const table = new Table({ head, style: { head: [], border: [] } });
  addRows(table, "no data", silent);
  addRows(table, "requests", asking);
  process.stdout.write(
    `${FLOWS.toLocaleString("en")} flows, batches of ${BATCH}, ${UNDER_WAY} requests under way at once, ${PLACEMENTS} placements of ${ROUNDS} rounds\n${table.toString()}\n`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
