// Which backend a flow goes to: a place of the pool's Maglev table, chosen by the hash of what the rule distributes by
// (docs/behaviour.md, section 4). The client's tuple is hashed before translation, so affinity sees the client.

import { DISTRIBUTION_DEFAULT, DISTRIBUTION_SOURCE_IP } from "../abi";
import {
  BACKEND_ADDRESS_BE,
  BACKEND_POOL_COUNT,
  BACKEND_POOL_MEMBERS,
  BACKEND_POOL_SIZE,
  BACKEND_POOL_SLOTS,
  BACKEND_POOL_TABLE,
  BACKEND_SIZE,
  BACKEND_TAKES_FLOWS,
  RULE_DISTRIBUTION,
  RULE_POOL,
  RULE_SIZE,
} from "../abi/tables";
import { mix32, pick } from "../flow/hash";
import { TABLES } from "../memory";
import { BACKENDS, POOLS, RULES } from "../tables";
import { tracing } from "../trace";
import { traceBalance, traceCandidates } from "../traced";

/// Words of a tuple: network and protocol, and both ports above them.
const NETWORK_AND_PROTOCOL: u64 = 0xffffffff;
const NETWORK: u64 = 0xffff;

/** Backend for a tuple's words, or -1 when none takes new flows; the one at `preferredBe` if it may be, 0 for any. */
export function balance(rule: u32, low: u64, high: u64, preferredBe: u32): i32 {
  const at = RULES + rule * RULE_SIZE;
  const pool = POOLS + <u32>load<u16>(at, RULE_POOL) * BACKEND_POOL_SIZE;
  const slots = load<u32>(pool, BACKEND_POOL_SLOTS);
  if (tracing) traceCandidates(pool);
  if (slots == 0) return report(-1, pool, 0, -1);
  const preferred = preferredBe == 0 ? -1 : memberAt(pool, preferredBe);
  if (preferred >= 0) return report(preferred, pool, 0, -1);
  const distribution = <u32>load<u8>(at, RULE_DISTRIBUTION);
  const kept: u64 =
    distribution == DISTRIBUTION_DEFAULT
      ? u64.MAX_VALUE
      : distribution == DISTRIBUTION_SOURCE_IP
        ? NETWORK
        : NETWORK_AND_PROTOCOL;
  const hash = mix32(low & kept, high);
  const slot = pick(hash, slots);
  return report(<i32>load<u16>(TABLES + load<u32>(pool, BACKEND_POOL_TABLE) + (slot << 1)), pool, hash, slot);
}

/** The backend that was chosen, noted. */
function report(backend: i32, pool: u32, hash: u32, slot: i32): i32 {
  if (tracing) tracePool(backend, pool, hash, slot);
  return backend;
}

/** Backend of a pool that has an address and takes new flows, or -1. */
function memberAt(pool: u32, addressBe: u32): i32 {
  let member = TABLES + load<u32>(pool, BACKEND_POOL_MEMBERS);
  const end = member + (load<u32>(pool, BACKEND_POOL_COUNT) << 1);
  for (; member < end; member += 2) {
    const backend = <u32>load<u16>(member);
    const at = BACKENDS + backend * BACKEND_SIZE;
    if (load<u32>(at, BACKEND_ADDRESS_BE) == addressBe && load<u8>(at, BACKEND_TAKES_FLOWS) != 0) return <i32>backend;
  }
  return -1;
}

function tracePool(backend: i32, pool: u32, hash: u32, slot: i32): void {
  const members = load<u32>(pool, BACKEND_POOL_COUNT);
  const number = (pool - POOLS) / BACKEND_POOL_SIZE;
  traceBalance(backend, number, members, hash, slot, load<u32>(pool, BACKEND_POOL_SLOTS));
}
