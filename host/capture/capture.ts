// What a capture is to the rest of the host: interfaces, and runs of frames that lie in one buffer. No object a packet.

import type { LinkplaneError } from "../errors.ts";

/** Where bytes come from: fills `into` from its start and says how many bytes it wrote; 0 is the end. */
export interface ByteSource {
  /** The bytes were compressed where they come from: offsets count them as they are here. Known after the first read. */
  readonly decompressed?: boolean | undefined;
  read(into: Uint8Array): Promise<number> | number;
}

/** Where bytes go. The bytes may be reused by the caller once the call (or its promise) is done. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void> | void;
}

/** One interface of a capture, numbered over all its sections in order of appearance. */
export interface CaptureInterface {
  id: number;
  /** LINKTYPE_ number of the file format. */
  linkType: number;
  /** Bytes kept of each frame, 0 for no limit. */
  snaplen: number;
  /** Digits of a decimal time resolution: 6 for microseconds, 9 for nanoseconds (finer ones are cut to 9). */
  timeDigits: number;
  name?: string;
}

/** Frames in file order, in one buffer. Valid until the next batch is asked for. */
export interface FrameBatch {
  count: number;
  buffer: Uint8Array;
  /** Offset of each frame's first byte in `buffer`. */
  offset: Uint32Array;
  /** Captured length, bytes. */
  captured: Uint32Array;
  /** Length on the wire, bytes; never below the captured length. */
  wire: Uint32Array;
  /** Index into the reader's `interfaces`. */
  interfaceId: Uint32Array;
  /** Nanoseconds since the epoch, as stamped. */
  time: BigUint64Array;
}

export type CaptureFormat = "pcap" | "pcapng";

export interface CaptureReader {
  readonly format: CaptureFormat;
  /** Grows while a pcapng file is read; an entry never changes. */
  readonly interfaces: readonly CaptureInterface[];
  /** Set when the batches end because of damage: everything before it has been given. */
  readonly damage: LinkplaneError | undefined;
  /** Bytes taken from the source so far (after decompression). */
  readonly bytesRead: number;
  batches(): AsyncGenerator<FrameBatch, void, void>;
}

/** What an interface of a written capture is. */
export interface WrittenInterface {
  /** LINKTYPE_ number. */
  linkType: number;
  snaplen: number;
  /** Digits of the time resolution. */
  timeDigits: number;
  name?: string;
}

/** Writes captures. Packets are collected; `drain` hands them on when there are many, `close` all of them. */
export interface CaptureWriter {
  /** Adds an interface; its number for `packet`. May be called at any time. */
  addInterface(about: WrittenInterface): number;
  /** Writes a frame; the time is in halves of a u64 of nanoseconds. */
  packet(
    interfaceId: number,
    timeLow: number,
    timeHigh: number,
    frame: Uint8Array,
    wireLength: number,
    comment: string | undefined,
  ): void;
  drain(): Promise<void>;
  close(): Promise<void>;
}
