// What the measured plane is configured with: one endpoint before a service with eight NAT addresses and 64 backends, a rule
// for TCP and one for UDP.

import { type Configuration, DEFAULT_SETTINGS, type LoadBalancer, markChecked } from "../config/configuration.ts";

export const ENDPOINT = 0x0a800004;
export const SERVICE_PORT = 443;
export const CONSUMER_VLAN = 10;
const NAT_ADDRESSES = 8;
const BACKENDS = 64;

/** Shards split the NAT ports among workers. */
export function measuredConfiguration(maxFlows: number, shards = 1): Configuration {
  return markChecked({
    virtualNetworks: [
      { name: "consumer", addressSpace: [], vlan: CONSUMER_VLAN },
      { name: "provider", addressSpace: [] },
    ],
    privateEndpoints: [
      {
        name: "endpoint",
        virtualNetwork: "consumer",
        privateIPAddress: "10.128.0.4",
        privateLinkService: "service",
        connectionState: "Approved",
      },
    ],
    privateLinkServices: [
      {
        name: "service",
        virtualNetwork: "provider",
        loadBalancer: "balancer",
        loadBalancerFrontendIPConfigurations: ["frontend"],
        natAddresses: Array.from({ length: NAT_ADDRESSES }, (_, i) => `172.16.0.${i + 1}`),
      },
    ],
    loadBalancers: [balancer()],
    settings: { ...DEFAULT_SETTINGS, maxFlows, shards },
  });
}

function balancer(): LoadBalancer {
  const backends = Array.from({ length: BACKENDS }, (_, i) => ({
    address: `172.16.1.${i + 1}`,
    weight: 1,
    state: "up" as const,
  }));
  return {
    name: "balancer",
    frontendIPConfigurations: [{ name: "frontend", privateIPAddress: "172.16.2.1" }],
    backendAddressPools: [{ name: "pool", backends }],
    loadBalancingRules: (["Tcp", "Udp"] as const).map((protocol) => ({
      name: protocol.toLowerCase(),
      frontendIPConfiguration: "frontend",
      backendAddressPool: "pool",
      protocol,
      frontendPort: SERVICE_PORT,
      backendPort: SERVICE_PORT,
      loadDistribution: "Default" as const,
      enableTcpReset: false,
    })),
  };
}
