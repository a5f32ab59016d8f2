// Timers in ticks, each tick with its list in order (behaviour 9).

/** A tick is 2^28 ns. */
const TICK_BITS = 28n;

/** The tick that has begun at a time in ns. */
export const tickAt = (time: bigint): number => Number(time >> TICK_BITS);

/** The first tick that does not begin before a time in ns. */
export const tickAfter = (time: bigint): number => Number((time + (1n << TICK_BITS) - 1n) >> TICK_BITS);

export class Wheel<Entry> {
  private readonly lists = new Map<number, Set<Entry>>();
  private readonly tickOf = new Map<Entry, number>();
  /** Ticks that have entries, ascending. */
  private readonly ticks: number[] = [];

  /** Puts an entry that is in no list at the end of that of a tick. */
  put(entry: Entry, tick: number): void {
    let list = this.lists.get(tick);
    if (list === undefined) {
      list = new Set();
      this.lists.set(tick, list);
      this.ticks.splice(this.position(tick), 0, tick);
    }
    list.add(entry);
    this.tickOf.set(entry, tick);
  }

  /** Moves an entry to the end of the list of an earlier tick; nothing when the tick is not earlier. */
  advance(entry: Entry, tick: number): void {
    const present = this.tickOf.get(entry);
    if (present === undefined || tick >= present) return;
    this.remove(entry);
    this.put(entry, tick);
  }

  remove(entry: Entry): void {
    const tick = this.tickOf.get(entry);
    if (tick === undefined) return;
    const list = this.lists.get(tick) as Set<Entry>;
    list.delete(entry);
    this.tickOf.delete(entry);
    if (list.size > 0) return;
    this.lists.delete(tick);
    this.ticks.splice(this.position(tick), 1);
  }

  /** Takes out the first entry of the lowest tick, if that tick is due. */
  take(nowTick: number): Entry | undefined {
    const [lowest] = this.ticks;
    if (lowest === undefined || lowest > nowTick) return undefined;
    const [first] = this.lists.get(lowest) as Set<Entry>;
    this.remove(first as Entry);
    return first;
  }

  /** Where a tick stands or would stand among the ticks. */
  private position(tick: number): number {
    let low = 0;
    let high = this.ticks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ticks[middle] as number) < tick) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
