// Replays file to file, and what others do with the same files, in rounds that take turns: without comparison and with it,
// `tcprewrite` rewriting the same files, `cp` copying them, and `pcap-parser` merely iterating over them.

import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, createReadStream, mkdtempSync, openSync, closeSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileSink, fileSource } from "../host/capture/file.ts";
import { measuredConfiguration } from "../host/measure/configuration.ts";
import { type Interval, intervalOf } from "../host/measure/interval.ts";
import type { ReplayOutput } from "../host/replay/options.ts";
import { replay } from "../host/replay/replay.ts";
import { syntheticCapture } from "./synthetic.ts";

/** How much faster a row is than another, round by round. */
export interface Against {
  name: string;
  ratio: Interval;
  /** What it should reach. */
  target: number;
}

export interface EndToEnd {
  name: string;
  /** Million packets and megabytes of input a second, medians. */
  megapackets: number;
  megabytes: number;
  /** Million packets a second. */
  rate: Interval;
  against: Against[];
}

/** A made-up capture. */
interface Input {
  file: string;
  packets: number;
  bytes: number;
}

/** A row to be measured. */
interface Subject {
  name: string;
  input: Input;
  run: () => Promise<void> | void;
  /** Rows it is held against, by name, and how many times faster it ought to be. */
  targets: [name: string, target: number][];
}

const FLOWS = 10_000;
const SMALL = 60;
const LARGE = 1400;
const SMALL_PACKETS = 10_000_000;
const LARGE_PACKETS = 1_000_000;
/** Comparing takes an order longer: fewer packets do. */
const COMPARED_PACKETS = 500_000;
const ROUNDS = 3;
const REWRITE = ["--pnat=10.0.0.0/8:172.16.0.0/12", "--portmap=443:8443", "--fixcsum"];

type Say = (what: string) => void;
type Output = Omit<ReplayOutput, "sink">;

const ONE_SIDE: Output = { format: "pcap", side: "provider" };
const BLOCKS: Output = { format: "pcapng", side: "provider", oneSided: true };
const BOTH_SIDES: Output = { format: "pcapng", side: "provider" };

/** Measures all rows; those of tools that are not installed are left out, which `say` is told. */
export async function measureEndToEnd(say: Say = () => {}): Promise<EndToEnd[]> {
  const folder = mkdtempSync(join(tmpdir(), "linkplane-bench-"));
  try {
    say("captures are made up");
    const make = (name: string, packets: number, frameSize: number) => makeUp(join(folder, name), packets, frameSize);
    const inputs = {
      small: make("small.pcap", SMALL_PACKETS, SMALL),
      large: make("large.pcap", LARGE_PACKETS, LARGE),
      compared: make("compared.pcap", COMPARED_PACKETS, SMALL),
    };
    const out = join(folder, "out");
    await replayTo(inputs.compared, out, ONE_SIDE, false);
    return await measureAll(subjectsOf(inputs, out, hasRewriter(say)), out, say);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function subjectsOf(inputs: Record<"small" | "large" | "compared", Input>, out: string, rewriter: boolean): Subject[] {
  const { small, large, compared } = inputs;
  const row = (name: string, input: Input, run: Subject["run"], targets: Subject["targets"] = []): Subject => ({
    name,
    input,
    run,
    targets,
  });
  const of =
    (input: Input, output: Output | undefined, compare = false) =>
    () =>
      replayTo(input, out, output, compare);
  const rewriting = (size: string): string => `tcprewrite, ${size}`;
  const iterating = "pcap-parser, iterating only, 64 bytes";
  const rows = [
    row("pcap to pcap, 64 bytes", small, of(small, ONE_SIDE), [
      [rewriting("64 bytes"), 8],
      [iterating, 6],
    ]),
    row("pcap to pcapng, one side, 64 bytes", small, of(small, BLOCKS), [[rewriting("64 bytes"), 8]]),
    row("pcap to pcapng, both sides, 64 bytes", small, of(small, BOTH_SIDES)),
    row("pcap without output, 64 bytes", small, of(small, undefined)),
    row(iterating, small, () => iterate(small)),
    row("cp, 64 bytes", small, () => copyFileSync(small.file, out)),
    row("pcap to pcap, 1,400 bytes", large, of(large, ONE_SIDE), [[rewriting("1,400 bytes"), 3]]),
    row("pcap to pcapng, one side, 1,400 bytes", large, of(large, BLOCKS), [[rewriting("1,400 bytes"), 3]]),
    row("cp, 1,400 bytes", large, () => copyFileSync(large.file, out)),
    row("replies compared, pcap to pcap, 64 bytes", compared, of(compared, ONE_SIDE, true)),
    row("replies compared, pcap to pcapng, both sides, 64 bytes", compared, of(compared, BOTH_SIDES, true)),
  ];
  if (!rewriter) return rows;
  return [
    ...rows,
    row(rewriting("64 bytes"), small, () => rewrite(small, out)),
    row(rewriting("1,400 bytes"), large, () => rewrite(large, out)),
  ];
}

/**
 * What a turn wrote to `out` goes before the next, or a later turn would wait until the disk has taken it; and before every turn
 * as much is written and goes again, since the host of a virtual machine hands out memory that the machine has not used of late at
 * half a gigabyte a second (measured), which `cp` would be held up by as much as we are.
 */
async function measureAll(subjects: readonly Subject[], out: string, say: Say): Promise<EndToEnd[]> {
  const seconds = new Map(subjects.map(({ name }): [string, number[]] => [name, []]));
  const sizes = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    say(`round ${round + 1} of ${ROUNDS}`);
    for (const { name, input, run } of subjects) {
      fillPages(out, sizes.get(name) ?? input.bytes);
      const start = performance.now();
      await run();
      seconds.get(name)?.push((performance.now() - start) / 1000);
      sizes.set(name, statSync(out, { throwIfNoEntry: false })?.size ?? 0);
      rmSync(out, { force: true });
    }
  }
  return subjects.map(({ name, input, targets }) => {
    const own = seconds.get(name) as number[];
    const rate = intervalOf(own.map((each) => input.packets / 1e6 / each));
    const against = targets
      .filter(([other]) => seconds.has(other))
      .map(([other, target]) => {
        const others = seconds.get(other) as number[];
        return { name: other, ratio: intervalOf(own.map((each, i) => (others[i] as number) / each)), target };
      });
    return { name, megapackets: rate.median, megabytes: (rate.median / input.packets) * input.bytes, rate, against };
  });
}

/** Has the page cache take memory for so many bytes and give it back. */
function fillPages(file: string, bytes: number): void {
  const chunk = new Uint8Array(2 ** 21);
  const handle = openSync(file, "w");
  for (let written = 0; written < bytes; written += chunk.length) writeSync(handle, chunk);
  closeSync(handle);
  rmSync(file);
}

function makeUp(file: string, packets: number, frameSize: number): Input {
  const handle = openSync(file, "w");
  const shape = { packets, flows: FLOWS, frameSize, interval: 2 };
  for (const chunk of syntheticCapture(shape)) writeSync(handle, chunk);
  closeSync(handle);
  return { file, packets, bytes: statSync(file).size };
}

async function replayTo(
  { file, packets }: Input,
  out: string,
  output: Output | undefined,
  compare: boolean,
): Promise<void> {
  const source = await fileSource(file);
  const sink = output === undefined ? undefined : await fileSink(out);
  try {
    const summary = await replay({
      configuration: measuredConfiguration(FLOWS),
      inputs: [{ file, source }],
      compare,
      ...(output === undefined || sink === undefined ? {} : { output: { ...output, sink } }),
    });
    if (summary.packets.forwarded !== packets) throw new Error("The benchmark's packets were not all forwarded.");
  } finally {
    await source.close();
    await sink?.close();
  }
}

function hasRewriter(say: Say): boolean {
  const there = spawnSync("tcprewrite", ["--version"]).status === 0;
  if (!there) say("tcprewrite is not installed, its rows are left out");
  return there;
}

function rewrite({ file }: Input, out: string): void {
  execFileSync("tcprewrite", [...REWRITE, `--infile=${file}`, `--outfile=${out}`], { stdio: "ignore" });
}

async function iterate({ file, packets }: Input): Promise<void> {
  const { default: pcapParser } = await import("pcap-parser");
  let seen = 0;
  await new Promise<void>((resolve, reject) => {
    const parser = pcapParser.parse(createReadStream(file));
    parser.on("packet", () => seen++);
    parser.on("end", resolve);
    parser.on("error", reject);
  });
  if (seen !== packets) throw new Error("The baseline did not see every packet.");
}
