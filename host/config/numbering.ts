// The numbers that the core knows things by. A plane keeps them over its configurations: the same name has the same number, and a
// number is never given to another, since flows may refer to it for long.

import type { AdminState, BackendState, VirtualNetwork } from "./configuration.ts";

/** Numbers of one kind of thing, from 0 up, each with what is known of it. */
export class Numbered<Thing> {
  private readonly numbers: Map<string, number>;
  /** By number: what the last configuration that had it said. */
  readonly things: Thing[];

  constructor(from?: Numbered<Thing>) {
    this.numbers = new Map(from?.numbers);
    this.things = [...(from?.things ?? [])];
  }

  get count(): number {
    return this.things.length;
  }

  /** The number of a name, a new one if it has none; `thing` is what it stands for from now on. */
  number(name: string, thing: Thing): number {
    let number = this.numbers.get(name);
    if (number === undefined) {
      number = this.things.length;
      this.numbers.set(name, number);
    }
    this.things[number] = thing;
    return number;
  }

  /** The number of a name that has one. */
  numberOf(name: string): number | undefined {
    return this.numbers.get(name);
  }

  /** What a name stood for until now. */
  known(name: string): Thing | undefined {
    const number = this.numbers.get(name);
    return number === undefined ? undefined : this.things[number];
  }
}

export interface NumberedEndpoint {
  name: string;
  address: string;
  network: number;
  service: number;
  link: number;
  /** What its PROXY headers bear, or would. */
  identity: string;
}

export interface NumberedService {
  name: string;
  network: number;
  macAddress: string | undefined;
  enableProxyProtocol: boolean;
}

export interface NumberedBackend {
  loadBalancer: string;
  pool: string;
  address: string;
  state: BackendState;
  adminState: AdminState;
  macAddress: string | undefined;
  /** While it is draining and its pool has a period for that, seconds. */
  drainPeriod: number | undefined;
}

export interface NumberedRule {
  name: string;
  backendPort: number;
  /** Of an inbound NAT rule's port: address of its backend. */
  backend?: string;
  /** With floating IP: address of the frontend. */
  frontend?: string;
}

/** Pools of NAT ports towards a backend address: one for TCP, one for UDP. */
export interface NumberedPair {
  natAddress: number;
  backend: string;
}

/** What tells a thing from all others: names may hold any character. */
export const keyOf = (...parts: (string | number | undefined)[]): string => JSON.stringify(parts);

/** All numbers of a plane. */
export class Numbering {
  readonly networks: Numbered<VirtualNetwork>;
  /** An endpoint that is mapped to something else, or has another address, is another one. */
  readonly endpoints: Numbered<NumberedEndpoint>;
  readonly services: Numbered<NumberedService>;
  readonly backends: Numbered<NumberedBackend>;
  readonly natAddresses: Numbered<{ service: string; address: string }>;
  readonly rules: Numbered<NumberedRule>;
  readonly pairs: Numbered<NumberedPair>;
  /** Idle timeouts of rules, minutes. */
  readonly idle: Numbered<number>;
  readonly resourceNames: Numbered<string>;

  /** Goes on from other numbers, which stay as they are. */
  constructor(from?: Numbering) {
    this.networks = new Numbered(from?.networks);
    this.endpoints = new Numbered(from?.endpoints);
    this.services = new Numbered(from?.services);
    this.backends = new Numbered(from?.backends);
    this.natAddresses = new Numbered(from?.natAddresses);
    this.rules = new Numbered(from?.rules);
    this.pairs = new Numbered(from?.pairs);
    this.idle = new Numbered(from?.idle);
    this.resourceNames = new Numbered(from?.resourceNames);
  }

  /** NAT port pools that may come to exist. */
  get poolSlots(): number {
    return this.pairs.count * 2;
  }
}
