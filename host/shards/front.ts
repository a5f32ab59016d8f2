// The front of a plane of several shards: an instance of the core that takes frames in as any other, deals them out to the
// shards, and gathers what the shards say into its own memory, where verdicts and emits are read as those of any other.

import * as Abi from "../abi.ts";
import { Core, type CoreExports, type CoreSizes, instantiated } from "../core.ts";
import type { ShardNumbers } from "./numbers.ts";

/** Frames dealt to one shard, no more than a batch of its core takes. */
export interface Hand {
  shard: number;
  /** Index of the first one among all dealt, and how many there are. */
  first: number;
  count: number;
  descriptors: Uint8Array;
  frames: Uint8Array;
  /** Distance of the frames from the first byte of the shard's ring. */
  distance: number;
}

/** What a shard's core says, and where in which memory it lies: its regions, copied or its own. */
export interface Said {
  bytes: Uint8Array;
  words: Uint32Array;
  verdicts: number;
  emits: number;
  /** Address of the copy of what lies at the core's HEADS. */
  heads: number;
  /** Address of the bodies that lie in none of its frames; an emit gives them as if they lay right behind the core's ring. */
  kept: number;
  /** Frames handled, and emits. */
  handled: number;
  emitCount: number;
}

const VERDICT_WORDS = Abi.VERDICT_SIZE / 4;
const EMIT_WORDS = Abi.EMIT_SIZE / 4;

/** Addresses in the memory of every shard, which are laid out alike. */
export interface ShardLayout {
  ring: number;
  ringEnd: number;
  heads: number;
}

export class Front extends Core {
  private readonly numbers: ShardNumbers;
  private readonly dealtFrames: number;
  private readonly dealtDescriptors: number;
  private readonly order: number;
  private readonly hands: number;
  private readonly heads: number;
  private readonly kept: number;
  private emitted = 0;
  /** Bytes of bodies kept. */
  private keptBytes = 0;

  protected constructor(exports: CoreExports, numbers: ShardNumbers, most: number = Abi.BATCH_MAX) {
    super(exports, most);
    this.numbers = numbers;
    this.dealtFrames = this.region(Abi.REGION_DEALT_FRAMES);
    this.dealtDescriptors = this.region(Abi.REGION_DEALT_DESCRIPTORS);
    this.order = this.region(Abi.REGION_DEALT_ORDER) >>> 2;
    this.hands = this.region(Abi.REGION_HANDS) >>> 2;
    this.heads = this.region(Abi.REGION_HEADS);
    this.kept = this.region(Abi.REGION_DEALT_KEPT);
  }

  /** A front for shards of a size that takes as many frames as can be dealt at once. Throws MEMORY_LIMIT. */
  static async before(
    module: WebAssembly.Module,
    sizes: CoreSizes,
    tables: Uint8Array,
    numbers: ShardNumbers,
  ): Promise<Front> {
    return new Front(await instantiated(module, frontSizes(sizes), tables), numbers, Abi.DEAL_MAX);
  }

  override get steerer(): Core | undefined {
    return this;
  }

  /** Goes on where another front is, which was the last one to deal: fragments of one datagram may come to either. */
  follow(other: Front): void {
    if (other === this || this.control(Abi.CONTROL_FRAGMENTS) === 0) return;
    const at = this.region(Abi.REGION_FRAGMENTS);
    const awaiting = (this.region(Abi.REGION_COUNTERS) + Abi.REASON_AWAITING_FRAGMENT * 8) >>> 3;
    this.longs[awaiting] = other.longs[awaiting] as bigint;
    other.longs[awaiting] = 0n;
    if (this.hasDatagrams || other.hasDatagrams) this.bytes.set(other.bytes.subarray(at, at + other.fragmentBytes), at);
    else this.longs[(at + Abi.FRAGMENT_CLOCK) >>> 3] = other.longs[(at + Abi.FRAGMENT_CLOCK) >>> 3] as bigint;
  }

  private get hasDatagrams(): boolean {
    return this.u32(this.region(Abi.REGION_FRAGMENTS) + Abi.FRAGMENT_OLDEST) !== 0;
  }

  /** Bytes of what there is to know of fragments: up to the last place that was ever taken. */
  private get fragmentBytes(): number {
    const places = this.u32(this.region(Abi.REGION_FRAGMENTS) + Abi.FRAGMENT_PLACE_TOP);
    return (
      this.control(Abi.CONTROL_FRAGMENT_PLACES) - this.region(Abi.REGION_FRAGMENTS) + places * Abi.FRAGMENT_PLACE_SIZE
    );
  }

  /** Deals out what waits; how many frames. What was gathered before is gone. */
  deal(): number {
    this.clearEmits();
    const dealt = this.exports.deal(this.placed);
    this.done(dealt);
    return dealt;
  }

  /** What a shard was dealt, in pieces that a batch of its core takes, in order. */
  *handsOf(shard: number): Generator<Hand, void, void> {
    const { bytes, words } = this;
    const hand = this.hands + (shard * Abi.HAND_SIZE) / 4;
    const count = words[hand + Abi.HAND_COUNT / 4] as number;
    const base = words[hand + Abi.HAND_FIRST / 4] as number;
    const end = base + count;
    const framesAt = this.dealtFrames + (words[hand + Abi.HAND_FRAMES / 4] as number);
    const framesEnd = words[hand + Abi.HAND_BYTES / 4] as number;
    for (let first = base; first < end; first += Abi.BATCH_MAX) {
      const last = Math.min(first + Abi.BATCH_MAX, end);
      const from = this.distanceOf(first);
      const to = last === end ? framesEnd : this.distanceOf(last);
      const at = this.dealtDescriptors;
      yield {
        shard,
        first,
        count: last - first,
        descriptors: bytes.subarray(at + first * Abi.DESC_SIZE, at + last * Abi.DESC_SIZE),
        frames: bytes.subarray(framesAt + from, framesAt + to),
        distance: from,
      };
    }
  }

  /**
   * Gathers what a shard said of frames `first` on among those dealt. Their bytes as they left have to be put back into
   * `frames` of their hand.
   */
  gather(shard: number, first: number, said: Said, layout: ShardLayout): void {
    this.gatherVerdicts(shard, first, said);
    this.gatherEmits(shard, said, layout);
  }

  override get emitCount(): number {
    return this.emitted;
  }

  /** Forgets the emits gathered. */
  protected clearEmits(): void {
    this.emitted = 0;
    this.keptBytes = 0;
  }

  private gatherVerdicts(shard: number, first: number, { words, verdicts, handled }: Said): void {
    const { words: own, numbers, emitted } = this;
    let from = verdicts >>> 2;
    for (let i = 0; i < handled; i++, from += VERDICT_WORDS) {
      const order = own[this.order + first + i] as number;
      if (order === Abi.DEALT_HELD) continue;
      const to = (this.verdicts >>> 2) + order * VERDICT_WORDS;
      own[to] = words[from] as number;
      own[to + Abi.VERDICT_EMITS / 4] = words[from + Abi.VERDICT_EMITS / 4] as number;
      own[to + Abi.VERDICT_FIRST_EMIT / 4] = (words[from + Abi.VERDICT_FIRST_EMIT / 4] as number) + emitted;
      own[to + Abi.VERDICT_FLOW / 4] = numbers.ofPlane(shard, words[from + Abi.VERDICT_FLOW / 4] as number);
    }
  }

  private gatherEmits(shard: number, said: Said, layout: ShardLayout): void {
    const { words: own, numbers } = this;
    const { words } = said;
    const hand = this.hands + (shard * Abi.HAND_SIZE) / 4;
    const bodyShift = this.dealtFrames + (own[hand + Abi.HAND_FRAMES / 4] as number) - layout.ring;
    let from = said.emits >>> 2;
    let to = (this.emits >>> 2) + this.emitted * EMIT_WORDS;
    for (let i = 0; i < said.emitCount; i++) {
      const headLength = words[from + Abi.EMIT_HEAD_LENGTH / 4] as number;
      own[to + Abi.EMIT_HEAD_LENGTH / 4] = headLength;
      own[to + Abi.EMIT_HEAD / 4] =
        headLength === 0 ? 0 : this.gatherHead(said, (words[from] as number) - layout.heads, headLength, i);
      const body = words[from + Abi.EMIT_BODY / 4] as number;
      const bodyLength = words[from + Abi.EMIT_BODY_LENGTH / 4] as number;
      own[to + Abi.EMIT_BODY / 4] =
        body < layout.ringEnd ? body + bodyShift : this.gatherKept(said, body - layout.ringEnd, bodyLength);
      own[to + Abi.EMIT_BODY_LENGTH / 4] = bodyLength;
      own[to + Abi.EMIT_WIRE_LENGTH / 4] = words[from + Abi.EMIT_WIRE_LENGTH / 4] as number;
      own[to + Abi.EMIT_FLOW / 4] = numbers.ofPlane(shard, words[from + Abi.EMIT_FLOW / 4] as number);
      own[to + Abi.EMIT_SIDE / 4] = words[from + Abi.EMIT_SIDE / 4] as number;
      own[to + Abi.EMIT_NETWORK / 4] = words[from + Abi.EMIT_NETWORK / 4] as number;
      from += EMIT_WORDS;
      to += EMIT_WORDS;
    }
    this.emitted += said.emitCount;
  }

  /** Copies the head of an emit; its address here. */
  private gatherHead({ bytes, heads }: Said, distance: number, length: number, i: number): number {
    const to = this.heads + (this.emitted + i) * Abi.EMIT_HEAD_SIZE;
    this.bytes.set(bytes.subarray(heads + distance, heads + distance + length), to);
    return to;
  }

  /** Copies a body that lies in no frame; its address here. */
  private gatherKept({ bytes, kept }: Said, distance: number, length: number): number {
    const to = this.kept + this.keptBytes;
    this.bytes.set(bytes.subarray(kept + distance, kept + distance + length), to);
    this.keptBytes += length;
    return to;
  }

  /** Distance of a dealt frame from the first byte of its shard's ring. */
  private distanceOf(dealt: number): number {
    const descriptor = this.dealtDescriptors + dealt * Abi.DESC_SIZE;
    return this.u32(descriptor + Abi.DESC_FRAME) - this.ring;
  }
}

/** What a front is configured with: the tables by which frames are dealt, and no flows. */
export function frontSizes(sizes: CoreSizes): CoreSizes {
  return { ...sizes, maxFlows: 0, maxDenied: 0, poolSlots: 0, holdSlots: 0, keepEnded: false, deals: true };
}
