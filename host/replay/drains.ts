// Backends whose time to drain is over, from docs/behaviour.md, section 21.2: the mirror's own reckoning, from the configurations
// and never from the plane.

import type { Configuration } from "../config/configuration.ts";
import { floatingAddress } from "../config/service-rules.ts";
import type { AddressBook } from "./address-book.ts";

const SECOND = 1e9;
/** Times are floats: two of them may be off by so much. */
const SLACK = 4096;

interface Drain {
  address: number;
  over: number;
  /** It may be over later: shards begin with their own first packets. */
  unsure: boolean;
}

/** When periods are over, by the addresses of backends; nanoseconds. Several pools may have one address. */
export class Drains {
  /** Those that run now, or are over and the backend is draining still: by load balancer, pool and address. */
  private running = new Map<string, Drain>();
  /** Those that were over when the backend was given flows again. */
  private readonly past: Drain[] = [];
  /** Backends by address: how many pools have it. */
  private places = new Map<number, number>();
  private readonly book: AddressBook;

  constructor(book: AddressBook) {
    this.book = book;
  }

  /** A configuration is in force from a time on; `unsure`: or from a later one, in some shards. */
  take({ loadBalancers }: Configuration, time: number, unsure: boolean): void {
    const before = this.running;
    const present = new Map<string, Drain | undefined>();
    this.places = new Map();
    for (const balancer of loadBalancers) {
      const { name, backendAddressPools } = balancer;
      for (const { name: pool, backends, drainPeriodInSeconds: period } of backendAddressPools)
        for (const { address: text, state } of backends) {
          const address = this.book.ofText(text);
          const key = JSON.stringify([name, pool, text]);
          this.places.set(address, (this.places.get(address) ?? 0) + 1);
          const drains = state === "draining" && period !== undefined;
          const drain = before.get(key) ?? { address, over: time + (period ?? 0) * SECOND, unsure };
          present.set(key, drains ? drain : undefined);
          // Of a flow with floating IP only the frontend is seen.
          for (const rule of balancer.loadBalancingRules) {
            const frontend = rule.backendAddressPool === pool ? floatingAddress(balancer, rule) : undefined;
            if (frontend === undefined) continue;
            const seen = { ...drain, address: this.book.ofText(frontend), unsure: true };
            present.set(`${key} ${frontend}`, drains ? seen : undefined);
          }
        }
    }
    for (const [key, drain] of before)
      if (!present.has(key)) present.set(key, drain);
      else if (present.get(key) === undefined && drain.over <= time + SLACK) this.past.push(drain);
    this.running = new Map([...present].flatMap(([key, drain]) => (drain === undefined ? [] : [[key, drain]])));
  }

  /** Whether a flow to a backend whose last packet was forwarded at `last` may have been cut by a time. */
  mayHaveEnded(backend: number, last: number, time: number): boolean {
    if (this.running.size === 0 && this.past.length === 0) return false;
    const between = ({ address, over, unsure }: Drain): boolean =>
      address === backend && over <= time + SLACK && (unsure || last <= over + SLACK);
    return [...this.running.values()].some(between) || this.past.some(between);
  }

  /** Whether no flow to a backend can be left at a time. */
  forbids(backend: number, time: number): boolean {
    if (this.running.size === 0) return false;
    const over = [...this.running.values()].filter(
      (drain) => drain.address === backend && !drain.unsure && drain.over < time - SLACK,
    );
    return over.length > 0 && over.length === this.places.get(backend);
  }
}
