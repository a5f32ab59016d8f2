// Ends of a replay that a signal can interrupt, though they wait: a source for bytes, a sink for whoever takes them.

import type { ByteSink, ByteSource } from "../capture/capture.ts";
import type { ReplayOptions } from "./options.ts";

/** How long a write may still take once the signal has come. */
const PATIENCE_MILLISECONDS = 500;
/** Bytes written at once by then: a reader that takes some is waited for, however much there is. */
const PIECE = 65_536;

/** A source that ends when the signal comes, though it waits for bytes. */
export function interruptibleSource(source: ByteSource, signal: AbortSignal): ByteSource {
  const interrupted = new Promise<number>((resolve) => signal.addEventListener("abort", () => resolve(0)));
  return {
    get decompressed() {
      return source.decompressed;
    },
    read: (into) => (signal.aborted ? 0 : Promise.race([source.read(into), interrupted])),
  };
}

/** The sinks of a replay; without a signal they are as they were. */
export class InterruptibleSinks {
  private readonly signal: AbortSignal | undefined;
  private readonly sinks: InterruptibleSink[] = [];

  constructor(signal: AbortSignal | undefined) {
    this.signal = signal;
  }

  /** What is asked for, with sinks that can be interrupted. */
  within(options: ReplayOptions): ReplayOptions {
    const { output, flows } = options;
    return {
      ...options,
      ...(output === undefined ? {} : { output: { ...output, sink: this.add(output.sink) } }),
      ...(flows === undefined ? {} : { flows: this.add(flows) }),
    };
  }

  private add(sink: ByteSink): ByteSink {
    if (this.signal === undefined) return sink;
    const added = new InterruptibleSink(sink, this.signal);
    this.sinks.push(added);
    return added;
  }

  /** Something was not written, to one of them at least. */
  get givenUp(): boolean {
    return this.sinks.some(({ givenUp }) => givenUp);
  }
}

/** A sink that is given up when the signal has come and nobody takes what is written. */
class InterruptibleSink implements ByteSink {
  /** Something was not written. */
  givenUp = false;
  private readonly sink: ByteSink;
  private readonly signal: AbortSignal;

  constructor(sink: ByteSink, signal: AbortSignal) {
    this.sink = sink;
    this.signal = signal;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.signal.aborted) return this.piece(bytes);
    for (let at = 0; at < bytes.length; at += PIECE) await this.piece(bytes.subarray(at, at + PIECE));
  }

  private async piece(bytes: Uint8Array): Promise<void> {
    if (this.givenUp) return;
    const { signal } = this;
    const waiting: { timer?: ReturnType<typeof setTimeout>; begin?: () => void } = {};
    const late = new Promise<true>((resolve) => {
      waiting.begin = () => (waiting.timer = setTimeout(() => resolve(true), PATIENCE_MILLISECONDS));
      if (signal.aborted) waiting.begin();
      else signal.addEventListener("abort", waiting.begin);
    });
    try {
      this.givenUp = (await Promise.race([this.sink.write(bytes), late])) === true;
    } finally {
      clearTimeout(waiting.timer);
      if (waiting.begin !== undefined) signal.removeEventListener("abort", waiting.begin);
    }
  }
}
