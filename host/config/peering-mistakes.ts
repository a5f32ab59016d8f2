// Peerings, subnets and gateways that contradict each other.

import { addressesOfEndpoint, holds, overlap } from "./prefix.ts";
import type { Mistake, Path } from "./problem.ts";
import { reference, repeated } from "./references.ts";
import type { ConfigurationFile } from "./schema.ts";

type Network = ConfigurationFile["virtualNetworks"][number];
type Peering = NonNullable<Network["virtualNetworkPeerings"]>[number];

/** Every such mistake. */
export function peeringMistakes(file: ConfigurationFile): Mistake[] {
  const networks = new Map(file.virtualNetworks.map((network) => [network.name, network]));
  return [
    ...file.virtualNetworks.flatMap((network, i) => [
      ...peerings(file, networks, network, ["virtualNetworks", i]),
      ...subnets(network, ["virtualNetworks", i, "subnets"]),
    ]),
    ...gateways(file),
  ];
}

function peerings(
  { virtualNetworks, virtualNetworkGateways = [], privateEndpoints }: ConfigurationFile,
  networks: ReadonlyMap<string, Network>,
  network: Network,
  at: Path,
): Mistake[] {
  const list = network.virtualNetworkPeerings ?? [];
  const seen = new Set<string>();
  const mistakes = list.flatMap(({ remoteVirtualNetwork: remote, useRemoteGateways }, j): Mistake[] => {
    const path = [...at, "virtualNetworkPeerings", j, "remoteVirtualNetwork"];
    const other = networks.get(remote);
    if (other === undefined) return reference(remote, virtualNetworks, path, "virtual network");
    if (other === network) return [{ path, message: "A network has no peering with itself. Remove it." }];
    if (seen.has(remote)) return [{ path, message: `There are two peerings with "${remote}". Remove one.` }];
    seen.add(remote);
    return [
      ...overlapping(network, other, path),
      ...shared(privateEndpoints, network, other, path),
      ...gatewayUse(virtualNetworkGateways, network, other, useRemoteGateways, path),
    ];
  });
  const using = list.map((peering, j) => ({ peering, j })).filter(({ peering }) => peering.useRemoteGateways);
  return [
    ...mistakes,
    ...using
      .slice(1)
      .map(({ j }) =>
        secondUse(using[0]?.peering as Peering, [...at, "virtualNetworkPeerings", j, "useRemoteGateways"]),
      ),
  ];
}

function secondUse({ remoteVirtualNetwork }: Peering, path: Path): Mistake {
  return {
    path,
    message: `The network uses the gateways of "${remoteVirtualNetwork}" already. Use those of one network.`,
  };
}

function overlapping(network: Network, other: Network, path: Path): Mistake[] {
  const met = network.addressSpace.find((own) => other.addressSpace.some((block) => overlap(block, own)));
  if (met === undefined) return [];
  return [
    { path, message: `${met} overlaps the address space of "${other.name}". Choose another block for one of them.` },
  ];
}

function gatewayUse(
  gateways: NonNullable<ConfigurationFile["virtualNetworkGateways"]>,
  network: Network,
  other: Network,
  uses: boolean,
  path: Path,
): Mistake[] {
  if (!uses) return [];
  const at = [...path.slice(0, -1), "useRemoteGateways"];
  if (gateways.some(({ virtualNetwork }) => virtualNetwork === network.name))
    return [{ path: at, message: "A network that has a gateway uses no remote one. Remove one of them." }];
  const back = other.virtualNetworkPeerings?.find((peering) => peering.remoteVirtualNetwork === network.name);
  if (back === undefined || back.allowGatewayTransit) return [];
  return [{ path: at, message: `"${other.name}" does not allow it. Add allowGatewayTransit: true on its side.` }];
}

function subnets({ name, subnets: list = [], addressSpace }: Network, path: Path): Mistake[] {
  return [
    ...repeated(list, path, "subnets"),
    ...list.flatMap(({ addressPrefix }, i): Mistake[] => {
      const at = [...path, i, "addressPrefix"];
      const other = list.findIndex((candidate, j) => j < i && overlap(candidate.addressPrefix, addressPrefix));
      if (other >= 0)
        return [
          { path: at, message: `${addressPrefix} overlaps subnet "${list[other]?.name}". Choose another block.` },
        ];
      if (addressSpace.length === 0 || addressSpace.some((outer) => holds(outer, addressPrefix))) return [];
      return [
        {
          path: at,
          message: `${addressPrefix} lies outside "${name}" (${addressSpace.join(", ")}). Choose a block inside.`,
        },
      ];
    }),
  ];
}

/** An endpoint's address in both networks, when their blocks do not tell: which endpoint would it mean? */
function shared(
  endpoints: ConfigurationFile["privateEndpoints"],
  network: Network,
  other: Network,
  path: Path,
): Mistake[] {
  if (network.addressSpace.length > 0 && other.addressSpace.length > 0) return [];
  const own = new Set(
    endpoints.flatMap((one) => (one.virtualNetwork === network.name ? addressesOfEndpoint(one) : [])),
  );
  const theirs = endpoints.filter(({ virtualNetwork }) => virtualNetwork === other.name);
  const owner = theirs.find((one) => addressesOfEndpoint(one).some((address) => own.has(address)));
  if (owner === undefined) return [];
  const address = addressesOfEndpoint(owner).find((candidate) => own.has(candidate));
  const message = `${address} is the address of "${owner.name}" there and of an endpoint here. Choose another.`;
  return [{ path, message }];
}

function gateways({ virtualNetworks, virtualNetworkGateways = [] }: ConfigurationFile): Mistake[] {
  return [
    ...repeated(virtualNetworkGateways, ["virtualNetworkGateways"], "gateways"),
    ...virtualNetworkGateways.flatMap(({ virtualNetwork }, i) =>
      reference(virtualNetwork, virtualNetworks, ["virtualNetworkGateways", i, "virtualNetwork"], "virtual network"),
    ),
  ];
}
