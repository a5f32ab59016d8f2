// Which network a frame belongs to, who has an address in it, and who reaches whom (behaviour 2).
import type { Configuration, ConnectionState } from "../../host/config/configuration.ts";
import { identityTexts } from "../../host/config/proxy.ts";
import type { Side } from "../plane.ts";
import { addressesOf } from "./address.ts";
import { type EndpointRule, rulesOf } from "./endpoint-rules.ts";
import type { ProxyValues } from "./proxy-header.ts";
import { holds, Reach } from "./reach.ts";
import { identityOf } from "./roster.ts";
import { namesOf, type Service } from "./service.ts";

/** An endpoint at one of its addresses. */
export interface Endpoint {
  name: string;
  /** What tells it from what it was before. */
  identity: string;
  /** Index of the network it lies in. */
  network: number;
  address: number;
  connectionState: ConnectionState;
  service: Service;
  /** In the order they are asked; absent: everything is allowed. */
  rules?: EndpointRule[];
  /** Names by which its resource and group may be asked for. */
  names: Set<string>;
  /** How it is named in PROXY headers, when its service has them. */
  proxy?: ProxyValues;
}

interface Network {
  name: string;
  vni: number | undefined;
  mtu: number;
  /** VLAN identifiers of its frames, joined by a dot. */
  tags: string | undefined;
  holdsService: boolean;
  addressSpace: string[];
  natAddresses: Set<number>;
}

const MTU = 1500;

export class Networks {
  private readonly networks: Network[];
  /** In the order of the configuration. */
  private readonly endpoints: Endpoint[];
  private readonly reach: Reach;

  constructor(configuration: Configuration, services: Map<string, Service>) {
    this.networks = configuration.virtualNetworks.map(
      ({ name, vlan, vni, addressSpace, mtu = MTU }, index): Network => {
        const held = [...services.values()].filter(({ network }) => network === index);
        return {
          name,
          vni,
          mtu,
          tags: vlan === undefined ? undefined : [vlan].flat().join("."),
          holdsService: held.length > 0,
          addressSpace,
          natAddresses: new Set(held.flatMap(({ natAddresses }) => natAddresses)),
        };
      },
    );
    this.reach = new Reach(configuration);
    const identifiers = identityTexts(configuration);
    const { profile } = configuration.settings;
    this.endpoints = configuration.privateEndpoints.flatMap((given, index) => {
      const network = this.named(given.virtualNetwork);
      const rules = rulesOf(configuration, given, this.reach.surroundings(network));
      const endpoint = {
        name: given.name,
        identity: identityOf(given),
        network,
        connectionState: given.connectionState,
        service: services.get(given.privateLinkService) as Service,
        ...(services.get(given.privateLinkService)?.proxies === true
          ? { proxy: { profile, identifier: identifiers[index] as string } }
          : {}),
        names: allowedOf(given, services),
        ...(rules === undefined ? {} : { rules }),
      };
      return addressesOf(given).map((address): Endpoint => ({ ...endpoint, address }));
    });
  }

  /** Bytes of the largest packet of a network. */
  mtuOf(network: number): number {
    return this.networks[network]?.mtu ?? MTU;
  }

  /** Index of the network that the tags mean on that side, else of the one given by name. */
  of(tags: number[], side: Side, given: string): number {
    const joined = tags.join(".");
    const meant = this.networks.findIndex(
      (network) => network.tags === joined && (side === "consumer" || network.holdsService),
    );
    return meant === -1 ? this.named(given) : meant;
  }

  /** Index of the network that the identifier of a tunnel means on that side. */
  ofIdentifier(identifier: number | undefined, side: Side): number | undefined {
    if (identifier === undefined) return undefined;
    const meant = this.networks.findIndex(
      ({ vni, holdsService }) => vni === identifier && (side === "consumer" || holdsService),
    );
    return meant === -1 ? undefined : meant;
  }

  nameOf(network: number): string {
    return this.networks[network]?.name ?? "";
  }

  /** The endpoint of a network that has an address: its own, else the first of a network peered with it. */
  endpoint(network: number, address: number): Endpoint | undefined {
    const having = this.endpoints.filter((endpoint) => endpoint.address === address);
    return (
      having.find((endpoint) => endpoint.network === network) ??
      having.find((endpoint) => this.reach.arePeered(network, endpoint.network))
    );
  }

  /** The endpoint that a destination means to a network, be it out of reach. */
  destination(network: number, address: number): Endpoint | undefined {
    const own = this.networks[network]?.addressSpace.some((block) => holds(block, address)) ?? false;
    const beyond = own ? [] : this.endpoints.filter((endpoint) => this.reach.areJoined(network, endpoint.network));
    return this.endpoint(network, address) ?? beyond.find((endpoint) => endpoint.address === address);
  }

  /** Whether a client's packet that came in by a network gets to an endpoint. */
  reaches(network: number, client: number, endpoint: Endpoint): boolean {
    const near = network === endpoint.network || this.reach.arePeered(network, endpoint.network);
    return near && this.reach.surroundings(endpoint.network).some((block) => holds(block, client));
  }

  hasNatAddress(network: number, address: number): boolean {
    return this.networks[network]?.natAddresses.has(address) ?? false;
  }

  private named(name: string): number {
    return this.networks.findIndex((network) => network.name === name);
  }
}

/** Names by which an endpoint's resource and group may be asked for. */
function allowedOf(
  { privateLinkService, resource, groupId }: Configuration["privateEndpoints"][number],
  services: Map<string, Service>,
): Set<string> {
  return new Set(resource === undefined ? [] : namesOf(services.get(privateLinkService) as Service, resource, groupId));
}
