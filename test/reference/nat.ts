// NAT addresses and ports of new flows (behaviour 5).
import type { Settings } from "../../host/config/configuration.ts";
import type { CountersOut } from "../plane.ts";
import { addressText, hashedNumber } from "./address.ts";
import type { Flow, Tuple } from "./flow.ts";
import { TCP } from "./ip.ts";
import { type Mix, pick } from "./mix.ts";
import { PortPool } from "./ports.ts";
import { nanoseconds } from "./timeouts.ts";
import { tickAfter } from "./wheel.ts";

const ADDRESS_MARK = 0x4e4154n;

export interface NatPort {
  address: number;
  port: number;
  pool: PortPool;
}

export class Nat {
  private readonly pools = new Map<string, PortPool>();
  private readonly mix: Mix;
  private readonly shard: number;
  private readonly shards: number;
  private quarantineTicks: number;

  constructor({ shards, portQuarantineSeconds }: Settings, shard: number, mix: Mix) {
    this.shard = shard;
    this.mix = mix;
    this.shards = shards;
    this.quarantineTicks = tickAfter(nanoseconds(portQuarantineSeconds));
  }

  /** Other settings are in force. */
  settle({ portQuarantineSeconds }: Settings): void {
    this.quarantineTicks = tickAfter(nanoseconds(portQuarantineSeconds));
  }

  /** A port towards the address that requests are sent to, the addresses of the service tried in their order for this client. */
  take(tuple: Tuple, target: number, nowTick: number): NatPort | undefined {
    for (const { address, pool } of this.tried(tuple, target)) {
      const port = pool.take(nowTick, this.quarantineTicks);
      if (port !== undefined) return { address, port, pool };
    }
    return undefined;
  }

  /** The flow towards an address that has been opening longest, of the first address that has one. */
  oldestOpening(tuple: Tuple, target: number): Flow | undefined {
    for (const { pool } of this.tried(tuple, target)) {
      const [oldest] = pool.opening;
      if (oldest !== undefined) return oldest;
    }
    return undefined;
  }

  /** Addresses of a tuple's service, in their order for its client, each with its pool. */
  private *tried({ network, endpoint, client, protocol }: Tuple, target: number) {
    const { service } = endpoint;
    const { natAddresses } = service;
    const start = pick(
      this.mix(BigInt(network) ^ ADDRESS_MARK, BigInt(hashedNumber(this.mix, client))),
      natAddresses.length,
    );
    for (let turn = 0; turn < natAddresses.length; turn++) {
      const address = natAddresses[(start + turn) % natAddresses.length] as number;
      yield { address, pool: this.pool(service.name, address, target, protocol) };
    }
  }

  counters(): CountersOut["natPools"] {
    const counts = ({ inUse, peak, exhausted }: PortPool) => ({ inUse, peak, exhausted });
    return Object.fromEntries([...this.pools].map(([name, pool]) => [name, counts(pool)]));
  }

  private pool(service: string, address: number, target: number, protocol: number): PortPool {
    const transport = protocol === TCP ? "tcp" : "udp";
    const name = `${service} ${addressText(address)} ${addressText(target)} ${transport} ${this.shard}`;
    let pool = this.pools.get(name);
    if (pool === undefined) {
      pool = new PortPool(this.shard, this.shards);
      this.pools.set(name, pool);
    }
    return pool;
  }
}
