// The beginning of a client's TCP stream, put together from its segments until it says a name. Bounded, in bytes and in segments that
// came too early.

import { BEGINNING_MOST, type NameReading, nameAtBeginning } from "./server-name.ts";

const EARLY_MOST = 16;

interface Segment {
  sequence: number;
  data: Uint8Array;
}

/** Reads a stream's beginning. */
export class Beginning {
  /** Sequence number of the byte that is due; undefined until it is known. */
  private due: number | undefined;
  private read = new Uint8Array(0);
  private early: Segment[] = [];

  /** The stream begins at a sequence number; undefined: with the data that are seen first. */
  constructor(start: number | undefined) {
    this.due = start;
  }

  /** Takes a segment's data. */
  take(sequence: number, data: Uint8Array): NameReading {
    if (data.length === 0) return "more";
    this.due ??= sequence;
    if (this.add(sequence, data) === 0) return this.keep(sequence, data);
    for (let i = 0; i < this.early.length; i++) {
      const { sequence: at, data: bytes } = this.early[i] as Segment;
      if (this.add(at, bytes) > 0) i = -1;
    }
    return nameAtBeginning(this.read);
  }

  /** Adds what of a segment is due; how many bytes that is. */
  private add(sequence: number, data: Uint8Array): number {
    const old = ((this.due as number) - sequence) | 0;
    if (old < 0 || old >= data.length) return 0;
    const fresh = data.subarray(old, old + BEGINNING_MOST - this.read.length);
    const joined = new Uint8Array(this.read.length + fresh.length);
    joined.set(this.read);
    joined.set(fresh, this.read.length);
    this.read = joined;
    this.due = ((this.due as number) + fresh.length) >>> 0;
    return fresh.length;
  }

  /** Keeps a segment that came before its turn. */
  private keep(sequence: number, data: Uint8Array): NameReading {
    const ahead = (sequence - (this.due as number)) | 0;
    if (ahead < 0) return "more";
    if (ahead > BEGINNING_MOST || this.early.length === EARLY_MOST) return "none";
    this.early.push({ sequence, data: data.slice(0, BEGINNING_MOST) });
    return "more";
  }
}
