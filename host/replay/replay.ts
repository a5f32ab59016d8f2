// A replay: captures in, through a plane, a recording and a summary out.

import type { CaptureReader, CaptureWriter } from "../capture/capture.ts";
import { PcapWriter } from "../capture/pcap-writer.ts";
import { PcapngWriter } from "../capture/pcapng-writer.ts";
import type { Configuration } from "../config/configuration.ts";
import { markChecked } from "../config/configuration.ts";
import { ConsumerLeg } from "../dash/consumer-leg.ts";
import { NameWatch } from "../dns/watch.ts";
import type { Flow } from "../flows.ts";
import { linkName } from "../links.ts";
import { createPlane } from "../plane.ts";
import { AddressBook } from "./address-book.ts";
import { DIRECT_RING } from "./areas.ts";
import { Busiest } from "./busiest.ts";
import { mayBeDirect, type ReplayDone, type ReplayWork, replayDirectly } from "./direct-run.ts";
import { Feed } from "./feed.ts";
import { FlowLog } from "./flowlog.ts";
import { AskedPacket } from "./asked-packet.ts";
import { type Capture, finish, nameOf, open, ProgressReport } from "./input.ts";
import { InterruptibleSinks } from "./interruptible.ts";
import { createBlockingPlane } from "../workers/blocking.ts";
import { Incident, rehearse, stepsOf } from "./incident.ts";
import { Lifespans } from "./lifespan.ts";
import { mergeByTime, type Run } from "./merge.ts";
import { Mirror } from "./mirror.ts";
import { Migration } from "./migration.ts";
import type { ReplayOptions, ReplayOutput } from "./options.ts";
import { Recording } from "./recording.ts";
import { Roles, vlanNetworks } from "./roles.ts";
import { summarise } from "./summarise.ts";
import type { FlowLine, ReplaySummary } from "./summary.ts";
import { Tally } from "./tally.ts";
import { Tunnels } from "./tunnels.ts";

const CONVERSATIONS_MIN = 65_536;

/**
 * Replays captures. Damage ends the capture it is in, and is in the summary; everything before it was processed. Throws
 * LinkplaneError UNKNOWN_NETWORK, MEMORY_LIMIT, for an event that a plane cannot take CHANGE_REFUSED or, from the sinks, OUTPUT_FAILED.
 */
export async function replay(asked: ReplayOptions): Promise<ReplaySummary> {
  const sinks = new InterruptibleSinks(asked.signal);
  const options = sinks.within(asked);
  const configuration = forReplay(options.configuration);
  const { flows } = options;
  const migration = options.migration === true ? new Migration() : undefined;
  const onFlow = migration === undefined ? options.onFlow : tellingBoth(options.onFlow, (line) => migration.flow(line));
  const flowLog = flows === undefined && onFlow === undefined ? undefined : new FlowLog(flows, onFlow);
  const onFlowEnd = flowLog === undefined ? {} : { onFlowEnd: (flow: Flow) => flowLog.add(flow) };
  const ring = mayBeDirect(options) ? { ringSize: DIRECT_RING } : {};
  const planeOptions = { midStream: "admit" as const, ...onFlowEnd, ...ring };
  const { workers } = options;
  const steps = stepsOf(configuration, options.events ?? []);
  const book = new AddressBook(conversationsOf(configuration));
  if (steps.length > 0) rehearse(configuration, steps, planeOptions);
  const inWorkers = workers && (await createBlockingPlane(configuration, { ...planeOptions, workers }));
  try {
    const plane = options.plane ?? (inWorkers || (await createPlane(configuration, planeOptions)));
    const work = {
      options,
      configuration,
      plane,
      tally: new Tally(),
      busiest: new Busiest(),
      flowLog,
      steps,
      book,
      names: watchOf(configuration, book),
      migration,
    };
    return await replayOn(work, sinks);
  } finally {
    if (inWorkers) await inWorkers.close();
  }
}

async function replayOn(work: ReplayWork, sinks: InterruptibleSinks): Promise<ReplaySummary> {
  const started = performance.now();
  const { options, plane, tally, busiest, flowLog } = work;
  const direct = mayBeDirect(options);
  const {
    captures,
    interrupted: stopped,
    leftOut,
    written,
    events,
    wire,
  } = await (direct ? replayDirectly(work) : compareAll(work));
  if (tally.last !== undefined) plane.advance(tally.last);
  if (flowLog !== undefined) {
    for (const flow of plane.flows()) flowLog.add(flow);
    await flowLog.drain();
  }
  const interrupted = stopped || sinks.givenUp;
  const seconds = (performance.now() - started) / 1000;
  for (const capture of captures) finish(capture, interrupted || tally.read === options.limit);
  const summaries = captures.map(({ summary }) => summary);
  const summary = summarise(plane, summaries, tally, busiest, seconds, interrupted, leftOut, direct);
  const wrongAnswers = work.names?.wrongAnswers() ?? [];
  if (wrongAnswers.length > 0) summary.wrongAnswers = wrongAnswers;
  const bypassing = work.names?.bypass.list() ?? [];
  if (bypassing.length > 0) summary.bypassing = bypassing;
  if (written !== undefined) summary.written = written;
  if (events !== undefined) summary.events = events;
  if (wire !== undefined) summary.wire = wire;
  if (work.migration !== undefined)
    summary.migration = work.migration.report(plane, summary, tally, work.names?.askedNames() ?? []);
  return sinks.givenUp ? { ...summary, unfinished: true } : summary;
}

/**
 * A replay admits frames that endpoints sent: in a capture they are the replies. And the captured server had received what the
 * plane holds, so it acknowledges bytes that did not pass.
 */
function forReplay(configuration: Configuration): Configuration {
  const { settings } = configuration;
  const identification = { ...settings.identification, otherBeginning: "allow" as const };
  return markChecked({ ...configuration, settings: { ...settings, endpointSources: "admit", identification } });
}

/** Tells each flow twice. */
const tellingBoth =
  (first: ReplayOptions["onFlow"], second: (line: FlowLine) => void): ((line: FlowLine) => void) =>
  (line) => {
    first?.(line);
    second(line);
  };

/** Watches DNS answers, if endpoints have names that could be answered otherwise. */
function watchOf(configuration: Configuration, book: AddressBook): NameWatch | undefined {
  const named = configuration.privateEndpoints.some(({ resource }) => resource !== undefined);
  return named ? new NameWatch(configuration, book) : undefined;
}

/** Replays and compares replies. */
async function compareAll(work: ReplayWork): Promise<ReplayDone> {
  const { options, configuration } = work;
  const captures = await Promise.all(options.inputs.map((input) => open(input, configuration, options)));
  const wire = options.wire === undefined ? undefined : new ConsumerLeg(configuration);
  const recording =
    options.output === undefined ? undefined : recordingFor(options.output, captures, wire !== undefined);
  const feed = makeFeed(work, recording, wire);
  const incident = incidentOf(work, feed);
  const interrupted = await run(work, captures, feed, recording, incident);
  // Of captures that could not be read at all nothing is written: what was in the output stays.
  if (captures.some(({ reader }) => reader !== undefined)) await recording?.close();
  const written = recording === undefined ? {} : { written: recording.written };
  return {
    captures,
    interrupted,
    leftOut: recording?.leftOut ?? 0,
    ...(wire && { wire: wire.summary }),
    ...written,
    ...(incident && { events: incident.report() }),
  };
}

/**
 * A pcap file has one resolution, chosen before its first packet. Only a single pcap has told its own by then: interfaces of a
 * pcapng may be described later, and captures that are merged may differ, so these get nanoseconds.
 */
function recordingFor(
  { sink, format, side, oneSided = false }: ReplayOutput,
  captures: readonly Capture[],
  wired: boolean,
): Recording {
  const mayDiffer = captures.length > 1 || captures.some(({ reader }) => reader?.format === "pcapng");
  const writer: CaptureWriter = format === "pcapng" ? new PcapngWriter(sink) : new PcapWriter(sink, mayDiffer);
  return new Recording(writer, format === "pcapng" && !oneSided ? undefined : side, wired);
}

function makeFeed(work: ReplayWork, recording: Recording | undefined, wire: ConsumerLeg | undefined): Feed {
  const { options, configuration, plane, tally, busiest, book } = work;
  const side = options.side ?? "consumer";
  return new Feed({
    plane,
    book,
    roles: new Roles(configuration, options.aliases ?? [], side, book),
    mirror: new Mirror(conversationsOf(configuration), new Lifespans(configuration), configuration, book),
    vlans: vlanNetworks(configuration),
    tunnels: new Tunnels(configuration, vlanNetworks(configuration)),
    tally,
    busiest,
    names: work.names,
    recording,
    wire,
    migration: work.migration,
    ttlLoss: side === "consumer" ? 1 : 0,
    verifyChecksums: options.verifyChecksums ?? false,
    rewritesLinks: configuration.loadBalancers.some(({ backendAddressPools: pools }) =>
      pools.some(({ backends }) => backends.some(({ macAddress }) => macAddress !== undefined)),
    ),
  });
}

/** How many conversations are remembered. */
const conversationsOf = ({ settings }: Configuration): number => Math.max(settings.maxFlows, CONVERSATIONS_MIN);

/** The events of a replay, if it has some. */
function incidentOf({ options, steps }: ReplayWork, feed: Feed): Incident | undefined {
  if (steps.length === 0) return undefined;
  const { aliases = [], side = "consumer" } = options;
  const { book } = feed.parts;
  return new Incident(steps, (step, time) =>
    feed.change(step, new Roles(step.configuration, aliases, side, book), time),
  );
}

/** Feeds every frame; true when it was interrupted. */
async function run(
  { options, tally, flowLog }: ReplayWork,
  captures: Capture[],
  feed: Feed,
  recording: Recording | undefined,
  incident: Incident | undefined,
): Promise<boolean> {
  const { explain } = options;
  const asked = explain === undefined ? undefined : new AskedPacket(explain, feed);
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  const readable = captures.filter((capture) => capture.reader !== undefined);
  const readers = readable.map((capture) => capture.reader as CaptureReader);
  const progress = new ProgressReport(options, readers);
  let read = 0;
  for await (const next of mergeByTime(readers)) {
    const capture = readable[next.capture] as Capture;
    const to = Math.min(next.to, next.from + limit - read);
    feedRun(feed, capture, { ...next, to }, tally, recording, incident, asked);
    read += to - next.from;
    if (next.exhausts || read >= limit) {
      feed.flush();
      await recording?.drain();
      await flowLog?.drain();
    }
    progress.read(read);
    if (options.signal?.aborted === true) break;
    if (read >= limit || asked?.answered === true) break;
  }
  feed.flush();
  asked?.end();
  return options.signal?.aborted === true;
}

function feedRun(
  feed: Feed,
  capture: Capture,
  run: Run,
  tally: Tally,
  recording: Recording | undefined,
  incident: Incident | undefined,
  asked: AskedPacket | undefined,
): void {
  const { batch } = run;
  const { interfaces } = capture.reader as CaptureReader;
  const halves = new Uint32Array(batch.time.buffer, batch.time.byteOffset);
  for (let i = run.from; i < run.to; i++) {
    const which = batch.interfaceId[i] as number;
    const captured = interfaces[which];
    if (captured === undefined) continue;
    incident?.reach(batch.time[i] as bigint);
    if (recording !== undefined)
      capture.recorded[which] ??= recording.addInterface(captured, nameOf(captured, capture));
    const offset = batch.offset[i] as number;
    const length = batch.captured[i] as number;
    const wireLength = batch.wire[i] as number;
    capture.summary.packets++;
    capture.summary.bytes += length;
    tally.bytes += wireLength;
    const frame = {
      number: capture.summary.packets,
      bytes: batch.buffer.subarray(offset, offset + length),
      wireLength,
      link: linkName(captured.linkType),
      network: capture.network,
      interfaceId: capture.recorded[which] ?? 0,
      timeLow: halves[i * 2] as number,
      timeHigh: halves[i * 2 + 1] as number,
    };
    if (asked === undefined) feed.frame(frame);
    else asked.frame(frame);
    if (asked?.answered === true) return;
  }
  tally.see(batch.time.subarray(run.from, run.to));
}
