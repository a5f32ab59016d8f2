// What changes of the configuration mean for conversations, from docs/behaviour.md, section 15: the mirror's own reckoning, from the
// configurations before and after and never from the plane.

import type { Configuration } from "../config/configuration.ts";
import { inboundNatRulesOf } from "../config/inbound-nat.ts";
import { takersOf } from "../config/pools.ts";
import { floatingAddress } from "../config/service-rules.ts";
import type { AddressBook } from "./address-book.ts";
import type { Conversation } from "./conversation.ts";
import { Drains } from "./drains.ts";
import { PROTOCOL_TCP } from "./frame.ts";

/** Changes so far, numbered from 1. */
export class Changes {
  count = 0;
  /** Number of the latest change that may have cut flows of an endpoint, by its number. */
  private readonly ofEndpoints = new Map<number, number>();
  /** Number of the latest change after which UDP flows of a backend may move, by its address. */
  private readonly ofBackends = new Map<number, number>();
  /** Endpoints whose connection carries no traffic now. */
  private closed = new Set<number>();
  /** Backends that take no new flow in any pool now. */
  private idle = new Set<number>();
  private cuts = true;
  private readonly drains: Drains;
  private readonly book: AddressBook;
  /** Ports of backends that inbound NAT rules lead to, whatever the backends' states; by `portOf`. */
  private singled = new Set<number>();

  constructor(book: AddressBook) {
    this.book = book;
    this.drains = new Drains(book);
  }

  /** The replay begins with a configuration; times are nanoseconds from its first packet on. */
  begin(configuration: Configuration): void {
    this.drains.take(configuration, 0, configuration.settings.shards > 1);
    this.enter(configuration);
    this.singled = singledOf(configuration, this.book);
  }

  /** Takes note of a change at a time. */
  take(before: Configuration, after: Configuration, time: number): void {
    this.count++;
    this.drains.take(after, time, false);
    this.enter(after);
    this.singled = singledOf(after, this.book);
    this.cuts = after.settings.connectionLost === "cut";
    this.closed = closedOf(after);
    if (this.cuts) for (const endpoint of this.closed) this.ofEndpoints.set(endpoint, this.count);
    const states = takingOf(before, this.book);
    const now = takingOf(after, this.book);
    for (const [address, takes] of now) if (states.get(address) !== takes) this.ofBackends.set(address, this.count);
    this.idle = new Set([...now].filter(([, takes]) => !takes.includes("1")).map(([address]) => address));
  }

  /** Enters the NAT addresses in the book for good: flows have them for as long as they live. */
  private enter({ privateLinkServices }: Configuration): void {
    for (const { natAddresses } of privateLinkServices) for (const address of natAddresses) this.book.ofText(address);
  }

  /** Whether a change since its last packet, or the end of its backend's time to drain, may have ended a conversation's flow. */
  mayHaveEnded({ endpoint, protocol, backend, lastChange, last }: Conversation, time: number): boolean {
    if (this.drains.mayHaveEnded(backend, last, time)) return true;
    if (lastChange === this.count) return false;
    if ((this.ofEndpoints.get(endpoint) ?? 0) > lastChange) return true;
    return protocol !== PROTOCOL_TCP && (this.ofBackends.get(backend) ?? 0) > lastChange;
  }

  /** Whether nothing of a conversation may pass; `opens`: its flow opened with this packet. */
  forbids({ endpoint, backend, backendPort }: Conversation, opens: boolean, time: number): boolean {
    const singled = this.singled.has(portOf(backend, backendPort));
    if (!singled && this.drains.forbids(backend, time)) return true;
    if (this.count === 0) return false;
    return (this.closed.has(endpoint) && (opens || this.cuts)) || (opens && !singled && this.idle.has(backend));
  }
}

function closedOf({ privateEndpoints }: Configuration): Set<number> {
  return new Set(privateEndpoints.flatMap(({ connectionState }, i) => (connectionState === "Approved" ? [] : [i])));
}

function singledOf({ loadBalancers }: Configuration, book: AddressBook): Set<number> {
  const rules = loadBalancers.flatMap(inboundNatRulesOf);
  return new Set(rules.map(({ backend = "", backendPort }) => portOf(book.ofText(backend), backendPort)));
}

/** A backend's port as one number. */
const portOf = (backend: number, port: number): number => backend * 65_536 + port;

/** Whether a backend takes new flows in each of the pools that have its address; of a frontend with floating IP, of all behind it. */
function takingOf({ loadBalancers }: Configuration, book: AddressBook): Map<number, string> {
  const taking = new Map<number, string>();
  for (const pool of loadBalancers.flatMap((balancer) => balancer.backendAddressPools)) {
    const takes = takersOf(pool);
    for (const backend of pool.backends) {
      const address = book.ofText(backend.address);
      taking.set(address, (taking.get(address) ?? "") + Number(takes.has(backend)));
    }
  }
  for (const balancer of loadBalancers)
    for (const rule of balancer.loadBalancingRules) {
      const frontend = floatingAddress(balancer, rule);
      const pool = balancer.backendAddressPools.find(({ name }) => name === rule.backendAddressPool);
      if (frontend === undefined || pool === undefined) continue;
      const takes = takersOf(pool);
      const text = pool.backends.map((backend) => Number(takes.has(backend))).join("");
      const address = book.ofText(frontend);
      taking.set(address, (taking.get(address) ?? "") + text);
    }
  return taking;
}
