// Parts of the core's ring that a replay without comparison works in: three that captures are read into, one for frames as they
// were, one for frames that were read elsewhere, one for a packet that is brought together, two for what is written. While one is read into, frames of the second are
// translated, and what became of the third is written.
//
//   ring  | read 0 | read 1 | read 2 | before | elsewhere | joined | written 0 | written 1 |

import { EMIT_HEAD_SIZE, FRAME_MAX } from "../abi.ts";
import type { ByteSink } from "../capture/capture.ts";
import type { Core } from "../core.ts";

/** Bytes read at once: each time, a thread has to be woken and waited for, which takes long on a busy machine. */
export const READ_SIZE = 2 * 1_048_576;
/** What is written begins to go out at this size; a batch may add that much again and more. */
const WRITE_SIZE = 1_048_576;
/** More spans than this are brought together before they are written. */
const SPANS_MOST = 8;
/** Room for a record header in front of the first frame of an area. */
export const HEADROOM = 64;
/** Room in front of what is read for the part of a record that is carried over. */
const CARRIED_MOST = 262_144;
const BLOCK = HEADROOM + CARRIED_MOST + READ_SIZE;
const READS = 3;
/** A frame and a PROXY header. */
const JOINED_SIZE = FRAME_MAX + EMIT_HEAD_SIZE;
const AREA_SIZE = WRITE_SIZE + 3 * (CARRIED_MOST + READ_SIZE);
/** Ring that all of it takes. */
export const DIRECT_RING = (READS + 2) * BLOCK + JOINED_SIZE + 2 * AREA_SIZE;

/** A piece of the core's memory. */
interface Span {
  at: number;
  length: number;
}

/** Memory to read into and to write from, and the one write that is on its way. */
export class Areas {
  readonly core: Core;
  /** Where frames are kept as they were before the core changed them. */
  readonly before: number;
  /** Where frames are brought in that were read elsewhere, `READ_SIZE` bytes. */
  readonly elsewhere: number;
  /** Where a packet is brought together that left in two pieces. */
  readonly joined: number;
  /** Where the next bytes to be written may be put, and where their area ends. */
  end: number;
  private readonly sink: ByteSink | undefined;
  private readonly written: readonly number[];
  private reading = -1;
  private writing = 0;
  private spans: Span[] = [];
  /** The span that grows. */
  private openAt = 0;
  private openEnd = 0;
  private under: Promise<void> | undefined;
  private failure: unknown;

  constructor(core: Core, sink: ByteSink | undefined) {
    this.core = core;
    this.sink = sink;
    this.before = this.blockAt(READS) + HEADROOM;
    this.elsewhere = this.blockAt(READS + 1) + HEADROOM;
    this.joined = this.blockAt(READS + 2);
    const first = this.joined + JOINED_SIZE;
    this.written = [first, first + AREA_SIZE];
    this.end = first;
  }

  /** Memory to read into next, behind `rest` bytes. What is to be written of the memory before goes out first. */
  async nextRead(rest: number): Promise<Uint8Array<ArrayBuffer>> {
    await this.flush();
    this.reading++;
    if (rest > CARRIED_MOST) return new Uint8Array(rest + READ_SIZE);
    const at = this.dataAt(this.reading);
    return this.core.bytes.subarray(at - rest, at + READ_SIZE);
  }

  /** Where the memory after that begins, for who reads ahead; what was in it has been written. */
  nextAhead(): Uint8Array<ArrayBuffer> {
    const at = this.dataAt(this.reading + 1);
    return this.core.bytes.subarray(at, at + READ_SIZE);
  }

  private blockAt(i: number): number {
    return this.core.ring + i * BLOCK;
  }

  private dataAt(i: number): number {
    return this.blockAt(i % READS) + HEADROOM + CARRIED_MOST;
  }

  /** Whether so much was put into the area that it ought to go out. */
  get full(): boolean {
    return this.end - (this.written[this.writing] as number) >= WRITE_SIZE;
  }

  /** Has bytes of the core's memory written, after what was given before; they stay as they are until the next flush but one. */
  add(at: number, length: number): void {
    if (at !== this.openEnd) this.begin(at);
    this.openEnd = at + length;
  }

  private begin(at: number): void {
    if (this.openEnd > this.openAt) this.spans.push({ at: this.openAt, length: this.openEnd - this.openAt });
    this.openAt = at;
  }

  /** Puts bytes that will not stay into the area. */
  put(bytes: Uint8Array): void {
    this.core.bytes.set(bytes, this.end);
    this.add(this.end, bytes.length);
    this.end += bytes.length;
  }

  /** Begins to write what was given, once what is on its way has been. */
  async flush(): Promise<void> {
    await this.settle();
    this.begin(0);
    this.openEnd = 0;
    const { spans } = this;
    if (spans.length === 0) return;
    this.spans = [];
    this.under = this.write(spans.length > SPANS_MOST ? [this.gather(spans)] : spans).catch((error: unknown) => {
      this.failure = error;
    });
    this.writing ^= 1;
    this.end = this.written[this.writing] as number;
  }

  /** Writes everything there is. */
  async finish(): Promise<void> {
    await this.flush();
    await this.settle();
  }

  private async settle(): Promise<void> {
    await this.under;
    if (this.failure !== undefined) throw this.failure;
  }

  /** Brings many small spans together: one write costs more than moving their bytes. */
  private gather(spans: readonly Span[]): Span {
    const { core, end } = this;
    let to = end;
    for (const { at, length } of spans) {
      core.bytes.copyWithin(to, at, at + length);
      to += length;
    }
    return { at: end, length: to - end };
  }

  private async write(spans: readonly Span[]): Promise<void> {
    for (const { at, length } of spans) await this.sink?.write(this.core.bytes.subarray(at, at + length));
  }
}
