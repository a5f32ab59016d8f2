// How much fits into a plane's tables, whose numbers have 16 bits.

import type { Mistake } from "./problem.ts";
import type { ConfigurationFile } from "./schema.ts";

type LoadBalancer = ConfigurationFile["loadBalancers"][number];

/** Things of a kind that the tables can number: networks, endpoints, rules, backends, NAT addresses. */
export const NUMBERED_MOST = 65_535;

/** The message for a list that is longer than the schema has it. */
export function tooLong(most: number | bigint): string {
  return `This list has more than ${most} items. Split the configuration into several planes.`;
}

/** A mistake for each kind of thing of which there are too many. */
export function tooMany(file: ConfigurationFile): Mistake[] {
  const { loadBalancers, privateLinkServices } = file;
  const counts: [path: string, what: string, count: number][] = [
    [
      "loadBalancers",
      "backends",
      sum(
        loadBalancers.flatMap((balancer) => balancer.backendAddressPools),
        backendsOf,
      ),
    ],
    [
      "loadBalancers",
      "addresses that a load balancer's requests are sent to",
      Math.max(0, ...loadBalancers.map(targetsOf)),
    ],
    ["privateLinkServices", "rules behind services", sum(privateLinkServices, rulesBehind(loadBalancers))],
    ["privateLinkServices", "NAT addresses", sum(privateLinkServices, ({ natAddresses }) => natAddresses.length)],
  ];
  return counts
    .filter(([, , count]) => count > NUMBERED_MOST)
    .map(([path, what, count]) => ({
      path: [path],
      message: `There are ${count} ${what}; a plane holds ${NUMBERED_MOST}. Split the configuration into several planes.`,
    }));
}

/** Where some rule of a load balancer has floating IP: addresses of its backends and frontends. */
function targetsOf({ backendAddressPools, frontendIPConfigurations, loadBalancingRules }: LoadBalancer): number {
  if (!loadBalancingRules.some(({ enableFloatingIP }) => enableFloatingIP === true)) return 0;
  return sum(backendAddressPools, backendsOf) + frontendIPConfigurations.length;
}

/** Rules of the frontends that a service stands behind. */
function rulesBehind(loadBalancers: ConfigurationFile["loadBalancers"]) {
  const counts = new Map<string, Map<string, number>>();
  for (const { name, loadBalancingRules, inboundNatRules = [], backendAddressPools } of loadBalancers) {
    const byFrontend = new Map<string, number>();
    for (const { frontendIPConfiguration: frontend, backendAddressPool, protocol } of inboundNatRules) {
      const pool = backendAddressPools.find((each) => each.name === backendAddressPool);
      const ports = (pool?.backends.length ?? 0) * (protocol === "All" ? 2 : 1);
      byFrontend.set(frontend, (byFrontend.get(frontend) ?? 0) + ports);
    }
    for (const { frontendIPConfiguration: frontend } of loadBalancingRules)
      byFrontend.set(frontend, (byFrontend.get(frontend) ?? 0) + 1);
    counts.set(name, byFrontend);
  }
  return (service: ConfigurationFile["privateLinkServices"][number]): number => {
    const byFrontend = counts.get(service.loadBalancer) ?? new Map<string, number>();
    const frontends = new Set(service.loadBalancerFrontendIPConfigurations ?? byFrontend.keys());
    return sum([...frontends], (frontend) => byFrontend.get(frontend) ?? 0);
  };
}

const backendsOf = ({ backends }: { backends: unknown[] }): number => backends.length;

function sum<T>(list: readonly T[], of: (item: T) => number): number {
  return list.reduce((total, item) => total + of(item), 0);
}
