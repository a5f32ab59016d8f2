// Pools of NAT ports (behaviour 5).
import type { Flow } from "./flow.ts";

const FIRST_PORT = 1024;
const PORTS = 64512;

interface Released {
  port: number;
  tick: number;
}

/** The ports of one NAT address towards one backend address, for one protocol and shard. */
export class PortPool {
  inUse = 0;
  peak = 0;
  exhausted = 0;
  /** Opening flows that have its ports, in the order in which they came to be so. */
  readonly opening = new Set<Flow>();
  private readonly resting: Released[] = [];
  private next: number;
  private readonly end: number;

  constructor(shard: number, shards: number) {
    const size = PORTS / shards;
    this.next = FIRST_PORT + shard * size;
    this.end = this.next + size;
  }

  /** A port, or undefined when there is none. */
  take(nowTick: number, quarantineTicks: number): number | undefined {
    const port = this.rested(nowTick - quarantineTicks) ?? this.unused();
    if (port === undefined) {
      this.exhausted++;
      return undefined;
    }
    this.inUse++;
    this.peak = Math.max(this.peak, this.inUse);
    return port;
  }

  release(port: number, nowTick: number): void {
    this.resting.push({ port, tick: nowTick });
    this.inUse--;
  }

  private rested(latestTick: number): number | undefined {
    const [oldest] = this.resting;
    if (oldest === undefined || latestTick < oldest.tick) return undefined;
    this.resting.shift();
    return oldest.port;
  }

  private unused(): number | undefined {
    return this.next < this.end ? this.next++ : undefined;
  }
}
