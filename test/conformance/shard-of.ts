// The shard that docs/behaviour.md, section 13, sends a client's packets to.

import { addressNumber } from "../../host/config/address.ts";
import { DEFAULT_SETTINGS } from "../../host/config/configuration.ts";
import { bytesOf } from "../../host/config/ipv6.ts";
import { mix32, seedWords } from "../../host/config/hash.ts";

const WORDS = seedWords(DEFAULT_SETTINGS.seed);
const SHARD_SALT = 0x5348415244n;
const SHOP = BigInt(addressNumber("10.1.0.4"));

/** Of the first network, to the approved endpoint of it. */
export const shardOf = (shards: number, protocol: 6 | 17, client: number, clientPort: number, port: number): number =>
  dealt(shards, protocol, [BigInt(client), clientPort], [SHOP, port]);

/** Of the first network, between addresses of IPv6, without brackets. */
export const shardOf6 = (shards: number, protocol: 6 | 17, client: End6, endpoint: End6): number =>
  dealt(shards, protocol, [number6(client[0]), client[1]], [number6(endpoint[0]), endpoint[1]]);

type End6 = readonly [address: string, port: number];
type End = readonly [address: bigint, port: number];

function dealt(shards: number, protocol: 6 | 17, [client, clientPort]: End, [endpoint, port]: End): number {
  const low = (BigInt(protocol) << 16n) | (BigInt(clientPort) << 32n) | (BigInt(port) << 48n);
  const hash = mix32(low ^ SHARD_SALT, client | (endpoint << 32n), WORDS);
  return Math.floor((hash * shards) / 2 ** 32);
}

/** What an IPv6 address counts as (docs/behaviour.md, 23.2). */
function number6(text: string): bigint {
  const view = new DataView(Uint8Array.from(bytesOf(text)).buffer);
  return BigInt(mix32(view.getBigUint64(8), view.getBigUint64(0), WORDS));
}
