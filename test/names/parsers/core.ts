// A reader of the core given one message, and watched: it looks at nothing but that message and what it wrote itself in this
// call, writes to its own memory alone, and does work in proportion to the message.

import { REASONS } from "../../../host/reasons.ts";
import { hexOf } from "../hello.ts";
import { type Exports, instrumented } from "./module.ts";

/** The readers, by their numbers in exports.ts. */
export const READERS = [
  "request",
  "hello",
  "after",
  "after with early data",
  "prelogin",
  "encryption",
  "answer",
] as const;
export type Reader = (typeof READERS)[number];

/// Values of assembly/name/outcome.ts; what is below is a reason.
const MORE = 240;
const NAMED = 241;
const PREFACE = 242;
const OVER = 243;
/** Loads, stores and rounds of loops that a byte, and a call, may cost. A byte is copied twice at most, and looked at a few times. */
const COST_BYTE = 40;
const COST_CALL = 2000;

export interface Reading {
  /** What it came to. */
  text: string;
  /** Whether some load, store or loop was reached for the first time, or an outcome had. */
  fresh: boolean;
  /** Loads, stores and rounds of loops. */
  cost: number;
}

export class CoreReaders {
  private readonly exports: Exports;
  private readonly seen = new Set<string | number>();
  /** The call in which a byte of scratch memory was written last. */
  private readonly written: Uint32Array;
  /** Where that memory begins. */
  private readonly scratch: number;
  private call = 0;
  private at = 0;
  private end = 0;
  private cost = 0;
  private fresh = false;

  constructor() {
    this.exports = instrumented({
      load: (site, at, bytes) => this.load(site, at, bytes),
      store: (site, at, bytes) => this.store(site, at, bytes),
      step: (place) => this.reach(-1 - place),
    });
    this.scratch = this.exports.scratch();
    this.written = new Uint32Array(this.exports.scratchEnd() - this.scratch);
  }

  /** Loads, stores, loops and outcomes reached so far. */
  get reached(): number {
    return this.seen.size;
  }

  /** Throws when the reader does what it must not. */
  run(reader: Reader, message: Uint8Array): Reading {
    const { memory } = this.exports;
    this.call++;
    this.end = memory.buffer.byteLength;
    this.at = this.end - message.length;
    this.cost = 0;
    this.fresh = false;
    new Uint8Array(memory.buffer).set(message, this.at);
    const outcome = this.exports.read(READERS.indexOf(reader), this.at, message.length) >>> 0;
    const text = reader === "answer" ? `answer ${outcome}` : this.textOf(outcome, reader);
    this.reach(`${reader} ${/^(reason )?[a-z0-9-]+/.exec(text)?.[0]}`);
    return { text, fresh: this.fresh, cost: this.cost };
  }

  private textOf(outcome: number, reader: Reader): string {
    const { exports } = this;
    if (outcome === MORE) return "more";
    if (outcome === OVER) return "over";
    if (outcome === PREFACE) return `preface ${exports.end()}`;
    if (outcome !== NAMED) return `reason ${REASONS[outcome]?.name}`;
    const length = exports.normalized(reader === "request" ? 1 : 0);
    const kept = new Uint8Array(exports.memory.buffer, exports.normal(), Math.min(length, 255));
    return `named size=${exports.end()} offers=${exports.offered()} length=${length} ${hexOf(kept)}`;
  }

  private load(site: number, at: number, bytes: number): void {
    this.reach(site);
    if (at >= this.at && at + bytes <= this.end) return;
    for (let i = at; i < at + bytes; i++)
      if (this.written[i - this.scratch] !== this.call) throw new Error(`a load of byte ${i - this.at} of the message`);
  }

  private store(site: number, at: number, bytes: number): void {
    this.reach(site);
    const from = at - this.scratch;
    if (from < 0 || from + bytes > this.written.length) throw new Error(`a store outside scratch memory, at ${at}`);
    this.written.fill(this.call, from, from + bytes);
  }

  private reach(what: string | number): void {
    if (typeof what === "number" && ++this.cost > COST_CALL + COST_BYTE * (this.end - this.at))
      throw new Error(`more work than ${this.end - this.at} bytes are worth`);
    if (this.seen.has(what)) return;
    this.seen.add(what);
    this.fresh = true;
  }
}
