// Inbound NAT rules: ports of a frontend, each of which leads to one backend (docs/behaviour.md, section 21.4).

import type { InboundNatRule, LoadBalancer, ServiceRule } from "./configuration.ts";

/** Those of a load balancer, port by port, TCP before UDP. */
export function inboundNatRulesOf({ inboundNatRules = [], backendAddressPools }: LoadBalancer): ServiceRule[] {
  return inboundNatRules.flatMap((rule) => {
    const { frontendPortRangeStart: start, frontendPortRangeEnd: end, protocol, ...rest } = rule;
    const pool = backendAddressPools.find(({ name }) => name === rule.backendAddressPool);
    const backends = (pool?.backends ?? []).slice(0, end - start + 1);
    return protocolsOf(rule).flatMap((each) =>
      backends.map(({ address }, i) => ({
        ...rest,
        protocol: each,
        frontendPort: start + i,
        loadDistribution: "Default" as const,
        backend: address,
      })),
    );
  });
}

/** Protocols that a rule is for. */
export const protocolsOf = ({ protocol }: Pick<InboundNatRule, "protocol">): ("Tcp" | "Udp")[] =>
  protocol === "All" ? ["Tcp", "Udp"] : [protocol];
