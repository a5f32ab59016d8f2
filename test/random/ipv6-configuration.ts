// A random configuration with IPv6 in it: dual-stack endpoints, an IPv6 service with endpoints of its own, blocks and rules of both
// families.

import { type Configuration, markChecked, type PrivateEndpoint } from "../../host/config/configuration.ts";
import { randomConfiguration } from "./configuration.ts";
import { identifying } from "../conformance/first-message-kit.ts";
import type { Dice } from "./dice.ts";

const BLOCKS = ["fd01::/64", "fd01::/127", "fd01::2/128", "fd00::/16", "2001:db8::/32", "fd00::4/127"];
const PREFIXES = [...BLOCKS, "fd01::2", "fd01::1", "*", "VirtualNetwork", "10.1.0.0/16"];

/** Makes a random configuration one with IPv6. */
export function ipv6Configuration(dice: Dice): Configuration {
  const configuration = structuredClone(randomConfiguration(dice));
  const { virtualNetworks, privateLinkServices, loadBalancers, networkSecurityGroups = [] } = configuration;
  for (const network of virtualNetworks)
    if (network.addressSpace.length > 0) network.addressSpace.push(...some(dice, BLOCKS));
  for (const { securityRules } of networkSecurityGroups)
    for (const rule of securityRules) if (dice.chance(40)) rule.sourceAddressPrefixes.push(...some(dice, PREFIXES));
  configuration.applicationSecurityGroups?.find(({ name }) => name === "clients")?.addresses.push("fd01::1");
  configuration.applicationSecurityGroups?.find(({ name }) => name === "servers")?.addresses.push("fd00::5");
  const balancer = structuredClone(loadBalancers[0] as Configuration["loadBalancers"][number]);
  for (const pool of balancer.backendAddressPools)
    pool.backends.forEach((backend, i) => {
      backend.address = `fd17::${dice.chance(50) ? "" : "ff:"}${i + 1}${pool.name === "web" ? "" : "0"}`;
    });
  balancer.frontendIPConfigurations = [{ name: "front", privateIPAddress: "fd18::1" }];
  loadBalancers.push({ ...balancer, name: "lb-c" });
  const service = privateLinkServices[0] as Configuration["privateLinkServices"][number];
  const natAddresses = ["fd10::1", "fd10::2", "fd10::3"].slice(0, 1 + dice.below(3));
  privateLinkServices.push({ ...service, name: "service-c", loadBalancer: "lb-c", natAddresses });
  for (const endpoint of configuration.privateEndpoints) dress(dice, endpoint);
  // Bytes that mean nothing pass, so that flows go on behind their first message.
  if (dice.chance(30)) identifying("auto", { missingName: "allow", unexpectedProtocol: "allow" })(configuration);
  return markChecked(configuration);
}

/** Gives an endpoint an IPv6 address: beside its own, or instead of it. */
function dress(dice: Dice, endpoint: PrivateEndpoint): void {
  const host = endpoint.privateIPAddress.split(".")[3];
  const address = `fd00::${host}`;
  if (dice.chance(40)) endpoint.privateIPv6Address = address;
  else if (dice.chance(60)) endpoint.privateIPAddress = address;
  if (endpoint.privateIPAddress === address && dice.chance(70)) endpoint.privateLinkService = "service-c";
}

/** One to two different ones. */
function some<T>(dice: Dice, from: readonly T[]): T[] {
  return [...new Set(Array.from({ length: 1 + dice.below(2) }, () => dice.pick(from)))];
}
