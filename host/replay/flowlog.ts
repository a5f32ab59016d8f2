// The flow log: one line of JSON for each flow and denied flow, as it ends or as it is at the end of the input.

import type { ByteSink } from "../capture/capture.ts";
import { endOf } from "../config/end.ts";
import type { Flow } from "../flows.ts";
import type { FlowLine } from "./summary.ts";

const NANOSECONDS = 1_000_000_000n;
const MILLISECONDS = 1000n;

/** Collects lines and hands them to a sink. */
export class FlowLog {
  private readonly sink: ByteSink | undefined;
  private readonly onFlow: ((line: FlowLine) => void) | undefined;
  private readonly encoder = new TextEncoder();
  private lines: string[] = [];

  /** Lines go to the sink, if there is one; `onFlow` is told each. */
  constructor(sink: ByteSink | undefined, onFlow?: (line: FlowLine) => void) {
    this.sink = sink;
    this.onFlow = onFlow;
  }

  add(flow: Flow): void {
    const line = flowLine(flow);
    this.onFlow?.(line);
    if (this.sink !== undefined) this.lines.push(`${JSON.stringify(line)}\n`);
  }

  /** Writes what was collected. */
  async drain(): Promise<void> {
    if (this.lines.length === 0) return;
    const text = this.lines.join("");
    this.lines = [];
    await this.sink?.write(this.encoder.encode(text));
  }
}

/** A flow as a line of the log. */
export function flowLine(flow: Flow): FlowLine {
  const nat = endOf(flow.nat);
  const { network, protocol, client, endpoint, endpointPort, reason, toService, toConsumer, state, end } = flow;
  return {
    network,
    protocol,
    client,
    endpoint,
    endpointPort,
    verdict: flow.denied ? "denied" : "allowed",
    reason,
    backend: flow.denied ? null : flow.backend,
    natAddress: nat?.address ?? null,
    natPort: nat?.port ?? null,
    name: flow.name === "" ? null : flow.name,
    toService,
    toConsumer,
    firstSeen: timeText(flow.firstSeen),
    lastSeen: timeText(flow.lastSeen),
    state,
    end,
  };
}

/** Whether a flow was opened and then refused, for what its client said: the denied flow in its place has a line of its own. */
export const wasRefused = ({ end }: FlowLine): boolean => end === "refused";

/** RFC 3339 with nanoseconds, UTC. */
export function timeText(nanoseconds: bigint): string {
  const seconds = nanoseconds / NANOSECONDS;
  const date = new Date(Number(seconds * MILLISECONDS));
  const fraction = String(nanoseconds % NANOSECONDS).padStart(9, "0");
  if (Number.isNaN(date.getTime())) return `${seconds}.${fraction}`;
  return `${date.toISOString().slice(0, -5)}.${fraction}Z`;
}
