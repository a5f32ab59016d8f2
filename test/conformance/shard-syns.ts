// SYNs that all go to one shard, so that its slice of NAT ports can be used up by few of them.

import { addressText } from "../../host/config/address.ts";
import { shardOf } from "./shard-of.ts";

/** SYNs of so many flows that docs/behaviour.md, section 13, sends to one of `shards` shards. */
export function synsOfShard(shards: number, shard: number, count: number): string[] {
  const found: string[] = [];
  for (let client = 0x0a010100; found.length < count; client++)
    for (let port = 1; port < 65536 && found.length < count; port++)
      if (shardOf(shards, 6, client, port, 443) === shard)
        found.push(`tcp ${addressText(client)}:${port} > 10.1.0.4:443 S`);
  return found;
}
