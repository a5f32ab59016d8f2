// Pools of NAT ports (behaviour 5).

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
  private readonly resting: Released[] = [];
  private next: number;
  private readonly end: number;
  private readonly quarantineTicks: number;

  constructor(shard: number, shards: number, quarantineTicks: number) {
    const size = PORTS / shards;
    this.next = FIRST_PORT + shard * size;
    this.end = this.next + size;
    this.quarantineTicks = quarantineTicks;
  }

  /** A port, or undefined when there is none. */
  take(nowTick: number): number | undefined {
    const port = this.rested(nowTick) ?? this.unused();
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

  private rested(nowTick: number): number | undefined {
    const [oldest] = this.resting;
    if (oldest === undefined || nowTick < oldest.tick + this.quarantineTicks) return undefined;
    this.resting.shift();
    return oldest.port;
  }

  private unused(): number | undefined {
    return this.next < this.end ? this.next++ : undefined;
  }
}
