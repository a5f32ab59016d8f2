// Rules behind a service: load balancing rules, and inbound NAT rules port by port.

import type { LoadBalancer, LoadBalancingRule, PrivateLinkService, ServiceRule } from "./configuration.ts";
import { inboundNatRulesOf } from "./inbound-nat.ts";

/** A rule, and the load balancer that has it. */
export interface RuleOfService {
  balancer: LoadBalancer;
  rule: ServiceRule;
}

/** Rules of a service: those of the frontends it stands behind, load balancing rules first. */
export function rulesOf(service: PrivateLinkService, balancers: readonly LoadBalancer[]): RuleOfService[] {
  const balancer = balancers.find(({ name }) => name === service.loadBalancer) as LoadBalancer;
  const frontends = new Set(service.loadBalancerFrontendIPConfigurations);
  return [...balancer.loadBalancingRules, ...inboundNatRulesOf(balancer)]
    .filter((rule) => frontends.has(rule.frontendIPConfiguration))
    .map((rule) => ({ balancer, rule }));
}

/** Address of the frontend that packets of a rule stay addressed to; undefined for a rule without floating IP. */
export function floatingAddress(
  { frontendIPConfigurations }: LoadBalancer,
  { enableFloatingIP = false, frontendIPConfiguration }: LoadBalancingRule,
): string | undefined {
  if (!enableFloatingIP) return undefined;
  return frontendIPConfigurations.find(({ name }) => name === frontendIPConfiguration)?.privateIPAddress;
}
