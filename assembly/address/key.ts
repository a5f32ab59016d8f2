// Keys of IPv6 packets. Their addresses stand by places of the book, which come and go with flows: a key is made when its packet is
// handled, and not when the packet is parsed.

import { KEY_SIX } from "../abi/records";
import { mix } from "../flow/hash";
import { groupOf, tagOf } from "../flow/table";
import { GROUP, IP, KEY_HIGH, KEY_LOW, L4, NETWORK, PROTOCOL, RECORD, SIDE, TAG } from "../parse";
import * as Ipv6 from "../wire/ipv6";
import { addressAt, give, keep, placeOf, take } from "./book";

/** Low half of a key that no record has. */
export const NO_KEY: u64 = u64.MAX_VALUE;

/** Whether the addresses of a key are places of the book. */
export function isSixKey(low: u64): bool {
  return (<u32>low & <u32>KEY_SIX) != 0;
}

/** Low half of a key, without its source. */
export function keyFront(side: u32, protocol: u32, network: u32): u64 {
  return <u64>((side + 1) | <u32>KEY_SIX | (protocol << 8) | (network << 16));
}

/** Gives a packet the key that its flow has, or the flow of the request that it answers; none when the book lacks an address. */
export function makeKey(parsed: u32, answers: bool): void {
  const ip = load<u32>(parsed, IP);
  const source = placeOf(ip + (answers ? Ipv6.DESTINATION : Ipv6.SOURCE));
  const destination = placeOf(ip + (answers ? Ipv6.SOURCE : Ipv6.DESTINATION));
  const portsBe = load<u32>(load<u32>(parsed, L4));
  const ports = answers ? rotl<u32>(portsBe, 16) : portsBe;
  store<u32>(parsed, ports, KEY_HIGH + 4);
  if (source == 0 || destination == 0) {
    store<u64>(parsed, NO_KEY, KEY_LOW);
    store<u32>(parsed, 0, KEY_HIGH);
  } else enterKey(parsed, source, destination);
  place(parsed);
}

/** Makes the places that a client's packet needs for its key: the packet's own, until `giveKey` gives them back. */
export function borrowKey(parsed: u32): void {
  const ip = load<u32>(parsed, IP);
  enterKey(parsed, take(ip + Ipv6.SOURCE), take(ip + Ipv6.DESTINATION));
  place(parsed);
}

/** Gives the places of a key back. */
export function giveBack(low: u64, high: u64): void {
  if (!isSixKey(low)) return;
  give(<u32>(low >> 32));
  give(<u32>high);
}

/** The places of a key have one more user. */
export function keepPlaces(low: u64, high: u64): void {
  if (!isSixKey(low)) return;
  keep(<u32>(low >> 32));
  keep(<u32>high);
}

/** Where the address of a key's source lies. */
export function sourceAt(low: u64): u32 {
  return addressAt(<u32>(low >> 32));
}

/** Where the address of a key's destination lies. */
export function destinationAt(high: u64): u32 {
  return addressAt(<u32>high);
}

function enterKey(parsed: u32, source: u32, destination: u32): void {
  const side = <u32>load<u8>(parsed, SIDE);
  const front = keyFront(side, <u32>load<u8>(parsed, PROTOCOL), <u32>load<u16>(parsed, NETWORK));
  store<u64>(parsed, front | ((<u64>source) << 32), KEY_LOW);
  store<u32>(parsed, destination, KEY_HIGH);
}

function place(parsed: u32): void {
  const hash = mix(load<u64>(parsed, KEY_LOW), load<u64>(parsed, KEY_HIGH));
  store<u32>(parsed, groupOf(hash), GROUP);
  store<u8>(parsed, <u8>tagOf(hash), TAG);
  store<u32>(parsed, 0, RECORD);
}
