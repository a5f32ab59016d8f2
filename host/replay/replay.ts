// A replay: captures in, through a plane, a recording and a summary out.

import type { ByteSource, CaptureInterface, CaptureReader, CaptureWriter } from "../capture/capture.ts";
import { PcapWriter } from "../capture/pcap-writer.ts";
import { PcapngWriter } from "../capture/pcapng-writer.ts";
import { openCapture } from "../capture/reader.ts";
import type { Configuration } from "../config/configuration.ts";
import { markChecked } from "../config/configuration.ts";
import { LinkplaneError } from "../errors.ts";
import type { Flow } from "../flows.ts";
import { linkName } from "../links.ts";
import { createPlane, type Plane } from "../plane.ts";
import { Busiest } from "./busiest.ts";
import { Feed } from "./feed.ts";
import { FlowLog } from "./flowlog.ts";
import { Lifespans } from "./lifespan.ts";
import { mergeByTime, type Run } from "./merge.ts";
import { Mirror } from "./mirror.ts";
import type { ReplayInput, ReplayOptions, ReplayOutput } from "./options.ts";
import { Recording } from "./recording.ts";
import { captureNetwork, Roles, vlanNetworks } from "./roles.ts";
import { summarise } from "./summarise.ts";
import type { CaptureSummary, ReplaySummary } from "./summary.ts";
import { Tally } from "./tally.ts";

/** A capture being read. */
interface Capture {
  input: ReplayInput;
  network: number;
  reader: CaptureReader | undefined;
  summary: CaptureSummary;
  /** Interfaces of the recording, by the reader's. */
  recorded: number[];
  /** No other capture is replayed with it. */
  alone: boolean;
}

const PROGRESS_MILLISECONDS = 200;
const CONVERSATIONS_MIN = 65_536;

/**
 * Replays captures. Damage ends the capture it is in, and is in the summary; everything before it was processed. Throws
 * LinkplaneError UNKNOWN_NETWORK, MEMORY_LIMIT or, from the sinks, OUTPUT_FAILED.
 */
export async function replay(options: ReplayOptions): Promise<ReplaySummary> {
  const started = performance.now();
  const configuration = forReplay(options.configuration);
  const captures = await Promise.all(options.inputs.map((input) => open(input, configuration, options)));
  const flowLog = options.flows === undefined ? undefined : new FlowLog(options.flows);
  const onFlowEnd = flowLog === undefined ? {} : { onFlowEnd: (flow: Flow) => flowLog.add(flow) };
  const plane = options.plane ?? (await createPlane(configuration, { midStream: "admit", ...onFlowEnd }));
  const tally = new Tally();
  const busiest = new Busiest();
  const recording = options.output === undefined ? undefined : recordingFor(options.output, captures);
  const feed = makeFeed(options, configuration, plane, tally, busiest, recording);
  const interrupted = await run(options, captures, feed, tally, recording, flowLog);
  if (tally.last !== undefined) plane.advance(tally.last);
  if (flowLog !== undefined) {
    for (const flow of plane.flows()) flowLog.add(flow);
    await flowLog.drain();
  }
  await recording?.close();
  const seconds = (performance.now() - started) / 1000;
  for (const capture of captures) finish(capture, interrupted || tally.read === options.limit);
  return summarise(
    plane,
    captures.map(({ summary }) => summary),
    tally,
    busiest,
    seconds,
    interrupted,
    recording?.leftOut ?? 0,
  );
}

/** A replay admits frames that endpoints sent: in a capture they are the replies. */
function forReplay(configuration: Configuration): Configuration {
  return markChecked({ ...configuration, settings: { ...configuration.settings, endpointSources: "admit" } });
}

async function open(input: ReplayInput, configuration: Configuration, options: ReplayOptions): Promise<Capture> {
  const { signal, inputs } = options;
  const alone = inputs.length === 1;
  const network = captureNetwork(configuration, input.network);
  const summary: CaptureSummary = {
    file: input.file,
    format: null,
    linkType: null,
    packets: 0,
    bytes: 0,
    damaged: null,
  };
  const source = signal === undefined ? input.source : interruptible(input.source, signal);
  const reader = await openCapture(source, { file: input.file }).catch((error: unknown) => {
    if (!(error instanceof LinkplaneError)) throw error;
    if (signal?.aborted !== true) summary.damaged = error.format();
    return undefined;
  });
  return { input, network, reader, summary, recorded: [], alone };
}

/** A source that ends when the signal comes, though it waits for bytes. */
function interruptible(source: ByteSource, signal: AbortSignal): ByteSource {
  const interrupted = new Promise<number>((resolve) => signal.addEventListener("abort", () => resolve(0)));
  return { read: (into) => (signal.aborted ? 0 : Promise.race([source.read(into), interrupted])) };
}

/**
 * A pcap file has one resolution, chosen before its first packet. Only a single pcap has told its own by then: interfaces of a
 * pcapng may be described later, and captures that are merged may differ, so these get nanoseconds.
 */
function recordingFor({ sink, format, side }: ReplayOutput, captures: readonly Capture[]): Recording {
  const mayDiffer = captures.length > 1 || captures.some(({ reader }) => reader?.format === "pcapng");
  const writer: CaptureWriter = format === "pcapng" ? new PcapngWriter(sink) : new PcapWriter(sink, mayDiffer);
  return new Recording(writer, format === "pcapng" ? undefined : side);
}

function makeFeed(
  options: ReplayOptions,
  configuration: Configuration,
  plane: Plane,
  tally: Tally,
  busiest: Busiest,
  recording: Recording | undefined,
): Feed {
  const side = options.side ?? "consumer";
  const { maxFlows } = configuration.settings;
  return new Feed({
    plane,
    roles: new Roles(configuration, options.aliases ?? [], side),
    mirror: new Mirror(Math.max(maxFlows, CONVERSATIONS_MIN), new Lifespans(configuration)),
    vlans: vlanNetworks(configuration),
    tally,
    busiest,
    recording,
    ttlLoss: side === "consumer" ? 1 : 0,
    verifyChecksums: options.verifyChecksums ?? false,
    rewritesLinks: configuration.loadBalancers.some(({ backendAddressPools: pools }) =>
      pools.some(({ backends }) => backends.some(({ macAddress }) => macAddress !== undefined)),
    ),
  });
}

/** Feeds every frame; true when it was interrupted. */
async function run(
  options: ReplayOptions,
  captures: Capture[],
  feed: Feed,
  tally: Tally,
  recording: Recording | undefined,
  flowLog: FlowLog | undefined,
): Promise<boolean> {
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  const readable = captures.filter((capture) => capture.reader !== undefined);
  const readers = readable.map((capture) => capture.reader as CaptureReader);
  let reported = performance.now();
  let read = 0;
  for await (const next of mergeByTime(readers)) {
    const capture = readable[next.capture] as Capture;
    const to = Math.min(next.to, next.from + limit - read);
    feedRun(feed, capture, { ...next, to }, tally, recording);
    read += to - next.from;
    if (next.exhausts || read >= limit) {
      feed.flush();
      await recording?.drain();
      await flowLog?.drain();
    }
    if (options.onProgress !== undefined && performance.now() - reported > PROGRESS_MILLISECONDS) {
      reported = performance.now();
      options.onProgress(progressOf(options, readers, read));
    }
    if (options.signal?.aborted === true) break;
    if (read >= limit) break;
  }
  feed.flush();
  return options.signal?.aborted === true;
}

function feedRun(feed: Feed, capture: Capture, run: Run, tally: Tally, recording: Recording | undefined): void {
  const { batch } = run;
  const { interfaces } = capture.reader as CaptureReader;
  const halves = new Uint32Array(batch.time.buffer, batch.time.byteOffset);
  for (let i = run.from; i < run.to; i++) {
    const which = batch.interfaceId[i] as number;
    const captured = interfaces[which];
    if (captured === undefined) continue;
    if (recording !== undefined)
      capture.recorded[which] ??= recording.addInterface(captured, nameOf(captured, capture));
    const offset = batch.offset[i] as number;
    const length = batch.captured[i] as number;
    const wireLength = batch.wire[i] as number;
    capture.summary.packets++;
    capture.summary.bytes += length;
    tally.bytes += wireLength;
    feed.frame({
      bytes: batch.buffer.subarray(offset, offset + length),
      wireLength,
      link: linkName(captured.linkType),
      network: capture.network,
      interfaceId: capture.recorded[which] ?? 0,
      timeLow: halves[i * 2] as number,
      timeHigh: halves[i * 2 + 1] as number,
    });
  }
  tally.see(batch.time.subarray(run.from, run.to));
}

/** Name of an interface in the output: captures that are merged may have interfaces of the same name. */
function nameOf({ name }: CaptureInterface, { input, alone }: Capture): string {
  if (name === undefined) return input.file;
  return alone ? name : `${input.file} ${name}`;
}

function progressOf(options: ReplayOptions, readers: CaptureReader[], packets: number) {
  return {
    packets,
    bytes: readers.reduce((sum, reader) => sum + reader.bytesRead, 0),
    totalBytes: options.inputs.reduce((sum, input) => sum + (input.size ?? 0), 0),
  };
}

/** Completes the summary of a capture. Damage behind the place where a replay was told to end is nobody's concern. */
function finish({ reader, summary }: Capture, ended: boolean): void {
  if (reader === undefined) return;
  summary.format = reader.format;
  summary.linkType = reader.interfaces[0]?.linkType ?? null;
  if (reader.damage !== undefined && !ended) summary.damaged = reader.damage.format();
}
