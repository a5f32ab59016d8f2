// `npm run bench:flows [-- FLOWS SHARDS WORKERS]`: as many flows as a 200G card is asked for, 32 million unless told, opened and
// then sent packets through workers, the whole way. Shows the memory they take, the rates, and that all were there.

import { parseArgs } from "node:util";
import { LinkplaneError } from "../host/errors.ts";
import { measuredConfiguration } from "../host/measure/configuration.ts";
import { createWorkerPlane } from "../host/workers/plane.ts";
import { WholePath } from "./whole-path.ts";

const PACKETS = 2 ** 23;
/** Shards do not get exactly the same number of tuples. */
const SPARE = 1.01;
const GIBIBYTE = 2 ** 30;

const { positionals } = parseArgs({ allowPositionals: true });
const [flows = 32_000_000, shards = 4, workers = 2] = positionals.map(Number);

const gibibytes = (bytes: number): string => (bytes / GIBIBYTE).toFixed(2);
const millions = (count: number, milliseconds: number): string => (count / milliseconds / 1000).toFixed(2);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

try {
  await run();
} catch (error) {
  if (!(error instanceof LinkplaneError)) throw error;
  process.stderr.write(`${error.format()}\n`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const before = process.memoryUsage.rss();
  const plane = await createWorkerPlane(measuredConfiguration(Math.ceil(flows * SPARE), shards), { workers });
  const subject = new WholePath("flows", (fill, settle) => plane.stream(fill, settle), flows, PACKETS);
  const start = performance.now();
  await subject.open(flows);
  const opening = performance.now() - start;
  const { active } = (await plane.counters()).flows;
  const resident = process.memoryUsage.rss() - before;
  say(`${active.toLocaleString("en")} flows held by ${shards} shards in ${plane.workers} workers`);
  say(`resident memory ${gibibytes(resident)} GiB, ${(resident / flows).toFixed(0)} bytes a flow`);
  say(`opened at ${millions(flows, opening)} million a second, the whole way in wall-clock time`);
  await subject.turn();
  const rates = [await subject.turn(), await subject.turn(), await subject.turn()].sort((a, b) => a - b);
  say(`packets of them at ${((rates[1] as number) * 1000).toFixed(2)} Mpps, the whole way, median of 3`);
  if (active !== flows) throw new Error(`${flows} flows were opened and ${active} are there.`);
  await plane.close();
}
