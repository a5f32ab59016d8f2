// Configuration -> the tables the core reads, and the names that give its numbers back their meaning.

import * as Abi from "../../assembly/abi.ts";
import { addressNumber, macBytes } from "./address.ts";
import { writeAddresses } from "./addresses.ts";
import { linkIdentifiers as numberLinks } from "./approval.ts";
import { writeBackendPools } from "./pools.ts";
import type { Configuration, ConnectionState, LoadBalancer, PrivateLinkService } from "./configuration.ts";
import { writeFilters } from "./endpoint-rules.ts";
import { seedWords } from "./hash.ts";
import { TableImage } from "./image.ts";
import { allowedNames, groupsOf, identifiesByName, writeNames, writeSwitches } from "./names.ts";
import { writeNetworks } from "./networks.ts";
import { type Reach, reachOf } from "./reach.ts";
import { writeRules, writeTimeouts } from "./rules.ts";
import { Tries } from "./trie.ts";
import { writeVlans } from "./vlans.ts";

/** A backend as a number of the core's stands for it. */
export interface BackendName {
  loadBalancer: string;
  pool: string;
  address: string;
  state: string;
}

/** A NAT port pool that may come to exist. */
export interface PoolSlotName {
  service: string;
  natAddress: string;
  backend: string;
  protocol: "tcp" | "udp";
}

/** Names behind the core's numbers: an index into each list is the number. */
export interface Names {
  networks: string[];
  endpoints: string[];
  endpointAddresses: string[];
  /** Number of each endpoint's connection. */
  linkIdentifiers: number[];
  services: string[];
  backends: BackendName[];
  natAddresses: string[];
  rules: { name: string; backendPort: number }[];
  /** Names that resources may be asked for by. */
  resourceNames: string[];
  poolSlot(slot: number): PoolSlotName;
}

/** What the core is configured with. */
export interface CompiledTables {
  image: Uint8Array;
  names: Names;
  poolSlots: number;
  /** Some rule or backend needs the link header of a flow's first packet. */
  keepLinks: boolean;
  /** Places of the hold pool; 0 when no rule identifies by name. */
  holdSlots: number;
}

const NANOSECONDS = 1_000_000_000;
const TICK_NANOSECONDS = 2 ** Abi.TICK_SHIFT;

/** Lays out the tables; `midStream` is the default where the configuration does not say. */
export function compile(configuration: Configuration, midStream: "admit" | "drop"): CompiledTables {
  const image = new TableImage();
  const { settings } = configuration;
  const seed = seedWords(settings.seed);
  const timers = writeTimeouts(image, configuration);
  writeVlans(image, configuration);
  const reach = reachOf(configuration);
  writeAddresses(image, configuration, reach.groups);
  const pools = writeBackendPools(image, configuration, seed);
  const rules = writeRules(image, configuration, pools, timers);
  const links = numberLinks(configuration.privateEndpoints);
  writeEndpoints(image, configuration, links, writeAccess(image, configuration, reach));
  const services = writeServices(image, configuration, pools.hosts);
  const resourceNames = allowedNames(configuration);
  writeNames(image, resourceNames);
  writeSwitches(image, configuration);
  image.u64(Abi.TABLES_SEED, seed[0]);
  image.u64(Abi.TABLES_SEED + 8, seed[1]);
  image.u32(Abi.TABLES_FLAGS, flags(configuration, midStream));
  image.u32(Abi.TABLES_SHARDS, settings.shards);
  image.u32(Abi.TABLES_QUARANTINE, Math.ceil((settings.portQuarantineSeconds * NANOSECONDS) / TICK_NANOSECONDS));
  const balancers = configuration.loadBalancers;
  const byName = identifiesByName(configuration);
  const keepLinks =
    (byName && settings.identification.enableTcpReset) ||
    balancers.some((balancer) => balancer.loadBalancingRules.some((rule) => rule.enableTcpReset)) ||
    balancers.some((balancer) => balancer.backendAddressPools.some((pool) => pool.backends.some((b) => b.macAddress)));
  const names = {
    ...namesOf(configuration, pools.names, rules, services, links),
    resourceNames: resourceNames.map(({ name }) => name),
  };
  const holdSlots = byName ? settings.identification.holdSlots : 0;
  return { image: image.finish(), names, poolSlots: services.poolSlots, keepLinks, holdSlots };
}

function flags({ settings }: Configuration, midStream: "admit" | "drop"): number {
  return (
    ((settings.midStream ?? midStream) === "drop" ? Abi.FLAG_MID_STREAM_DROP : 0) |
    (settings.endpointSources === "drop" ? Abi.FLAG_ENDPOINT_SOURCES_DROP : 0) |
    (settings.icmpTimeExceeded ? Abi.FLAG_TIME_EXCEEDED : 0) |
    (settings.identification.enableTcpReset ? 0 : Abi.FLAG_REFUSE_SILENTLY) |
    (settings.identification.otherBeginning === "allow" ? Abi.FLAG_OTHER_BEGINNING : 0)
  );
}

/** Writes who reaches which endpoint; for each endpoint its filter. */
function writeAccess(image: TableImage, configuration: Configuration, reach: Reach): number[] {
  const tries = new Tries();
  const finishNetworks = writeNetworks(image, configuration, reach, tries);
  const filters = writeFilters(image, configuration, reach, tries);
  const entryOf = tries.write(image);
  finishNetworks(entryOf);
  filters.finish(entryOf);
  return filters.numbers;
}

const STATES: Record<ConnectionState, number> = {
  Approved: Abi.CONNECTION_APPROVED,
  Pending: Abi.CONNECTION_PENDING,
  Rejected: Abi.CONNECTION_REJECTED,
  Disconnected: Abi.CONNECTION_DISCONNECTED,
  Refused: Abi.CONNECTION_REFUSED,
};

function writeEndpoints(image: TableImage, configuration: Configuration, links: number[], filters: number[]): void {
  const services = configuration.privateLinkServices.map((service) => service.name);
  const networks = configuration.virtualNetworks.map((network) => network.name);
  const groupOf = groupsOf(configuration);
  const section = image.section(configuration.privateEndpoints.length * Abi.ENDPOINT_SIZE);
  image.u32(Abi.TABLES_ENDPOINTS, section);
  configuration.privateEndpoints.forEach((endpoint, index) => {
    const at = section + index * Abi.ENDPOINT_SIZE;
    image.u16(at + Abi.ENDPOINT_SERVICE, services.indexOf(endpoint.privateLinkService));
    image.u8(at + Abi.ENDPOINT_CONNECTION, STATES[endpoint.connectionState]);
    image.u16(at + Abi.ENDPOINT_NETWORK, networks.indexOf(endpoint.virtualNetwork));
    image.u16(at + Abi.ENDPOINT_FILTER, filters[index] as number);
    image.u32(at + Abi.ENDPOINT_LINK, links[index] as number);
    image.u16(at + Abi.ENDPOINT_GROUP, groupOf(endpoint));
  });
}

interface ServiceSlots {
  service: PrivateLinkService;
  hosts: string[];
  base: number;
}

interface WrittenServices {
  poolSlots: number;
  natAddresses: string[];
  slots: ServiceSlots[];
}

function writeServices(image: TableImage, configuration: Configuration, hosts: Map<string, string[]>): WrittenServices {
  const { privateLinkServices: services } = configuration;
  const networks = configuration.virtualNetworks.map((network) => network.name);
  const section = image.section(services.length * Abi.SERVICE_SIZE);
  const written: WrittenServices = { poolSlots: 0, natAddresses: [], slots: [] };
  services.forEach((service, index) => {
    const at = section + index * Abi.SERVICE_SIZE;
    const itsHosts = hosts.get(service.loadBalancer) ?? [];
    image.u16(at + Abi.SERVICE_NETWORK, networks.indexOf(service.virtualNetwork));
    image.u16(at + Abi.SERVICE_NAT_COUNT, service.natAddresses.length);
    image.u32(at + Abi.SERVICE_NAT_FIRST, written.natAddresses.length);
    image.u32(at + Abi.SERVICE_POOL_BASE, written.poolSlots);
    image.u32(at + Abi.SERVICE_HOSTS, itsHosts.length);
    if (service.macAddress !== undefined) {
      image.u16(at + Abi.SERVICE_HAS_MAC, 1);
      image.copy(at + Abi.SERVICE_MAC, macBytes(service.macAddress));
    }
    written.slots.push({ service, hosts: itsHosts, base: written.poolSlots });
    written.natAddresses.push(...service.natAddresses);
    written.poolSlots += service.natAddresses.length * itsHosts.length * 2;
  });
  const addresses = image.section(written.natAddresses.length * 4);
  written.natAddresses.forEach((address, index) => image.u32Be(addresses + index * 4, addressNumber(address)));
  image.u32(Abi.TABLES_SERVICES, section);
  image.u32(Abi.TABLES_NAT_ADDRESSES, addresses);
  return written;
}

function namesOf(
  configuration: Configuration,
  backends: BackendName[],
  rules: { name: string; backendPort: number }[],
  services: WrittenServices,
  linkIdentifiers: number[],
): Omit<Names, "resourceNames"> {
  return {
    networks: configuration.virtualNetworks.map((network) => network.name),
    endpoints: configuration.privateEndpoints.map((endpoint) => endpoint.name),
    endpointAddresses: configuration.privateEndpoints.map((endpoint) => endpoint.privateIPAddress),
    linkIdentifiers,
    services: configuration.privateLinkServices.map((service) => service.name),
    backends,
    natAddresses: services.natAddresses,
    rules,
    poolSlot(slot) {
      const owner = services.slots.findLast(({ base }) => base <= slot) as ServiceSlots;
      const pairAndProtocol = slot - owner.base;
      const pair = pairAndProtocol >> 1;
      return {
        service: owner.service.name,
        natAddress: owner.service.natAddresses[Math.floor(pair / owner.hosts.length)] as string,
        backend: owner.hosts[pair % owner.hosts.length] as string,
        protocol: (pairAndProtocol & 1) === 0 ? "tcp" : "udp",
      };
    },
  };
}

/** Rules of a service: those of the frontends it stands behind. */
export function rulesOf(service: PrivateLinkService, balancers: readonly LoadBalancer[]) {
  const balancer = balancers.find(({ name }) => name === service.loadBalancer) as LoadBalancer;
  const frontends = new Set(service.loadBalancerFrontendIPConfigurations);
  return balancer.loadBalancingRules
    .filter((rule) => frontends.has(rule.frontendIPConfiguration))
    .map((rule) => ({ balancer, rule }));
}
