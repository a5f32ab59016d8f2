// What an address is to a network: an endpoint's of its own, of a network peered with it or, out of reach, of one that it is only
// joined with by way of others; a NAT address; or nothing of ours.

import {
  ADDRESS_GROUP,
  ADDRESS_INDEX,
  ADDRESS_IP_BE,
  ADDRESS_KIND,
  ADDRESS_NETWORK,
  ADDRESS_SIZE,
  KIND_ENDPOINT,
  KIND_ENDPOINT6,
  KIND_NAT,
  KIND_NAT6,
  NETWORK_GROUP,
  NETWORK_SIZE,
} from "../abi/tables";
import { ADDRESSES, ADDRESS_MASK, NETWORKS } from "../tables";
import { knownNumber } from "../address/known";
import { arePeered, isOwn, isOwn6 } from "./reach";

/// Multiplier of the table's places; the host fills it by the same rule (host/config/addresses.ts).
const MULTIPLIER: u32 = 0x9e3779b1;
const NONE: u32 = <u32>-1;

/** Endpoint that an address means to a network, within reach or not, or -1. */
export function endpointAt(network: u32, addressBe: u32): i32 {
  const within = speakerAt(network, addressBe);
  if (within >= 0) return within;
  const further = beyond(network, addressBe, KIND_ENDPOINT);
  return further >= 0 && !isOwn(network, addressBe) ? further : -1;
}

/** The same of an IPv6 address, whose bytes lie at `address`. */
export function endpointAt6(network: u32, address: u32): i32 {
  const number = knownNumber(address);
  if (number == 0) return -1;
  const within = speaker(network, number, KIND_ENDPOINT6);
  if (within >= 0) return within;
  const further = beyond(network, number, KIND_ENDPOINT6);
  return further >= 0 && !isOwn6(network, address) ? further : -1;
}

/** Endpoint with an address in a network or in one peered with it, or -1. */
export function speakerAt(network: u32, addressBe: u32): i32 {
  return speaker(network, addressBe, KIND_ENDPOINT);
}

/** The same of an IPv6 address, whose bytes lie at `address`. */
export function speakerAt6(network: u32, address: u32): i32 {
  const number = knownNumber(address);
  return number == 0 ? -1 : speaker(network, number, KIND_ENDPOINT6);
}

export function isNatAddress(network: u32, addressBe: u32): bool {
  return isNat(network, addressBe, KIND_NAT);
}

/** The same of an IPv6 address, whose bytes lie at `address`. */
export function isNatAddress6(network: u32, address: u32): bool {
  const number = knownNumber(address);
  return number != 0 && isNat(network, number, KIND_NAT6);
}

function speaker(network: u32, addressBe: u32, kind: u32): i32 {
  const group = groupOf(network);
  let peered = NONE;
  for (let entry = first(group, addressBe); load<u16>(entry, ADDRESS_KIND) != 0; entry = next(entry)) {
    if (!is(entry, group, addressBe, kind)) continue;
    const home = <u32>load<u16>(entry, ADDRESS_NETWORK);
    const index = <u32>load<u16>(entry, ADDRESS_INDEX);
    if (home == network) return <i32>index;
    if (index < peered && arePeered(network, home)) peered = index;
  }
  return <i32>peered;
}

/** First endpoint with an address in a network that this one is joined with, or -1. */
function beyond(network: u32, addressBe: u32, kind: u32): i32 {
  const group = groupOf(network);
  let found = NONE;
  for (let entry = first(group, addressBe); load<u16>(entry, ADDRESS_KIND) != 0; entry = next(entry))
    if (is(entry, group, addressBe, kind)) found = min(found, <u32>load<u16>(entry, ADDRESS_INDEX));
  return <i32>found;
}

function isNat(network: u32, addressBe: u32, kind: u32): bool {
  const group = groupOf(network);
  for (let entry = first(group, addressBe); load<u16>(entry, ADDRESS_KIND) != 0; entry = next(entry))
    if (is(entry, group, addressBe, kind) && <u32>load<u16>(entry, ADDRESS_NETWORK) == network) return true;
  return false;
}

/** Place of the table where the search for an address begins. */
function first(group: u32, addressBe: u32): u32 {
  const hash = (addressBe ^ (group * MULTIPLIER)) * MULTIPLIER;
  return ADDRESSES + ((hash >> 8) & ADDRESS_MASK) * ADDRESS_SIZE;
}

function next(entry: u32): u32 {
  return entry == ADDRESSES + ADDRESS_MASK * ADDRESS_SIZE ? ADDRESSES : entry + ADDRESS_SIZE;
}

function is(entry: u32, group: u32, addressBe: u32, kind: u32): bool {
  return (
    load<u32>(entry, ADDRESS_IP_BE) == addressBe &&
    <u32>load<u16>(entry, ADDRESS_KIND) == kind &&
    <u32>load<u16>(entry, ADDRESS_GROUP) == group
  );
}

function groupOf(network: u32): u32 {
  return <u32>load<u16>(NETWORKS + network * NETWORK_SIZE, NETWORK_GROUP);
}
