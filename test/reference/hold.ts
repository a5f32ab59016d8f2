// The hold pool, and the bytes and segments of one flow in it (behaviour 14.1).
import type { Flow } from "./flow.ts";
import type { Ip } from "./ip.ts";

export interface Segment {
  /** Where its bytes begin, from the place's `from` on. */
  offset: number;
  length: number;
  /** The frame as it leaves. */
  frame: Uint8Array;
  ip: Ip;
  /** Where its TCP header begins. */
  tcp: number;
  wireLength: number;
}

export class Hold {
  readonly flow: Flow;
  /** Sequence number of the first byte. */
  from: number;
  /** Known bytes by offset. */
  readonly bytes = new Map<number, number>();
  readonly segments: Segment[] = [];
  /** Bytes of frames before their data, of all segments ever held. */
  headers = 0;

  /** What was let through, when every request is looked at. */
  readonly remembered: { sequence: number; bytes: Uint8Array }[] = [];

  constructor(flow: Flow, from: number) {
    this.flow = flow;
    this.from = from;
  }

  /** Bytes from the first one on without a gap. */
  get reach(): number {
    let reach = 0;
    while (this.bytes.has(reach)) reach++;
    return reach;
  }

  /** Nothing is held: other bytes may be. */
  restart(from: number): void {
    this.from = from;
    this.bytes.clear();
    this.headers = 0;
  }

  /** What lies behind an offset is known no longer. */
  forgetBehind(offset: number): void {
    for (const known of this.bytes.keys()) if (known >= offset) this.bytes.delete(known);
  }

  part(from: number, to: number): Uint8Array {
    return Uint8Array.from({ length: to - from }, (_, i) => this.bytes.get(from + i) as number);
  }
}

export class Holds {
  readonly size: number;
  peak = 0;
  /** Places in use; those that came to something longest ago first. */
  private readonly used = new Set<Hold>();

  constructor(size: number) {
    this.size = size;
  }

  /** A place for a flow, one that holds no segments taken from its flow if need be. */
  take(flow: Flow, from: number): Hold | undefined {
    if (this.used.size === this.size) {
      const idle = [...this.used].find(({ segments }) => segments.length === 0);
      if (idle === undefined) return undefined;
      const { inspection } = idle.flow;
      if (inspection?.stream !== undefined) inspection.stream.forgotten = inspection.judged;
      this.giveBack(idle);
    }
    const hold = new Hold(flow, from);
    this.used.add(hold);
    this.peak = Math.max(this.peak, this.used.size);
    if (flow.inspection !== undefined) flow.inspection.hold = hold;
    return hold;
  }

  /** It comes to something: others are older now. */
  renew(hold: Hold): void {
    this.used.delete(hold);
    this.used.add(hold);
  }

  giveBack(hold: Hold): void {
    this.used.delete(hold);
    if (hold.flow.inspection !== undefined) hold.flow.inspection.hold = undefined;
  }
}
