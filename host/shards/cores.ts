// A plane of several shards in one thread: a core for each, and a front before them. To whoever fills batches it is a core.

import * as Abi from "../abi.ts";
import { Core, type CoreExports, type CoreSizes, instantiated } from "../core.ts";
import { Front, frontSizes, type Hand } from "./front.ts";
import type { ShardNumbers } from "./numbers.ts";

export class ShardedCore extends Front {
  private readonly cores: readonly Core[];
  /** Called with the number of a shard whose core has flows to report that ended. */
  onEnded: ((shard: number) => void) | undefined;
  /** Shard that the clock is being moved on in. */
  private advancing = 0;

  private constructor(exports: CoreExports, numbers: ShardNumbers, shards: Core[]) {
    super(exports, numbers);
    this.cores = shards;
  }

  override get shards(): readonly Core[] {
    return this.cores;
  }

  /** Makes the front and the shards, each of the sizes given. Throws MEMORY_LIMIT. */
  static async of(
    module: WebAssembly.Module,
    sizes: CoreSizes,
    tables: Uint8Array,
    numbers: ShardNumbers,
  ): Promise<ShardedCore> {
    const shards: Core[] = [];
    for (let shard = 0; shard < numbers.shards; shard++)
      shards.push(await Core.create(module, { ...sizes, shard }, tables));
    return new ShardedCore(await instantiated(module, frontSizes(sizes), tables), numbers, shards);
  }

  override run(): number {
    const dealt = this.deal();
    for (let shard = 0; shard < this.cores.length; shard++)
      for (const hand of this.handsOf(shard)) this.handle(this.cores[shard] as Core, hand);
    return dealt;
  }

  /** Moves one shard's clock after the other; false until the last one has nothing more to release. */
  override advance(time: bigint): boolean {
    const core = this.cores[this.advancing] as Core;
    this.clearEmits();
    if (this.advancing === 0) super.advance(time);
    const done = core.advance(time);
    this.gatherFrom(core, this.advancing, 0, 0);
    if (done) this.advancing = (this.advancing + 1) % this.cores.length;
    return done && this.advancing === 0;
  }

  override adopt(tables: Uint8Array): void {
    super.adopt(tables);
    for (const core of this.cores) core.adopt(tables);
  }

  override nextDeadline(): bigint | undefined {
    const all = [super.nextDeadline(), ...this.cores.map((core) => core.nextDeadline())];
    const deadlines = all.filter((time) => time !== undefined);
    return deadlines.length === 0 ? undefined : deadlines.reduce((least, time) => (time < least ? time : least));
  }

  override reset(): void {
    super.reset();
    for (const core of this.cores) core.reset();
  }

  private handle(core: Core, { shard, first, descriptors, frames, distance }: Hand): void {
    core.take(descriptors, frames, distance);
    for (let at = first; core.waiting > 0; ) {
      const handled = core.run();
      this.gatherFrom(core, shard, at, handled);
      at += handled;
    }
    const from = core.ring + distance;
    frames.set(core.bytes.subarray(from, from + frames.length));
  }

  private gatherFrom(core: Core, shard: number, first: number, handled: number): void {
    const heads = core.region(Abi.REGION_HEADS);
    const { bytes, words, emitCount, ring, ringSize } = core;
    const ringEnd = ring + ringSize;
    const said = {
      bytes,
      words,
      heads,
      kept: ringEnd,
      handled,
      emitCount,
      verdicts: core.verdict(0),
      emits: core.emit(0),
    };
    this.gather(shard, first, said, { ring, ringEnd, heads });
    if (core.endedCount > 0) this.onEnded?.(shard);
  }
}
