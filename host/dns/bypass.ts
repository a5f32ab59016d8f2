// Traffic past an endpoint: a client in a network that could use an endpoint, and goes to a public address of its resource instead.
// Addresses are known from the configuration, from DNS answers in the capture, and from the names that clients ask for.

import { isAddress } from "../config/address.ts";
import type { Configuration, PrivateEndpoint } from "../config/configuration.ts";
import { endText } from "../config/end.ts";
import { isSix } from "../config/ipv6.ts";
import { addressesOfEndpoint } from "../config/prefix.ts";
import { reachOf } from "../config/reach.ts";
import { normalName } from "../config/zones.ts";
import { ADDRESSES, type AddressBook } from "../replay/address-book.ts";
import { type FrameView, PROTOCOL_TCP } from "../replay/frame.ts";
import { Connections } from "./connections.ts";
import { resourceOf } from "./records.ts";
import type { Resolver } from "./resolve.ts";

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

/** What is noted of a connection: how much of it was counted or waits to be, and whose it is. */
interface Passage {
  packets: number;
  bytes: number;
  /** Where it is counted; undefined while nothing says that it goes past an endpoint. */
  row: Bypass | undefined;
  /** Its client said a name, or that of an alias: no address tells more. */
  named: boolean;
}

/** Looks at the packets that concern no endpoint. What it keeps is bounded. */
export class BypassWatch {
  private readonly configuration: Configuration;
  private readonly resolver: Resolver;
  private readonly book: AddressBook;
  private readonly networks: readonly string[];
  /** For each network the networks whose endpoints it reaches. */
  private readonly near: string[][];
  private readonly addresses = new Map<number, Known>();
  /** Names of somebody's own that a DNS answer made an alias of a resource's. */
  private readonly aliases = new Map<string, string>();
  private readonly connections = new Connections<Passage>(() => ({
    packets: 0,
    bytes: 0,
    row: undefined,
    named: false,
  }));
  private readonly rows = new Map<string, Bypass>();
  /** Packets of clients and destinations beyond those that are told apart. */
  uncounted = 0;

  constructor(configuration: Configuration, resolver: Resolver, book: AddressBook) {
    this.book = book;
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
            this.learn(network, address, { endpoint: own, name: null, how: "configuration", packet: 0 });
        });
  }

  /**
   * Learns from an answer that a client in a network was given: addresses of a resource's name, which is what `asked` is an alias of
   * where they differ. `packet` is its number in the capture.
   */
  answered(network: number, name: string, asked: string, addresses: readonly string[], packet: number): void {
    if (asked !== name && this.aliases.size < KNOWN_MAX) this.aliases.set(normalName(asked), name);
    const endpoint = this.endpointFor(network, this.resolver.endpointsOf(name));
    if (endpoint === undefined) return;
    const own = new Set(this.configuration.privateEndpoints.flatMap(addressesOfEndpoint));
    for (const address of addresses)
      if (!own.has(address)) this.learn(network, address, { endpoint, name, how: "dns", packet });
  }

  /** Looks at a packet that concerns no endpoint. */
  see(view: FrameView, packet: number, bytes: number): void {
    const { network, source, destination } = view;
    if (view.protocol === PROTOCOL_TCP) return this.seeTcp(view, packet, bytes);
    const to = this.knownAt(network, destination);
    const known = to ?? this.knownAt(network, source);
    if (known === undefined) return;
    this.add(this.rowFor(view, known, to === undefined), 1, bytes);
  }

  /** Of a connection the name that its client asks for decides, and the address as long as it asked for none that can be read. */
  private seeTcp(view: FrameView, packet: number, bytes: number): void {
    const connection = this.connections.of(view);
    const { note } = connection;
    const isReply = view.source !== connection.client || view.sourcePort !== connection.clientPort;
    const server = isReply ? view.source : view.destination;
    if (!note.named && !isReply) {
      const reading = this.connections.read(connection, view);
      if (typeof reading === "object" && !isAddress(reading.name)) this.takeName(note, view, reading.name, packet);
    }
    note.packets++;
    note.bytes += bytes;
    const known = note.named || note.row !== undefined ? undefined : this.knownAt(view.network, server);
    if (note.row !== undefined) return this.add(note.row, 1, bytes);
    if (known === undefined) return;
    note.row = this.rowFor(view, known, isReply);
    if (note.row === undefined) this.uncounted++;
    else this.add(note.row, note.packets, note.bytes);
  }

  /** Moves what was counted of a connection to the endpoint of the name that it asks for, if there is one. */
  private takeName(note: Passage, view: FrameView, asked: string, packet: number): void {
    const name = this.aliases.get(normalName(asked)) ?? asked;
    const endpoint = this.endpointFor(view.network, this.resolver.endpointsOf(name));
    note.named = true;
    const address = this.knownAt(view.network, view.destination);
    const isTold =
      address?.endpoint === endpoint && address?.name != null && normalName(address.name) === normalName(name);
    const told = isTold ? address : undefined;
    const row =
      endpoint === undefined ? undefined : this.rowFor(view, told ?? { endpoint, name, how: "name", packet }, false);
    if (row === note.row) return;
    if (note.row !== undefined) this.add(note.row, -note.packets, -note.bytes);
    note.row = row;
    if (row !== undefined) this.add(row, note.packets, note.bytes);
    else if (endpoint !== undefined) this.uncounted += note.packets;
  }

  /** What went past endpoints, most packets first. */
  list(): Bypass[] {
    return [...this.rows.values()].filter(({ packets }) => packets > 0).sort((a, b) => b.packets - a.packets);
  }

  private knownAt(network: number, address: number): Known | undefined {
    return this.addresses.get(network * ADDRESSES + address);
  }

  /** What was told first stands, but a name counts more than an address alone. */
  private learn(network: number, address: string, known: Known): void {
    if (isSix(address) && this.addresses.size >= KNOWN_MAX) return;
    const key = network * ADDRESSES + this.book.ofText(address);
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

  private add(row: Bypass | undefined, packets: number, bytes: number): void {
    if (row === undefined) return void (this.uncounted += packets);
    row.packets += packets;
    row.bytes += bytes;
  }

  /** The row of a packet; undefined when there are as many as may be. */
  private rowFor(view: FrameView, known: Known, isReply: boolean): Bypass | undefined {
    const { network, protocol } = view;
    const [client, server, port] = isReply
      ? [view.destination, view.source, view.sourcePort]
      : [view.source, view.destination, view.destinationPort];
    const key = `${network} ${client} ${server} ${port} ${protocol} ${known.endpoint.name}`;
    const before = this.rows.get(key);
    if (before !== undefined && before.packets > 0) return before;
    if (before === undefined && this.rows.size >= ROWS_MAX) return undefined;
    const row: Bypass = {
      network: this.networks[network] ?? "",
      client: this.book.text(client),
      destination: endText(this.book.text(server), port),
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
    return row;
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
