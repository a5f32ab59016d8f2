// Backend pools: their members and Maglev tables.

import * as Abi from "../../assembly/abi.ts";
import { addressNumber, macBytes } from "./address.ts";
import type { BackendName } from "./compile.ts";
import type { Backend, Configuration } from "./configuration.ts";
import type { SeedWords } from "./hash.ts";
import type { TableImage } from "./image.ts";
import { fillTable, permutationOf, tableSize } from "./maglev.ts";

/** What later tables need to know of the pools. */
export interface WrittenPools {
  names: BackendName[];
  /** Number of a pool by its names, see `poolKey`. */
  numbers: Map<string, number>;
  /** Distinct backend addresses of each load balancer; a backend's place among them is its host number. */
  hosts: Map<string, string[]>;
}

/** What tells a pool from all others: names may hold any character. */
export const poolKey = (loadBalancer: string, pool: string): string => JSON.stringify([loadBalancer, pool]);

/** Writes backends in configuration order, and a table for each pool. */
export function writeBackendPools(image: TableImage, configuration: Configuration, seed: SeedWords): WrittenPools {
  const written: WrittenPools = { names: [], numbers: new Map(), hosts: new Map() };
  const pools: { backends: Backend[]; hosts: Map<string, number> }[] = [];
  for (const balancer of configuration.loadBalancers) {
    const addresses = balancer.backendAddressPools.flatMap((pool) => pool.backends.map(({ address }) => address));
    const hosts = new Map([...new Set(addresses)].map((address, index) => [address, index]));
    written.hosts.set(balancer.name, [...hosts.keys()]);
    for (const pool of balancer.backendAddressPools) {
      written.numbers.set(poolKey(balancer.name, pool.name), pools.length);
      pools.push({ backends: pool.backends, hosts });
      for (const { address, state } of pool.backends)
        written.names.push({ loadBalancer: balancer.name, pool: pool.name, address, state });
    }
  }
  const section = image.section(pools.length * Abi.BACKEND_POOL_SIZE);
  const backends = image.section(written.names.length * Abi.BACKEND_SIZE);
  let first = 0;
  pools.forEach((pool, index) => {
    const at = section + index * Abi.BACKEND_POOL_SIZE;
    image.u32(at + Abi.BACKEND_POOL_FIRST, first);
    image.u32(at + Abi.BACKEND_POOL_COUNT, pool.backends.length);
    pool.backends.forEach((backend, i) =>
      writeBackend(image, backends + (first + i) * Abi.BACKEND_SIZE, backend, pool.hosts.get(backend.address) ?? 0),
    );
    writeTable(image, at, pool.backends, seed);
    first += pool.backends.length;
  });
  image.u32(Abi.TABLES_POOLS, section);
  image.u32(Abi.TABLES_BACKENDS, backends);
  return written;
}

function writeBackend(image: TableImage, at: number, backend: Backend, host: number): void {
  image.u32Be(at + Abi.BACKEND_ADDRESS_BE, addressNumber(backend.address));
  image.u16(at + Abi.BACKEND_HOST, host);
  image.u16(at + Abi.BACKEND_TAKES_FLOWS, Number(takesFlows(backend)));
  if (backend.macAddress === undefined) return;
  image.u16(at + Abi.BACKEND_HAS_MAC, 1);
  image.copy(at + Abi.BACKEND_MAC, macBytes(backend.macAddress));
}

/** Whether new flows may go to a backend. */
export const takesFlows = ({ state, weight }: Pick<Backend, "state" | "weight">): boolean =>
  state === "up" && weight > 0;

/** Members take part in ascending order of address, so the order of the file does not matter. */
function writeTable(image: TableImage, pool: number, backends: readonly Backend[], seed: SeedWords): void {
  const members = backends
    .map(({ address, weight, state }, index) => ({ address: addressNumber(address), weight, state, index }))
    .filter(takesFlows)
    .sort((a, b) => a.address - b.address);
  if (members.length === 0) return;
  const size = tableSize(backends.length);
  const permutations = members.map(({ address, weight }) => permutationOf(address, weight, size, seed));
  const section = image.section(size * 2);
  fillTable(permutations, size).forEach((member, slot) =>
    image.u16(section + slot * 2, (members[member] as { index: number }).index),
  );
  image.u32(pool + Abi.BACKEND_POOL_TABLE, section);
  image.u32(pool + Abi.BACKEND_POOL_SLOTS, size);
}
