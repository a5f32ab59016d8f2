// Who is who in a capture: which addresses are endpoints', which ports their services answer on, and what a captured packet
// is because of that: a request, a reply, or no matter of ours.

import type { Configuration, PrivateEndpoint, ServiceRule } from "../config/configuration.ts";
import { isSix } from "../config/ipv6.ts";
import { floatingAddress, type RuleOfService, rulesOf } from "../config/service-rules.ts";
import { takersOf } from "../config/pools.ts";
import { reachOf } from "../config/reach.ts";
import { LinkplaneError } from "../errors.ts";
import type { Side } from "../plane.ts";
import { ADDRESSES, type AddressBook } from "./address-book.ts";
import { type FrameView, PROTOCOL_TCP, type VlanNetworks } from "./frame.ts";
import type { EndpointAlias } from "./options.ts";
import { type Announced, announcements } from "./proxy-header.ts";
import { Sizes } from "./sizes.ts";

/** One endpoint as the replay sees it, by one of its addresses. */
export interface Role {
  /** Number of the endpoint. */
  endpoint: number;
  /** Its own address, network, and the network of its service, as numbers. */
  address: number;
  network: number;
  providerNetwork: number;
  /** Its address is one of IPv6, and its service's servers have such. */
  isSix: boolean;
  isServiceSix: boolean;
  /** Address and port in the capture that stand for it; port undefined for every one. */
  seenAddress: number;
  seenPort: number | undefined;
  /** Ports of its rules: `tcp/443`; `all` takes everything. */
  ports: Set<string>;
  /** For a capture taken at a server: endpoint's port by the port that was captured. */
  frontendPort: (port: number, protocol: number) => number;
  /** For a capture taken at a server: its address, 0 otherwise. */
  server: number;
  /** Whether flows to an endpoint's port can stay with that server: it is in the rule's pool and takes new flows. */
  keeps: (port: number, protocol: number) => boolean;
  /** What PROXY headers of its clients say, if its service has them. */
  announced: Announced | undefined;
}

/** What a captured packet is. */
export type Direction = "request" | "reply" | "other";

/** Tells requests from replies. */
export class Roles {
  /** Captures were taken at servers. */
  readonly atServers: boolean;
  readonly sizes: Sizes;
  private readonly byAddress = new Map<number, Role[]>();
  private readonly peers: number[][];
  /** The role of the packet last classified, when it is a request or a reply. */
  role: Role | undefined;

  constructor(configuration: Configuration, aliases: readonly EndpointAlias[], side: Side, book: AddressBook) {
    this.atServers = side === "provider";
    this.sizes = new Sizes(configuration);
    this.peers = reachOf(configuration).peers;
    for (const role of rolesOf(configuration, aliases, side, book)) {
      const key = role.network * ADDRESSES + role.seenAddress;
      this.byAddress.set(key, [...(this.byAddress.get(key) ?? []), role]);
    }
  }

  /** What the packet in a view is; `role` says whose. A packet between two endpoint addresses goes by its ports. */
  classify(view: FrameView, isKnownReply: (view: FrameView, role: Role) => boolean): Direction {
    const to = this.find(view.network, view.destination, view.destinationPort);
    const from = this.find(view.network, view.source, view.sourcePort);
    this.role = to ?? from;
    if (to === undefined) return from === undefined ? "other" : "reply";
    if (from === undefined) return "request";
    if (serves(to, view.protocol, view.destinationPort) && !isKnownReply(view, from)) return "request";
    this.role = serves(from, view.protocol, view.sourcePort) ? from : to;
    return this.role === from ? "reply" : "request";
  }

  /**
   * Whose addresses a frame has that is no whole TCP or UDP packet. One without ports goes by its address alone; of several
   * endpoints that one address stands for by port, it is the first's.
   */
  owners(view: FrameView): { to: Role | undefined; from: Role | undefined } {
    const { addressed, ported, network, source, sourcePort, destination, destinationPort } = view;
    if (!addressed) return { to: undefined, from: undefined };
    return {
      to: this.find(network, destination, ported ? destinationPort : undefined),
      from: this.find(network, source, ported ? sourcePort : undefined),
    };
  }

  /** The role of an address in a network: one of its own, else one of a network peered with it. */
  private find(network: number, address: number, port: number | undefined): Role | undefined {
    const own = this.findIn(network, address, port);
    if (own !== undefined) return own;
    for (const other of this.peers[network] ?? []) {
      const peered = this.findIn(other, address, port);
      if (peered !== undefined) return peered;
    }
    return undefined;
  }

  private findIn(network: number, address: number, port: number | undefined): Role | undefined {
    const roles = this.byAddress.get(network * ADDRESSES + address);
    if (roles === undefined) return undefined;
    const own = roles.find((role) => role.seenPort === port) ?? roles.find((role) => role.seenPort === undefined);
    return own ?? (port === undefined ? roles[0] : undefined);
  }
}

/** Whether a role's service has a rule for a port. */
export function serves(role: Role, protocol: number, port: number): boolean {
  return role.ports.has("all") || role.ports.has(portKey(protocol === PROTOCOL_TCP ? "Tcp" : "Udp", port));
}

const portKey = (protocol: string, port: number): string => `${protocol}/${port}`;

function rolesOf(
  configuration: Configuration,
  aliases: readonly EndpointAlias[],
  side: Side,
  book: AddressBook,
): Role[] {
  const networks = configuration.virtualNetworks.map(({ name }) => name);
  const announced = announcements(configuration);
  return configuration.privateEndpoints.flatMap((endpoint, index) => {
    const service = configuration.privateLinkServices.find(({ name }) => name === endpoint.privateLinkService);
    if (service === undefined) return [];
    const rules = rulesOf(service, configuration.loadBalancers);
    const base = {
      endpoint: index,
      isServiceSix: service.natAddresses.some(isSix),
      network: networks.indexOf(endpoint.virtualNetwork),
      providerNetwork: networks.indexOf(service.virtualNetwork),
      ports: new Set(
        rules.map(({ rule }) => (rule.frontendPort === 0 ? "all" : portKey(rule.protocol, rule.frontendPort))),
      ),
      frontendPort: (port: number) => port,
      server: 0,
      keeps: () => false,
    };
    for (const port of base.ports)
      if (port.startsWith("All/")) for (const protocol of ["Tcp", "Udp"]) base.ports.add(port.replace("All", protocol));
    const itsAliases = aliases.filter((alias) => alias.endpoint === endpoint.name);
    const addresses = addressesOf(endpoint);
    refuseOtherFamilies(itsAliases, addresses);
    const says = announced[index];
    return addresses.flatMap((text): Role[] => {
      const address = book.ofText(text);
      const own = {
        ...base,
        address,
        isSix: isSix(text),
        announced: says === undefined ? undefined : { ...says, address: book.bytes(address) },
      };
      const aliased = itsAliases
        .filter((alias) => isSix(alias.address) === own.isSix)
        .map((alias) => ({ ...own, seenAddress: book.ofText(alias.address), seenPort: alias.port }));
      if (side === "provider") return [...aliased, ...serverRoles(own, rules, book)];
      return [...aliased, { ...own, seenAddress: address, seenPort: undefined }];
    });
  });
}

/** An endpoint's addresses, one of each family at most. */
const addressesOf = ({ privateIPAddress, privateIPv6Address }: PrivateEndpoint): string[] =>
  privateIPv6Address === undefined ? [privateIPAddress] : [privateIPAddress, privateIPv6Address];

/** A packet stays one of its family until the plane translates it. */
function refuseOtherFamilies(aliases: readonly EndpointAlias[], addresses: readonly string[]): void {
  const other = aliases.find(({ address }) => !addresses.some((own) => isSix(own) === isSix(address)));
  if (other === undefined) return;
  const [family, setting] = isSix(other.address) ? ["IPv6", "privateIPv6Address"] : ["IPv4", "privateIPAddress"];
  const sentence = `${other.address} cannot stand for "${other.endpoint}": the endpoint has no ${family} address.`;
  throw new LinkplaneError("USAGE", sentence, {
    remedy: `Give the endpoint one as ${setting}, or leave the alias out: packets to it are of ${family}.`,
  });
}

/** In a capture taken at a server, a backend's address and port stand for the endpoint, by the rule that leads there. */
function serverRoles(
  base: Omit<Role, "seenAddress" | "seenPort">,
  rules: readonly RuleOfService[],
  book: AddressBook,
): Role[] {
  // Packets to servers of the other family cannot have been the endpoint's by this address.
  if (base.isSix !== base.isServiceSix) return [];
  const leads = firstOf(rules, leadOf);
  const ports = firstOf(rules, ({ frontendPort }) => frontendPort);
  const ruleOf = (port: number, protocol: number) => ports(port, protocol) ?? ports(0, protocol);
  return rules.flatMap(({ balancer, rule }) => {
    const pool = balancer.backendAddressPools.find(({ name }) => name === rule.backendAddressPool);
    const seenPort = rule.backendPort === 0 ? undefined : rule.backendPort;
    const frontend = floatingAddress(balancer, rule);
    // Servers of a rule with floating IP all have the frontend's address.
    if (frontend !== undefined)
      return [{ ...base, seenAddress: book.ofText(frontend), seenPort, frontendPort: (port: number) => port }];
    const frontendPort = (port: number, protocol: number): number =>
      seenPort === undefined ? port : (leads(leadOf(rule), protocol) ?? rule).frontendPort;
    if (pool === undefined) return [];
    const takes = takersOf(pool);
    const own = pool.backends.filter(({ address }) => rule.backend === undefined || rule.backend === address);
    return own.map((backend) => ({
      ...base,
      seenAddress: book.ofText(backend.address),
      seenPort,
      frontendPort,
      server: book.ofText(backend.address),
      keeps(port: number, protocol: number) {
        // A frame names a backend to prefer by an IPv4 address only (docs/behaviour.md, section 23).
        if (base.isServiceSix) return false;
        const led = ruleOf(port, protocol);
        if (led?.backend !== undefined) return led.backend === backend.address;
        return takes.has(backend) && led?.backendAddressPool === rule.backendAddressPool;
      },
    }));
  });
}

/** Where a rule leads. */
const leadOf = ({ backendAddressPool, backendPort, backend = "" }: ServiceRule): string =>
  `${backendPort} ${backend} ${backendAddressPool}`;

/** Finds the first rule for a protocol that has something. A range of ports makes thousands of rules. */
function firstOf<Key>(
  rules: readonly RuleOfService[],
  keyOf: (rule: ServiceRule) => Key,
): (key: Key, protocol: number) => ServiceRule | undefined {
  const [tcp, udp] = ["Tcp", "Udp"].map((protocol) => {
    const fitting = rules
      .map(({ rule }) => rule)
      .filter((rule) => rule.protocol === protocol || rule.protocol === "All");
    return new Map(fitting.toReversed().map((rule) => [keyOf(rule), rule]));
  });
  return (key, protocol) => (protocol === PROTOCOL_TCP ? tcp : udp)?.get(key);
}

/** Networks by VLAN identifiers, as the consumer's side sees them. */
export function vlanNetworks(configuration: Configuration): VlanNetworks {
  const networks = new Map<number, number>();
  configuration.virtualNetworks.forEach(({ vlan }, index) => {
    if (vlan !== undefined) networks.set(typeof vlan === "number" ? vlan : (vlan[0] + 1) * 4096 + vlan[1], index);
  });
  return (outer, inner) => networks.get(inner === undefined ? outer : (outer + 1) * 4096 + inner);
}

/** Number of the network a capture's frames come from. Throws UNKNOWN_NETWORK. */
export function captureNetwork(configuration: Configuration, name: string | undefined): number {
  const networks = configuration.virtualNetworks.map((network) => network.name);
  const holding = [...new Set(configuration.privateEndpoints.map((endpoint) => endpoint.virtualNetwork))];
  const chosen = name ?? (holding.length === 1 ? holding[0] : undefined);
  if (chosen !== undefined && networks.includes(chosen)) return networks.indexOf(chosen);
  const sentence =
    chosen === undefined ? "Endpoints lie in more than one network." : `There is no virtual network "${chosen}".`;
  throw new LinkplaneError("UNKNOWN_NETWORK", sentence, {
    remedy: `Name one with CAPTURE@NETWORK: ${networks.join(", ")}.`,
  });
}
