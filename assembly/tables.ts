// The configuration tables in force: one image the host built, its sections found through its header.

import { CONTROL_SHARD, PORT_COUNT, PORT_FIRST } from "./abi";
import * as Abi from "./abi/tables";
import { seed } from "./flow/hash";
import { TABLES, control } from "./memory";

export let FLAGS: u32 = 0;
/** Some setting asks more of every packet than the fast path does. */
export let CAREFUL: bool = false;
/** Emits name the network that they leave to. */
export let NAMES_NETWORKS: bool = false;
/** 1 when frames that are nothing but Ethernet may be taken for what they seem, 0 when tunnels are opened. */
export let PLAIN: u32 = 1;
export let TUNNELS: u32 = 0;
export let SHARDS: u32 = 1;
/** NAT ports of each pool that this shard has: how many, and the lowest. */
export let SLICE: u32 = 0;
export let SLICE_FIRST: u32 = 0;
/** Ticks a released NAT port rests. */
export let QUARANTINE: u32 = 0;
export let TIMEOUTS: u32 = 0;
/** Time that a datagram is waited for, ns. */
export let FRAGMENT_LIFE: u64 = 0;
export let VLANS: u32 = 0;
export let VLAN_PAIRS: u32 = 0;
export let VLAN_PAIR_COUNT: u32 = 0;
export let ADDRESSES: u32 = 0;
export let ADDRESS_MASK: u32 = 0;
export let ENDPOINTS: u32 = 0;
export let SERVICES: u32 = 0;
export let RULE_INDEX: u32 = 0;
export let RULE_MASK: u32 = 0;
export let RULES: u32 = 0;
export let POOLS: u32 = 0;
export let BACKENDS: u32 = 0;
export let NAT_ADDRESSES: u32 = 0;
export let NETWORKS: u32 = 0;
export let PEERS: u32 = 0;
export let PEER_MASK: u32 = 0;
export let FILTERS: u32 = 0;
export let FILTER_COUNT: u32 = 0;
export let KNOWN: u32 = 0;
export let KNOWN_MASK: u32 = 0;
export let INTERVALS: u32 = 0;
export let INTERVAL_COUNT: u32 = 0;
export let NATS6: u32 = 0;
export let BACKENDS6: u32 = 0;
export let NAMES: u32 = 0;
export let NAME_MASK: u32 = 0;
export let NAME_TEXTS: u32 = 0;
/** Reasons, counted from REASON_AWAITING_NAME, for which nothing is refused. */
export let NAME_ALLOW: u32 = 0;
export let DRAINS: u32 = 0;
export let DRAIN_COUNT: u32 = 0;

/** Puts the image at TABLES in force; all flows and tables of the plane are of the same seed and shard. */
export function adopt(): void {
  seed(load<u64>(TABLES, Abi.TABLES_SEED), load<u64>(TABLES, Abi.TABLES_SEED + 8));
  FLAGS = load<u32>(TABLES, Abi.TABLES_FLAGS);
  NAMES_NETWORKS = has(Abi.FLAG_NAME_NETWORKS);
  CAREFUL = NAMES_NETWORKS || has(Abi.FLAG_TOO_BIG_DROP) || has(Abi.FLAG_CLAMP_MSS);
  SHARDS = load<u32>(TABLES, Abi.TABLES_SHARDS);
  SLICE = PORT_COUNT / SHARDS;
  SLICE_FIRST = PORT_FIRST + control(CONTROL_SHARD) * SLICE;
  QUARANTINE = load<u32>(TABLES, Abi.TABLES_QUARANTINE);
  FRAGMENT_LIFE = load<u64>(TABLES, Abi.TABLES_FRAGMENT_LIFE);
  VLAN_PAIR_COUNT = load<u32>(TABLES, Abi.TABLES_VLAN_PAIR_COUNT);
  ADDRESS_MASK = load<u32>(TABLES, Abi.TABLES_ADDRESS_MASK);
  RULE_MASK = load<u32>(TABLES, Abi.TABLES_RULE_MASK);
  FILTER_COUNT = load<u32>(TABLES, Abi.TABLES_FILTER_COUNT);
  PEER_MASK = load<u32>(TABLES, Abi.TABLES_PEER_MASK);
  TIMEOUTS = section(Abi.TABLES_TIMEOUTS);
  VLANS = section(Abi.TABLES_VLANS);
  VLAN_PAIRS = section(Abi.TABLES_VLAN_PAIRS);
  ADDRESSES = section(Abi.TABLES_ADDRESSES);
  ENDPOINTS = section(Abi.TABLES_ENDPOINTS);
  SERVICES = section(Abi.TABLES_SERVICES);
  RULE_INDEX = section(Abi.TABLES_RULE_INDEX);
  RULES = section(Abi.TABLES_RULES);
  POOLS = section(Abi.TABLES_POOLS);
  BACKENDS = section(Abi.TABLES_BACKENDS);
  NAT_ADDRESSES = section(Abi.TABLES_NAT_ADDRESSES);
  NETWORKS = section(Abi.TABLES_NETWORKS);
  PEERS = section(Abi.TABLES_PEERS);
  FILTERS = section(Abi.TABLES_FILTERS);
  KNOWN = section(Abi.TABLES_KNOWN);
  KNOWN_MASK = load<u32>(TABLES, Abi.TABLES_KNOWN_MASK);
  INTERVALS = section(Abi.TABLES_INTERVALS);
  INTERVAL_COUNT = load<u32>(TABLES, Abi.TABLES_INTERVAL_COUNT);
  NATS6 = section(Abi.TABLES_NATS6);
  BACKENDS6 = section(Abi.TABLES_BACKENDS6);
  NAMES = section(Abi.TABLES_NAMES);
  NAME_MASK = load<u32>(TABLES, Abi.TABLES_NAME_MASK);
  NAME_TEXTS = section(Abi.TABLES_NAME_TEXTS);
  NAME_ALLOW = load<u32>(TABLES, Abi.TABLES_NAME_ALLOW);
  TUNNELS = section(Abi.TABLES_TUNNELS);
  PLAIN = load<u32>(TUNNELS, Abi.TUNNELS_TYPES) == 0 ? 1 : 0;
  DRAINS = section(Abi.TABLES_DRAINS);
  DRAIN_COUNT = load<u32>(TABLES, Abi.TABLES_DRAIN_COUNT);
}

/** Idle time after which a timer's flows are dead, nanoseconds. */
export function timeout(timer: u32): u64 {
  return load<u64>(TIMEOUTS + (timer << 3));
}

export function has(flag: u32): bool {
  return (FLAGS & flag) != 0;
}

function section(field: u32): u32 {
  return TABLES + load<u32>(TABLES + field);
}
