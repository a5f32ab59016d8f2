// ICMP to endpoints, to NAT addresses and from endpoints in captures (behaviour 17 and 23.6).
import { echoReply } from "./answer.ts";
import { judgeAgain } from "./change.ts";
import { type Embedded, embeddedIn, ICMP_HEADER, isOfFlow, isSound, type Numbers } from "./embedded.ts";
import { leavingError } from "./error.ts";
import { type Flow, tupleKey } from "./flow.ts";
import { providerKey, readdress } from "./forward.ts";
import type { Endpoint } from "./networks.ts";
import type { Arrival, Decision, Path } from "./path.ts";
import { loweredNumber, raisedNumber } from "./proxy.ts";
import type { Ends } from "./rewrite.ts";
import { type Family, TCP } from "./ip.ts";
import { TCP_HEADER } from "./transport.ts";

const ERRORS = { 4: [3, 11, 12], 6: [1, 2, 3, 4] };
const ECHO = { 4: 8, 6: 128 };
const TTL_LAST = 1;
const TTL_MOST = 255;

export const isError = (family: Family, type: number): boolean => ERRORS[family].includes(type);

/** ICMP to an endpoint. */
export function icmpFromConsumer(path: Path, arrival: Arrival, endpoint: Endpoint): Decision {
  const droppedAt = endpoint.name;
  const kind = kindOf(arrival);
  if (kind === "echo") {
    answerEcho(path, arrival, endpoint);
    return { reason: "icmp-echo", droppedAt };
  }
  if (kind !== "error") return { reason: kind === "other" ? "icmp" : kind, droppedAt };
  const embedded = embeddedOf(arrival, false);
  if (typeof embedded === "string") return { reason: embedded, droppedAt };
  const flow = path.flows.see(
    tupleKey({
      network: arrival.network,
      protocol: embedded.protocol,
      endpoint: { address: embedded.source },
      client: embedded.destination,
      clientPort: embedded.destinationPort,
      endpointPort: embedded.sourcePort,
    }),
  );
  return flow === undefined ? { reason: "icmp-no-flow", droppedAt } : follow(path, arrival, embedded, flow, droppedAt);
}

/** ICMP to a NAT address. */
export function icmpFromProvider(path: Path, arrival: Arrival): Decision {
  const kind = kindOf(arrival);
  if (kind !== "error") return { reason: kind === "other" || kind === "echo" ? "icmp" : kind };
  const embedded = embeddedOf(arrival, false);
  if (typeof embedded === "string") return { reason: embedded };
  const { protocol, source, sourcePort, destination, destinationPort } = embedded;
  const flow = path.flows.findByProvider(
    providerKey(arrival.network, protocol, {
      source: destination,
      sourcePort: destinationPort,
      destination: source,
      destinationPort: sourcePort,
    }),
  );
  return flow === undefined ? { reason: "icmp-no-flow" } : follow(path, arrival, embedded, flow, undefined);
}

/** Captured ICMP that an endpoint sent. */
export function icmpFromCapture(path: Path, arrival: Arrival, endpoint: Endpoint): Decision {
  const droppedAt = endpoint.name;
  const kind = kindOf(arrival);
  if (kind !== "error") return { reason: kind === "other" || kind === "echo" ? "icmp" : kind, droppedAt };
  const embedded = embeddedOf(arrival, true);
  if (typeof embedded === "string") return { reason: embedded, droppedAt };
  const key = tupleKey({
    network: arrival.network,
    protocol: embedded.protocol,
    endpoint: { address: embedded.destination },
    client: embedded.source,
    clientPort: embedded.sourcePort,
    endpointPort: embedded.destinationPort,
  });
  if (path.flows.seesDenied(key)) return { reason: "reply-refused", droppedAt };
  const flow = path.flows.see(key);
  if (flow === undefined || arrival.ip.ttl === TTL_MOST) return { reason: "reply-unmatched", droppedAt };
  const judged = judgeAgain(path, flow);
  if (judged !== "stays") {
    const reason = judged === "moves" ? "flow-withdrawn" : judged;
    return { reason, flow: flow.number, droppedAt };
  }
  if (arrival.ip.ttl === 0) return { reason: "ttl-expired", flow: flow.number, droppedAt };
  const { nat, natPort, target, backendPort } = flow;
  const sent = { source: nat, sourcePort: natPort, destination: target, destinationPort: backendPort };
  const numbers: Numbers =
    flow.proxy === undefined || embedded.protocol !== TCP
      ? []
      : [{ field: TCP_HEADER.sequence, change: (number) => raisedNumber(flow.proxy, number) }];
  const bytes = leavingError(path, arrival, { flow, embedded, ends: sent, numbers, ttl: arrival.ip.ttl + 1 });
  if (bytes === undefined) return { reason: "icmp", flow: flow.number, droppedAt };
  path.out.push({ side: "provider", cause: "input", flow: flow.number, bytes });
  return { reason: "icmp-error", flow: flow.number };
}

type Kind = "error" | "echo" | "other" | "icmp-malformed" | "truncated";

function kindOf({ packet: { frame }, ip }: Arrival): Kind {
  const at = ip.at + ip.headerLength;
  if (ip.totalLength - ip.headerLength < ICMP_HEADER.end) return "icmp-malformed";
  if (Math.min(frame.length, ip.at + ip.totalLength) - at < ICMP_HEADER.end) return "truncated";
  const type = frame[at + ICMP_HEADER.type] as number;
  if (isError(ip.family, type)) return "error";
  return type === ECHO[ip.family] && frame[at + ICMP_HEADER.code] === 0 ? "echo" : "other";
}

/** The packet in an error, or the reason for which the error is dropped. */
function embeddedOf({ packet: { frame }, ip }: Arrival, captured: boolean): Embedded | string {
  const embedded = embeddedIn(frame, ip);
  if (typeof embedded === "string") return embedded;
  if (!isSound(frame, ip, embedded)) return "icmp-bad-checksum";
  const agrees = captured ? embedded.destination === ip.source : embedded.source === ip.destination;
  return agrees && isOfFlow(embedded) ? embedded : "icmp-no-flow";
}

/** An error of a live flow goes to its other side. */
function follow(path: Path, arrival: Arrival, embedded: Embedded, flow: Flow, none: string | undefined): Decision {
  const { packet, ip } = arrival;
  const fromConsumer = packet.side !== "provider";
  const droppedAt = flow.endpoint.name;
  const judged = judgeAgain(path, flow);
  if (judged === "moves" && fromConsumer)
    return { reason: "icmp-no-flow", ...(none === undefined ? {} : { droppedAt: none }) };
  if (judged !== "stays") {
    return { reason: judged === "moves" ? "flow-withdrawn" : judged, flow: flow.number, droppedAt };
  }
  if (ip.ttl <= TTL_LAST) return { reason: "ttl-expired", flow: flow.number, droppedAt };
  const { nat, natPort, target, backendPort, client, clientPort, endpoint, endpointPort } = flow;
  const ends: Ends = fromConsumer
    ? { source: target, sourcePort: backendPort, destination: nat, destinationPort: natPort }
    : { source: client, sourcePort: clientPort, destination: endpoint.address, destinationPort: endpointPort };
  const numbers = numbersOf(flow, embedded, fromConsumer);
  const bytes = leavingError(path, arrival, { flow, embedded, ends, numbers, ttl: ip.ttl - 1 });
  if (bytes === undefined) return { reason: "icmp", flow: flow.number, droppedAt };
  if (packet.link === "ethernet") readdress(bytes, flow, fromConsumer ? "consumer" : "provider");
  path.out.push({ side: fromConsumer ? "provider" : "consumer", cause: "input", flow: flow.number, bytes });
  return { reason: "icmp-error", flow: flow.number };
}

/** What the numbers of the packet in an error become where a PROXY header lies before the client's stream. */
function numbersOf({ proxy }: Flow, { protocol }: Embedded, fromConsumer: boolean): Numbers {
  if (proxy === undefined || protocol !== TCP) return [];
  return fromConsumer
    ? [{ field: TCP_HEADER.acknowledgement, change: (number) => raisedNumber(proxy, number) }]
    : [{ field: TCP_HEADER.sequence, change: (number) => loweredNumber(proxy, number) }];
}

function answerEcho(path: Path, { packet, network, ip }: Arrival, endpoint: Endpoint): void {
  if (path.settings.icmpEcho !== "answer" || endpoint.connectionState !== "Approved") return;
  if (!path.networks.reaches(network, ip.source, endpoint)) return;
  const bytes = echoReply(packet.frame, packet.link, ip);
  if (bytes === undefined) return;
  path.out.push({ side: "consumer", cause: "answer", flow: -1, bytes });
  path.counters.generated.icmp++;
}
