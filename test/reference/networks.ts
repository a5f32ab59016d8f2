// Which network a frame belongs to, and who has an address in it (behaviour 2).
import type { Configuration, ConnectionState } from "../../host/config/configuration.ts";
import type { Side } from "../plane.ts";
import { addressOf } from "./address.ts";
import type { Service } from "./service.ts";

export interface Endpoint {
  name: string;
  /** Index of the consumer's network. */
  network: number;
  networkName: string;
  address: number;
  connectionState: ConnectionState;
  service: Service;
}

interface Network {
  name: string;
  /** VLAN identifiers of its frames, joined by a dot. */
  tags: string | undefined;
  holdsService: boolean;
  endpoints: Map<number, Endpoint>;
  natAddresses: Set<number>;
}

export class Networks {
  private readonly networks: Network[];

  constructor({ virtualNetworks, privateEndpoints }: Configuration, services: Map<string, Service>) {
    this.networks = virtualNetworks.map(({ name, vlan }, index): Network => {
      const held = [...services.values()].filter(({ network }) => network === index);
      return {
        name,
        tags: vlan === undefined ? undefined : [vlan].flat().join("."),
        holdsService: held.length > 0,
        endpoints: new Map(),
        natAddresses: new Set(held.flatMap(({ natAddresses }) => natAddresses)),
      };
    });
    for (const { name, virtualNetwork, privateIPAddress, privateLinkService, connectionState } of privateEndpoints) {
      const network = this.named(virtualNetwork);
      const address = addressOf(privateIPAddress);
      const service = services.get(privateLinkService) as Service;
      const endpoint = { name, network, networkName: virtualNetwork, address, connectionState, service };
      this.networks[network]?.endpoints.set(address, endpoint);
    }
  }

  /** Index of the network that the tags mean on that side, else of the one given by name. */
  of(tags: number[], side: Side, given: string): number {
    const joined = tags.join(".");
    const meant = this.networks.findIndex(
      (network) => network.tags === joined && (side === "consumer" || network.holdsService),
    );
    return meant === -1 ? this.named(given) : meant;
  }

  endpoint(network: number, address: number): Endpoint | undefined {
    return this.networks[network]?.endpoints.get(address);
  }

  hasNatAddress(network: number, address: number): boolean {
    return this.networks[network]?.natAddresses.has(address) ?? false;
  }

  private named(name: string): number {
    return this.networks.findIndex((network) => network.name === name);
  }
}
