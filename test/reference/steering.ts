// Which shard a packet goes to (behaviour 13).
import type { PacketIn } from "../plane.ts";
import { type Ipv4, readIpv4, untranslated } from "./ipv4.ts";
import { readLink } from "./link.ts";
import { pick } from "./mix.ts";
import type { Common } from "./shard.ts";
import { portsOf, readTransport } from "./transport.ts";
import { wordsOfEnds } from "./words.ts";

const SHARD_MARK = 0x5348415244n;
const FIRST_PORT = 1024;
const PORTS = 64512;
const ELSE = 0;

export function shardOf(common: Common, packet: PacketIn): number {
  const { frame, wireLength = frame.length } = packet;
  const { settings, networks, mix } = common;
  const link = readLink(packet.link, frame);
  if (typeof link === "string") return ELSE;
  const ip = readIpv4(frame, link.length, wireLength);
  if (typeof ip === "string" || untranslated(ip.kind) !== undefined) return ELSE;
  const side = packet.side === "provider" ? "provider" : "consumer";
  const network = networks.of(link.tags, side, packet.network);
  const captured = packet.side === "captured" && networks.endpoint(network, ip.source) !== undefined;
  const ports = captured ? portsOf(frame, ip) : portsOfSound(frame, ip);
  if (ports === undefined) return ELSE;
  if (side === "provider") {
    return ports.destination < FIRST_PORT
      ? ELSE
      : Math.floor(((ports.destination - FIRST_PORT) * settings.shards) / PORTS);
  }
  const isReply = captured && networks.endpoint(network, ip.destination) === undefined;
  const { low, high } = wordsOfEnds({
    network,
    protocol: ip.protocol,
    client: isReply ? ip.destination : ip.source,
    clientPort: isReply ? ports.destination : ports.source,
    endpoint: isReply ? ip.source : ip.destination,
    endpointPort: isReply ? ports.source : ports.destination,
  });
  return pick(mix(low ^ SHARD_MARK, high), settings.shards);
}

/** Ports of a packet that 1.3 finds nothing against. */
function portsOfSound(frame: Uint8Array, ip: Ipv4): { source: number; destination: number } | undefined {
  const transport = readTransport(frame, ip);
  if (typeof transport === "string") return undefined;
  return { source: transport.sourcePort, destination: transport.destinationPort };
}
