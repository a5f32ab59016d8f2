// Fragments of TCP and UDP (behaviour 19).
import { came, type Datagram, isComplete, join, type Passage } from "./datagram.ts";
import type { Flow } from "./flow.ts";
import { countTraffic, readdress } from "./forward.ts";
import { judgedOf } from "./change.ts";
import { TCP, UDP } from "./ip.ts";
import { type Arrival, type Decision, type Path, ttlExpires } from "./path.ts";
import { IPV4 } from "./ipv4.ts";
import { FRAGMENT_HEADER, IPV6 } from "./ipv6.ts";
import { headersRewritten } from "./rewrite.ts";
import { serviceFamily } from "./size.ts";
import { readTransport, TCP_HEADER, type Transport } from "./transport.ts";

const HELD_MOST = 64;
const HELD_BYTES_MOST = 9216;
const BYTES_MOST = 65_535;
const UNIT = 8;
const RELEASED_BEFORE = 2;
const TTL_MOST = 255;
const NO_FLOW = -1;
export const FORWARDED = ["forwarded", "new-flow", "mid-stream-admitted"];

/** Where a fragment came from; captured replies are a side of their own. */
export interface Origin {
  side: "consumer" | "provider" | "reply";
  /** Name of the endpoint at which drops count, if there is one. */
  owner: string | undefined;
  /** Decides on the first fragment of a datagram as on any packet. */
  decide: (transport: Transport) => Decision;
}

/** Decides on a fragment to an endpoint or to a NAT address, or on one that is a captured reply. */
export type OnFragment = (path: Path, arrival: Arrival, origin: Origin) => Decision;

/** What is done with one that fits its datagram. */
export interface Takers {
  /** TTL run out. */
  expired: OnFragment;
  first: (path: Path, arrival: Arrival, origin: Origin, datagram: Datagram) => Decision;
  /** One whose datagram waits for nothing. */
  later: (path: Path, arrival: Arrival, origin: Origin, datagram: Datagram) => Decision;
  /** Whether a datagram waits for its first fragment. */
  waits: (datagram: Datagram) => boolean;
}

/** Section 19 for a plane that does with fragments what is given. */
export const fragmentsFor =
  (takers: Takers): OnFragment =>
  (path, arrival, origin) => {
    const { settings, datagrams, flows } = path;
    const { network, ip } = arrival;
    if (settings.fragments !== "translate" || (ip.protocol !== TCP && ip.protocol !== UDP))
      return dropped("fragment", origin.owner);
    if (isMalformed(path, arrival, origin)) return dropped("fragment-malformed", origin.owner);
    if (expiryOf(arrival, origin) !== undefined) return takers.expired(path, arrival, origin);
    datagrams.releaseDead(flows.now, RELEASED_BEFORE);
    const key = `${origin.side} ${network} ${ip.source} ${ip.destination} ${ip.protocol} ${ip.identification}`;
    const datagram = datagrams.find(key, flows.now) ?? datagrams.make(key, origin.owner, flows.now);
    if (datagram === undefined) return dropped("fragment-table-full", origin.owner);
    if (datagram.refused !== undefined) return dropped(datagram.refused, datagram.owner);
    const decision = ofDatagram(path, arrival, origin, datagram, takers);
    if (datagram.refused === undefined && isComplete(datagram)) datagrams.release(datagram);
    return decision;
  };

/** Drops one whose TTL has run out, and answers it. */
export const expire: OnFragment = (path, arrival, origin) => {
  if (origin.side !== "reply" && arrival.ip.fragmentFrom === 0) ttlExpires(path, arrival, NO_FLOW);
  return dropped(expiryOf(arrival, origin) as string, origin.owner);
};

/** In a plane of one shard. */
export const ofFragment: OnFragment = fragmentsFor({
  expired: expire,
  first: (path, arrival, origin, datagram) => {
    const owned = { ...origin, owner: datagram.owner };
    const decision = passFirst(path, arrival, owned, datagram, path.datagrams.letGo(datagram));
    return FORWARDED.includes(decision.reason) ? decision : refused(path, datagram, decision);
  },
  later: (path, arrival, origin, datagram) => passLater(path, arrival, { ...origin, owner: datagram.owner }, datagram),
  waits: ({ flow }) => flow === undefined,
});

export const dropped = (reason: string, owner: string | undefined): Decision =>
  owner === undefined ? { reason } : { reason, droppedAt: owner };

/** Whether it can be no fragment at all. */
function isMalformed({ networks }: Path, arrival: Arrival, { side }: Origin): boolean {
  const { ip, network } = arrival;
  const { from, to } = partOf(arrival);
  const endpoint =
    side === "reply" ? networks.endpoint(network, ip.source) : networks.destination(network, ip.destination);
  const leavesAsIpv4 = side !== "provider" && endpoint !== undefined && serviceFamily(endpoint) === 4;
  if (ip.family === 6 && leavesAsIpv4 && to > BYTES_MOST - IPV4.end) return true;
  // What an IPv6 header's payload length counts, without the fragment header.
  const headers = ip.family === 6 ? ip.headerLength - IPV6.end - FRAGMENT_HEADER.end : ip.headerLength;
  return from === to || (ip.moreFragments && to % UNIT !== 0) || to > BYTES_MOST - headers;
}

/** Reason of one whose TTL has run out. */
export function expiryOf({ ip }: Arrival, { side }: Origin): string | undefined {
  if (side !== "reply") return ip.ttl <= 1 ? "ttl-expired" : undefined;
  return ip.ttl === 0 ? "ttl-expired" : ip.ttl === TTL_MOST ? "reply-unmatched" : undefined;
}

function partOf({ ip }: Arrival): { from: number; to: number } {
  return { from: ip.fragmentFrom, to: ip.fragmentFrom + ip.totalLength - ip.headerLength };
}

/** A fragment of a datagram that is not refused yet. */
function ofDatagram(path: Path, arrival: Arrival, origin: Origin, datagram: Datagram, takers: Takers): Decision {
  const { ip, packet } = arrival;
  const part = partOf(arrival);
  const fault = came(datagram, part, !ip.moreFragments);
  if (fault === "fragment-duplicate") return dropped(fault, datagram.owner);
  if (fault !== undefined) return refused(path, datagram, dropped(fault, datagram.owner));
  if (part.from === 0) {
    const transport = readTransport(packet.frame, ip);
    if (typeof transport === "string") return refused(path, datagram, dropped(transport, datagram.owner));
    return takers.first(path, arrival, origin, datagram);
  }
  if (ip.protocol === TCP && part.from < TCP_HEADER.end)
    return refused(path, datagram, dropped("fragment-malformed", datagram.owner));
  return takers.waits(datagram) ? wait(path, arrival, datagram) : takers.later(path, arrival, origin, datagram);
}

/** The decision on a packet, which its datagram is refused with. */
function refused({ datagrams }: Path, datagram: Datagram, decision: Decision): Decision {
  datagrams.refuse(datagram, decision.reason);
  return decision;
}

/** What becomes of a first fragment, and of those of its datagram that were held, which count at the owner if they are discarded. */
export function passFirst(path: Path, arrival: Arrival, origin: Origin, passage: Passage, held: Arrival[]): Decision {
  const decision = origin.decide(readTransport(arrival.packet.frame, arrival.ip) as Transport);
  const leaves = FORWARDED.includes(decision.reason);
  for (const _ of held)
    if (leaves) path.counters.instead("awaiting-fragment", "forwarded");
    else path.counters.instead("awaiting-fragment", decision.reason, origin.owner);
  if (!leaves) return decision;
  const flow = path.flows.numbered(decision.flow as number) as Flow;
  join(passage, flow);
  for (const fragment of held) passOn(path, fragment, origin, flow, "held");
  return decision;
}

function wait({ datagrams }: Path, arrival: Arrival, datagram: Datagram): Decision {
  if (datagrams.held === HELD_MOST || arrival.packet.frame.length > HELD_BYTES_MOST) {
    datagrams.refuse(datagram, "fragment-pool-full");
    return dropped("fragment-pool-full", datagram.owner);
  }
  datagrams.hold(datagram, arrival);
  return { reason: "awaiting-fragment" };
}

/** A later fragment of a datagram whose first one left. */
export function passLater(path: Path, arrival: Arrival, origin: Origin, passage: Passage): Decision {
  const flow = passage.flow && path.flows.see(passage.flow.key);
  if (flow === undefined || !isOf(flow, passage, arrival, origin)) return dropped("fragment-timeout", origin.owner);
  const cut = judgedOf(path, flow, false);
  if (cut !== undefined) return cut;
  passOn(path, arrival, origin, flow, "input");
  return { reason: "forwarded", flow: flow.number };
}

/** Whether a flow of the tuple that a datagram's flow had is that flow, as far as can be told. */
function isOf(flow: Flow, passage: Passage, { network, ip }: Arrival, { side }: Origin): boolean {
  if (flow.firstSeen !== passage.flow?.firstSeen) return false;
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
  const ttl = side === "reply" ? ip.ttl + 1 : ip.ttl - 1;
  const bytes = headersRewritten(packet.frame, packet.link, ip, ends[side], ttl);
  if (side !== "reply" && packet.link === "ethernet") readdress(bytes, flow, side);
  path.out.push({ side: side === "provider" ? "consumer" : "provider", cause, flow: flow.number, bytes });
}
