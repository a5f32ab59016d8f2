// Datagrams that come in fragments: which parts came, what is held, what became of the first one (behaviour 19).
import type { Counters } from "./counters.ts";
import type { Flow } from "./flow.ts";
import type { Arrival } from "./path.ts";
import { nanoseconds } from "./timeouts.ts";

const DATAGRAMS_MOST = 1024;
const STRETCHES_MOST = 64;

/** A part of a datagram, in bytes: from the first to behind the last. */
export interface Stretch {
  from: number;
  to: number;
}

/** What became of the first fragment of a datagram. */
export interface Passage {
  /** Tuple and creation of the flow that it left by. */
  flow?: { key: string; firstSeen: bigint };
}

export interface Datagram extends Passage {
  key: string;
  /** Name of the endpoint at which its drops count. */
  owner: string | undefined;
  /** ns. */
  made: bigint;
  stretches: Stretch[];
  /** Bytes in all, once the last fragment came. */
  end?: number;
  /** Reason. */
  refused?: string;
  /** Fragments that wait for the first one, as they came. */
  held: Arrival[];
}

export class Datagrams {
  private readonly counters: Counters;
  /** In the order they were made. */
  private readonly all = new Map<string, Datagram>();
  /** ns. */
  private life = 0n;
  /** Fragments held by all. */
  held = 0;

  constructor(counters: Counters, fragmentSeconds: number) {
    this.counters = counters;
    this.live(fragmentSeconds);
  }

  /** From now on datagrams live so long. */
  live(fragmentSeconds: number): void {
    this.life = nanoseconds(fragmentSeconds);
  }

  /** Releases those made first as long as they are dead, so many at most. */
  releaseDead(now: bigint, most: number): void {
    let left = most;
    for (const datagram of this.all.values()) {
      if (left-- === 0 || !this.isDead(datagram, now)) return;
      this.release(datagram);
    }
  }

  /** The live one; a dead one is released. */
  find(key: string, now: bigint): Datagram | undefined {
    const datagram = this.all.get(key);
    if (datagram === undefined || !this.isDead(datagram, now)) return datagram;
    this.release(datagram);
    return undefined;
  }

  /** One more; undefined when there is no room. */
  make(key: string, owner: string | undefined, now: bigint): Datagram | undefined {
    if (this.all.size === DATAGRAMS_MOST) this.releaseDead(now, DATAGRAMS_MOST);
    if (this.all.size === DATAGRAMS_MOST) return undefined;
    const datagram: Datagram = { key, owner, made: now, stretches: [], held: [] };
    this.all.set(key, datagram);
    return datagram;
  }

  refuse(datagram: Datagram, reason: string): void {
    datagram.refused = reason;
    this.discard(datagram, reason);
  }

  release(datagram: Datagram): void {
    this.discard(datagram, "fragment-timeout");
    this.all.delete(datagram.key);
  }

  hold(datagram: Datagram, fragment: Arrival): void {
    datagram.held.push(fragment);
    this.held++;
  }

  /** What a datagram holds, which it holds no more. */
  letGo(datagram: Datagram): Arrival[] {
    const held = datagram.held.splice(0);
    this.held -= held.length;
    return held;
  }

  private discard(datagram: Datagram, reason: string): void {
    for (const _ of this.letGo(datagram)) this.counters.instead("awaiting-fragment", reason, datagram.owner);
  }

  private isDead({ made }: Datagram, now: bigint): boolean {
    return now >= made + this.life;
  }
}

/** Notes that a part came, or says what is against it; `final` when no more fragments follow it. */
export function came(datagram: Datagram, part: Stretch, final: boolean): string | undefined {
  const { stretches, end } = datagram;
  const { from, to } = part;
  if (stretches.some((other) => other.from === from && other.to === to)) return "fragment-duplicate";
  if (stretches.some((other) => from < other.to && other.from < to)) return "fragment-overlap";
  if (end !== undefined && (to > end || (final && to !== end))) return "fragment-overlap";
  if (final && stretches.some((other) => other.to > to)) return "fragment-overlap";
  if (stretches.length === STRETCHES_MOST) return "fragment-table-full";
  stretches.push(part);
  if (final) datagram.end = to;
  return undefined;
}

/** Whether every byte came; stretches do not overlap. */
export const isComplete = ({ stretches, end }: Datagram): boolean =>
  end !== undefined && stretches.reduce((sum, { from, to }) => sum + to - from, 0) === end;

/** Notes the flow that a datagram belongs to. */
export function join(passage: Passage, { key, firstSeen }: Flow): void {
  passage.flow = { key, firstSeen };
}
