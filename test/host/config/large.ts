// Configurations of any size.

const backend = (number: number) => ({ address: `10.${4 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}` });
const nat = (number: number): string => `11.0.${number >> 8}.${number & 255}`;
export const list = <T>(length: number, item: (index: number) => T): T[] =>
  Array.from({ length }, (_, index) => item(index));

export interface Size {
  pools?: number;
  backends?: number;
  services?: number;
  natAddresses?: number;
  frontends?: number;
  rules?: number;
  shards?: number;
}

/** A configuration of so many pools with so many backends each, so many services with so many NAT addresses each, and so on. */
export function large(size: Size) {
  const { pools = 1, backends = 1, services = 1, natAddresses = 1, frontends = 1, rules = 1, shards = 1 } = size;
  return {
    virtualNetworks: [{ name: "consumer" }, { name: "provider" }],
    privateEndpoints: [],
    privateLinkServices: list(services, (s) => ({
      name: `service-${s}`,
      virtualNetwork: "provider",
      loadBalancer: "balancer",
      loadBalancerFrontendIPConfigurations: [`front-${s % frontends}`],
      natAddresses: list(natAddresses, (n) => nat(s * natAddresses + n)),
    })),
    loadBalancers: [
      {
        name: "balancer",
        frontendIPConfigurations: list(frontends, (f) => ({ name: `front-${f}`, privateIPAddress: "10.2.0.4" })),
        backendAddressPools: list(pools, (p) => ({
          name: `pool-${p}`,
          backends: list(backends, (b) => backend(p * backends + b)),
        })),
        loadBalancingRules: list(frontends * rules, (r) => ({
          name: `rule-${r}`,
          frontendIPConfiguration: `front-${r % frontends}`,
          backendAddressPool: "pool-0",
          protocol: "Tcp",
          frontendPort: 1 + Math.floor(r / frontends),
        })),
      },
    ],
    settings: { shards },
  };
}
