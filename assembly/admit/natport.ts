// NAT ports: one pool for each (NAT address, address that requests are sent to, protocol), made on first use, of this shard's slice of
// the ports. A pool takes blocks of 512 ports from a shared arena as it grows; released ports queue in it, the one released longest ago
// is taken first.

import { PORT_BLOCK, PROTOCOL_UDP } from "../abi";
import {
  BLOCK_SIZE,
  POOL_BLOCKS,
  POOL_EXHAUSTED,
  POOL_FREE_HEAD,
  POOL_FREE_TAIL,
  POOL_FRESH,
  POOL_IN_USE,
  POOL_PEAK,
  POOL_SIZE,
  PORT_NEXT,
  PORT_SIZE,
  PORT_TICK,
} from "../abi/records";
import {
  BACKEND_HOST,
  BACKEND_SIZE,
  RULE_HOST,
  RULE_SIZE,
  SERVICE_HOSTS,
  SERVICE_SIZE,
  SERVICE_SLOTS,
} from "../abi/tables";
import { nowTick } from "../clock";
import * as Memory from "../memory";
import { BACKENDS, QUARANTINE, RULES, SERVICES, SLICE, SLICE_FIRST } from "../tables";

let poolsUsed: u32 = 0;
let blocksUsed: u32 = 0;

export function resetPorts(): void {
  poolsUsed = 0;
  blocksUsed = 0;
}

/** Place of what a rule's flows to a backend are sent to among the addresses that ports are counted towards. */
export function hostOf(rule: u32, backend: u32): u32 {
  const frontend = <u32>load<u16>(RULES + rule * RULE_SIZE, RULE_HOST);
  return frontend != 0 ? frontend - 1 : <u32>load<u16>(BACKENDS + backend * BACKEND_SIZE, BACKEND_HOST);
}

/** Number of the pool slot of a flow; `nat` counts within its service. */
export function poolSlot(service: u32, nat: u32, host: u32, protocol: u32): u32 {
  const at = SERVICES + service * SERVICE_SIZE;
  const pair = nat * load<u32>(at, SERVICE_HOSTS) + host;
  return load<u32>(Memory.TABLES + load<u32>(at, SERVICE_SLOTS) + (pair << 2)) + <u32>(protocol == PROTOCOL_UDP);
}

/** Takes a port (host order) from a pool; 0 when it has none, which it counts. */
export function takePort(slot: u32): u32 {
  const pool = poolAt(slot);
  let index = takeReleased(pool);
  if (index < 0) {
    const fresh = load<u32>(pool, POOL_FRESH);
    if (fresh == SLICE || !reach(pool, fresh)) {
      store<u32>(pool, load<u32>(pool, POOL_EXHAUSTED) + 1, POOL_EXHAUSTED);
      return 0;
    }
    store<u32>(pool, fresh + 1, POOL_FRESH);
    index = <i32>fresh;
  }
  const inUse = load<u32>(pool, POOL_IN_USE) + 1;
  store<u32>(pool, inUse, POOL_IN_USE);
  if (inUse > load<u32>(pool, POOL_PEAK)) store<u32>(pool, inUse, POOL_PEAK);
  return SLICE_FIRST + <u32>index;
}

/** Gives a port back; it rests for the quarantine. */
export function releasePort(slot: u32, port: u32): void {
  const pool = load<u32>(Memory.POOL_SLOTS + slot * 4);
  const index = port - SLICE_FIRST;
  const tail = load<u32>(pool, POOL_FREE_TAIL);
  const at = portAt(pool, index);
  store<u16>(at, 0, PORT_NEXT);
  store<u32>(at, nowTick(), PORT_TICK);
  if (tail == 0) store<u32>(pool, index + 1, POOL_FREE_HEAD);
  else store<u16>(portAt(pool, tail - 1), <u16>(index + 1), PORT_NEXT);
  store<u32>(pool, index + 1, POOL_FREE_TAIL);
  store<u32>(pool, load<u32>(pool, POOL_IN_USE) - 1, POOL_IN_USE);
}

/** Brings in what giving a port back takes. */
export function touchPort(slot: u32, port: u32): u32 {
  const pool = load<u32>(Memory.POOL_SLOTS + slot * 4);
  const index = port - SLICE_FIRST;
  const tail = load<u32>(pool, POOL_FREE_TAIL);
  const own = load<u32>(portAt(pool, index));
  return tail == 0 ? own : own + load<u32>(portAt(pool, tail - 1));
}

/** Index of the port released longest ago if it has rested, else -1. */
function takeReleased(pool: u32): i32 {
  const head = load<u32>(pool, POOL_FREE_HEAD);
  if (head == 0) return -1;
  const at = portAt(pool, head - 1);
  if (nowTick() - load<u32>(at, PORT_TICK) < QUARANTINE) return -1;
  const following = <u32>load<u16>(at, PORT_NEXT);
  store<u32>(pool, following, POOL_FREE_HEAD);
  if (following == 0) store<u32>(pool, 0, POOL_FREE_TAIL);
  return <i32>(head - 1);
}

function poolAt(slot: u32): u32 {
  const at = Memory.POOL_SLOTS + slot * 4;
  let pool = load<u32>(at);
  if (pool == 0) {
    pool = Memory.POOLS + poolsUsed++ * POOL_SIZE;
    store<u32>(at, pool);
  }
  return pool;
}

/** Makes sure that a port's block is there. False: the arena is used up. */
function reach(pool: u32, index: u32): bool {
  const at = pool + POOL_BLOCKS + (index / PORT_BLOCK) * 4;
  if (load<u32>(at) != 0) return true;
  if (blocksUsed == Memory.PORT_BLOCK_COUNT) return false;
  store<u32>(at, ++blocksUsed);
  return true;
}

function portAt(pool: u32, index: u32): u32 {
  const block = load<u32>(pool + POOL_BLOCKS + (index / PORT_BLOCK) * 4) - 1;
  return Memory.PORT_BLOCKS + block * BLOCK_SIZE + (index % PORT_BLOCK) * PORT_SIZE;
}
