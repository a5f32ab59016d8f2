// Decisions about packets from the provider's side, in order (behaviour 3).
import { readsStream } from "./consumer.ts";
import { forward, providerKey } from "./forward.ts";
import { judgedOf } from "./change.ts";
import type { Flow } from "./flow.ts";
import { icmpFromProvider } from "./icmp.ts";
import { inspectReply } from "./inspect-reply.ts";
import { UDP, untranslated } from "./ip.ts";
import { type Arrival, type Decision, type Path, ttlExpires } from "./path.ts";
import { lowered } from "./proxy.ts";
import { familyOf, udpLength } from "./rewrite.ts";
import { isTooBig } from "./size.ts";
import { readTransport, type Transport } from "./transport.ts";

export function fromProvider(path: Path, arrival: Arrival): Decision {
  const { network, ip } = arrival;
  if (!path.networks.hasNatAddress(network, ip.destination)) {
    return { reason: ip.kind === "tunnel" ? "tunnel" : "no-endpoint" };
  }
  if (ip.kind === "icmp") return icmpFromProvider(path, arrival);
  if (ip.kind === "fragment") {
    const decide = (transport: Transport): Decision => {
      const flow = flowOf(path, arrival, transport);
      return (flow && judgedOf(path, flow, false)) ?? ofTuple(path, arrival, transport);
    };
    return path.onFragment(path, arrival, { side: "provider", owner: undefined, decide });
  }
  const kept = untranslated(ip.kind);
  if (kept !== undefined) return { reason: kept };
  const transport = readTransport(arrival.packet.frame, ip);
  if (typeof transport === "string") return { reason: transport };
  return ofTuple(path, arrival, transport);
}

function flowOf({ flows }: Path, { network, ip }: Arrival, transport: Transport): Flow | undefined {
  const { source, destination, protocol } = ip;
  const { sourcePort, destinationPort } = transport;
  return flows.findByProvider(providerKey(network, protocol, { source, sourcePort, destination, destinationPort }));
}

function ofTuple(path: Path, arrival: Arrival, transport: Transport): Decision {
  const flow = flowOf(path, arrival, transport);
  if (flow === undefined) return { reason: "no-flow" };
  if (ttlExpires(path, arrival, flow.number)) {
    return { reason: "ttl-expired", flow: flow.number, droppedAt: flow.endpoint.name };
  }
  if (isTooBig(path, arrival, path.networks.mtuOf(flow.network), flow.number, familyOf(flow.client)))
    return { reason: "packet-too-big", flow: flow.number, droppedAt: flow.endpoint.name };
  if (arrival.ip.kind === "fragment" && (readsStream(flow) || lacksSum(arrival, transport, flow)))
    return { reason: "fragment", droppedAt: flow.endpoint.name };
  if (lacksData(arrival, transport, flow))
    return { reason: "truncated", flow: flow.number, droppedAt: flow.endpoint.name };
  const known = flow.proxy === undefined ? { arrival, transport } : lowered(flow.proxy, arrival, transport);
  if (known === undefined) return { reason: "truncated", flow: flow.number, droppedAt: flow.endpoint.name };
  if (flow.inspection !== undefined) return inspectReply(path, known.arrival, known.transport, flow);
  forward(path, known.arrival, known.transport, flow);
  return { reason: "forwarded", flow: flow.number };
}

/** Whether a datagram of which this is the first fragment needs a checksum to leave as IPv6. */
function lacksSum({ packet: { frame }, ip }: Arrival, { checksumAt }: Transport, { client }: Flow): boolean {
  if (ip.protocol !== UDP || ip.family === familyOf(client) || checksumAt === undefined) return false;
  return new DataView(frame.buffer, frame.byteOffset).getUint16(checksumAt) === 0;
}

/** Whether a datagram needs a checksum to leave as IPv6 and is not captured so far that it can be told. */
function lacksData({ packet: { frame }, ip }: Arrival, { at, checksumAt }: Transport, { client }: Flow): boolean {
  if (ip.protocol !== UDP || ip.family === familyOf(client) || checksumAt === undefined) return false;
  const view = new DataView(frame.buffer, frame.byteOffset);
  return view.getUint16(checksumAt) === 0 && frame.length < at + udpLength(frame, ip, at);
}
