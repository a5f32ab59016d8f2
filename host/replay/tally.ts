// What a replay counts beside the plane's own counters.

import type { ReasonCounts } from "../counters.ts";

/** Counts of captured packets and replies. */
export class Tally {
  forwarded = 0;
  dropped = 0;
  passed = 0;
  /** Wire bytes of captured packets. */
  bytes = 0;
  mirrored = 0;
  identical = 0;
  different = 0;
  unmatched = 0;
  refused = 0;
  verified = 0;
  wrongBefore = 0;
  changed = 0;
  /** Packets that met an endpoint or a NAT address. */
  concerned = 0;
  /** First and last time stamp, nanoseconds. */
  first = 0n;
  last = 0n;
  /** Drops that the replay decided, by reason name. */
  readonly drops: ReasonCounts = {};

  get read(): number {
    return this.forwarded + this.dropped + this.passed;
  }

  /** A captured packet that the replay itself drops. */
  drop(reason: string): void {
    this.dropped++;
    this.drops[reason] = (this.drops[reason] ?? 0) + 1;
  }
}
