// Flows and denied flows: what is held of them, their state and their death (behaviour 6, 7 and 9).
import type { FlowOut, LinkName, Traffic } from "../plane.ts";
import { endText } from "./address.ts";
import { TCP } from "./ip.ts";
import type { Inspection } from "./inspection.ts";
import type { Endpoint } from "./networks.ts";
import type { PortPool } from "./ports.ts";
import type { Proxy } from "./proxy.ts";
import type { Backend, Rule } from "./service.ts";
import type { State, Timeouts } from "./timeouts.ts";
import { ACK, FIN, RST, type Transport } from "./transport.ts";

/** The consumer's tuple of a flow. */
export interface Tuple {
  /** Index of the network that the client's packets come in by. */
  network: number;
  networkName: string;
  endpoint: Endpoint;
  protocol: number;
  client: number;
  clientPort: number;
  endpointPort: number;
}

/** Text of a consumer's tuple, for maps. */
export const tupleKey = ({
  network,
  endpoint,
  protocol,
  client,
  clientPort,
  endpointPort,
}: Omit<Tuple, "networkName" | "endpoint"> & { endpoint: { address: number } }): string =>
  `${network} ${protocol} ${client} ${clientPort} ${endpoint.address} ${endpointPort}`;

/** One direction of a flow. */
export interface Direction {
  traffic: Traffic;
  /** All TCP flags seen. */
  flags: number;
  sequenceEnd?: number;
  acknowledged?: number;
}

export const noDirection = (): Direction => ({ traffic: { packets: 0, bytes: 0 }, flags: 0 });

/** What the first packet of a flow leaves behind. */
export interface FirstFrame {
  link: LinkName;
  /** Its link header as it came. */
  header: Uint8Array;
  /** Its link header as it left. */
  translated: Uint8Array;
}

interface Held extends Tuple {
  number: number;
  key: string;
  /** Configuration that judged it last. */
  epoch: number;
  firstSeen: bigint;
  lastSeen: bigint;
  toService: Direction;
}

export interface Flow extends Held {
  denied: false;
  providerKey: string;
  midStream: boolean;
  state: State;
  rule: Rule;
  backend: Backend;
  /** Address that requests are sent to. */
  target: number;
  backendPort: number;
  nat: number;
  natPort: number;
  pool: PortPool;
  first: FirstFrame;
  /** While its first message is inspected. */
  inspection?: Inspection | undefined;
  /** When a header goes in front of its client's stream. */
  proxy?: Proxy | undefined;
  /** Allowed name that it asked for. */
  name?: string;
  toConsumer: Direction;
}

export interface DeniedFlow extends Held {
  denied: true;
  /** What it asked for. */
  name?: string | undefined;
  reason: string;
}

/** The state of a flow that is being created: that of no flags. */
export function stateWithoutPackets(protocol: number, midStream: boolean): State {
  if (protocol !== TCP) return "udp";
  return midStream ? "established" : "opening";
}

/** The state that follows from all flags gathered. */
export function stateOf({ protocol, midStream, toService, toConsumer }: Flow, { splits }: Timeouts): State {
  const some = toService.flags | toConsumer.flags;
  if (some & RST) return "reset";
  const both = toService.flags & toConsumer.flags;
  if (both & FIN) return "closing";
  const state = stateWithoutPackets(protocol, midStream || (both & ACK) !== 0);
  return state === "established" && splits && some & FIN ? "half-closed" : state;
}

/** Whether both ends have begun and neither has ended. */
export const isOpen = ({ state }: Flow): boolean => state === "established" || state === "half-closed";

/** When it is dead, in ns, if no packet comes. */
export function deathOf(flow: Flow | DeniedFlow, timeouts: Timeouts): bigint {
  if (flow.denied) return flow.lastSeen + timeouts.denied;
  const own = flow.state === "established" ? flow.rule.idle : undefined;
  return flow.lastSeen + (own ?? timeouts[flow.state]);
}

/** Gathers flags and sequence numbers of a packet. A stray one's number does not count when another one is known. */
export function gather(direction: Direction, { flags, sequence }: Transport, stray: boolean): void {
  direction.flags |= flags;
  if (sequence === undefined) return;
  const { end, acknowledgement } = sequence;
  const known = direction.sequenceEnd;
  if (known === undefined || (!stray && ((end - known) | 0) > 0)) direction.sequenceEnd = end;
  if (flags & ACK) direction.acknowledged = acknowledgement;
}

export function describe(flow: Flow | DeniedFlow): FlowOut {
  const { number, endpoint, endpointPort, denied, firstSeen, lastSeen } = flow;
  return {
    number,
    network: flow.networkName,
    protocol: flow.protocol === TCP ? "tcp" : "udp",
    client: endText(flow.client, flow.clientPort),
    endpoint: endpoint.name,
    endpointPort,
    denied,
    reason: flow.denied ? flow.reason : flow.midStream ? "mid-stream-admitted" : "new-flow",
    backend: flow.denied ? "" : endText(flow.target, flow.backendPort),
    nat: flow.denied ? "" : endText(flow.nat, flow.natPort),
    name: flow.name ?? "",
    state: flow.denied ? "denied" : flow.state,
    toService: { ...flow.toService.traffic },
    toConsumer: flow.denied ? { packets: 0, bytes: 0 } : { ...flow.toConsumer.traffic },
    firstSeen,
    lastSeen,
  };
}
