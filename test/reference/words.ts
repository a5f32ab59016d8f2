// The words of a tuple that are hashed (behaviour 4).
import type { LoadBalancingRule } from "../../host/config/configuration.ts";
import type { Tuple } from "./flow.ts";

/** Two u64. */
export interface Words {
  low: bigint;
  high: bigint;
}

/** Who talks to whom: ports, and addresses as numbers. */
export interface Ends {
  network: number;
  protocol: number;
  client: number;
  clientPort: number;
  endpoint: number;
  endpointPort: number;
}

/** Words of a tuple; what a distribution leaves out counts as 0. */
export function wordsOf({ endpoint, ...ends }: Tuple, distribution: LoadBalancingRule["loadDistribution"]): Words {
  const whole = { ...ends, endpoint: endpoint.address };
  if (distribution === "Default") return wordsOfEnds(whole);
  const protocol = distribution === "SourceIP" ? 0 : whole.protocol;
  return wordsOfEnds({ ...whole, protocol, clientPort: 0, endpointPort: 0 });
}

export function wordsOfEnds({ network, protocol, client, clientPort, endpoint, endpointPort }: Ends): Words {
  return {
    low: BigInt(network) | (BigInt(protocol) << 16n) | (BigInt(clientPort) << 32n) | (BigInt(endpointPort) << 48n),
    high: BigInt(client) | (BigInt(endpoint) << 32n),
  };
}
