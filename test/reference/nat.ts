// NAT addresses and ports of new flows (behaviour 5).
import type { Settings } from "../../host/config/configuration.ts";
import type { CountersOut } from "../plane.ts";
import { addressText, hashedNumber } from "./address.ts";
import type { Tuple } from "./flow.ts";
import { TCP } from "./ip.ts";
import { type Mix, pick } from "./mix.ts";
import { PortPool } from "./ports.ts";
import type { Backend } from "./service.ts";
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

  /** A port towards a backend, the addresses of the service tried in their order for this client. */
  take(tuple: Tuple, backend: Backend, nowTick: number): NatPort | undefined {
    const { network, endpoint } = tuple;
    const { service } = endpoint;
    const { natAddresses } = service;
    const client = BigInt(hashedNumber(this.mix, tuple.client));
    const start = pick(this.mix(BigInt(network) ^ ADDRESS_MARK, client), natAddresses.length);
    for (let turn = 0; turn < natAddresses.length; turn++) {
      const address = natAddresses[(start + turn) % natAddresses.length] as number;
      const pool = this.pool(service.name, address, backend.address, tuple.protocol);
      const port = pool.take(nowTick, this.quarantineTicks);
      if (port !== undefined) return { address, port, pool };
    }
    return undefined;
  }

  counters(): CountersOut["natPools"] {
    const counts = ({ inUse, peak, exhausted }: PortPool) => ({ inUse, peak, exhausted });
    return Object.fromEntries([...this.pools].map(([name, pool]) => [name, counts(pool)]));
  }

  private pool(service: string, address: number, backend: number, protocol: number): PortPool {
    const transport = protocol === TCP ? "tcp" : "udp";
    const name = `${service} ${addressText(address)} ${addressText(backend)} ${transport} ${this.shard}`;
    let pool = this.pools.get(name);
    if (pool === undefined) {
      pool = new PortPool(this.shard, this.shards);
      this.pools.set(name, pool);
    }
    return pool;
  }
}
