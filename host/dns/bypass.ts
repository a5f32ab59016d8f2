// Traffic past an endpoint: a client in a network that could use an endpoint, and goes to a public address of its resource instead.
// Addresses are known from the configuration, from DNS answers in the capture, and from the names that clients ask for.

import { addressNumber, addressText } from "../config/address.ts";
import type { Configuration, PrivateEndpoint } from "../config/configuration.ts";
import { reachOf } from "../config/reach.ts";
import { type FrameView, PROTOCOL_TCP, TCP } from "../replay/frame.ts";
import { resourceOf } from "./records.ts";
import type { Resolver } from "./resolve.ts";
import { serverName } from "./server-name.ts";

const ROWS_MAX = 1000;
const KNOWN_MAX = 65_536;

/** How it is known that an address is a resource's: it is in the configuration, it was answered, or the client named the resource. */
export type BypassKnown = "configuration" | "dns" | "name";

/** What one client sent past an endpoint to one port of an address. */
export interface Bypass {
  network: string;
  client: string;
  /** `address:port`. */
  destination: string;
  protocol: "tcp" | "udp";
  /** Name of the resource that was answered or asked for; null when only the address is known. */
  name: string | null;
  /** Endpoint it could use. */
  endpoint: string;
  known: BypassKnown;
  /** Packet of the capture that told; 0 for the configuration. */
  packet: number;
  /** Both directions. */
  packets: number;
  bytes: number;
  /** What to change. */
  change: string;
}

interface Known {
  endpoint: PrivateEndpoint;
  name: string | null;
  how: BypassKnown;
  packet: number;
}

/** Looks at the packets that concern no endpoint. What it keeps is bounded. */
export class BypassWatch {
  private readonly configuration: Configuration;
  private readonly resolver: Resolver;
  private readonly networks: readonly string[];
  /** For each network the networks whose endpoints it reaches. */
  private readonly near: string[][];
  private readonly addresses = new Map<number, Known>();
  private readonly flows = new Map<string, Known>();
  private readonly rows = new Map<string, Bypass>();
  /** Packets of clients and destinations beyond those that are told apart. */
  uncounted = 0;

  constructor(configuration: Configuration, resolver: Resolver) {
    this.configuration = configuration;
    this.resolver = resolver;
    this.networks = configuration.virtualNetworks.map(({ name }) => name);
    const { peers } = reachOf(configuration);
    this.near = this.networks.map((name, i) => [name, ...(peers[i] ?? []).map((peer) => this.networks[peer] ?? "")]);
    for (const endpoint of configuration.privateEndpoints)
      for (const address of resourceOf(configuration, endpoint)?.publicIPAddresses ?? [])
        this.networks.forEach((_, network) => {
          const own = this.endpointFor(network, [endpoint]);
          if (own !== undefined)
            this.learn(network, addressNumber(address), { endpoint: own, name: null, how: "configuration", packet: 0 });
        });
  }

  /** Learns from an answer that a client in a network was given; `packet` is its number in the capture. */
  answered(network: number, name: string, addresses: readonly string[], packet: number): void {
    const endpoint = this.endpointFor(network, this.resolver.endpointsOf(name));
    if (endpoint === undefined) return;
    const own = new Set(this.configuration.privateEndpoints.map(({ privateIPAddress }) => privateIPAddress));
    for (const address of addresses)
      if (!own.has(address)) this.learn(network, addressNumber(address), { endpoint, name, how: "dns", packet });
  }

  /** Looks at a packet that concerns no endpoint. */
  see(view: FrameView, packet: number, bytes: number): void {
    const { network, source, destination, sourcePort, destinationPort } = view;
    const to = this.knownAt(network, destination) ?? this.flows.get(flowKey(view, false));
    if (to !== undefined) return this.count(view, to, bytes, false);
    const from = this.knownAt(network, source) ?? this.flows.get(flowKey(view, true));
    if (from !== undefined) return this.count(view, from, bytes, true);
    if (view.protocol !== PROTOCOL_TCP || sourcePort < destinationPort) return;
    const named = this.named(view, packet);
    if (named === undefined) return;
    if (this.flows.size < KNOWN_MAX) this.flows.set(flowKey(view, false), named);
    this.count(view, named, bytes, false);
  }

  /** What went past endpoints, most packets first. */
  list(): Bypass[] {
    return [...this.rows.values()].sort((a, b) => b.packets - a.packets);
  }

  private knownAt(network: number, address: number): Known | undefined {
    return this.addresses.get(network * 2 ** 32 + address);
  }

  /** What was told first stands, but a name counts more than an address alone. */
  private learn(network: number, address: number, known: Known): void {
    const key = network * 2 ** 32 + address;
    const before = this.addresses.get(key);
    if (before !== undefined && (before.name !== null || known.name === null)) return;
    if (before !== undefined || this.addresses.size < KNOWN_MAX) this.addresses.set(key, known);
  }

  /** An endpoint among some that a network's clients reach, one of the network itself first. */
  private endpointFor(network: number, endpoints: readonly PrivateEndpoint[]): PrivateEndpoint | undefined {
    for (const near of this.near[network] ?? []) {
      const own = endpoints.find(({ virtualNetwork }) => virtualNetwork === near);
      if (own !== undefined) return own;
    }
    return undefined;
  }

  /** What a client's segment says it asks for, if that has an endpoint. */
  private named({ buffer, l4, end, network }: FrameView, packet: number): Known | undefined {
    const header = l4 + TCP.offset < end ? ((buffer[l4 + TCP.offset] as number) >> 4) * 4 : 0;
    if (header < TCP.min || l4 + header >= end) return undefined;
    const name = serverName(buffer.subarray(l4 + header, end));
    if (name === undefined) return undefined;
    const endpoint = this.endpointFor(network, this.resolver.endpointsOf(name));
    return endpoint === undefined ? undefined : { endpoint, name, how: "name", packet };
  }

  private count(view: FrameView, known: Known, bytes: number, isReply: boolean): void {
    const { network, protocol } = view;
    const [client, server, port] = isReply
      ? [view.destination, view.source, view.sourcePort]
      : [view.source, view.destination, view.destinationPort];
    const key = `${network} ${client} ${server} ${port} ${protocol} ${known.endpoint.name}`;
    let row = this.rows.get(key);
    if (row === undefined) {
      if (this.rows.size >= ROWS_MAX) return void this.uncounted++;
      row = {
        network: this.networks[network] ?? "",
        client: addressText(client),
        destination: `${addressText(server)}:${port}`,
        protocol: protocol === PROTOCOL_TCP ? "tcp" : "udp",
        name: known.name,
        endpoint: known.endpoint.name,
        known: known.how,
        packet: known.packet,
        packets: 0,
        bytes: 0,
        change: this.change(known, this.networks[network] ?? ""),
      };
      this.rows.set(key, row);
    }
    row.packets++;
    row.bytes += bytes;
  }

  private change({ endpoint, name }: Known, network: string): string {
    const asked = name ?? resourceOf(this.configuration, endpoint)?.names[0];
    if (asked === undefined) return `Point the clients to ${endpoint.privateIPAddress}.`;
    const { outcome, steps } = this.resolver.resolve(asked, network);
    if (outcome === "public") return steps.at(-1)?.why ?? "";
    if (outcome === "none") return steps.at(-1)?.why ?? "";
    return name === null
      ? `Have the clients use the name ${asked}, which leads to ${endpoint.name} here, and not the address itself.`
      : `The zones lead to ${endpoint.name} here: find out which resolver the client asks, or whether it keeps an old answer.`;
  }
}

/** A flow, told by its client's end and its server's. */
function flowKey({ network, source, sourcePort, destination, destinationPort }: FrameView, isReply: boolean): string {
  return isReply
    ? `${network} ${destination}:${destinationPort} ${source}:${sourcePort}`
    : `${network} ${source}:${sourcePort} ${destination}:${destinationPort}`;
}
