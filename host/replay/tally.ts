// What a replay counts beside the plane's own counters.

import type { ReasonCounts } from "../counters.ts";

/** Counts of captured packets and replies. */
export class Tally {
  forwarded = 0;
  dropped = 0;
  passed = 0;
  /** Packets that were held, and not let go so far. */
  held = 0;
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
  /** Earliest and latest time stamp, nanoseconds; undefined before the first packet. */
  first: bigint | undefined;
  last: bigint | undefined;
  /** Drops that the replay decided, by reason name. */
  readonly drops: ReasonCounts = {};
  /** Number of the first packet of an endpoint (its number) that was dropped for a reason. */
  readonly firstDrops = new Map<string, number>();
  /** The same by number of the endpoint they concern. */
  readonly endpointDrops = new Map<number, ReasonCounts>();

  get read(): number {
    return this.forwarded + this.dropped + this.passed + this.held;
  }

  /** A captured packet of an endpoint that the replay itself drops. */
  drop(reason: string, endpoint: number, packet: number): void {
    this.firstDrop(endpoint, reason, packet);
    this.dropped++;
    this.drops[reason] = (this.drops[reason] ?? 0) + 1;
    const drops = this.endpointDrops.get(endpoint) ?? {};
    drops[reason] = (drops[reason] ?? 0) + 1;
    this.endpointDrops.set(endpoint, drops);
  }

  /** Notes the number of a packet that was dropped. */
  firstDrop(endpoint: number, reason: string, packet: number): void {
    const key = `${endpoint} ${reason}`;
    if (!this.firstDrops.has(key)) this.firstDrops.set(key, packet);
  }

  /** Notes time stamps of packets. */
  see(times: BigUint64Array): void {
    for (const time of times) {
      if (this.first === undefined || time < this.first) this.first = time;
      if (this.last === undefined || time > this.last) this.last = time;
    }
  }
}
