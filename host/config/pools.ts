// Backend pools: their members and Maglev tables.

import * as Abi from "../abi.ts";
import { addressNumber, macBytes } from "./address.ts";
import type { Backend, BackendAddressPool, Configuration } from "./configuration.ts";
import { mix32, type SeedWords } from "./hash.ts";
import type { TableImage } from "./image.ts";
import { bytesOf, isSix, numberOf, wordsOf } from "./ipv6.ts";
import { fillTable, permutationOf, tableSize } from "./maglev.ts";
import { keyOf, type Numbered, type NumberedBackend } from "./numbering.ts";
import { sameMac } from "./change.ts";
import { floatingAddress } from "./service-rules.ts";

const NANOSECONDS = 1e9;
const SIX_BYTES = 16;

/** What later tables need to know of the pools. */
export interface WrittenPools {
  /** Number of a pool by its names. */
  numbers: Map<string, number>;
  /** Distinct addresses that each load balancer's packets are sent to; a backend's place among them is its host number. */
  hosts: Map<string, string[]>;
}

/** A backend of a pool and its numbers. */
interface Member {
  backend: Backend;
  number: number;
  host: number;
  takes: boolean;
}

/** Writes backends by their numbers, and members and a table for each pool. */
export function writeBackendPools(
  image: TableImage,
  configuration: Configuration,
  seed: SeedWords,
  numbered: Numbered<NumberedBackend>,
): WrittenPools {
  const written: WrittenPools = { numbers: new Map(), hosts: new Map() };
  const pools: Member[][] = [];
  for (const balancer of configuration.loadBalancers) {
    const addresses = balancer.backendAddressPools.flatMap((pool) => pool.backends.map(({ address }) => address));
    // With floating IP requests are sent to the frontend's address: NAT ports are counted towards that.
    const frontends = balancer.loadBalancingRules.flatMap((rule) => floatingAddress(balancer, rule) ?? []);
    const hosts = new Map([...new Set([...addresses, ...frontends])].map((address, index) => [address, index]));
    written.hosts.set(balancer.name, [...hosts.keys()]);
    for (const pool of balancer.backendAddressPools) {
      written.numbers.set(keyOf(balancer.name, pool.name), pools.length);
      const takes = takersOf(pool);
      pools.push(
        pool.backends.map((backend) => ({
          backend,
          number: numberBackend(numbered, balancer.name, pool, backend),
          host: hosts.get(backend.address) ?? 0,
          takes: takes.has(backend),
        })),
      );
    }
  }
  const section = image.section(pools.length * Abi.BACKEND_POOL_SIZE);
  const backends = image.section(numbered.count * Abi.BACKEND_SIZE);
  numbered.things.forEach((backend, number) => writeBackend(image, backends + number * Abi.BACKEND_SIZE, backend));
  writeAddresses6(image, numbered.things);
  pools.forEach((members, index) => {
    const at = section + index * Abi.BACKEND_POOL_SIZE;
    const list = image.section(members.length * 2);
    image.u32(at + Abi.BACKEND_POOL_MEMBERS, list);
    image.u32(at + Abi.BACKEND_POOL_COUNT, members.length);
    members.forEach(({ number, host, takes }, i) => {
      const its = backends + number * Abi.BACKEND_SIZE;
      image.u16(list + i * 2, number);
      image.u16(its + Abi.BACKEND_HOST, host);
      image.u8(its + Abi.BACKEND_TAKES_FLOWS, Number(takes));
    });
    writeTable(image, at, members, seed);
  });
  image.u32(Abi.TABLES_POOLS, section);
  image.u32(Abi.TABLES_BACKENDS, backends);
  writeDrains(image, numbered.things);
  return written;
}

/** Writes the addresses of IPv6 backends. */
function writeAddresses6(image: TableImage, things: readonly NumberedBackend[]): void {
  const section = image.section(things.length * SIX_BYTES);
  things.forEach(({ address }, number) => {
    if (isSix(address)) image.copy(section + number * SIX_BYTES, bytesOf(address));
  });
  image.u32(Abi.TABLES_BACKENDS6, section);
}

function numberBackend(
  numbered: Numbered<NumberedBackend>,
  loadBalancer: string,
  { name: pool, drainPeriodInSeconds }: BackendAddressPool,
  { address, state, adminState = "None", macAddress }: Backend,
) {
  const key = keyOf(loadBalancer, pool, address);
  sameMac(numbered.known(key), macAddress, `Backend ${address} of ${loadBalancer}/${pool}`);
  const drainPeriod = state === "draining" ? drainPeriodInSeconds : undefined;
  return numbered.number(key, { loadBalancer, pool, address, state, adminState, macAddress, drainPeriod });
}

/** Writes which backends drain within a period, by their numbers. One that is removed meanwhile goes on. */
function writeDrains(image: TableImage, backends: readonly NumberedBackend[]): void {
  const drains = backends.flatMap(({ drainPeriod }, number) =>
    drainPeriod === undefined ? [] : [{ number, period: BigInt(Math.round(drainPeriod * NANOSECONDS)) }],
  );
  const section = image.section(drains.length * Abi.DRAIN_SIZE);
  drains.forEach(({ number, period }, i) => {
    image.u64(section + i * Abi.DRAIN_SIZE + Abi.DRAIN_PERIOD, period);
    image.u32(section + i * Abi.DRAIN_SIZE + Abi.DRAIN_BACKEND, number);
  });
  image.u32(Abi.TABLES_DRAINS, section);
  image.u32(Abi.TABLES_DRAIN_COUNT, drains.length);
}

/** What every backend that has a number needs, its flows may live on though it is in no pool any more. */
function writeBackend(image: TableImage, at: number, { address, macAddress }: NumberedBackend): void {
  if (!isSix(address)) image.u32Be(at + Abi.BACKEND_ADDRESS_BE, addressNumber(address));
  if (macAddress === undefined) return;
  image.u16(at + Abi.BACKEND_HAS_MAC, 1);
  image.copy(at + Abi.BACKEND_MAC, macBytes(macAddress));
}

/** The backends of a pool that new flows may go to (docs/behaviour.md, section 21.1). */
export function takersOf({ backends, noHealthyBackendsBehavior }: BackendAddressPool): Set<Backend> {
  const taking = backends.filter((backend) => isProbed(backend, "up") || isPutUp(backend));
  if (taking.length > 0 || noHealthyBackendsBehavior !== "AllProbedUp") return new Set(taking);
  return new Set(backends.filter((backend) => isProbed(backend, "down")));
}

/** Whether it is a backend's probe that decides, and that says so. */
const isProbed = ({ state, weight, adminState = "None" }: Backend, says: "up" | "down"): boolean =>
  adminState === "None" && state === says && weight > 0;

const isPutUp = ({ state, weight, adminState }: Backend): boolean =>
  adminState === "Up" && state !== "draining" && weight > 0;

/** An address as the number that a pool's table counts with. */
const countedAs = (address: string, seed: SeedWords): number =>
  isSix(address) ? mix32(...wordsOf(address), seed) : addressNumber(address);

/** In ascending order of address, so that the order of the file does not matter. */
export function inOrder<Of extends { address: string }>(backends: Iterable<Of>): Of[] {
  const placeOf = ({ address }: Of): bigint => (isSix(address) ? numberOf(address) : BigInt(addressNumber(address)));
  return [...backends].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
}

/** The table of some backends, of which there is one at least, in their order: entry i is the index of the one that owns place i. */
export function tableOf(backends: readonly Backend[], places: number, seed: SeedWords): Uint16Array {
  const permutations = backends.map(({ address, weight }) =>
    permutationOf(countedAs(address, seed), weight, places, seed),
  );
  return fillTable(permutations, places);
}

function writeTable(image: TableImage, pool: number, all: readonly Member[], seed: SeedWords): void {
  const numbers = new Map(all.map(({ backend, number }) => [backend, number]));
  const takers = inOrder(all.filter(({ takes }) => takes).map(({ backend }) => backend));
  if (takers.length === 0) return;
  const size = tableSize(all.length);
  const section = image.section(size * 2);
  tableOf(takers, size, seed).forEach((owner, place) =>
    image.u16(section + place * 2, numbers.get(takers[owner] as Backend) as number),
  );
  image.u32(pool + Abi.BACKEND_POOL_TABLE, section);
  image.u32(pool + Abi.BACKEND_POOL_SLOTS, size);
}
