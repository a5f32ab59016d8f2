// Which endpoints are reached from a network and a source: from the endpoint's own network, from those peered with it, and from
// on-premises through gateways its network may use (docs/behaviour.md, 2.1).

import {
  BLOCK_ENTRY_ADDRESS,
  BLOCK_ENTRY_MASK,
  BLOCK_ENTRY_SIZE,
  ENDPOINT_NETWORK,
  ENDPOINT_SIZE,
  NETWORK_BLOCKS,
  NETWORK_BLOCK_COUNT,
  NETWORK_OWN6,
  NETWORK_SIZE,
  NETWORK_SOURCES,
  NETWORK_SOURCES6,
} from "../abi/tables";
import { intervalOf } from "../address/known";
import { TABLES } from "../memory";
import { ENDPOINTS, NETWORKS, PEERS, PEER_MASK } from "../tables";
import { valueOf } from "./trie";

/// Multiplier of the places of pairs; the host fills the table by the same rule (host/config/networks.ts).
const MULTIPLIER: u32 = 0x9e3779b1;

/** Whether a packet of a network with that source reaches an endpoint. */
export function reaches(network: u32, endpoint: u32, sourceBe: u32): bool {
  const home = homeOf(endpoint);
  if (network != home && !arePeered(network, home)) return false;
  return valueOf(load<u32>(NETWORKS + home * NETWORK_SIZE, NETWORK_SOURCES), bswap<u32>(sourceBe)) != 0;
}

/** The same of an IPv6 source, whose bytes lie at `source`. */
export function reaches6(network: u32, endpoint: u32, source: u32): bool {
  const home = homeOf(endpoint);
  if (network != home && !arePeered(network, home)) return false;
  return valueOf(load<u32>(NETWORKS + home * NETWORK_SIZE, NETWORK_SOURCES6), intervalOf(source)) != 0;
}

function homeOf(endpoint: u32): u32 {
  return <u32>load<u16>(ENDPOINTS + endpoint * ENDPOINT_SIZE, ENDPOINT_NETWORK);
}

export function arePeered(network: u32, other: u32): bool {
  const pair = (network << 16) | other;
  let place = ((pair * MULTIPLIER) >> 8) & PEER_MASK;
  let found = load<u32>(PEERS + (place << 2));
  while (found != 0) {
    if (found == pair + 1) return true;
    place = (place + 1) & PEER_MASK;
    found = load<u32>(PEERS + (place << 2));
  }
  return false;
}

/** Whether an address lies in a network's address space; not where it has none, though it may use any address then. */
export function isOwn(network: u32, addressBe: u32): bool {
  const at = NETWORKS + network * NETWORK_SIZE;
  const address = bswap<u32>(addressBe);
  let block = TABLES + load<u32>(at, NETWORK_BLOCKS);
  const end = block + <u32>load<u16>(at, NETWORK_BLOCK_COUNT) * BLOCK_ENTRY_SIZE;
  for (; block < end; block += BLOCK_ENTRY_SIZE)
    if (((load<u32>(block, BLOCK_ENTRY_ADDRESS) ^ address) & load<u32>(block, BLOCK_ENTRY_MASK)) == 0) return true;
  return false;
}

/** The same of an IPv6 address, whose bytes lie at `address`. */
export function isOwn6(network: u32, address: u32): bool {
  return valueOf(load<u32>(NETWORKS + network * NETWORK_SIZE, NETWORK_OWN6), intervalOf(address)) != 0;
}
