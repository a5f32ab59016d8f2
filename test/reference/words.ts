// The words of a tuple that are hashed (behaviour 4).
import type { LoadBalancingRule } from "../../host/config/configuration.ts";
import type { Tuple } from "./flow.ts";

/** Two u64. */
export interface Words {
  low: bigint;
  high: bigint;
}

/** What a distribution leaves out counts as 0. */
export function wordsOf(tuple: Tuple, distribution: LoadBalancingRule["loadDistribution"] = "Default"): Words {
  const { endpoint, client } = tuple;
  const protocol = distribution === "SourceIP" ? 0 : tuple.protocol;
  const clientPort = distribution === "Default" ? tuple.clientPort : 0;
  const endpointPort = distribution === "Default" ? tuple.endpointPort : 0;
  return {
    low:
      BigInt(endpoint.network) |
      (BigInt(protocol) << 16n) |
      (BigInt(clientPort) << 32n) |
      (BigInt(endpointPort) << 48n),
    high: BigInt(client) | (BigInt(endpoint.address) << 32n),
  };
}
