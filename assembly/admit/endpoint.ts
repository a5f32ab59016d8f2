// What an address is in a network: an endpoint's, a NAT address, or nothing of ours.

import {
  ADDRESS_INDEX,
  ADDRESS_IP_BE,
  ADDRESS_KIND,
  ADDRESS_NETWORK,
  ADDRESS_SIZE,
  KIND_ENDPOINT,
  KIND_NAT,
} from "../abi";
import { ADDRESSES, ADDRESS_MASK } from "../tables";

/// Multiplier of the table's places; the host fills it by the same rule (host/config/addresses.ts).
const MULTIPLIER: u32 = 0x9e3779b1;

/** Endpoint with an address, or -1. */
export function endpointAt(network: u32, addressBe: u32): i32 {
  const entry = lookup(network, addressBe);
  return entry != 0 && load<u16>(entry, ADDRESS_KIND) == KIND_ENDPOINT ? load<u32>(entry, ADDRESS_INDEX) : -1;
}

export function isNatAddress(network: u32, addressBe: u32): bool {
  const entry = lookup(network, addressBe);
  return entry != 0 && load<u16>(entry, ADDRESS_KIND) == KIND_NAT;
}

function lookup(network: u32, addressBe: u32): u32 {
  const hash = (addressBe ^ (network * MULTIPLIER)) * MULTIPLIER;
  let place = (hash >> 8) & ADDRESS_MASK;
  let entry = ADDRESSES + place * ADDRESS_SIZE;
  while (load<u16>(entry, ADDRESS_KIND) != 0) {
    if (load<u32>(entry, ADDRESS_IP_BE) == addressBe && <u32>load<u16>(entry, ADDRESS_NETWORK) == network) return entry;
    place = (place + 1) & ADDRESS_MASK;
    entry = ADDRESSES + place * ADDRESS_SIZE;
  }
  return 0;
}
