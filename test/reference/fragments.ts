// Fragments of TCP and UDP (behaviour 19).
import { came, type Datagram, isComplete, join } from "./datagram.ts";
import type { Flow } from "./flow.ts";
import { countTraffic, readdress } from "./forward.ts";
import { judgedOf } from "./change.ts";
import { TCP, UDP } from "./ip.ts";
import { type Arrival, type Decision, type Path, ttlExpires } from "./path.ts";
import { withAddresses } from "./rewrite.ts";
import { readTransport, TCP_HEADER, type Transport } from "./transport.ts";

const HELD_MOST = 64;
const HELD_BYTES_MOST = 9216;
const BYTES_MOST = 65_535;
const UNIT = 8;
const RELEASED_BEFORE = 2;
const TTL_MOST = 255;
const NO_FLOW = -1;
const FORWARDED = ["forwarded", "new-flow", "mid-stream-admitted"];

/** Where a fragment came from; captured replies are a side of their own. */
export interface Origin {
  side: "consumer" | "provider" | "reply";
  /** Name of the endpoint at which drops count, if there is one. */
  owner: string | undefined;
  /** Decides on the first fragment of a datagram as on any packet. */
  decide: (transport: Transport) => Decision;
}

/** A fragment to an endpoint or to a NAT address, or one that is a captured reply. */
export function ofFragment(path: Path, arrival: Arrival, origin: Origin): Decision {
  const { settings, datagrams, flows } = path;
  const { network, ip } = arrival;
  const translates = settings.fragments === "translate" && settings.shards === 1;
  if (!translates || ip.family === 6 || (ip.protocol !== TCP && ip.protocol !== UDP))
    return dropped("fragment", origin.owner);
  const fault = faultOf(path, arrival, origin);
  if (fault !== undefined) return dropped(fault, origin.owner);
  datagrams.releaseDead(flows.now, RELEASED_BEFORE);
  const key = `${origin.side} ${network} ${ip.source} ${ip.destination} ${ip.protocol} ${ip.identification}`;
  const datagram = datagrams.find(key, flows.now) ?? datagrams.make(key, origin.owner, flows.now);
  if (datagram === undefined) return dropped("fragment-table-full", origin.owner);
  if (datagram.refused !== undefined) return dropped(datagram.refused, datagram.owner);
  const decision = ofDatagram(path, arrival, origin, datagram);
  if (datagram.refused === undefined && isComplete(datagram)) datagrams.release(datagram);
  return decision;
}

const dropped = (reason: string, owner: string | undefined): Decision =>
  owner === undefined ? { reason } : { reason, droppedAt: owner };

/** What is against a fragment by itself. */
function faultOf(path: Path, arrival: Arrival, { side }: Origin): string | undefined {
  const { ip } = arrival;
  const { from, to } = partOf(arrival);
  const isOdd = ip.moreFragments && to % UNIT !== 0;
  if (from === to || isOdd || to > BYTES_MOST - ip.headerLength) return "fragment-malformed";
  if (side === "reply") return ip.ttl === 0 ? "ttl-expired" : ip.ttl === TTL_MOST ? "reply-unmatched" : undefined;
  if (ip.ttl > 1) return undefined;
  if (from === 0) ttlExpires(path, arrival, NO_FLOW);
  return "ttl-expired";
}

function partOf({ ip }: Arrival): { from: number; to: number } {
  return { from: ip.fragmentFrom, to: ip.fragmentFrom + ip.totalLength - ip.headerLength };
}

/** A fragment of a datagram that is not refused yet. */
function ofDatagram(path: Path, arrival: Arrival, origin: Origin, datagram: Datagram): Decision {
  const part = partOf(arrival);
  const fault = came(datagram, part, !arrival.ip.moreFragments);
  if (fault === "fragment-duplicate") return dropped(fault, datagram.owner);
  if (fault !== undefined) return refused(path, datagram, dropped(fault, datagram.owner));
  return part.from === 0 ? first(path, arrival, origin, datagram) : later(path, arrival, origin, datagram);
}

/** The decision on a packet, which its datagram is refused with. */
function refused({ datagrams }: Path, datagram: Datagram, decision: Decision): Decision {
  datagrams.refuse(datagram, decision.reason);
  return decision;
}

function first(path: Path, arrival: Arrival, origin: Origin, datagram: Datagram): Decision {
  const transport = readTransport(arrival.packet.frame, arrival.ip);
  if (typeof transport === "string") return refused(path, datagram, dropped(transport, datagram.owner));
  const decision = origin.decide(transport);
  if (!FORWARDED.includes(decision.reason)) return refused(path, datagram, decision);
  const flow = path.flows.numbered(decision.flow as number) as Flow;
  join(datagram, flow);
  for (const held of path.datagrams.letGo(datagram)) {
    path.counters.instead("awaiting-fragment", "forwarded");
    passOn(path, held, origin, flow, "held");
  }
  return decision;
}

function later(path: Path, arrival: Arrival, origin: Origin, datagram: Datagram): Decision {
  const { ip, packet } = arrival;
  const { datagrams, flows } = path;
  if (ip.protocol === TCP && ip.fragmentFrom < TCP_HEADER.end)
    return refused(path, datagram, dropped("fragment-malformed", datagram.owner));
  if (datagram.flow === undefined) {
    if (datagrams.held === HELD_MOST || packet.frame.length > HELD_BYTES_MOST)
      return refused(path, datagram, dropped("fragment-pool-full", datagram.owner));
    datagrams.hold(datagram, arrival);
    return { reason: "awaiting-fragment" };
  }
  const flow = flows.see(datagram.flow.key);
  if (flow === undefined || !isOf(flow, datagram, arrival, origin)) return dropped("fragment-timeout", datagram.owner);
  const cut = judgedOf(path, flow, false);
  if (cut !== undefined) return cut;
  passOn(path, arrival, origin, flow, "input");
  return { reason: "forwarded", flow: flow.number };
}

/** Whether a flow of the tuple that a datagram's flow had is that flow, as far as can be told. */
function isOf(flow: Flow, datagram: Datagram, { network, ip }: Arrival, { side }: Origin): boolean {
  if (flow.firstSeen !== datagram.flow?.firstSeen) return false;
  const { target, nat, endpoint } = flow;
  const answers = ip.source === target && ip.destination === nat && network === endpoint.service.network;
  return side !== "provider" || answers;
}

/** Sends on a part of a datagram that has no header of TCP or UDP. */
function passOn(path: Path, arrival: Arrival, { side }: Origin, flow: Flow, cause: "input" | "held"): void {
  const { packet, ip, wireLength } = arrival;
  const { nat, target, endpoint, client } = flow;
  flow.lastSeen = path.flows.now;
  countTraffic(path, flow, side === "consumer" ? "consumer" : "provider", wireLength);
  const ends = {
    consumer: { source: nat, destination: target },
    provider: { source: endpoint.address, destination: client },
    reply: { source: target, destination: nat },
  };
  const bytes = withAddresses(packet.frame, ip, ends[side], side === "reply" ? ip.ttl + 1 : ip.ttl - 1);
  if (side !== "reply" && packet.link === "ethernet") readdress(bytes, flow, side);
  path.out.push({ side: side === "provider" ? "consumer" : "provider", cause, flow: flow.number, bytes });
}
