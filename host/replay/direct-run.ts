// Runs a replay without comparison over its capture.

import { hasSix } from "../config/intervals.ts";
import { identifiesByName } from "../config/names.ts";
import { PcapReader } from "../capture/pcap.ts";
import type { CaptureInterface, CaptureReader } from "../capture/capture.ts";
import type { Configuration } from "../config/configuration.ts";
import type { Plane } from "../plane.ts";
import type { WireSummary } from "../dash/consumer-leg.ts";
import type { NameWatch } from "../dns/watch.ts";
import type { AddressBook } from "./address-book.ts";
import { Areas, DIRECT_RING } from "./areas.ts";
import type { Busiest } from "./busiest.ts";
import { Direct } from "./direct.ts";
import type { DirectOutput } from "./direct-output.ts";
import { DirectPcap } from "./direct-pcap.ts";
import { DirectPcapng } from "./direct-pcapng.ts";
import type { FlowLog } from "./flowlog.ts";
import { type Capture, nameOf, open, ProgressReport } from "./input.ts";
import type { ReplayInput, ReplayOptions, ReplayOutput } from "./options.ts";
import { ReadAhead } from "./read-ahead.ts";
import type { Step } from "./incident.ts";
import type { Migration } from "./migration.ts";
import type { ReplayEvent } from "./summary.ts";
import { vlanNetworks } from "./roles.ts";
import type { Tally } from "./tally.ts";

/** What a replay works with. */
export interface ReplayWork {
  options: ReplayOptions;
  configuration: Configuration;
  plane: Plane;
  tally: Tally;
  busiest: Busiest;
  flowLog: FlowLog | undefined;
  /** What events change, in order. */
  steps: readonly Step[];
  book: AddressBook;
  names: NameWatch | undefined;
  migration: Migration | undefined;
}

/** How it went. */
export interface ReplayDone {
  captures: Capture[];
  interrupted: boolean;
  /** Frames missing in a pcap file because of their link type. */
  leftOut: number;
  /** Frames of the capture that was written, when they were counted. */
  written?: number;
  /** What became of the events, if there were some. */
  events?: ReplayEvent[];
  /** What was written of the consumer's leg. */
  wire?: WireSummary;
}

/** Whether a replay need not look at its packets one by one. */
export function mayBeDirect(options: ReplayOptions): boolean {
  const {
    compare,
    inputs,
    aliases = [],
    events = [],
    side,
    verifyChecksums,
    explain,
    migration,
    wire,
    output,
    plane,
    workers,
    configuration,
  } = options;
  // Shards and workers translate a frame in a memory of their own, not where it was read.
  if (workers !== undefined || configuration.settings.shards > 1) return false;
  // What tunnels carry is looked for packet by packet, and what leaves in one is made so.
  if (configuration.settings.tunnels.length > 0) return false;
  if (configuration.virtualNetworks.some(({ encapsulation }) => encapsulation !== undefined)) return false;
  // A packet that changes its family lies elsewhere, and is longer or shorter.
  if (hasSix(configuration)) return false;
  if (compare !== false || inputs.length !== 1 || aliases.length > 0) return false;
  if (events.length > 0 || explain !== undefined || migration === true || wire !== undefined) return false;
  if (identifiesByName(options.configuration)) return false;
  if (side === "provider" || verifyChecksums === true) return false;
  if (output?.format === "pcap" && output.side === "consumer") return false;
  return plane === undefined || plane.core.ringSize >= DIRECT_RING;
}

/** Replays the only input. */
export async function replayDirectly(work: ReplayWork): Promise<ReplayDone> {
  const { options, configuration, plane } = work;
  const areas = new Areas(plane.core, options.output?.sink);
  const [input, ahead] = readingAhead(options.inputs[0] as ReplayInput, areas);
  const capture = await open(input, configuration, options, (rest) => areas.nextRead(rest));
  const output = outputOf(options.output, areas, capture);
  const direct = new Direct({
    ...work,
    areas,
    output,
    network: capture.network,
    vlans: vlanNetworks(configuration),
    nameOf: (captured: CaptureInterface): string => nameOf(captured, capture),
  });
  if (capture.reader !== undefined) {
    if (output instanceof DirectPcap) output.headersStand = standAlready(capture.reader);
    await readAll(work, capture.reader, direct, areas);
  }
  if (options.signal?.aborted !== true) await ahead?.settle().catch(() => {});
  direct.finish();
  // Of a capture that could not be read at all nothing is written: what was in the output stays.
  if (capture.reader !== undefined) {
    output?.close();
    await areas.finish();
  }
  Object.assign(capture.summary, { packets: direct.packets, bytes: direct.bytes });
  const interrupted = options.signal?.aborted === true;
  const written = output === undefined ? {} : { written: output.written };
  return { captures: [capture], interrupted, leftOut: output?.leftOut ?? 0, ...written };
}

/** A file is read ahead. What comes through a pipe is not: its next bytes may never come, and would be waited for in the end. */
function readingAhead(input: ReplayInput, areas: Areas): [input: ReplayInput, ahead?: ReadAhead] {
  if (input.size === undefined) return [input];
  const ahead = new ReadAhead(input.source, () => areas.nextAhead());
  return [{ ...input, source: ahead }, ahead];
}

function outputOf(output: ReplayOutput | undefined, areas: Areas, { reader }: Capture): DirectOutput | undefined {
  if (output === undefined) return undefined;
  if (output.format === "pcap") return new DirectPcap(areas, reader?.format === "pcapng");
  return new DirectPcapng(areas, output.oneSided === true ? output.side : undefined);
}

/** Whether the records of a capture have the headers that they are written with. */
const standAlready = (reader: CaptureReader): boolean => reader instanceof PcapReader && reader.writesAlike;

async function readAll({ options, flowLog }: ReplayWork, reader: CaptureReader, direct: Direct, areas: Areas) {
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  const progress = new ProgressReport(options, [reader]);
  for await (const batch of reader.batches()) {
    await direct.batch(reader, batch, Math.min(batch.count, limit - direct.packets));
    await flowLog?.drain();
    progress.read(direct.packets);
    if (options.signal?.aborted === true || direct.packets >= limit) break;
  }
  await areas.flush();
}
