// Denied flows (behaviour 7).
import { addPacket } from "./counters.ts";
import { type DeniedFlow, type Flow, noDirection, type Tuple, tupleKey } from "./flow.ts";
import { RELEASE_WHEN_FULL } from "./flows.ts";
import type { Arrival, Decision, Path } from "./path.ts";
import { answerLate } from "./late-reset.ts";
import { isBeginning, type Transport } from "./transport.ts";

const NO_FLOW = -1;

/** Reasons for which flows are refused after they were opened. */
const OF_FIRST_MESSAGES = [
  "resource-denied",
  "name-changed",
  "name-missing",
  "name-ambiguous",
  "name-encrypted",
  "protocol-unexpected",
  "http2-prior-knowledge",
  "first-message-too-long",
  "segments-conflict",
  "hold-pool-full",
  "request-ambiguous",
  "stream-opaque",
];

/** Reasons that any packet may find gone. */
const OF_ROOM = ["nat-exhausted", "flow-table-full", "client-flows-full"];

/** Reasons that a beginning does away with. */
const OF_BEGINNINGS = ["mid-stream", "flow-expired"];

export interface Refusal {
  tuple: Tuple;
  reason: string;
  /** The tuple's live denied flow, if it has one. */
  denied: DeniedFlow | undefined;
  /** Name that was asked for. */
  name?: string | undefined;
}

/** Whether a denied flow's packet is refused without looking again. */
export function stands({ flows }: Path, { reason, epoch }: DeniedFlow, transport: Transport): boolean {
  if (epoch !== flows.epoch) return false;
  if (OF_ROOM.includes(reason)) return false;
  return (!OF_BEGINNINGS.includes(reason) && !OF_FIRST_MESSAGES.includes(reason)) || !isBeginning(transport);
}

/** Drops a packet and notes it in its denied flow, a new one if there is none. */
export function refuse(path: Path, arrival: Arrival, refusal: Refusal): Decision {
  const decision = record(path, arrival, refusal);
  if (OF_BEGINNINGS.includes(refusal.reason)) answerLate(path, arrival, refusal.tuple, decision.flow ?? NO_FLOW);
  return decision;
}

function record(path: Path, { wireLength }: Arrival, { tuple, reason, denied, name }: Refusal): Decision {
  const droppedAt = tuple.endpoint.name;
  const noted = denied ?? created(path, tuple, reason);
  if (noted === undefined) {
    path.counters.flows.denialsUnrecorded++;
    return { reason, droppedAt };
  }
  noted.reason = reason;
  noted.endpoint = tuple.endpoint;
  noted.epoch = path.flows.epoch;
  if (name !== undefined) noted.name = name;
  noted.lastSeen = path.flows.now;
  addPacket(noted.toService.traffic, wireLength);
  return { reason, droppedAt, flow: noted.number };
}

function created(path: Path, tuple: Tuple, reason: string): DeniedFlow | undefined {
  const { flows } = path;
  if (!flows.deniedNumbers.hasRoom()) flows.takeDue(RELEASE_WHEN_FULL);
  return flows.deniedNumbers.hasRoom() ? leave(path, tuple, reason) : undefined;
}

/** Remembers that an open flow whose rule has resets timed out, if less than half of the room is taken. */
export function leaveExpired(path: Path, flow: Flow): void {
  if (!path.flows.deniedNumbers.isHalfTaken) leave(path, flow, "flow-expired").epoch = flow.epoch;
}

function leave({ flows, counters }: Path, tuple: Tuple, reason: string): DeniedFlow {
  const { network, networkName, endpoint, protocol, client, clientPort, endpointPort } = tuple;
  const denied: DeniedFlow = {
    network,
    networkName,
    endpoint,
    protocol,
    client,
    clientPort,
    endpointPort,
    denied: true,
    number: flows.deniedNumbers.take(),
    key: tupleKey(tuple),
    epoch: flows.epoch,
    reason,
    firstSeen: flows.now,
    lastSeen: flows.now,
    toService: noDirection(),
  };
  flows.add(denied);
  counters.flows.denied++;
  return denied;
}
