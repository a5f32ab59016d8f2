// Numbers of flows: the one released last first, else the lowest never used (behaviour 9); each shard has its own (13).
import type { Settings } from "../../host/config/configuration.ts";

export class Numbers {
  /** Numbers in use. */
  taken = 0;
  private readonly free: number[] = [];
  private next: number;
  readonly first: number;
  private readonly count: number;

  constructor(first: number, count: number) {
    this.next = first;
    this.first = first;
    this.count = count;
  }

  /** Number behind the last one ever taken. */
  get end(): number {
    return this.next;
  }

  hasRoom(): boolean {
    return this.taken < this.count;
  }

  /** Half of them are in use, at least. */
  get isHalfTaken(): boolean {
    return this.taken >= this.count / 2;
  }

  /** Only when there is room. */
  take(): number {
    this.taken++;
    return this.free.pop() ?? this.next++;
  }

  release(number: number): void {
    this.taken--;
    this.free.push(number);
  }
}

/** Numbers of a shard's flows and denied flows. */
export function numbersOf(
  { shards, maxFlows, maxDenied }: Settings,
  shard: number,
): { flows: Numbers; denied: Numbers } {
  const flows = Math.ceil(maxFlows / shards);
  const denied = Math.ceil(maxDenied / shards);
  return {
    flows: new Numbers(flows * shard, flows),
    denied: new Numbers(flows * shards + denied * shard, denied),
  };
}
