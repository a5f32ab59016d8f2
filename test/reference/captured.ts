// Decisions about frames as captured at a consumer (behaviour 12).
import { type Flow, type Tuple, tupleKey } from "./flow.ts";
import { leaveAsSent, note } from "./forward.ts";
import { judgedOf } from "./change.ts";
import type { Endpoint } from "./networks.ts";
import { fromConsumer, readsStream } from "./consumer.ts";
import { icmpFromCapture } from "./icmp.ts";
import { observeReply } from "./inspect-reply.ts";
import type { Arrival, Decision, Path } from "./path.ts";
import { isWhole } from "./proxy.ts";
import { ruleOf } from "./service.ts";
import { portsOf, readTransport, type Transport } from "./transport.ts";

const TTL_MOST = 255;

export function fromCapture(path: Path, arrival: Arrival): Decision {
  const { ip, network } = arrival;
  const sender = ip.kind === "icmp" || ip.kind === "fragment" ? path.networks.endpoint(network, ip.source) : undefined;
  if (sender !== undefined && path.networks.endpoint(network, ip.destination) === undefined)
    return ip.kind === "icmp" ? icmpFromCapture(path, arrival, sender) : fragmentFrom(path, arrival, sender);
  const reply = replyOf(path, arrival);
  return reply === undefined ? fromConsumer(path, arrival) : ofReply(path, arrival, reply);
}

/** A fragment that an endpoint sent. */
function fragmentFrom(path: Path, arrival: Arrival, sender: Endpoint): Decision {
  const decide = ({ sourcePort, destinationPort }: Transport): Decision => {
    const reply = answered(path, arrival, sender, { source: sourcePort, destination: destinationPort });
    const flow = path.flows.see(tupleKey(reply));
    return (flow && judgedOf(path, flow, false)) ?? ofReply(path, arrival, reply);
  };
  return path.onFragment(path, arrival, { side: "reply", owner: sender.name, decide });
}

function ofReply(path: Path, arrival: Arrival, reply: Tuple): Decision {
  const droppedAt = reply.endpoint.name;
  const key = tupleKey(reply);
  const { flows } = path;
  if (flows.seesDenied(key)) return { reason: "reply-refused", droppedAt };
  const flow = flows.see(key);
  if (flow === undefined || arrival.ip.ttl === TTL_MOST) return { reason: "reply-unmatched", droppedAt };
  const transport = readTransport(arrival.packet.frame, arrival.ip);
  if (typeof transport === "string") return { reason: transport };
  if (arrival.ip.ttl === 0) return { reason: "ttl-expired", flow: flow.number, droppedAt };
  if (arrival.ip.kind === "fragment" && readsStream(flow)) return { reason: "fragment", droppedAt: flow.endpoint.name };
  if (flow.proxy !== undefined && !isWhole(arrival, transport))
    return { reason: "truncated", flow: flow.number, droppedAt };
  if (flow.inspection !== undefined) {
    const refused = observeReply(path, arrival, transport, flow);
    if (refused !== undefined) return refused;
  }
  sendBack(path, arrival, transport, flow);
  return { reason: "forwarded", flow: flow.number };
}

function sendBack(path: Path, arrival: Arrival, transport: Transport, flow: Flow): void {
  note(path, "provider", transport, flow);
  leaveAsSent(path, arrival, transport, flow);
}

/** The tuple whose reply a packet is; undefined when it is none. */
export function replyOf(path: Path, { packet, network, ip }: Arrival): Tuple | undefined {
  const source = path.networks.endpoint(network, ip.source);
  const ports = ip.kind === "transport" ? portsOf(packet.frame, ip) : undefined;
  if (source === undefined || ports === undefined) return undefined;
  const tuple = answered(path, { network, ip }, source, ports);
  const destination = path.networks.endpoint(network, ip.destination);
  if (destination === undefined) return tuple;
  const serves = ({ service }: Endpoint, port: number): boolean => ruleOf(service, ip.protocol, port) !== undefined;
  if (serves(destination, ports.destination) && !path.flows.holds(tupleKey(tuple))) return undefined;
  return serves(source, ports.source) ? tuple : undefined;
}

/** The tuple of what a packet of an endpoint answers. */
function answered(
  { networks }: Path,
  { network, ip }: Pick<Arrival, "network" | "ip">,
  endpoint: Endpoint,
  ports: { source: number; destination: number },
): Tuple {
  return {
    network,
    networkName: networks.nameOf(network),
    endpoint,
    protocol: ip.protocol,
    client: ip.destination,
    clientPort: ports.destination,
    endpointPort: ports.source,
  };
}
