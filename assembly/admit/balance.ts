// Which backend a flow goes to: a place of the pool's Maglev table, chosen by the hash of what the rule distributes by
// (docs/behaviour.md, section 4). The client's tuple is hashed before translation, so affinity sees the client.

import {
  BACKEND_POOL_FIRST,
  BACKEND_POOL_SIZE,
  BACKEND_POOL_SLOTS,
  BACKEND_POOL_TABLE,
  DISTRIBUTION_DEFAULT,
  DISTRIBUTION_SOURCE_IP,
  RULE_DISTRIBUTION,
  RULE_POOL,
  RULE_SIZE,
} from "../abi";
import { mix32, pick } from "../flow/hash";
import { TABLES } from "../memory";
import { POOLS, RULES } from "../tables";

/// Words of a tuple: network and protocol, and both ports above them.
const NETWORK_AND_PROTOCOL: u64 = 0xffffffff;
const NETWORK: u64 = 0xffff;

/** Backend for a tuple's words, or -1 when none takes new flows. */
export function balance(rule: u32, low: u64, high: u64): i32 {
  const at = RULES + rule * RULE_SIZE;
  const pool = POOLS + <u32>load<u16>(at, RULE_POOL) * BACKEND_POOL_SIZE;
  const slots = load<u32>(pool, BACKEND_POOL_SLOTS);
  if (slots == 0) return -1;
  const distribution = <u32>load<u8>(at, RULE_DISTRIBUTION);
  const kept: u64 =
    distribution == DISTRIBUTION_DEFAULT
      ? u64.MAX_VALUE
      : distribution == DISTRIBUTION_SOURCE_IP
        ? NETWORK
        : NETWORK_AND_PROTOCOL;
  const slot = pick(mix32(low & kept, high), slots);
  const member = <u32>load<u16>(TABLES + load<u32>(pool, BACKEND_POOL_TABLE) + (slot << 1));
  return <i32>(load<u32>(pool, BACKEND_POOL_FIRST) + member);
}
