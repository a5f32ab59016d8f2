// Which shard a packet goes to (behaviour 13), or that it comes to the steerer (19.5).
import type { PacketIn } from "../plane.ts";
import { embeddedIn, ICMP_HEADER, isOfFlow } from "./embedded.ts";
import { isError } from "./icmp.ts";
import { type Ip, untranslated } from "./ip.ts";
import { readIpv4 } from "./ipv4.ts";
import { readIpv6 } from "./ipv6.ts";
import { readLink } from "./link.ts";
import { pick } from "./mix.ts";
import type { Common } from "./shard.ts";
import { opened } from "./tunnel.ts";
import { portsOf, readTransport } from "./transport.ts";
import { wordsOfEnds } from "./words.ts";

const SHARD_MARK = 0x5348415244n;
const FIRST_PORT = 1024;
const PORTS = 64512;
const ELSE = 0;

/** A packet's addresses and ports, and where it comes from; `reply`: captured. */
interface Ends {
  side: "consumer" | "provider" | "reply";
  network: number;
  protocol: number;
  source: { address: number; port: number };
  destination: { address: number; port: number };
}

export function shardOf(common: Common, given: PacketIn): number | "steerer" {
  const { settings, networks } = common;
  const packet = opened(settings, networks, given);
  if (typeof packet === "string") return ELSE;
  const { frame, wireLength = frame.length } = packet;
  const link = readLink(packet.link, frame);
  if (typeof link === "string") return ELSE;
  if (link.family === 6 && !common.ipv6) return ELSE;
  const ip = (link.family === 6 ? readIpv6 : readIpv4)(frame, link.length, wireLength);
  if (typeof ip === "string") return ELSE;
  if (ip.kind === "fragment") return "steerer";
  if (ip.kind !== "icmp" && untranslated(ip.kind) !== undefined) return ELSE;
  const side = packet.side === "provider" ? "provider" : "consumer";
  const network = networks.of(link.tags, side, packet.network);
  if (ip.kind === "icmp") return shardOfError(common, packet, network, ip);
  const captured = packet.side === "captured" && networks.endpoint(network, ip.source) !== undefined;
  const ports = captured ? portsOf(frame, ip) : portsOfSound(frame, ip);
  if (ports === undefined) return ELSE;
  const isReply = captured && networks.endpoint(network, ip.destination) === undefined;
  return shardOfEnds(common, {
    side: isReply ? "reply" : side,
    network,
    protocol: ip.protocol,
    source: { address: ip.source, port: ports.source },
    destination: { address: ip.destination, port: ports.destination },
  });
}

/** The shard of a packet with ports. */
export function shardOfEnds({ settings, mix }: Pick<Common, "settings" | "mix">, ends: Ends): number {
  const { side, network, protocol, source, destination } = ends;
  if (side === "provider") return shardOfPort(destination.port, settings.shards);
  const [client, endpoint] = side === "reply" ? [destination, source] : [source, destination];
  const { low, high } = wordsOfEnds(mix, {
    network,
    protocol,
    client: client.address,
    clientPort: client.port,
    endpoint: endpoint.address,
    endpointPort: endpoint.port,
  });
  return pick(mix(low ^ SHARD_MARK, high), settings.shards);
}

/** The shard whose slice has a NAT port. */
const shardOfPort = (port: number, shards: number): number =>
  port < FIRST_PORT ? ELSE : Math.floor(((port - FIRST_PORT) * shards) / PORTS);

/** The shard of the flow that an ICMP error is about (17.5). */
function shardOfError({ settings, networks, mix }: Common, packet: PacketIn, network: number, ip: Ip): number {
  const { frame } = packet;
  const at = ip.at + ip.headerLength;
  const end = Math.min(frame.length, ip.at + ip.totalLength);
  if (end - at < ICMP_HEADER.end || !isError(ip.family, frame[at] as number)) return ELSE;
  const embedded = embeddedIn(frame, ip);
  if (typeof embedded === "string" || !isOfFlow(embedded)) return ELSE;
  const isEndpoint = (address: number): boolean => networks.endpoint(network, address) !== undefined;
  const captured = packet.side === "captured" && isEndpoint(ip.source) && !isEndpoint(ip.destination);
  const agrees = captured ? embedded.destination === ip.source : embedded.source === ip.destination;
  if (!agrees) return ELSE;
  if (packet.side === "provider") return shardOfPort(embedded.sourcePort, settings.shards);
  const { protocol, source, sourcePort, destination, destinationPort } = embedded;
  const ends = captured
    ? { client: source, clientPort: sourcePort, endpoint: destination, endpointPort: destinationPort }
    : { client: destination, clientPort: destinationPort, endpoint: source, endpointPort: sourcePort };
  const { low, high } = wordsOfEnds(mix, { network, protocol, ...ends });
  return pick(mix(low ^ SHARD_MARK, high), settings.shards);
}

/** Ports of a packet that 1.3 finds nothing against. */
function portsOfSound(frame: Uint8Array, ip: Ip): { source: number; destination: number } | undefined {
  const transport = readTransport(frame, ip);
  if (typeof transport === "string") return undefined;
  return { source: transport.sourcePort, destination: transport.destinationPort };
}
