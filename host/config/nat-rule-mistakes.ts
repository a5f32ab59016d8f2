// What is wrong with inbound NAT rules and floating IP that the shape of a configuration cannot say.

import { protocolsOf } from "./inbound-nat.ts";
import { isSix } from "./ipv6.ts";
import type { Mistake, Path } from "./problem.ts";
import { reference, repeated } from "./references.ts";
import type { ConfigurationFile } from "./schema.ts";

type Balancer = ConfigurationFile["loadBalancers"][number];

/** Every such mistake of a file whose shape is right. */
export function natRuleMistakes({ loadBalancers, privateLinkServices }: ConfigurationFile): Mistake[] {
  const served = new Set(privateLinkServices.map(({ loadBalancer }) => loadBalancer));
  return loadBalancers.flatMap((balancer, i) => {
    const path: Path = ["loadBalancers", i];
    const rules = balancer.inboundNatRules ?? [];
    return [
      ...floating(balancer, path),
      ...repeated(rules, [...path, "inboundNatRules"], "inbound NAT rules"),
      ...rules.flatMap((_, j) => [
        ...ofRule(balancer, j, [...path, "inboundNatRules", j]),
        ...(served.has(balancer.name) ? beside(balancer, j, [...path, "inboundNatRules", j]) : []),
      ]),
      ...taken(balancer, path),
    ];
  });
}

/** With floating IP servers have the frontend's address, and are asked on its port. */
function floating(balancer: Balancer, path: Path): Mistake[] {
  const { loadBalancingRules, frontendIPConfigurations, backendAddressPools } = balancer;
  return loadBalancingRules.flatMap((rule, i): Mistake[] => {
    const { name, enableFloatingIP, backendPort, frontendPort } = rule;
    if (enableFloatingIP !== true) return [];
    if ((backendPort ?? frontendPort) !== frontendPort)
      return [
        {
          path: [...path, "loadBalancingRules", i, "backendPort"],
          message: "A rule with floating IP leaves the port as it is. Remove backendPort, or enableFloatingIP.",
        },
      ];
    const which = frontendIPConfigurations.findIndex((each) => each.name === rule.frontendIPConfiguration);
    const frontend = frontendIPConfigurations[which]?.privateIPAddress ?? "";
    const pool = backendAddressPools.find((each) => each.name === rule.backendAddressPool);
    const backend = pool?.backends[0]?.address;
    if (frontend === "" || backend === undefined || isSix(frontend) === isSix(backend)) return [];
    return [
      {
        path: [...path, "frontendIPConfigurations", which, "privateIPAddress"],
        message: `Rule "${name}" has floating IP, by which the backends of "${rule.backendAddressPool}" have this address too. Give it one of ${isSix(backend) ? "IPv6" : "IPv4"}, as they have.`,
      },
    ];
  });
}

function ofRule(balancer: Balancer, index: number, path: Path): Mistake[] {
  const rule = (balancer.inboundNatRules ?? [])[index];
  if (rule === undefined) return [];
  const { frontendPortRangeStart: start, frontendPortRangeEnd: end } = rule;
  const pool = balancer.backendAddressPools.find(({ name }) => name === rule.backendAddressPool);
  const backends = pool?.backends.length ?? 0;
  const mistakes = [
    ...reference(
      rule.frontendIPConfiguration,
      balancer.frontendIPConfigurations,
      [...path, "frontendIPConfiguration"],
      "frontend",
    ),
    ...reference(
      rule.backendAddressPool,
      balancer.backendAddressPools,
      [...path, "backendAddressPool"],
      "backend pool",
    ),
  ];
  if (end < start)
    mistakes.push({
      path: [...path, "frontendPortRangeEnd"],
      message: `The range ends before it begins, at ${start}. Raise its end.`,
    });
  else if (end - start + 1 < backends)
    mistakes.push({
      path: [...path, "frontendPortRangeEnd"],
      message: `The range has fewer ports than "${rule.backendAddressPool}" has backends, ${backends}. Raise its end to ${start + backends - 1} or more.`,
    });
  return mistakes;
}

/** A private link service takes an inbound NAT rule only beside a load balancing rule to the same pool. */
function beside({ inboundNatRules = [], loadBalancingRules }: Balancer, index: number, path: Path): Mistake[] {
  const rule = inboundNatRules[index];
  if (rule === undefined || loadBalancingRules.some((each) => each.backendAddressPool === rule.backendAddressPool))
    return [];
  return [
    {
      path: [...path, "backendAddressPool"],
      message: `No load balancing rule leads to "${rule.backendAddressPool}", and a private link service takes inbound NAT rules only beside one. Add it.`,
    },
  ];
}

/** Ports of a frontend that two rules take. */
function taken({ loadBalancingRules, inboundNatRules = [], backendAddressPools }: Balancer, path: Path): Mistake[] {
  const owners = new Map<string, string>();
  for (const { name, protocol, frontendPort, frontendIPConfiguration } of loadBalancingRules)
    owners.set(`${frontendIPConfiguration} ${protocol} ${frontendPort}`, name);
  return inboundNatRules.flatMap((rule, i) => {
    const { name, frontendIPConfiguration, frontendPortRangeStart: start, frontendPortRangeEnd: end } = rule;
    const pool = backendAddressPools.find((each) => each.name === rule.backendAddressPool);
    const ports = Math.min(pool?.backends.length ?? 0, end - start + 1);
    for (let port = start; port < start + ports; port++)
      for (const protocol of protocolsOf(rule)) {
        const key = `${frontendIPConfiguration} ${protocol} ${port}`;
        const owner = owners.get(key);
        if (owner !== undefined)
          return [
            {
              path: [...path, "inboundNatRules", i, "frontendPortRangeStart"],
              message: `Rule "${owner}" takes ${protocol} ${port} of the same frontend already. Choose other ports.`,
            },
          ];
        owners.set(key, name);
      }
    return [];
  });
}
