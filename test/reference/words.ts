// The words of a tuple that are hashed (behaviour 4).
import type { LoadBalancingRule } from "../../host/config/configuration.ts";
import { hashedNumber } from "./address.ts";
import type { Tuple } from "./flow.ts";
import type { Mix } from "./mix.ts";

/** Two u64. */
export interface Words {
  low: bigint;
  high: bigint;
}

/** Who talks to whom. */
export interface Ends {
  network: number;
  protocol: number;
  client: number;
  clientPort: number;
  endpoint: number;
  endpointPort: number;
}

/** Words of a tuple; what a distribution leaves out counts as 0. */
export function wordsOf(
  mix: Mix,
  { endpoint, ...ends }: Tuple,
  distribution: LoadBalancingRule["loadDistribution"],
): Words {
  const whole = { ...ends, endpoint: endpoint.address };
  if (distribution === "Default") return wordsOfEnds(mix, whole);
  const protocol = distribution === "SourceIP" ? 0 : whole.protocol;
  return wordsOfEnds(mix, { ...whole, protocol, clientPort: 0, endpointPort: 0 });
}

export function wordsOfEnds(mix: Mix, { network, protocol, client, clientPort, endpoint, endpointPort }: Ends): Words {
  return {
    low: BigInt(network) | (BigInt(protocol) << 16n) | (BigInt(clientPort) << 32n) | (BigInt(endpointPort) << 48n),
    high: BigInt(hashedNumber(mix, client)) | (BigInt(hashedNumber(mix, endpoint)) << 32n),
  };
}
