// Judging flows again after a change of the configuration (behaviour 15).
import { replyOf } from "./captured.ts";
import { type Flow, isOpen, tupleKey } from "./flow.ts";
import { providerKey } from "./forward.ts";
import { TCP, untranslated } from "./ip.ts";
import type { Arrival, Decision, Path } from "./path.ts";
import { resetsOf } from "./reset.ts";
import { ruleOf } from "./service.ts";
import { readTransport } from "./transport.ts";

export type Judgement = "stays" | "moves" | "connection-lost" | "flow-withdrawn" | "backend-drained";

/** What becomes of a packet whose flow is cut; undefined when the packet goes on. */
export function judgedBefore(path: Path, arrival: Arrival): Decision | undefined {
  const reply = arrival.packet.side === "captured" ? replyOf(path, arrival) : undefined;
  const flow = reply === undefined ? flowOf(path, arrival) : path.flows.see(tupleKey(reply));
  return flow && judgedOf(path, flow, reply === undefined && arrival.packet.side !== "provider");
}

/** What becomes of a packet of a live flow which is cut because of it; one that may open another flow goes on when the flow moves. */
export function judgedOf(path: Path, flow: Flow, mayOpen: boolean): Decision | undefined {
  const judgement = judgeAgain(path, flow);
  if (judgement === "stays" || (judgement === "moves" && mayOpen)) return undefined;
  const reason = judgement === "moves" ? "flow-withdrawn" : judgement;
  return { reason, flow: flow.number, droppedAt: flow.endpoint.name };
}

/** Judges the live flow of a packet, if that is to be done; one that does not stay is cut. */
export function judgeAgain(path: Path, flow: Flow): Judgement {
  if (flow.epoch === path.flows.epoch) return "stays";
  const judgement = judge(path, flow);
  if (judgement !== "stays") cut(path, flow, "answer");
  return judgement;
}

/** One step of the walk: the flow of a number, if there is one. */
export function judgeNumber(path: Path, number: number): void {
  const flow = path.flows.numbered(number);
  if (flow === undefined || flow.epoch === path.flows.epoch || path.flows.releasesDead(flow)) return;
  if (judge(path, flow) !== "stays") cut(path, flow, "timer");
}

/** The live flow that a packet belongs to which is no captured reply. */
function flowOf({ flows }: Path, { packet, network, ip }: Arrival): Flow | undefined {
  if (untranslated(ip.kind) !== undefined) return undefined;
  const transport = readTransport(packet.frame, ip);
  if (typeof transport === "string") return undefined;
  const { source, destination, protocol } = ip;
  const { sourcePort, destinationPort } = transport;
  if (packet.side === "provider")
    return flows.findByProvider(providerKey(network, protocol, { source, sourcePort, destination, destinationPort }));
  const ends = { client: source, clientPort: sourcePort, endpointPort: destinationPort };
  return flows.see(tupleKey({ network, protocol, endpoint: { address: destination }, ...ends }));
}

/** Judges a flow; one that stays belongs to the present configuration from then on. */
function judge(path: Path, flow: Flow): Judgement {
  const { networks, settings, flows, drains } = path;
  const endpoint = networks.destination(flow.network, flow.endpoint.address);
  if (endpoint?.identity !== flow.endpoint.identity) return "flow-withdrawn";
  if (settings.endpointSources === "drop" && networks.endpoint(flow.network, flow.client) !== undefined)
    return "flow-withdrawn";
  if (!networks.reaches(flow.network, flow.client, endpoint)) return "flow-withdrawn";
  if (endpoint.connectionState !== "Approved" && settings.connectionLost === "cut") return "connection-lost";
  const { service } = endpoint;
  const rule = ruleOf(service, flow.protocol, flow.endpointPort);
  if (rule === undefined || rule.name !== flow.rule.name || service.network !== flow.endpoint.service.network)
    return "flow-withdrawn";
  if (!service.natAddresses.includes(flow.nat)) return "flow-withdrawn";
  if (!rule.inboundNat && drains.isOver(flow.backend.name)) return "backend-drained";
  if (flow.protocol !== TCP) {
    if (rule.identify !== "address") return "flow-withdrawn";
    const backend = rule.pool.find(({ name }) => name === flow.backend.name);
    if (backend?.takes !== true) return "moves";
  }
  flow.endpoint = endpoint;
  flow.rule = rule;
  flow.epoch = flows.epoch;
  if (isOpen(flow)) flows.retime(flow);
  return "stays";
}

function cut(path: Path, flow: Flow, cause: "answer" | "timer"): void {
  if (flow.rule.reset && (flow.state === "opening" || isOpen(flow))) {
    const resets = resetsOf(flow, cause);
    path.out.push(...resets);
    path.counters.generated.reset += resets.length;
  }
  path.counters.flows.cut++;
  path.flows.release(flow, false);
}
