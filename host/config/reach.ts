// Which networks reach which: peerings, which are not transitive, and gateways to on-premises networks (docs/behaviour.md, 2.1).

import type { Configuration, VirtualNetwork } from "./configuration.ts";
import { EVERYWHERE, type Family, type Range } from "./security.ts";

/** Reach between the networks of a configuration, by their numbers. */
export interface Reach {
  /** Networks peered with each, in ascending order. */
  peers: number[][];
  /** Number of the first network that peerings of whatever state join with each. */
  groups: number[];
  /** Addresses of a family from which endpoints of a network are reached. */
  sources(network: number, family: Family): Range[];
}

/** Works the reach out. */
export function reachOf({ virtualNetworks, virtualNetworkGateways = [] }: Configuration): Reach {
  const numbers = new Map(virtualNetworks.map(({ name }, number) => [name, number]));
  const sides = virtualNetworks.map(({ virtualNetworkPeerings = [] }) => sidesOf(virtualNetworkPeerings, numbers));
  const peers = sides.map((own, network) =>
    [...own]
      .filter(([other, { connected }]) => connected && sides[other]?.get(network)?.connected === true)
      .map(([other]) => other)
      .sort((a, b) => a - b),
  );
  const spaceOf = (network: number): string[] => virtualNetworks[network]?.addressSpace ?? [];
  return {
    peers,
    groups: groupsOf(sides),
    sources(network, family) {
      const near = [network, ...(peers[network] ?? [])];
      if (near.some((one) => spaceOf(one).length === 0)) return [EVERYWHERE];
      const behind = virtualNetworkGateways.filter((gateway) => {
        const owner = numbers.get(gateway.virtualNetwork);
        if (owner === network) return true;
        if (owner === undefined || !near.includes(owner)) return false;
        return sides[network]?.get(owner)?.uses === true && sides[owner]?.get(network)?.allows === true;
      });
      const onPremises = behind.flatMap(({ localNetworkAddressSpace }) => localNetworkAddressSpace);
      return [...near.flatMap(spaceOf), ...onPremises].flatMap(family.rangesOf);
    },
  };
}

/** A network's side of a peering, by the other network's number. */
type Sides = Map<number, { connected: boolean; uses: boolean; allows: boolean }>;

function sidesOf(
  peerings: NonNullable<VirtualNetwork["virtualNetworkPeerings"]>,
  numbers: ReadonlyMap<string, number>,
): Sides {
  const sides: Sides = new Map();
  for (const { remoteVirtualNetwork, peeringState, useRemoteGateways, allowGatewayTransit } of peerings) {
    const other = numbers.get(remoteVirtualNetwork);
    if (other === undefined || sides.has(other)) continue;
    sides.set(other, { connected: peeringState === "Connected", uses: useRemoteGateways, allows: allowGatewayTransit });
  }
  return sides;
}

/** For each network the first one it is joined with, itself if with none. */
function groupsOf(sides: readonly Sides[]): number[] {
  const neighbours = sides.map((own) => [...own.keys()]);
  sides.forEach((own, network) => {
    for (const other of own.keys()) neighbours[other]?.push(network);
  });
  const groups: number[] = [];
  sides.forEach((_, first) => {
    if (groups[first] !== undefined) return;
    const waiting = [first];
    for (let network = waiting.pop(); network !== undefined; network = waiting.pop()) {
      if (groups[network] !== undefined) continue;
      groups[network] = first;
      waiting.push(...(neighbours[network] ?? []));
    }
  });
  return groups;
}
