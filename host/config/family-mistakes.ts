// Addresses of both families where only one can be: a service and its backends have one, and IPv4 clients reach no IPv6 service. And
// networks that take less than what IPv6 sends at least.

import { isSix } from "./ipv6.ts";
import type { Mistake } from "./problem.ts";
import type { ConfigurationFile } from "./schema.ts";

const familyOf = (text: string): string => (isSix(text) ? "IPv6" : "IPv4");

/** Every such mistake. */
export function families(file: ConfigurationFile): Mistake[] {
  return [...services(file), ...endpoints(file), ...narrowNetworks(file)];
}

function services({ privateLinkServices, loadBalancers }: ConfigurationFile): Mistake[] {
  return privateLinkServices.flatMap(({ name, natAddresses, loadBalancer }, i): Mistake[] => {
    const [first = ""] = natAddresses;
    const family = familyOf(first);
    const other = natAddresses.findIndex((address) => familyOf(address) !== family);
    if (other >= 0)
      return [
        {
          path: ["privateLinkServices", i, "natAddresses", other],
          message: `${natAddresses[other]} is of another family than ${first}. Make another service for it.`,
        },
      ];
    const which = loadBalancers.findIndex((balancer) => balancer.name === loadBalancer);
    const pools = loadBalancers[which]?.backendAddressPools ?? [];
    return pools.flatMap(({ backends }, p): Mistake[] => {
      const backend = backends.findIndex(({ address }) => familyOf(address) !== family);
      if (backend < 0) return [];
      const path = ["loadBalancers", which, "backendAddressPools", p, "backends", backend, "address"];
      return [
        {
          path,
          message: `"${name}" has NAT addresses of ${family}. Give it backends of ${family}, or other NAT addresses.`,
        },
      ];
    });
  });
}

function endpoints({ privateEndpoints, privateLinkServices }: ConfigurationFile): Mistake[] {
  return privateEndpoints.flatMap(({ privateIPAddress, privateIPv6Address, privateLinkService }, i): Mistake[] => {
    const path = ["privateEndpoints", i, "privateIPAddress"];
    if (isSix(privateIPAddress))
      return privateIPv6Address === undefined
        ? []
        : [{ path, message: "The endpoint has privateIPv6Address too. Make this one an IPv4 address, or remove one." }];
    const service = privateLinkServices.find(({ name }) => name === privateLinkService);
    if (!isSix(service?.natAddresses[0] ?? "")) return [];
    const message = `"${privateLinkService}" is an IPv6 service, which IPv4 clients do not reach. Choose an IPv6 address.`;
    return [{ path, message }];
  });
}

/** Bytes of an IPv6 packet that every network takes (RFC 8200, 5), and of the IPv4 packet that it becomes without its longer header. */
const LEAST_MTU = { 6: 1280, 4: 1260 };

/** Networks into which IPv6 clients' packets of the least size do not fit: nothing can make them send smaller ones. */
function narrowNetworks({ virtualNetworks, privateEndpoints, privateLinkServices }: ConfigurationFile): Mistake[] {
  const reached = privateEndpoints.filter(
    (endpoint) => isSix(endpoint.privateIPAddress) || endpoint.privateIPv6Address !== undefined,
  );
  return virtualNetworks.flatMap(({ name, mtu = LEAST_MTU[6] }, i): Mistake[] => {
    const behind = privateLinkServices.filter(
      ({ name: service, virtualNetwork }) =>
        virtualNetwork === name && reached.some(({ privateLinkService }) => privateLinkService === service),
    );
    const isIpv6s =
      reached.some(({ virtualNetwork }) => virtualNetwork === name) ||
      behind.some(({ natAddresses }) => isSix(natAddresses[0] ?? ""));
    const least = isIpv6s ? LEAST_MTU[6] : behind.length > 0 ? LEAST_MTU[4] : 0;
    if (mtu >= least) return [];
    const message = `IPv6 clients send packets of which ${least} bytes have to fit into "${name}", whatever they are told. Give it an mtu of ${least} at least.`;
    return [{ path: ["virtualNetworks", i, "mtu"], message }];
  });
}
