// The captures a replay reads: opened, named, shown as progress, and summed up.

import type { CaptureInterface, CaptureReader } from "../capture/capture.ts";
import type { ReadMemory } from "../capture/block-buffer.ts";
import { openCapture } from "../capture/reader.ts";
import type { Configuration } from "../config/configuration.ts";
import { LinkplaneError } from "../errors.ts";
import { interruptibleSource } from "./interruptible.ts";
import type { ReplayInput, ReplayOptions } from "./options.ts";
import { captureNetwork } from "./roles.ts";
import type { CaptureSummary } from "./summary.ts";

const PROGRESS_MILLISECONDS = 200;

/** A capture being read. */
export interface Capture {
  input: ReplayInput;
  network: number;
  reader: CaptureReader | undefined;
  summary: CaptureSummary;
  /** Interfaces of the recording, by the reader's. */
  recorded: number[];
  /** No other capture is replayed with it. */
  alone: boolean;
}

/** Opens a capture, to be read into some memory or its own. What it cannot read of it is in its summary. Throws UNKNOWN_NETWORK. */
export async function open(
  input: ReplayInput,
  configuration: Configuration,
  options: ReplayOptions,
  memory?: ReadMemory,
): Promise<Capture> {
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
  const source = signal === undefined ? input.source : interruptibleSource(input.source, signal);
  const reader = await openCapture(source, { file: input.file, ...(memory === undefined ? {} : { memory }) }).catch(
    (error: unknown) => {
      if (!(error instanceof LinkplaneError)) throw error;
      if (signal?.aborted !== true) summary.damaged = error.format();
      return undefined;
    },
  );
  return { input, network, reader, summary, recorded: [], alone };
}

/** Name of an interface in the output: captures that are merged may have interfaces of the same name. */
export function nameOf({ name }: CaptureInterface, { input, alone }: Capture): string {
  if (name === undefined) return input.file;
  return alone ? name : `${input.file} ${name}`;
}

/** Calls `onProgress` now and then. */
export class ProgressReport {
  private readonly options: ReplayOptions;
  private readonly readers: readonly CaptureReader[];
  private reported = performance.now();

  constructor(options: ReplayOptions, readers: readonly CaptureReader[]) {
    this.options = options;
    this.readers = readers;
  }

  /** `packets` were read so far. */
  read(packets: number): void {
    const { onProgress, inputs } = this.options;
    if (onProgress === undefined || performance.now() - this.reported <= PROGRESS_MILLISECONDS) return;
    this.reported = performance.now();
    onProgress({
      packets,
      bytes: this.readers.reduce((sum, reader) => sum + reader.bytesRead, 0),
      totalBytes: inputs.reduce((sum, input) => sum + (input.size ?? 0), 0),
    });
  }
}

/** Completes the summary of a capture. Damage behind the place where a replay was told to end is nobody's concern. */
export function finish({ reader, summary }: Capture, ended: boolean): void {
  if (reader === undefined) return;
  summary.format = reader.format;
  summary.linkType = reader.interfaces[0]?.linkType ?? null;
  if (reader.damage !== undefined && !ended) summary.damaged = reader.damage.format();
}
