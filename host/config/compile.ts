// Configuration -> the tables the core reads, and the names that give its numbers back their meaning.

import * as Abi from "../abi.ts";
import { writeAddresses } from "./addresses.ts";
import type { AdminState, Configuration, VirtualNetwork } from "./configuration.ts";
import { writeFilters } from "./endpoint-rules.ts";
import { numberEndpoints, writeEndpoints } from "./endpoints.ts";
import { seedWords } from "./hash.ts";
import { TableImage } from "./image.ts";
import { hasSix, Intervals } from "./intervals.ts";
import { allowedNames, identifiesByName, looksAtEveryRequest, writeNames, writeSwitches } from "./names.ts";
import { type NetworkNumbers, numberNetworks, writeNetworks } from "./networks.ts";
import { keyOf, Numbering, type NumberedPair, type NumberedRule } from "./numbering.ts";
import { writeBackendPools } from "./pools.ts";
import { announcesClients } from "./proxy.ts";
import { type Reach, reachOf } from "./reach.ts";
import { writeRules, writeTimeouts } from "./rules.ts";
import { numberServices, writeServices } from "./services.ts";
import { Tries } from "./trie.ts";
import { writeTunnels } from "./tunnels.ts";
import { writeVlans } from "./vlans.ts";

/** A backend as a number of the core's stands for it. */
export interface BackendName {
  loadBalancer: string;
  pool: string;
  address: string;
  state: string;
  adminState: AdminState;
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
  rules: NumberedRule[];
  /** Names that resources may be asked for by. */
  resourceNames: string[];
  poolSlot(slot: number): PoolSlotName;
}

/** What the core is configured with. */
export interface CompiledTables {
  image: Uint8Array;
  names: Names;
  /** Where the next configuration's numbers go on. */
  numbering: Numbering;
  poolSlots: number;
  /** Some rule or backend needs the link header of a flow's first packet. */
  keepLinks: boolean;
  /** Places of the hold pool; 0 when no rule identifies by name. */
  holdSlots: number;
  /** Places remember requests too: some rule looks at every one. */
  holdRemembers: boolean;
  /** Some service puts PROXY headers in front of streams. */
  proxies: boolean;
  /** There are IPv6 addresses of endpoints, services or backends. */
  six: boolean;
}

const NANOSECONDS = 1_000_000_000;
const TICK_NANOSECONDS = 2 ** Abi.TICK_SHIFT;

/** Lays out the tables; `midStream` is the default where the configuration does not say. Numbers go on from those given. */
export function compile(configuration: Configuration, midStream: "admit" | "drop", from?: Numbering): CompiledTables {
  const image = new TableImage();
  const numbering = new Numbering(from);
  const { settings } = configuration;
  const seed = seedWords(settings.seed);
  const networks = numberNetworks(configuration, numbering.networks);
  const byName = new Map(configuration.virtualNetworks.map(({ name }, i) => [name, networks.numbers[i] as number]));
  const services = numberServices(configuration, byName, numbering);
  const endpoints = numberEndpoints(configuration, byName, services, numbering.endpoints);
  writeTimeouts(image, configuration, numbering.idle);
  writeVlans(image, configuration, networks.numbers);
  writeTunnels(image, configuration, networks.numbers);
  const reach = reachOf(configuration);
  writeAddresses(image, configuration, { networks: networks.numbers, groups: reach.groups, endpoints });
  const pools = writeBackendPools(image, configuration, seed, numbering.backends);
  writeRules(image, configuration, pools, services, numbering);
  const filters = writeAccess(image, configuration, reach, networks);
  writeEndpoints(image, configuration, endpoints, filters, numbering.endpoints);
  writeServices(image, configuration, services, pools.hosts, numbering);
  writeNames(image, allowedNames(configuration, numbering.resourceNames));
  writeSwitches(image, configuration);
  image.u64(Abi.TABLES_SEED, seed[0]);
  image.u64(Abi.TABLES_SEED + 8, seed[1]);
  image.u32(Abi.TABLES_FLAGS, flags(configuration, midStream, numbering.networks.things));
  image.u32(Abi.TABLES_SHARDS, settings.shards);
  image.u64(Abi.TABLES_FRAGMENT_LIFE, BigInt(Math.round(settings.timers.fragmentSeconds * NANOSECONDS)));
  image.u32(Abi.TABLES_QUARANTINE, Math.ceil((settings.portQuarantineSeconds * NANOSECONDS) / TICK_NANOSECONDS));
  return {
    image: image.finish(),
    names: namesOf(configuration, numbering),
    numbering,
    poolSlots: numbering.poolSlots,
    keepLinks: needsLinks(configuration),
    holdSlots: identifiesByName(configuration) ? settings.identification.holdSlots : 0,
    holdRemembers: looksAtEveryRequest(configuration),
    proxies: announcesClients(configuration),
    six: hasSix(configuration),
  };
}

/** Whether some rule or backend needs the link header of a flow's first packet. */
function needsLinks(configuration: Configuration): boolean {
  const { loadBalancers: balancers, settings } = configuration;
  return (
    (identifiesByName(configuration) && settings.identification.enableTcpReset) ||
    balancers.some(({ loadBalancingRules, inboundNatRules = [] }) =>
      [...loadBalancingRules, ...inboundNatRules].some((rule) => rule.enableTcpReset),
    ) ||
    balancers.some((balancer) => balancer.backendAddressPools.some((pool) => pool.backends.some((b) => b.macAddress)))
  );
}

/** `networks`: all that there were, since resets may still leave to one that is gone. */
function flags({ settings }: Configuration, midStream: "admit" | "drop", networks: readonly VirtualNetwork[]): number {
  return (
    ((settings.midStream ?? midStream) === "drop" ? Abi.FLAG_MID_STREAM_DROP : 0) |
    (settings.endpointSources === "drop" ? Abi.FLAG_ENDPOINT_SOURCES_DROP : 0) |
    (settings.connectionLost === "keep" ? Abi.FLAG_KEEP_CONNECTIONS : 0) |
    (settings.icmpTimeExceeded ? Abi.FLAG_TIME_EXCEEDED : 0) |
    (settings.icmpEcho === "answer" ? Abi.FLAG_ANSWER_ECHO : 0) |
    (settings.packetTooBig === "forward" ? 0 : Abi.FLAG_TOO_BIG_DROP) |
    (settings.packetTooBig === "answer" ? Abi.FLAG_TOO_BIG_ANSWER : 0) |
    (settings.clampMss ? Abi.FLAG_CLAMP_MSS : 0) |
    (networks.some(({ encapsulation }) => encapsulation !== undefined) ? Abi.FLAG_NAME_NETWORKS : 0) |
    (settings.timers.tcpHalfClosedSeconds === undefined ? 0 : Abi.FLAG_HALF_CLOSED) |
    (settings.identification.enableTcpReset ? 0 : Abi.FLAG_REFUSE_SILENTLY) |
    (settings.identification.otherBeginning === "allow" ? Abi.FLAG_OTHER_BEGINNING : 0)
  );
}

/** Writes who reaches which endpoint; for each endpoint its filter. */
function writeAccess(
  image: TableImage,
  configuration: Configuration,
  reach: Reach,
  networks: NetworkNumbers,
): number[] {
  const tries = new Tries();
  const intervals = new Intervals(configuration);
  intervals.write(image);
  const finishNetworks = writeNetworks(image, configuration, reach, tries, networks, intervals);
  const filters = writeFilters(image, configuration, reach, tries, intervals);
  const entryOf = tries.write(image);
  finishNetworks(entryOf);
  filters.finish(entryOf);
  return filters.numbers;
}

/** Names by number. What a configuration no longer has keeps its name: flows and counters may be of it. */
function namesOf(configuration: Configuration, numbering: Numbering): Names {
  const { endpoints, natAddresses, pairs } = numbering;
  const present = new Set(
    configuration.loadBalancers.flatMap(({ name, backendAddressPools }) =>
      backendAddressPools.flatMap((pool) => pool.backends.map(({ address }) => keyOf(name, pool.name, address))),
    ),
  );
  return {
    networks: numbering.networks.things.map(({ name }) => name),
    endpoints: endpoints.things.map(({ name }) => name),
    endpointAddresses: endpoints.things.map(({ address }) => address),
    linkIdentifiers: endpoints.things.map(({ link }) => link),
    services: numbering.services.things.map(({ name }) => name),
    backends: numbering.backends.things.map(({ loadBalancer, pool, address, state, adminState }) => ({
      loadBalancer,
      pool,
      address,
      adminState,
      state: present.has(keyOf(loadBalancer, pool, address)) ? state : "removed",
    })),
    natAddresses: natAddresses.things.map(({ address }) => address),
    rules: [...numbering.rules.things],
    resourceNames: [...numbering.resourceNames.things],
    poolSlot(slot) {
      const { natAddress: number, backend } = pairs.things[slot >> 1] as NumberedPair;
      const { service, address: natAddress } = natAddresses.things[number] as { service: string; address: string };
      return { service, natAddress, backend, protocol: (slot & 1) === 0 ? "tcp" : "udp" };
    },
  };
}
