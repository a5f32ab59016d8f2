// Peerings and gateways between networks (behaviour 2.1).
import type { Configuration, VirtualNetwork, VirtualNetworkPeering } from "../../host/config/configuration.ts";
import { addressBytes, addressOf, wholeNumber } from "./address.ts";

/** What holds every address, of either family. */
export const EVERY_ADDRESS = "*";

/** Whether a block, or a single address, holds an address. */
export function holds(block: string, address: number): boolean {
  if (block === EVERY_ADDRESS) return true;
  const [base = "", length] = block.split("/");
  const bits = addressBytes(address).length * 8;
  const first = addressOf(base);
  if (addressBytes(first).length * 8 !== bits) return false;
  const beyond = BigInt(bits - Number(length ?? bits));
  return wholeNumber(address) >> beyond === wholeNumber(first) >> beyond;
}

export class Reach {
  private readonly networks: VirtualNetwork[];
  private readonly gateways: NonNullable<Configuration["virtualNetworkGateways"]>;
  private readonly joined = new Map<number, Set<number>>();
  private readonly blocks = new Map<number, string[]>();

  constructor({ virtualNetworks, virtualNetworkGateways = [] }: Configuration) {
    this.networks = virtualNetworks;
    this.gateways = virtualNetworkGateways;
  }

  arePeered(network: number, other: number): boolean {
    return [this.peering(network, other), this.peering(other, network)].every(
      (side) => side?.peeringState === "Connected",
    );
  }

  /** Whether a chain of peerings leads from one to the other. */
  areJoined(network: number, other: number): boolean {
    let found = this.joined.get(network);
    if (found === undefined) {
      found = this.chained(network);
      this.joined.set(network, found);
    }
    return found.has(other);
  }

  /** Blocks from which endpoints of a network are reached. */
  surroundings(network: number): string[] {
    let blocks = this.blocks.get(network);
    if (blocks === undefined) {
      blocks = this.collected(network);
      this.blocks.set(network, blocks);
    }
    return blocks;
  }

  /** All networks that chains of peerings lead to, and the network itself. */
  private chained(network: number): Set<number> {
    const found = new Set([network]);
    for (const one of found) {
      this.networks.forEach((_, next) => {
        if (this.peering(one, next) !== undefined || this.peering(next, one) !== undefined) found.add(next);
      });
    }
    return found;
  }

  private collected(network: number): string[] {
    const near = this.networks.filter((_, index) => index === network || this.arePeered(network, index));
    if (near.some(({ addressSpace }) => addressSpace.length === 0)) return [EVERY_ADDRESS];
    const usable = this.gateways.filter(({ virtualNetwork }) => this.mayUse(network, virtualNetwork));
    return [
      ...near.flatMap(({ addressSpace }) => addressSpace),
      ...usable.flatMap(({ localNetworkAddressSpace }) => localNetworkAddressSpace),
    ];
  }

  private mayUse(network: number, owner: string): boolean {
    const index = this.networks.findIndex(({ name }) => name === owner);
    if (index === network) return true;
    const uses = this.peering(network, index)?.useRemoteGateways === true;
    const allows = this.peering(index, network)?.allowGatewayTransit === true;
    return this.arePeered(network, index) && uses && allows;
  }

  /** A network's side of the peering with another one. */
  private peering(network: number, other: number): VirtualNetworkPeering | undefined {
    const { name } = this.networks[other] as VirtualNetwork;
    const { virtualNetworkPeerings: peerings = [] } = this.networks[network] as VirtualNetwork;
    return peerings.find(({ remoteVirtualNetwork }) => remoteVirtualNetwork === name);
  }
}
