// The configuration that tables start from: one backend and one NAT address, so that what leaves can be written down.

import {
  type Configuration,
  type ConnectionState,
  DEFAULT_SETTINGS,
  type InboundNatRule,
  type LoadBalancingRule,
  type PrivateEndpoint,
} from "../../host/config/configuration.ts";

/** An inbound NAT rule of its load balancer: ports 50000 to 50009 to port 22 of a backend each. */
export const SSH: InboundNatRule = {
  name: "ssh",
  frontendIPConfiguration: "frontend",
  backendAddressPool: "pool",
  protocol: "Tcp",
  frontendPortRangeStart: 50_000,
  frontendPortRangeEnd: 50_009,
  backendPort: 22,
  enableTcpReset: false,
};

/** A fresh copy. Endpoints in `shop`: .4 approved, .5 pending, .6 rejected, .7 disconnected; `lab` has the same .4. */
export function baseConfiguration(): Configuration {
  return {
    virtualNetworks: [
      { name: "shop", addressSpace: [], vlan: 10 },
      { name: "lab", addressSpace: ["10.1.0.0/16"], vlan: [20, 30] },
      { name: "provider", addressSpace: ["10.2.0.0/16"] },
    ],
    privateEndpoints: [
      endpoint("shop-approved", "shop", 4, "Approved"),
      endpoint("shop-pending", "shop", 5, "Pending"),
      endpoint("shop-rejected", "shop", 6, "Rejected"),
      endpoint("shop-disconnected", "shop", 7, "Disconnected"),
      endpoint("lab-approved", "lab", 4, "Approved"),
    ],
    privateLinkServices: [
      {
        name: "service",
        virtualNetwork: "provider",
        loadBalancer: "balancer",
        loadBalancerFrontendIPConfigurations: ["frontend"],
        natAddresses: ["10.2.0.10"],
      },
    ],
    loadBalancers: [
      {
        name: "balancer",
        frontendIPConfigurations: [{ name: "frontend", privateIPAddress: "10.2.0.5" }],
        backendAddressPools: [{ name: "pool", backends: [{ address: "10.2.1.1", weight: 1, state: "up" }] }],
        loadBalancingRules: [
          rule("https", "Tcp", 443, 8443),
          rule("http", "Tcp", 80, 80),
          rule("dns", "Udp", 53, 5353),
        ],
      },
    ],
    settings: { ...DEFAULT_SETTINGS, maxFlows: 1000, maxDenied: 100, timers: { ...DEFAULT_SETTINGS.timers } },
  };
}

function endpoint(name: string, network: string, host: number, connectionState: ConnectionState): PrivateEndpoint {
  return {
    name,
    virtualNetwork: network,
    privateIPAddress: `10.1.0.${host}`,
    privateLinkService: "service",
    connectionState,
  };
}

function rule(name: string, protocol: "Tcp" | "Udp", frontendPort: number, backendPort: number): LoadBalancingRule {
  return {
    name,
    frontendIPConfiguration: "frontend",
    backendAddressPool: "pool",
    protocol,
    frontendPort,
    backendPort,
    loadDistribution: "Default",
    enableTcpReset: false,
  };
}
