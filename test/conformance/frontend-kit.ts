// Configurations for tables of inbound NAT rules and floating IP.

import type {
  BackendAddressPool,
  Configuration,
  InboundNatRule,
  LoadBalancer,
} from "../../host/config/configuration.ts";
import { SSH } from "./configuration.ts";
import { withIpv6 } from "./ipv6-kit.ts";

export const balancerOf = ({ loadBalancers }: Configuration): LoadBalancer => loadBalancers[0] as LoadBalancer;
export const poolOf = (configuration: Configuration): BackendAddressPool =>
  balancerOf(configuration).backendAddressPools[0] as BackendAddressPool;

/** Three backends, ports 50000 to 50004 to their port 22. */
export const natRule =
  (change: Partial<InboundNatRule> = {}) =>
  (configuration: Configuration): void => {
    poolOf(configuration).backends = [1, 2, 3].map((last) => ({ address: `10.2.1.${last}`, weight: 1, state: "up" }));
    balancerOf(configuration).inboundNatRules = [{ ...SSH, frontendPortRangeEnd: 50_004, ...change }];
  };
/** The frontend's address is 10.2.0.5. */
export const floating =
  (macs = false) =>
  (configuration: Configuration): void => {
    const mac = (last: number) => (macs ? { macAddress: `02:00:00:00:00:b${last}` } : {});
    poolOf(configuration).backends = [1, 2].map((last) => ({
      address: `10.2.1.${last}`,
      weight: 1,
      state: "up",
      ...mac(last),
    }));
    for (const rule of balancerOf(configuration).loadBalancingRules)
      Object.assign(rule, { enableFloatingIP: true, backendPort: rule.frontendPort, enableTcpReset: true });
  };

/** The rules of the balancer of an IPv6 service have floating IP to fd00:2::5. */
export function floats(balancer: LoadBalancer): void {
  balancer.frontendIPConfigurations = [{ name: "frontend", privateIPAddress: "fd00:2::5" }];
  for (const rule of balancer.loadBalancingRules)
    Object.assign(rule, { enableFloatingIP: true, backendPort: rule.frontendPort });
}

/** Changes the balancer of the IPv6 service. */
export const ofSix =
  (change: (balancer: LoadBalancer) => void) =>
  (configuration: Configuration): void => {
    withIpv6(configuration);
    change(configuration.loadBalancers[1] as LoadBalancer);
  };
