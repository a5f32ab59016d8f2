// The configuration that tables of IPv6 start from: endpoints of both families before an IPv4 service, and an IPv6 service.

import type { Configuration, PrivateEndpoint } from "../../host/config/configuration.ts";
import { type Row, table } from "./table.ts";

/** Client, endpoint of the IPv4 service (dual-stack, beside 10.1.0.4) and of the IPv6 one. */
export const CLIENT = "[fd00:1::9]";
export const DUAL = "[fd00:1::4]";
export const SIX = "[fd00:1::6]";
export const PENDING = "[fd00:1::5]";
/** NAT address and backend of the IPv6 service. */
export const NAT6 = "[fd00:2::10]";
export const BACKEND6 = "[fd00:2::1:1]";

/** Makes the base configuration one with IPv6. */
export function withIpv6(configuration: Configuration): void {
  const [service] = configuration.privateLinkServices;
  const [balancer] = configuration.loadBalancers;
  if (service === undefined || balancer === undefined) throw new Error("The base configuration has no service.");
  const endpoint = (name: string, more: Partial<PrivateEndpoint>): PrivateEndpoint => ({
    name,
    virtualNetwork: "shop",
    privateIPAddress: "",
    privateLinkService: "service",
    connectionState: "Approved",
    ...more,
  });
  configuration.virtualNetworks.find(({ name }) => name === "provider")?.addressSpace.push("fd00:2::/32");
  configuration.virtualNetworks.find(({ name }) => name === "lab")?.addressSpace.push("fd00:1::/32");
  configuration.privateEndpoints.push(
    endpoint("dual", { privateIPAddress: "10.1.0.14", privateIPv6Address: "fd00:1::4" }),
    endpoint("six", { privateIPAddress: "fd00:1::6", privateLinkService: "service6" }),
    endpoint("six-pending", { privateIPAddress: "fd00:1::5", connectionState: "Pending" }),
    endpoint("six-lab", { privateIPAddress: "fd00:1::6", virtualNetwork: "lab", privateLinkService: "service6" }),
  );
  configuration.privateLinkServices.push({
    ...service,
    name: "service6",
    loadBalancer: "balancer6",
    natAddresses: ["fd00:2::10"],
  });
  configuration.loadBalancers.push({
    ...structuredClone(balancer),
    name: "balancer6",
    backendAddressPools: [{ name: "pool", backends: [{ address: "fd00:2::1:1", weight: 1, state: "up" }] }],
  });
}

/** A table whose rows start from this configuration, unless they say otherwise. */
export const table6 = (title: string, rows: readonly Row[]): void =>
  table(
    title,
    rows.map((row) => ({ change: withIpv6, ...row })),
  );
