// How much fits into a plane's tables, whose numbers have 16 bits.

import type { Mistake } from "./problem.ts";
import type { ConfigurationFile } from "./schema.ts";

/** Rules, backends and NAT addresses that the tables can number. */
export const NUMBERED_MOST = 65_535;

/** A mistake for each kind of thing of which there are too many. */
export function tooMany(file: ConfigurationFile): Mistake[] {
  const { loadBalancers, privateLinkServices } = file;
  const rules = new Map(loadBalancers.map(({ name, loadBalancingRules }) => [name, loadBalancingRules.length]));
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
      "privateLinkServices",
      "rules behind services",
      sum(privateLinkServices, (each) => rules.get(each.loadBalancer) ?? 0),
    ],
    ["privateLinkServices", "NAT addresses", sum(privateLinkServices, ({ natAddresses }) => natAddresses.length)],
  ];
  return counts
    .filter(([, , count]) => count > NUMBERED_MOST)
    .map(([path, what, count]) => ({
      path: [path],
      message: `There are ${count} ${what}; a plane holds ${NUMBERED_MOST}. Split the configuration into several planes.`,
    }));
}

const backendsOf = ({ backends }: { backends: unknown[] }): number => backends.length;

function sum<T>(list: readonly T[], of: (item: T) => number): number {
  return list.reduce((total, item) => total + of(item), 0);
}
