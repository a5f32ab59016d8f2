// The order in which names came into a plane's configurations (behaviour 15).
import type { Configuration, PrivateEndpoint, VirtualNetwork } from "../../host/config/configuration.ts";

/** What tells an endpoint from what it was before. */
export const identityOf = (endpoint: PrivateEndpoint): string => {
  const { name, virtualNetwork, privateIPAddress, privateIPv6Address, privateLinkService, resource, groupId } =
    endpoint;
  const addresses = [privateIPAddress, privateIPv6Address];
  return JSON.stringify([name, virtualNetwork, ...addresses, privateLinkService, resource, groupId]);
};

export class Roster {
  private readonly networks: string[] = [];
  private readonly endpoints: string[] = [];

  /** The configuration with networks and endpoints in that order; networks that are gone are there without anything. */
  ordered(configuration: Configuration): Configuration {
    note(
      this.networks,
      configuration.virtualNetworks.map(({ name }) => name),
    );
    note(this.endpoints, configuration.privateEndpoints.map(identityOf));
    const gone = (name: string): VirtualNetwork => ({ name, addressSpace: [] });
    const given = new Map(configuration.virtualNetworks.map((network) => [network.name, network]));
    return {
      ...configuration,
      virtualNetworks: this.networks.map((name) => given.get(name) ?? gone(name)),
      privateEndpoints: [...configuration.privateEndpoints].sort(
        (one, other) => this.endpoints.indexOf(identityOf(one)) - this.endpoints.indexOf(identityOf(other)),
      ),
    };
  }
}

function note(known: string[], names: string[]): void {
  const before = new Set(known);
  known.push(...names.filter((name) => !before.has(name)));
}
