// Judges the flows of a replay by expectations. What it keeps is bounded by the number of expectations.

import { endOf } from "../config/end.ts";
import { holdsSpan, type Span, spanOf } from "../config/span.ts";
import { normalName } from "../config/zones.ts";
import { LinkplaneError } from "../errors.ts";
import { wasRefused } from "../replay/flowlog.ts";
import type { FlowLine } from "../replay/summary.ts";
import type { Expectation } from "./expectation.ts";

const SHOWN_MAX = 5;

/** A flow that was otherwise than expected. */
export type Contrary = Pick<
  FlowLine,
  "network" | "client" | "endpoint" | "endpointPort" | "protocol" | "name" | "verdict" | "reason"
>;

export interface Judgement {
  expectation: Expectation;
  /**
   * `no-traffic`: no flow is described, and it was not optional; `skipped`: it was. `unrecorded`: nothing is known against it, but refused
   * packets left no record of their flows.
   */
  outcome: "met" | "contrary" | "no-traffic" | "skipped" | "unrecorded";
  /** Flows it describes, and those of them that were otherwise. */
  flows: number;
  contraryFlows: number;
  /** The first few of those. */
  contrary: Contrary[];
}

interface Case {
  expectation: Expectation;
  clients: Span | undefined;
  flows: number;
  contraryFlows: number;
  contrary: Contrary[];
}

/** Takes flows as they end, and judges. */
export class Judge {
  private readonly cases: Case[];

  /** Throws CONFIG_INVALID for a client that is no address and no block. */
  constructor(expectations: readonly Expectation[]) {
    this.cases = expectations.map((expectation) => {
      const clients = clientsOf(expectation);
      return { expectation, clients, flows: 0, contraryFlows: 0, contrary: [] };
    });
  }

  flow(line: FlowLine): void {
    if (wasRefused(line)) return;
    for (const each of this.cases) {
      if (!describes(each, line)) continue;
      each.flows++;
      const { verdict, reason } = each.expectation;
      if (line.verdict === verdict && (reason === undefined || line.reason === reason)) continue;
      each.contraryFlows++;
      if (each.contrary.length < SHOWN_MAX) each.contrary.push(contraryOf(line));
    }
  }

  /**
   * What was so and what was not, in the order of the file. `unrecorded` is how many refused packets left no record of their flow, which this
   * has not seen then: `flows.unrecorded` of the summary.
   */
  judgements(unrecorded = 0): Judgement[] {
    return this.cases.map(({ clients: _, ...each }) => ({ ...each, outcome: outcomeOf(each, unrecorded) }));
  }
}

/** Whether a judgement is a failure. */
export const failed = ({ outcome }: Judgement): boolean => outcome !== "met" && outcome !== "skipped";

function clientsOf({ client }: Expectation): Span | undefined {
  if (client === undefined) return undefined;
  const clients = spanOf(client);
  if (clients !== undefined) return clients;
  throw new LinkplaneError("CONFIG_INVALID", `An expectation's client "${client}" is no address and no block.`, {
    remedy: "Write 10.1.0.9, 10.1.0.0/24 or fd00:1::/64.",
  });
}

function outcomeOf(
  { flows, contraryFlows, expectation }: Omit<Case, "clients">,
  unrecorded: number,
): Judgement["outcome"] {
  if (contraryFlows > 0) return "contrary";
  if (flows === 0 && !expectation.optional) return "no-traffic";
  const mayHide = unrecorded > 0 && (expectation.verdict === "allowed" || expectation.reason !== undefined);
  if (mayHide) return "unrecorded";
  return flows === 0 ? "skipped" : "met";
}

function describes({ expectation, clients }: Case, line: FlowLine): boolean {
  const { network, endpoint, port, protocol, name } = expectation;
  if (network !== undefined && network !== line.network) return false;
  if (endpoint !== undefined && endpoint !== line.endpoint) return false;
  if (port !== undefined && port !== line.endpointPort) return false;
  if (protocol !== undefined && protocol !== line.protocol) return false;
  if (name !== undefined && normalName(name) !== normalName(line.name ?? "")) return false;
  if (clients === undefined) return true;
  const client = spanOf(endOf(line.client)?.address ?? "");
  return client !== undefined && holdsSpan(clients, client);
}

function contraryOf(line: FlowLine): Contrary {
  const { network, client, endpoint, endpointPort, protocol, name, verdict, reason } = line;
  return { network, client, endpoint, endpointPort, protocol, name, verdict, reason };
}
