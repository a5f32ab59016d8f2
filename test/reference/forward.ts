// A packet of a live flow: counted, followed, translated and sent on (behaviour 5 and 6).
import type { Side } from "../plane.ts";
import { addPacket } from "./counters.ts";
import { destinationMac, setDestinationMac, setSourceMac, sourceMac } from "./ethernet.ts";
import { type Flow, gather, isOpen } from "./flow.ts";
import { TCP } from "./ip.ts";
import type { Arrival, Path } from "./path.ts";
import { leaveBehind, raised } from "./proxy.ts";
import { directions, isIgnoredReset, restart } from "./restart.ts";
import { type Ends, type Leaving, rewrite } from "./rewrite.ts";
import { clamped } from "./size.ts";
import { isBeginning, type Transport } from "./transport.ts";

/** Text of the tuple of a reply as it comes, for maps; the network is the service's. */
export const providerKey = (network: number, protocol: number, ends: Ends): string =>
  `${network} ${protocol} ${ends.source} ${ends.sourcePort} ${ends.destination} ${ends.destinationPort}`;

/** Counts, follows and sends on a packet of a flow, its first included; gives the bytes that left. */
export function forward(path: Path, arrival: Arrival, transport: Transport, flow: Flow): Uint8Array {
  const { packet, wireLength } = arrival;
  const from: Side = packet.side === "provider" ? "provider" : "consumer";
  note(path, from, transport, flow);
  countTraffic(path, flow, from, wireLength);
  const leaving = translated(arrival, transport, flow);
  const { ip } = leaving;
  const bytes = clamped(path, flow, leaving.transport, leaving.bytes, ip.at + ip.totalLength);
  if (from === "consumer" && flow.proxy !== undefined) return leaveBehind(path, flow, { ...leaving, bytes });
  const side = from === "consumer" ? "provider" : "consumer";
  path.out.push({ side, cause: "input", flow: flow.number, bytes });
  return bytes;
}

/** Follows a packet of a flow without sending it on. */
export function note(path: Path, from: Side, transport: Transport, flow: Flow): void {
  if (flow.protocol === TCP && isIgnoredReset(flow, from, transport)) {
    path.ignoresReset = true;
    return;
  }
  flow.lastSeen = path.flows.now;
  restart(flow, from, transport);
  gather(directions(flow, from).own, transport, isOpen(flow) && isBeginning(transport));
  path.flows.follow(flow);
}

/** Lets a captured reply leave as its backend must have sent it (behaviour 12). */
export function leaveAsSent(path: Path, { packet, ip, wireLength }: Arrival, transport: Transport, flow: Flow): void {
  countTraffic(path, flow, "provider", wireLength);
  const { source, sourcePort, destination, destinationPort } = endsOf(flow, "consumer");
  const sent = { source: destination, sourcePort: destinationPort, destination: source, destinationPort: sourcePort };
  const turned = rewrite(packet.frame, packet.link, ip, transport, sent, ip.ttl + 1);
  const bytes = flow.proxy === undefined ? turned.bytes : raised(flow.proxy, turned.transport.at, turned.bytes);
  path.out.push({ side: "provider", cause: "input", flow: flow.number, bytes });
}

/** Counts a packet of a flow that is sent on. */
export function countTraffic({ counters }: Path, flow: Flow, from: Side, wireLength: number): void {
  const direction = from === "consumer" ? "toService" : "toConsumer";
  addPacket(flow[direction].traffic, wireLength);
  addPacket(counters.endpoint(flow.endpoint.name)[direction], wireLength);
  addPacket(counters.backend(flow.backend.name)[direction], wireLength);
}

/** A packet of a flow as it leaves. */
export function translated({ packet, ip }: Arrival, transport: Transport, flow: Flow): Leaving {
  const from: Side = packet.side === "provider" ? "provider" : "consumer";
  const leaving = rewrite(packet.frame, packet.link, ip, transport, endsOf(flow, from));
  if (packet.link === "ethernet") readdress(leaving.bytes, flow, from);
  return leaving;
}

function endsOf(flow: Flow, from: Side): Ends {
  if (from === "consumer") {
    return {
      source: flow.nat,
      sourcePort: flow.natPort,
      destination: flow.target,
      destinationPort: flow.backendPort,
    };
  }
  return {
    source: flow.endpoint.address,
    sourcePort: flow.endpointPort,
    destination: flow.client,
    destinationPort: flow.clientPort,
  };
}

/** MAC addresses of a frame of a flow whose backend has one. */
export function readdress(frame: Uint8Array, { backend, endpoint, first }: Flow, from: Side): void {
  if (backend.mac === undefined) return;
  if (from === "consumer") {
    setDestinationMac(frame, backend.mac);
    if (endpoint.service.mac !== undefined) setSourceMac(frame, endpoint.service.mac);
  } else if (first.link === "ethernet") {
    setDestinationMac(frame, sourceMac(first.header));
    setSourceMac(frame, destinationMac(first.header));
  }
}
