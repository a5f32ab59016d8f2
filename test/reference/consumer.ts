// Decisions about packets from the consumer's side, in order (behaviour 3).
import { admit } from "./admission.ts";
import { refuse, stands } from "./denial.ts";
import { type Flow, type Tuple, tupleKey } from "./flow.ts";
import { forward } from "./forward.ts";
import { judgedOf } from "./change.ts";
import { icmpFromConsumer } from "./icmp.ts";
import { inspectRequest } from "./inspect-request.ts";
import { untranslated } from "./ip.ts";
import type { Endpoint } from "./networks.ts";
import { type Arrival, type Decision, type Path, ttlExpires } from "./path.ts";
import { taken } from "./proxy.ts";
import { isOlder } from "./restart.ts";
import { isTooBig, serviceFamily, serviceMtu } from "./size.ts";
import { isBeginning, readTransport, type Transport } from "./transport.ts";

const NO_FLOW = -1;

export function fromConsumer(path: Path, arrival: Arrival): Decision {
  const { network, ip } = arrival;
  const endpoint = path.networks.destination(network, ip.destination);
  const claimed = path.networks.endpoint(network, ip.source);
  if (endpoint === undefined) return elsewhere(path, arrival, claimed);
  const droppedAt = endpoint.name;
  if (claimed !== undefined && path.settings.endpointSources === "drop") {
    return { reason: "spoofed-endpoint", droppedAt };
  }
  if (ip.kind === "icmp") return icmpFromConsumer(path, arrival, endpoint);
  if (ip.kind === "fragment") {
    const decide = (transport: Transport): Decision =>
      ofFirst(path, arrival, transport, tupleOf(path, arrival, transport, endpoint));
    return path.onFragment(path, arrival, { side: "consumer", owner: droppedAt, decide });
  }
  const kept = untranslated(ip.kind);
  if (kept !== undefined) return { reason: kept, droppedAt };
  const transport = readTransport(arrival.packet.frame, ip);
  if (typeof transport === "string") return { reason: transport, droppedAt };
  if (ttlExpires(path, arrival, NO_FLOW)) return { reason: "ttl-expired", droppedAt };
  return ofTuple(path, arrival, transport, tupleOf(path, arrival, transport, endpoint));
}

function tupleOf({ networks }: Path, { network, ip }: Arrival, transport: Transport, endpoint: Endpoint): Tuple {
  return {
    network,
    networkName: networks.nameOf(network),
    endpoint,
    protocol: ip.protocol,
    client: ip.source,
    clientPort: transport.sourcePort,
    endpointPort: transport.destinationPort,
  };
}

/** The first fragment of a datagram. */
function ofFirst(path: Path, arrival: Arrival, transport: Transport, tuple: Tuple): Decision {
  const flow = path.flows.see(tupleKey(tuple));
  const cut = flow && judgedOf(path, flow, true);
  return cut ?? ofTuple(path, arrival, transport, tuple);
}

/** A packet to no endpoint, perhaps from one's address. */
function elsewhere(path: Path, { ip }: Arrival, claimed: Endpoint | undefined): Decision {
  if (claimed === undefined) return { reason: ip.kind === "tunnel" ? "tunnel" : "no-endpoint" };
  if (path.settings.endpointSources === "drop") return { reason: "spoofed-endpoint", droppedAt: claimed.name };
  const kept = untranslated(ip.kind);
  return kept === undefined ? { reason: "no-endpoint" } : { reason: kept, droppedAt: claimed.name };
}

function ofTuple(path: Path, arrival: Arrival, transport: Transport, tuple: Tuple): Decision {
  const { flows } = path;
  const key = tupleKey(tuple);
  const flow = flows.find(key);
  if (flow !== undefined) {
    if (!isReuse(flow, transport, arrival.packet.backend)) {
      if (isTooBig(path, arrival, serviceMtu(flow.endpoint), flow.number, serviceFamily(flow.endpoint)))
        return { reason: "packet-too-big", flow: flow.number, droppedAt: flow.endpoint.name };
      return ofFlow(path, arrival, transport, flow, "forwarded");
    }
    flows.release(flow, false);
  }
  const denied = flows.findDenied(key);
  if (denied !== undefined && stands(path, denied, transport)) {
    return refuse(path, arrival, { tuple, denied, reason: denied.reason });
  }
  const admitted = admit(path, arrival, transport, tuple, denied);
  if (admitted === "packet-too-big" || admitted === "fragment" || admitted === "martian-source")
    return { reason: admitted, droppedAt: tuple.endpoint.name };
  return typeof admitted === "string" ? refuse(path, arrival, { tuple, denied, reason: admitted }) : admitted;
}

/** A client's packet of a live flow, its first included. */
export function ofFlow(path: Path, given: Arrival, read: Transport, flow: Flow, reason: string): Decision {
  const { number, proxy } = flow;
  if (given.ip.kind === "fragment" && readsStream(flow)) return { reason: "fragment", droppedAt: flow.endpoint.name };
  const packet = proxy === undefined ? { arrival: given, transport: read } : taken(proxy, given, read);
  if (typeof packet === "string") return { reason: packet, flow: number, droppedAt: flow.endpoint.name };
  const { arrival, transport } = packet;
  if (flow.inspection !== undefined) return inspectRequest(path, arrival, transport, flow, reason);
  forward(path, arrival, transport, flow);
  return { reason, flow: number };
}

/** Whether the path reads or writes what a flow's client says, so that it takes no fragments. */
export const readsStream = ({ inspection, proxy }: Flow): boolean => inspection !== undefined || proxy !== undefined;

/** Whether a packet opens a new connection on the tuple of one that ends. */
const isReuse = (flow: Flow, transport: Transport, asked: string | undefined): boolean =>
  isBeginning(transport) && (flow.state === "reset" || (flow.state === "closing" && !isOlder(flow, transport, asked)));
