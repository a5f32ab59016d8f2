// The core when nothing of its own is in the processor's caches: other data goes through them before each batch.

import type { Core } from "../../host/core.ts";
import { CoreSubject, type Load } from "../../host/measure/ladder.ts";

/** More than the last-level cache that a core of a server is given. */
const SWEEP_BYTES = 64 * 1024 * 1024;
const CACHE_LINE = 64;

export class ColdSubject extends CoreSubject {
  private readonly other = new Uint8Array(SWEEP_BYTES).fill(1);
  private sum = 0;

  constructor(name: string, core: Core, load: Load, time: number) {
    super(name, core, load, time);
  }

  /** Frames are placed first, as a network card would; then everything is displaced. */
  protected override place(first: number, count: number): void {
    super.place(first, count);
    for (let at = 0; at < SWEEP_BYTES; at += CACHE_LINE) this.sum += this.other[at] as number;
  }
}
