// A configuration with names: two networks with an endpoint each to one storage account, and an account without one.

import { normalizeConfiguration } from "../../../host/config/normalize.ts";
import type { Configuration } from "../../../host/config/configuration.ts";

export const ACCOUNT = "account1.blob.core.windows.net";
export const ACCOUNT_ALIAS = "account1.privatelink.blob.core.windows.net";
const BLOB_ZONE = "privatelink.blob.core.windows.net";

type Raw = Record<string, unknown>;

/** A zone as a file has it. */
export const zoneOf = (name: string, ...virtualNetworkLinks: string[]): Raw => ({
  name,
  zone: BLOB_ZONE,
  virtualNetworkLinks,
});

const endpoint = (name: string, virtualNetwork: string, privateIPAddress: string, fields: Raw): Raw => ({
  name,
  virtualNetwork,
  privateIPAddress,
  privateLinkService: "storage",
  resource: "account1",
  groupId: "blob",
  ...fields,
});

/** The value of the file: `fields` beside the rest, `groups` the zone groups of pe-shop and pe-lab. */
export function namedValue(fields: Raw = {}, groups: Raw[] = [{}, {}]): Raw {
  const [shop = {}, lab = {}] = groups;
  return {
    virtualNetworks: [{ name: "shop" }, { name: "lab" }, { name: "office" }, { name: "provider" }],
    privateEndpoints: [endpoint("pe-shop", "shop", "10.1.0.4", shop), endpoint("pe-lab", "lab", "10.9.0.4", lab)],
    privateLinkServices: [
      {
        name: "storage",
        virtualNetwork: "provider",
        loadBalancer: "balancer",
        natAddresses: ["10.2.1.4"],
        resources: [
          { name: "account1", groupId: "blob", publicIPAddresses: ["20.60.1.2"] },
          { name: "account2", groupId: "blob" },
        ],
      },
    ],
    loadBalancers: [
      {
        name: "balancer",
        frontendIPConfigurations: [{ name: "front", privateIPAddress: "10.2.0.4" }],
        backendAddressPools: [{ name: "servers", backends: [{ address: "10.2.0.11" }] }],
        loadBalancingRules: [
          {
            name: "https",
            frontendIPConfiguration: "front",
            backendAddressPool: "servers",
            protocol: "Tcp",
            frontendPort: 443,
          },
        ],
      },
    ],
    ...fields,
  };
}

/** The same, checked. */
export const named = (fields: Raw = {}, groups: Raw[] = [{}, {}]): Configuration =>
  normalizeConfiguration(namedValue(fields, groups));
