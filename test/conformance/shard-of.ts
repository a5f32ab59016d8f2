// The shard that docs/behaviour.md, section 13, sends a client's packets to.

import { addressNumber } from "../../host/config/address.ts";
import { DEFAULT_SETTINGS } from "../../host/config/configuration.ts";
import { mix32, seedWords } from "../../host/config/hash.ts";

const WORDS = seedWords(DEFAULT_SETTINGS.seed);
const SHARD_SALT = 0x5348415244n;
const SHOP = BigInt(addressNumber("10.1.0.4"));

/** Of the first network, to the approved endpoint of it. */
export function shardOf(shards: number, protocol: 6 | 17, client: number, clientPort: number, port: number): number {
  const low = (BigInt(protocol) << 16n) | (BigInt(clientPort) << 32n) | (BigInt(port) << 48n);
  const hash = mix32(low ^ SHARD_SALT, BigInt(client) | (SHOP << 32n), WORDS);
  return Math.floor((hash * shards) / 2 ** 32);
}
