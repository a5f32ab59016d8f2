// linkplane replay: reads the options, opens the files, replays, reports.

import { existsSync } from "node:fs";
import { type FileSink, fileSink, fileSource } from "../capture/file.ts";
import { isAddress } from "../config/address.ts";
import type { Configuration } from "../config/configuration.ts";
import { LinkplaneError } from "../errors.ts";
import type { Side } from "../plane.ts";
import type { EndpointAlias, ReplayInput, ReplayOptions, ReplayOutput } from "../replay/options.ts";
import { replay } from "../replay/replay.ts";
import type { ReplaySummary } from "../replay/summary.ts";
import { jsonReport } from "../report/json.ts";
import { textReport } from "../report/text.ts";
import { readConfiguration } from "./configuration.ts";
import { EXIT, usageError } from "./exit.ts";
import { progressBar } from "./progress.ts";

export interface ReplayArguments {
  config: string;
  out?: string;
  outSide?: string;
  flows?: string;
  as: string[];
  side?: string;
  verifyChecksums?: boolean;
  json?: boolean;
  limit?: string;
  quiet?: boolean;
}

/** Runs the command; its exit code. */
export async function replayCommand(captures: string[], args: ReplayArguments): Promise<number> {
  const stdoutTaken = [args.out, args.flows].filter((file) => file === "-").length;
  if (stdoutTaken > 1)
    throw usageError("--out and --flows cannot both go to standard output.", "Give one of them a file name.");
  const configuration = await readConfiguration(args.config);
  const named = captures.map((capture) => captureAndNetwork(capture, configuration));
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  const options: ReplayOptions = { ...settingsOf(args, configuration), configuration, inputs: [], signal: stop.signal };
  const files = new OpenFiles();
  const bar = args.quiet === true ? undefined : progressBar();
  process.once("SIGINT", interrupt);
  try {
    for (const { file, network } of named) options.inputs.push(await files.input(file, network));
    const output = await outputOf(args, files);
    if (output !== undefined) options.output = output;
    if (args.flows !== undefined) options.flows = await files.sink(args.flows);
    if (bar !== undefined) options.onProgress = bar.update;
    const summary = await replay(options);
    bar?.stop();
    print(summary, args, stdoutTaken > 0);
    return exitCode(summary);
  } finally {
    bar?.stop();
    process.removeListener("SIGINT", interrupt);
    await files.close();
  }
}

/** Files that a replay has open. */
class OpenFiles {
  private readonly files: { close(): Promise<void> }[] = [];

  async input(file: string, network: string | undefined): Promise<ReplayInput> {
    const source = await fileSource(file);
    this.files.push(source);
    const { size } = source;
    return { file, source, ...(network === undefined ? {} : { network }), ...(size === undefined ? {} : { size }) };
  }

  async sink(file: string): Promise<FileSink> {
    const sink = await fileSink(file);
    this.files.push(sink);
    return sink;
  }

  async close(): Promise<void> {
    for (const file of this.files) await file.close();
  }
}

/** Options that name no file to open. */
function settingsOf(
  args: ReplayArguments,
  configuration: Configuration,
): Omit<ReplayOptions, "configuration" | "inputs"> {
  const limit = limitOf(args.limit);
  return {
    aliases: args.as.map((text) => aliasOf(text, configuration)),
    side: sideOf(args.side, "--side") ?? "consumer",
    verifyChecksums: args.verifyChecksums === true,
    ...(limit === undefined ? {} : { limit }),
  };
}

async function outputOf({ out, outSide }: ReplayArguments, files: OpenFiles): Promise<ReplayOutput | undefined> {
  const side = sideOf(outSide, "--out-side") ?? "provider";
  if (out === undefined) return undefined;
  return { sink: await files.sink(out), format: out.endsWith(".pcap") ? "pcap" : "pcapng", side };
}

function print(summary: ReplaySummary, args: ReplayArguments, stdoutTaken: boolean): void {
  const out = stdoutTaken ? process.stderr : process.stdout;
  if (args.json === true) out.write(jsonReport(summary));
  else if (args.quiet !== true) out.write(textReport(summary, args.out === undefined ? {} : { out: args.out }));
  for (const { damaged } of summary.captures) if (damaged !== null) process.stderr.write(`linkplane: ${damaged}\n`);
}

function exitCode(summary: ReplaySummary): number {
  if (summary.interrupted === true) return EXIT.interrupted;
  return summary.captures.some(({ damaged }) => damaged !== null) ? EXIT.input : EXIT.done;
}

/** Splits CAPTURE@NETWORK; a file whose name has an @ in it is that file. */
function captureAndNetwork(capture: string, { virtualNetworks }: Configuration): { file: string; network?: string } {
  const at = capture.lastIndexOf("@");
  if (at < 0 || existsSync(capture)) return { file: capture };
  const network = capture.slice(at + 1);
  const names = virtualNetworks.map(({ name }) => name);
  if (names.includes(network)) return { file: capture.slice(0, at), network };
  throw usageError(`"${capture}" names no virtual network "${network}".`, `Use one of: ${names.join(", ")}.`);
}

/** Reads ENDPOINT=ADDRESS[:PORT]. */
function aliasOf(text: string, { privateEndpoints }: Configuration): EndpointAlias {
  const [, endpoint = "", address = "", port] = /^(.+)=([^=:]+)(?::(\d+))?$/.exec(text) ?? [];
  if (endpoint === "")
    throw usageError(
      `--as ${text} is not of the form ENDPOINT=ADDRESS[:PORT].`,
      "Write --as pe-storage=20.60.1.2:443.",
    );
  const names = privateEndpoints.map(({ name }) => name);
  if (!names.includes(endpoint))
    throw usageError(`--as names no endpoint "${endpoint}".`, `Use one of: ${names.join(", ")}.`);
  if (!isAddress(address))
    throw usageError(`--as has no IPv4 address "${address}".`, "Write it as four decimal parts, such as 20.60.1.2.");
  if (port === undefined) return { endpoint, address };
  if (Number(port) < 1 || Number(port) > 65535) throw usageError(`--as has no port ${port}.`, "Ports are 1 to 65535.");
  return { endpoint, address, port: Number(port) };
}

function sideOf(text: string | undefined, option: string): Side | undefined {
  if (text === undefined || text === "consumer" || text === "provider") return text;
  throw usageError(`${option} cannot be "${text}".`, "Use consumer or provider.");
}

function limitOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new LinkplaneError("USAGE", `--limit cannot be "${text}".`, { remedy: "Give a number of packets, 1 or more." });
}
