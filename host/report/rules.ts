// Rules behind a service, for people.

import type { InboundNatRule, LoadBalancer, LoadBalancingRule, PrivateLinkService } from "../config/configuration.ts";
import { protocolsOf } from "../config/inbound-nat.ts";
import { rulesOf } from "../config/service-rules.ts";

/** One text for each load balancing rule, and one for each inbound NAT rule, whose ports are a range. */
export function ruleTexts(service: PrivateLinkService, balancers: readonly LoadBalancer[]): string[] {
  const { resources = [], loadBalancer, loadBalancerFrontendIPConfigurations: frontends } = service;
  const balanced = rulesOf(service, balancers).filter(({ rule }) => rule.backend === undefined);
  const balancer = balancers.find(({ name }) => name === loadBalancer);
  return [
    ...balanced.map(({ rule }) => portText(rule) + filterText(rule, resources.length > 0)),
    ...(balancer?.inboundNatRules ?? [])
      .filter((rule) => frontends.includes(rule.frontendIPConfiguration))
      .flatMap((rule) => rangeTexts(rule, balancer as LoadBalancer)),
  ];
}

function portText({ protocol, frontendPort, backendPort }: LoadBalancingRule): string {
  return frontendPort === 0
    ? "all ports"
    : `${protocol.toLowerCase()}/${frontendPort} to ${backendPort || frontendPort}`;
}

/** How a rule tells resources apart, where there are some. */
function filterText({ identify = "address", everyRequest = false }: LoadBalancingRule, hasResources: boolean): string {
  if (everyRequest) return `, by name (${identify}, every request)`;
  if (identify !== "address") return `, by name (${identify})`;
  return hasResources ? ", not name-filtered" : "";
}

/** Ports of a range that lead somewhere: as many as there are backends, which a checked range has room for. */
function rangeTexts(rule: InboundNatRule, { backendAddressPools }: LoadBalancer): string[] {
  const { frontendPortRangeStart: start, backendPort } = rule;
  const { backends = [] } = backendAddressPools.find(({ name }) => name === rule.backendAddressPool) ?? {};
  const [first] = backends;
  if (first === undefined) return [];
  const [ports, where] =
    backends.length === 1
      ? [`${start}`, first.address]
      : [`${start}-${start + backends.length - 1}`, `${backends.length} backends, one each`];
  return protocolsOf(rule).map((protocol) => `${protocol.toLowerCase()}/${ports} to ${backendPort} of ${where}`);
}
