// How a plane's tables are shared out among its shards, and what numbers their flows have (docs/behaviour.md, section 13).

import { NO_FLOW } from "../abi.ts";
import type { Settings } from "../config/configuration.ts";

/** Shares of a plane and the numbers of their flows. */
export class ShardNumbers {
  readonly shards: number;
  /** Flows and denied flows that each shard holds. */
  readonly flows: number;
  readonly denied: number;
  /** Flows that a client may have in each of them; undefined for any number. */
  readonly ofClient: number | undefined;

  constructor({ shards, maxFlows, maxDenied, maxFlowsPerClient }: Settings) {
    this.shards = shards;
    this.flows = Math.ceil(maxFlows / shards);
    this.denied = Math.ceil(maxDenied / shards);
    this.ofClient = maxFlowsPerClient === undefined ? undefined : Math.ceil(maxFlowsPerClient / shards);
  }

  /** Number of the first denied flow; those of flows are below. */
  get firstDenied(): number {
    return this.shards * this.flows;
  }

  /** The plane's number for a flow or denied flow of a shard's; none stays none. */
  ofPlane(shard: number, number: number): number {
    if (number === NO_FLOW) return NO_FLOW;
    if (number < this.flows) return shard * this.flows + number;
    return this.shards * this.flows + shard * this.denied + number - this.flows;
  }
}
