// Private link services with their rules and backends, as lookups want them.
import type {
  Configuration,
  Identify,
  LoadBalancer,
  LoadBalancingRule,
  Resource,
} from "../../host/config/configuration.ts";
import { formsOf } from "../../host/config/zones.ts";
import { addressOf, macOf } from "./address.ts";
import { TCP, UDP } from "./ip.ts";
import { type Member, tableOf } from "./maglev.ts";
import type { Mix } from "./mix.ts";
import { takersOf } from "./takers.ts";
import { nanoseconds } from "./timeouts.ts";

const SECONDS_PER_MINUTE = 60;
/** Of a network that does not say. */
const MTU = 1500;

export interface Backend extends Member {
  /** `loadBalancer/pool/address`. */
  name: string;
  mac?: number[];
}

type Pool = Pick<Rule, "table" | "pool">;

export interface Rule {
  /** `loadBalancer/name`. */
  name: string;
  /** 0 leaves the destination port as it is. */
  backendPort: number;
  distribution: LoadBalancingRule["loadDistribution"];
  /** Of established TCP flows, in ns; the settings' when absent. */
  idle?: bigint;
  reset: boolean;
  identify: Identify;
  everyRequest: boolean;
  /** The slots of the pool's lookup table, none when no backend takes flows. */
  table: Backend[];
  /** All backends of the pool. */
  pool: Backend[];
  /** It is an inbound NAT rule's port, and the pool the one backend that it leads to. */
  inboundNat: boolean;
  /** With floating IP: the frontend's address, which requests are sent to. */
  frontend?: number;
}

export interface Service {
  name: string;
  /** Index of the provider's network, and the longest IP packet there. */
  network: number;
  mtu: number;
  /** Streams have PROXY headers. */
  proxies: boolean;
  natAddresses: number[];
  mac?: number[];
  /** By `protocol port`; that for all protocols and ports under `all`. */
  rules: Map<string, Rule>;
  resources: Resource[];
}

/** The rule for a destination port: the exact one first. */
export const ruleOf = ({ rules }: Service, protocol: number, port: number): Rule | undefined =>
  rules.get(`${protocol} ${port}`) ?? rules.get("all");

/** Names of a resource and group in both forms. */
export const namesOf = ({ resources }: Service, name: string, groupId: string | undefined): string[] =>
  resources
    .filter((resource) => resource.name === name && resource.groupId === groupId)
    .flatMap(({ names }) => names.flatMap(formsOf));

/** All backends by name, and all services by name. */
export function servicesOf(configuration: Configuration, mix: Mix): [Map<string, Backend>, Map<string, Service>] {
  const backends = new Map<string, Backend>();
  const services = new Map<string, Service>();
  const pools = new Map<string, Pool>();
  for (const balancer of configuration.loadBalancers) {
    for (const given of balancer.backendAddressPools) {
      const { name, backends: members } = given;
      const takers = takersOf(given);
      const pool = members.map(({ address, weight, macAddress }, i): Backend => {
        const mac = macAddress === undefined ? {} : { mac: macOf(macAddress) };
        const takes = takers[i] as boolean;
        return { name: `${balancer.name}/${name}/${address}`, address: addressOf(address), weight, takes, ...mac };
      });
      for (const backend of pool) backends.set(backend.name, backend);
      pools.set(`${balancer.name}/${name}`, { pool, table: tableOf(pool, mix) });
    }
  }
  for (const service of configuration.privateLinkServices) {
    const balancer = configuration.loadBalancers.find(({ name }) => name === service.loadBalancer) as LoadBalancer;
    const frontends = service.loadBalancerFrontendIPConfigurations;
    const network = configuration.virtualNetworks.findIndex(({ name }) => name === service.virtualNetwork);
    services.set(service.name, {
      name: service.name,
      network,
      mtu: configuration.virtualNetworks[network]?.mtu ?? MTU,
      proxies: service.enableProxyProtocol ?? false,
      natAddresses: service.natAddresses.map(addressOf),
      ...(service.macAddress === undefined ? {} : { mac: macOf(service.macAddress) }),
      rules: rulesOf(balancer, frontends, pools),
      resources: service.resources ?? [],
    });
  }
  return [backends, services];
}

function rulesOf(balancer: LoadBalancer, frontends: string[], pools: Map<string, Pool>): Map<string, Rule> {
  const rules = new Map<string, Rule>();
  for (const rule of balancer.loadBalancingRules) {
    if (!frontends.includes(rule.frontendIPConfiguration)) continue;
    const { protocol, frontendPort, idleTimeoutInMinutes: minutes } = rule;
    const key = protocol === "All" ? "all" : `${protocol === "Tcp" ? TCP : UDP} ${frontendPort}`;
    if (rules.has(key)) continue;
    rules.set(key, {
      name: `${balancer.name}/${rule.name}`,
      backendPort: rule.backendPort,
      distribution: rule.loadDistribution,
      ...(minutes === undefined ? {} : { idle: nanoseconds(minutes * SECONDS_PER_MINUTE) }),
      reset: rule.enableTcpReset,
      ...(pools.get(`${balancer.name}/${rule.backendAddressPool}`) as Pool),
      identify: rule.identify ?? "address",
      everyRequest: rule.everyRequest ?? false,
      inboundNat: false,
      ...(rule.enableFloatingIP === true ? { frontend: frontendOf(balancer, rule.frontendIPConfiguration) } : {}),
    });
  }
  addInboundNat(rules, balancer, frontends, pools);
  return rules;
}

const frontendOf = ({ frontendIPConfigurations }: LoadBalancer, name: string): number =>
  addressOf(frontendIPConfigurations.find((frontend) => frontend.name === name)?.privateIPAddress ?? "");

/** Ports of inbound NAT rules, unless another rule has them. */
function addInboundNat(
  rules: Map<string, Rule>,
  balancer: LoadBalancer,
  frontends: string[],
  pools: Map<string, Pool>,
): void {
  for (const given of balancer.inboundNatRules ?? []) {
    if (!frontends.includes(given.frontendIPConfiguration)) continue;
    const { pool } = pools.get(`${balancer.name}/${given.backendAddressPool}`) as Pool;
    const { frontendPortRangeStart: start, frontendPortRangeEnd: end, idleTimeoutInMinutes: minutes } = given;
    for (const protocol of given.protocol === "All" ? [TCP, UDP] : [given.protocol === "Tcp" ? TCP : UDP])
      for (const [i, backend] of pool.entries()) {
        const key = `${protocol} ${start + i}`;
        if (start + i > end || rules.has(key)) continue;
        const own = { ...backend, takes: true };
        rules.set(key, {
          name: `${balancer.name}/${given.name}/${protocol}/${backend.name}`,
          backendPort: given.backendPort,
          distribution: "Default",
          ...(minutes === undefined ? {} : { idle: nanoseconds(minutes * SECONDS_PER_MINUTE) }),
          reset: given.enableTcpReset,
          table: [own],
          pool: [own],
          identify: "address",
          everyRequest: false,
          inboundNat: true,
        });
      }
  }
}
