// What the shape of a configuration cannot say: references that name nothing, names and addresses used twice, addresses outside
// their network.

import { families } from "./family-mistakes.ts";
import { identification } from "./identification.ts";
import { adviceFor } from "./nearest.ts";
import { holds, overlap } from "./prefix.ts";
import type { Mistake, Path } from "./problem.ts";
import type { ConfigurationFile } from "./schema.ts";

type Named = { name: string };

/** Every such mistake of a file whose shape is right. */
export function findMistakes(file: ConfigurationFile): Mistake[] {
  return [
    ...duplicates(file),
    ...networks(file),
    ...endpoints(file),
    ...services(file),
    ...file.loadBalancers.flatMap((balancer, i) => balancing(balancer, ["loadBalancers", i])),
    ...addresses(file),
    ...families(file),
    ...identification(file),
  ];
}

/** Names that occur twice in a list. */
export function repeated(list: readonly Named[], path: Path, what: string): Mistake[] {
  const seen = new Set<string>();
  return list.flatMap(({ name }, i) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ path: [...path, i, "name"], message: `There are two ${what} named "${name}". Rename one.` }];
  });
}

function duplicates(file: ConfigurationFile): Mistake[] {
  return [
    ...repeated(file.virtualNetworks, ["virtualNetworks"], "virtual networks"),
    ...repeated(file.privateEndpoints, ["privateEndpoints"], "private endpoints"),
    ...repeated(file.privateLinkServices, ["privateLinkServices"], "private link services"),
    ...repeated(file.loadBalancers, ["loadBalancers"], "load balancers"),
  ];
}

/** A reference that names nothing. */
export function reference(name: string, list: readonly Named[], path: Path, what: string): Mistake[] {
  if (list.some((item) => item.name === name)) return [];
  const names = list.map((item) => item.name);
  const advice = names.length === 0 ? "Add it." : adviceFor(name, names);
  return [{ path, message: `There is no ${what} "${name}". ${advice}` }];
}

function networks({ virtualNetworks }: ConfigurationFile): Mistake[] {
  const vlans = new Map<string, string>();
  return virtualNetworks.flatMap(({ name, vlan, addressSpace }, i): Mistake[] => {
    const mistakes: Mistake[] = [];
    if (vlan !== undefined) {
      const owner = vlans.get(String(vlan));
      if (owner === undefined) vlans.set(String(vlan), name);
      else
        mistakes.push({
          path: ["virtualNetworks", i, "vlan"],
          message: `VLAN ${vlan} is that of "${owner}" too. Give each network its own.`,
        });
    }
    addressSpace.forEach((block, j) => {
      const other = addressSpace.findIndex((candidate, k) => k < j && overlap(candidate, block));
      if (other >= 0)
        mistakes.push({
          path: ["virtualNetworks", i, "addressSpace", j],
          message: `${addressSpace[j]} overlaps ${addressSpace[other]} of the same network. Remove one of them.`,
        });
    });
    return mistakes;
  });
}

function endpoints({ privateEndpoints, virtualNetworks, privateLinkServices }: ConfigurationFile): Mistake[] {
  return privateEndpoints.flatMap((endpoint, i) => [
    ...reference(
      endpoint.virtualNetwork,
      virtualNetworks,
      ["privateEndpoints", i, "virtualNetwork"],
      "virtual network",
    ),
    ...reference(
      endpoint.privateLinkService,
      privateLinkServices,
      ["privateEndpoints", i, "privateLinkService"],
      "private link service",
    ),
  ]);
}

function services({ privateLinkServices, virtualNetworks, loadBalancers }: ConfigurationFile): Mistake[] {
  return privateLinkServices.flatMap((service, i) => {
    const path = ["privateLinkServices", i];
    const mistakes = [
      ...reference(service.virtualNetwork, virtualNetworks, [...path, "virtualNetwork"], "virtual network"),
      ...reference(service.loadBalancer, loadBalancers, [...path, "loadBalancer"], "load balancer"),
    ];
    const balancer = loadBalancers.find(({ name }) => name === service.loadBalancer);
    if (balancer === undefined) return mistakes;
    const frontends = service.loadBalancerFrontendIPConfigurations;
    frontends?.forEach((name, j) => {
      const at = [...path, "loadBalancerFrontendIPConfigurations", j];
      mistakes.push(...reference(name, balancer.frontendIPConfigurations, at, `frontend of "${balancer.name}"`));
    });
    const behind = balancer.loadBalancingRules.filter(
      ({ frontendIPConfiguration: name }) => frontends === undefined || frontends.includes(name),
    );
    if (behind.length === 0)
      mistakes.push({
        path,
        message: `No load balancing rule leads to "${service.name}". Add one to "${balancer.name}".`,
      });
    return [...mistakes, ...clashes(behind, path)];
  });
}

/** Two rules behind one service for the same protocol and port: which one would win? */
function clashes(rules: readonly { name: string; protocol: string; frontendPort: number }[], path: Path): Mistake[] {
  const owners = new Map<string, string>();
  return rules.flatMap(({ name, protocol, frontendPort }) => {
    const key = `${protocol} ${frontendPort}`;
    const owner = owners.get(key);
    owners.set(key, owner ?? name);
    if (owner === undefined) return [];
    return [
      { path, message: `Rules "${owner}" and "${name}" both take ${key}. Remove one, or name one frontend only.` },
    ];
  });
}

function balancing(balancer: ConfigurationFile["loadBalancers"][number], path: Path): Mistake[] {
  const mistakes = [
    ...repeated(balancer.frontendIPConfigurations, [...path, "frontendIPConfigurations"], "frontends"),
    ...repeated(balancer.backendAddressPools, [...path, "backendAddressPools"], "pools"),
    ...repeated(balancer.loadBalancingRules, [...path, "loadBalancingRules"], "rules"),
  ];
  balancer.loadBalancingRules.forEach((rule, i) => {
    const at = [...path, "loadBalancingRules", i];
    mistakes.push(
      ...reference(
        rule.frontendIPConfiguration,
        balancer.frontendIPConfigurations,
        [...at, "frontendIPConfiguration"],
        "frontend",
      ),
      ...reference(
        rule.backendAddressPool,
        balancer.backendAddressPools,
        [...at, "backendAddressPool"],
        "backend pool",
      ),
    );
    const all = rule.protocol === "All";
    if (all !== (rule.frontendPort === 0))
      mistakes.push({
        path: [...at, "frontendPort"],
        message: "Port 0 and protocol All belong together. Use both or neither.",
      });
    if (all && (rule.backendPort ?? 0) !== 0)
      mistakes.push({
        path: [...at, "backendPort"],
        message: "A rule for all ports leaves the port as it is. Remove backendPort.",
      });
  });
  balancer.backendAddressPools.forEach((pool, i) => {
    const seen = new Set<string>();
    pool.backends.forEach(({ address }, j) => {
      if (seen.has(address))
        mistakes.push({
          path: [...path, "backendAddressPools", i, "backends", j, "address"],
          message: `${address} is in this pool twice. Raise its weight instead.`,
        });
      seen.add(address);
    });
  });
  return mistakes;
}

interface Use {
  address: string;
  network: string;
  what: string;
  path: Path;
  /** Uses of one owner may repeat an address. */
  owner: string;
}

/** Addresses outside their network, and addresses of a network with two meanings. */
function addresses(file: ConfigurationFile): Mistake[] {
  const used = new Map<string, Use>();
  return uses(file).flatMap((use): Mistake[] => {
    const mistakes: Mistake[] = [];
    const network = file.virtualNetworks.find(({ name }) => name === use.network);
    const outside =
      network !== undefined &&
      network.addressSpace.length > 0 &&
      !network.addressSpace.some((block) => holds(block, use.address));
    if (outside)
      mistakes.push({
        path: use.path,
        message: `${use.address} lies outside "${use.network}" (${network.addressSpace.join(", ")}). Choose an address inside.`,
      });
    const key = `${use.network} ${use.address}`;
    const other = used.get(key);
    if (other === undefined) used.set(key, use);
    else if (other.owner !== use.owner)
      mistakes.push({
        path: use.path,
        message: `${use.address} is ${other.what} in "${use.network}" already. Choose another.`,
      });
    return mistakes;
  });
}

function uses(file: ConfigurationFile): Use[] {
  const all: Use[] = file.privateEndpoints.flatMap((endpoint, i) =>
    (["privateIPAddress", "privateIPv6Address"] as const).flatMap((field) => {
      const { name, virtualNetwork: network, [field]: address } = endpoint;
      const path = ["privateEndpoints", i, field];
      const what = `the address of endpoint "${name}"`;
      return address === undefined ? [] : [{ address, network, what, path, owner: `endpoint ${i} ${field}` }];
    }),
  );
  file.privateLinkServices.forEach((service, i) => {
    service.natAddresses.forEach((address, j) => {
      const path: Path = ["privateLinkServices", i, "natAddresses", j];
      all.push({
        address,
        network: service.virtualNetwork,
        what: `a NAT address of "${service.name}"`,
        path,
        owner: `nat ${i} ${j}`,
      });
    });
    const which = file.loadBalancers.findIndex(({ name }) => name === service.loadBalancer);
    file.loadBalancers[which]?.backendAddressPools.forEach((pool, p) => {
      pool.backends.forEach(({ address }, b) => {
        const path: Path = ["loadBalancers", which, "backendAddressPools", p, "backends", b, "address"];
        all.push({ address, network: service.virtualNetwork, what: "a backend's address", path, owner: "backends" });
      });
    });
  });
  return all;
}
