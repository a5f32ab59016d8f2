// linkplane replay: reads the options, opens the files, replays, reports.

import { setTimeout } from "node:timers/promises";
import type { FileSource } from "../capture/file.ts";
import type { Configuration } from "../config/configuration.ts";
import type { ReplayOptions, ReplayOutput } from "../replay/options.ts";
import { replay } from "../replay/replay.ts";
import type { ReplaySummary } from "../replay/summary.ts";
import { migrationText } from "../report/migration.ts";
import { expectationsText } from "../report/expectations.ts";
import { jsonReport } from "../report/json.ts";
import { textReport } from "../report/text.ts";
import { failed as isFailure } from "../expect/judge.ts";
import { aliasesOf, captureAndNetwork, countOf, sideOf } from "./arguments.ts";
import { judgeOf, readConfiguration, readEvents } from "./configuration.ts";
import { EXIT, STANDARD_INPUT_MARK, usageError } from "./exit.ts";
import { OpenFiles, refuseClashes } from "./files.ts";
import { withoutEffect } from "./no-effect.ts";
import { progressBar } from "./progress.ts";

/** How long standard error may take with its last words. */
const LEAVE_MILLISECONDS = 300;

export interface ReplayArguments {
  config: string;
  out?: string;
  outSide?: string;
  wire?: string;
  flows?: string;
  expect?: string;
  report?: string;
  as: string[];
  events?: string;
  side?: string;
  verifyChecksums?: boolean;
  compare?: boolean;
  json?: boolean;
  limit?: string;
  workers?: string;
  quiet?: boolean;
}

/** Runs the command; its exit code. */
export async function replayCommand(captures: string[], args: ReplayArguments): Promise<number> {
  outputOf(args);
  const words = captures.map((capture) => capture.replace(STANDARD_INPUT_MARK, ""));
  const texts = [args.config, args.events, args.expect].filter((file) => file !== undefined);
  refuseClashes([...texts, ...words.filter((word) => word === "-")], outputsOf(args));
  const configuration = await readConfiguration(args.config);
  const named = words.map((capture) => captureAndNetwork(capture, configuration));
  refuseClashes([...texts, ...named.map(({ file }) => file)], outputsOf(args));
  checkWire(args, configuration);
  const judge = await judgeOf(args.expect, configuration);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  const options: ReplayOptions = { ...settingsOf(args, configuration), configuration, inputs: [], signal: stop.signal };
  if (args.events !== undefined) options.events = await readEvents(args.events, configuration);
  const files = new OpenFiles();
  const bar = args.quiet === true ? undefined : progressBar();
  let failed = true;
  try {
    for (const { file, network } of named) {
      const source = await files.source(file);
      options.inputs.push({ file, source, ...(network === undefined ? {} : { network }), ...sizeOf(source) });
    }
    if (args.out !== undefined) options.output = { ...outputOf(args), sink: await files.sink(args.out) };
    if (args.flows !== undefined) options.flows = await files.sink(args.flows);
    const report = args.report === undefined ? undefined : await files.sink(args.report);
    if (bar !== undefined) options.onProgress = bar.update;
    // Not before: opening a pipe waits for its other end, and an interruption then has nothing to finish.
    process.once("SIGINT", interrupt);
    if (judge !== undefined) options.onFlow = (line) => judge.flow(line);
    const summary = await replay(options);
    if (judge !== undefined) summary.expectations = judge.judgements(summary.flows.unrecorded);
    failed = summary.captures.every(({ format }) => format === null);
    if (!failed)
      await report?.write(
        new TextEncoder().encode(migrationText(summary, args.config, explainCommandOf(captures, args))),
      );
    bar?.stop();
    print(summary, args);
    for (const sentence of withoutEffect(args, summary, configuration))
      process.stderr.write(`linkplane: ${sentence}\n`);
    if (summary.unfinished === true) await leave();
    return exitCode(summary);
  } finally {
    bar?.stop();
    process.removeListener("SIGINT", interrupt);
    await files.close(failed);
  }
}

const sizeOf = ({ size }: FileSource): { size?: number } => (size === undefined ? {} : { size });

const outputsOf = ({ out, flows, report }: ReplayArguments): string[] =>
  [out, flows, report].filter((file) => file !== undefined);

/** The format that the name of the output asks for, and the side it shows: a pcapng file shows both unless one is named. */
function outputOf({ out, outSide }: ReplayArguments): Omit<ReplayOutput, "sink"> {
  const name = out?.toLowerCase() ?? "";
  if (/\.(gz|zst|lz4)$/.test(name))
    throw usageError(
      `--out ${out} cannot be written: captures are not compressed.`,
      "End the name in .pcapng or .pcap.",
    );
  const side = sideOf(outSide, "--out-side");
  const format = name.endsWith(".pcap") ? "pcap" : "pcapng";
  return { format, side: side ?? "provider", oneSided: side !== undefined };
}

/** Whether the consumer's leg can be written, if it is asked for. */
function checkWire({ wire, out, outSide }: ReplayArguments, { privateEndpoints }: Configuration): void {
  if (wire === undefined) return;
  if (wire !== "dash") throw usageError(`--wire cannot be "${wire}".`, "Use dash.");
  if (out === undefined || out.toLowerCase().endsWith(".pcap") || outSide !== undefined)
    throw usageError(
      "--wire adds an interface to a capture that shows both sides.",
      "Name one with --out FILE.pcapng, and leave out --out-side.",
    );
  if (privateEndpoints.every(({ dash }) => dash === undefined))
    throw usageError("--wire dash finds no endpoint with a mapping.", "Give one its dash (docs/dash.md).");
}

/** Options that name no file to open. */
function settingsOf(
  args: ReplayArguments,
  configuration: Configuration,
): Omit<ReplayOptions, "configuration" | "inputs"> {
  const limit = countOf(args.limit, "--limit", "packets");
  const workers = countOf(args.workers, "--workers", "threads");
  return {
    aliases: aliasesOf(args.as, configuration),
    side: sideOf(args.side, "--side") ?? "consumer",
    verifyChecksums: args.verifyChecksums === true,
    compare: args.compare !== false,
    migration: args.report !== undefined,
    ...(args.wire === "dash" ? { wire: args.wire } : {}),
    ...(limit === undefined ? {} : { limit }),
    ...(workers === undefined ? {} : { workers }),
  };
}

function print(summary: ReplaySummary, args: ReplayArguments): void {
  const out = outputsOf(args).includes("-") ? process.stderr : process.stdout;
  if (args.json === true) out.write(jsonReport(summary));
  else if (args.quiet !== true) out.write(textReport(summary, reported(args)));
  else if (summary.expectations?.some(isFailure) === true) out.write(`${expectationsText(summary.expectations)}\n`);
  for (const { damaged } of summary.captures) if (damaged !== null) process.stderr.write(`linkplane: ${damaged}\n`);
  if (summary.unfinished === true)
    process.stderr.write("linkplane: Interrupted while nobody took what was written: an output is not whole.\n");
  if (summary.leftOut !== undefined)
    process.stderr.write(
      `linkplane: ${args.out}: ${summary.leftOut} packets of other link types are not in it: a .pcap file holds one. Name it .pcapng to have them all.\n`,
    );
}

const reported = ({ out, outSide }: ReplayArguments): { out?: string; oneSided?: boolean } =>
  out === undefined ? {} : { out, oneSided: outSide !== undefined };

/** How to ask about a packet of this replay. */
function explainCommandOf(captures: string[], { config, as, events, side }: ReplayArguments): string {
  const capture = captures.length === 1 ? (captures[0] as string) : "CAPTURE";
  const words = ["linkplane", "explain", capture, "--packet", "N", "--config", config];
  words.push(...as.flatMap((alias) => ["--as", alias]));
  if (events !== undefined) words.push("--events", events);
  if (side !== undefined) words.push("--side", side);
  return words.map((word) => (/^[\w./:=@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}

/** Ends the process: what waits to be written, and nobody takes, would hold it. */
async function leave(): Promise<never> {
  const said = new Promise<void>((resolve) => process.stderr.write("", () => resolve()));
  await Promise.race([said, setTimeout(LEAVE_MILLISECONDS)]);
  process.exit(EXIT.interrupted);
}

function exitCode(summary: ReplaySummary): number {
  if (summary.interrupted === true) return EXIT.interrupted;
  if (summary.captures.some(({ damaged }) => damaged !== null)) return EXIT.input;
  return (summary.expectations ?? []).some(isFailure) ? EXIT.expectation : EXIT.done;
}
