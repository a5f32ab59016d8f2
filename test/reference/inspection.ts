// What is known of a flow's first message, and letting go of what is held (behaviour 14).
import type { Identify } from "../../host/config/configuration.ts";
import { refuse } from "./denial.ts";
import type { Flow } from "./flow.ts";
import { countTraffic } from "./forward.ts";
import type { Hold, Segment } from "./hold.ts";
import type { Arrival, Decision, Path } from "./path.ts";
import { announce } from "./proxy.ts";
import { resetsOf } from "./reset.ts";
import type { Stream } from "./stream-judge.ts";

export type Expects = "first" | "hello" | "tds" | "after" | "answer";

export class Inspection {
  readonly identify: Identify;
  expects: Expects = "first";
  /** Sequence numbers. */
  start: number | undefined;
  judged = 0;
  answer: number | undefined;
  early = false;
  encrypted = false;
  /** The server asked for another ClientHello. */
  retry = false;
  hold: Hold | undefined;
  /** When every request is looked at. */
  stream: Stream | undefined;

  constructor(identify: Identify) {
    this.identify = identify;
  }
}

/** Whether one sequence number is before another. */
export const isBefore = (one: number, other: number): boolean => ((one - other) | 0) < 0;

/** Whether the server has acknowledged what lies before a sequence number. */
export const hasAcknowledged = ({ toConsumer: { acknowledged } }: Flow, sequence: number): boolean =>
  acknowledged !== undefined && !isBefore(acknowledged, sequence);

/** Takes segments off a place in the order they leave: by offset, then as they came. */
export function leaving(hold: Hold | undefined, all: boolean): Segment[] {
  if (hold === undefined) return [];
  const { reach } = hold;
  const going = hold.segments.filter(({ offset }) => all || offset < reach).sort((a, b) => a.offset - b.offset);
  for (const segment of going) hold.segments.splice(hold.segments.indexOf(segment), 1);
  return going;
}

/** Sends held segments on. */
export function letGo(path: Path, flow: Flow, segments: Segment[]): void {
  for (const segment of segments) {
    const { frame, wireLength } = segment;
    announce(path, flow, segment);
    countTraffic(path, flow, "consumer", wireLength);
    path.counters.settled("forwarded");
    path.out.push({ side: "provider", cause: "held", flow: flow.number, bytes: frame });
  }
}

/** Inspection is over: what was held has been let go. */
export function conclude({ holds }: Path, flow: Flow): void {
  if (flow.inspection?.hold !== undefined) holds.giveBack(flow.inspection.hold);
  flow.inspection = undefined;
}

/** A flow ends that may still be inspected. */
export function leave(path: Path, flow: Flow, reason = "first-message-incomplete"): void {
  const hold = flow.inspection?.hold;
  if (hold === undefined) return;
  for (const _ of hold.segments) path.counters.settled(reason, flow.endpoint.name);
  conclude(path, flow);
}

/** Refuses a flow for its first message. */
export function refuseFlow(path: Path, arrival: Arrival, flow: Flow, reason: string, name?: string): Decision {
  leave(path, flow, reason);
  if (path.settings.identification.enableTcpReset) {
    const resets = resetsOf(flow, "answer");
    path.out.push(...resets);
    path.counters.generated.reset += resets.length;
  }
  path.flows.release(flow, false);
  const { network, networkName, endpoint, protocol, client, clientPort, endpointPort } = flow;
  const tuple = { network, networkName, endpoint, protocol, client, clientPort, endpointPort };
  return refuse(path, arrival, { tuple, reason, denied: undefined, name });
}
