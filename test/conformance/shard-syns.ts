// SYNs that all go to one shard, so that its slice of NAT ports can be used up by few of them.

import { addressText } from "../../host/config/address.ts";
import { DEFAULT_SETTINGS } from "../../host/config/configuration.ts";
import { mix32, seedWords } from "../../host/config/hash.ts";

/** SYNs of so many flows that docs/behaviour.md, section 13, sends to one of `shards` shards. */
export function synsOfShard(shards: number, shard: number, count: number): string[] {
  const found: string[] = [];
  const words = seedWords(DEFAULT_SETTINGS.seed);
  for (let client = 0x0a010100; found.length < count; client++)
    for (let port = 1; port < 65536 && found.length < count; port++) {
      const low = (6n << 16n) | (BigInt(port) << 32n) | (443n << 48n);
      const hash = mix32(low ^ 0x5348415244n, BigInt(client) | (0x0a010004n << 32n), words);
      if (Math.floor((hash * shards) / 2 ** 32) === shard)
        found.push(`tcp ${addressText(client)}:${port} > 10.1.0.4:443 S`);
    }
  return found;
}
