// `npx tsx bench/rules.ts`: what endpoint rules cost new flows. 1,000 rules over 100,000 prefixes, 250,000 combinations with
// their ports, against no rules at all; each in turn, the plane without rules twice (A/A). Only calls into the core are
// timed, in CPU time of this process.

import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import * as Abi from "../host/abi.ts";
import { addressText } from "../host/config/address.ts";
import { type Configuration, markChecked, type SecurityRule } from "../host/config/configuration.ts";
import { measuredConfiguration } from "../host/measure/configuration.ts";
import { FLAG, writeFrame } from "../host/measure/frame.ts";
import { millions, ratio, type Subject, takeTurns } from "../host/measure/rounds.ts";
import { FRAME_LEAST, PLAIN, requestOf } from "../host/measure/traffic.ts";
import { createPlane, type Plane } from "../host/plane.ts";

const RULES = 1000;
const PREFIXES_PER_RULE = 100;
const FLOWS = 65_536;
const STRIDE = 64;
const ROUNDS = 21;
const CONSUMER = 10 * 2 ** 24;

/** A reproducible random number below `count`. */
function dice(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % count;
  };
}

/** Rules that let everything in, for blocks of 256 addresses to 16; one in ten is for the service's port among others. */
function rulesOf(below: (count: number) => number): SecurityRule[] {
  const block = (): string => {
    const length = 24 + below(5);
    return `${addressText(CONSUMER + below(2 ** (length - 8)) * 2 ** (32 - length))}/${length}`;
  };
  const ports = (rule: number): string[] => {
    const first = rule % 10 === 0 ? "440-450" : `${1000 + rule * 2}`;
    return [first, `${10_000 + rule * 3}-${10_020 + rule * 3}`, `${60_000 + rule}`].slice(0, 2 + (rule % 2));
  };
  return Array.from({ length: RULES }, (_, i) => ({
    name: `rule-${i}`,
    priority: 100 + i,
    access: "Allow",
    protocol: "Tcp",
    sourceAddressPrefixes: Array.from({ length: PREFIXES_PER_RULE }, block),
    sourceApplicationSecurityGroups: [],
    destinationAddressPrefixes: [],
    destinationApplicationSecurityGroups: [],
    destinationPortRanges: ports(i),
  }));
}

function guarded(rules: SecurityRule[]): Configuration {
  const configuration = measuredConfiguration(FLOWS);
  configuration.networkSecurityGroups = [{ name: "guard", defaultRules: "cloud", securityRules: rules }];
  Object.assign(configuration.privateEndpoints[0] ?? {}, { networkSecurityGroup: "guard" });
  return markChecked(configuration);
}

/** First packets of flows, each from a client of its own. */
function beginnings(below: (count: number) => number): Uint8Array {
  const frames = new Uint8Array(FLOWS * STRIDE);
  const view = new DataView(frames.buffer);
  for (let flow = 0; flow < FLOWS; flow++) {
    const source = CONSUMER + 1 + below(2 ** 23 - 2);
    const content = requestOf({ ...PLAIN, flows: FLOWS }, flow, FLAG.syn);
    writeFrame(view, flow * STRIDE, FRAME_LEAST, { ...content, source });
  }
  return frames;
}

/** Opens all flows in a plane that has forgotten those of the turn before. */
function subjectOf(name: string, { core }: Plane, frames: Uint8Array): Subject {
  return {
    name,
    turn() {
      core.reset();
      let microseconds = 0;
      for (let first = 0; first < FLOWS; first += Abi.BATCH_MAX) {
        core.bytes.set(frames.subarray(first * STRIDE, (first + Abi.BATCH_MAX) * STRIDE), core.ring);
        for (let i = 0; i < Abi.BATCH_MAX; i++)
          core.describe(
            core.ring + i * STRIDE,
            FRAME_LEAST,
            FRAME_LEAST,
            0,
            Abi.LINK_ETHERNET,
            Abi.SIDE_CONSUMER,
            1,
            0,
          );
        const before = process.cpuUsage();
        const handled = core.run();
        const { user, system } = process.cpuUsage(before);
        microseconds += user + system;
        if (handled !== Abi.BATCH_MAX || core.emitCount !== handled) throw new Error("Not every flow was opened.");
      }
      return FLOWS / (microseconds * 1e3);
    },
  };
}

async function main(): Promise<void> {
  const below = dice(0x2545f491);
  const frames = beginnings(below);
  const rules = rulesOf(below);
  const without = subjectOf("no rules", await createPlane(measuredConfiguration(FLOWS)), frames);
  const again = subjectOf("no rules again (A/A)", await createPlane(measuredConfiguration(FLOWS)), frames);
  const few = subjectOf("10 rules", await createPlane(guarded(rules.slice(0, 10))), frames);
  const many = subjectOf("1,000 rules, 100,000 prefixes", await createPlane(guarded(rules)), frames);
  const series = await takeTurns([without, again, few, many], ROUNDS);
  const table = new Table({ head: ["new flows", "million/s", "to no rules", "95 %"], style: { head: [], border: [] } });
  for (const one of series) {
    const { median, low, high } = ratio(one, series[0] ?? one);
    table.push([
      one.name,
      millions(one).median.toFixed(2),
      median.toFixed(2),
      `${low.toFixed(2)} to ${high.toFixed(2)}`,
    ]);
  }
  process.stdout.write(`${table.toString()}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
