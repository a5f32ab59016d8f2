// How many flows each client has, where settings limit that; a client is an address in a network (docs/behaviour.md, section 20.6). A
// table of twice as many places as there are flows, each found by its hash or behind it; where a client leaves, those behind move up.

import { KEY_SIX } from "../abi/records";
import { CLIENTS, CLIENT_MASK } from "../memory";
import { mix32 } from "./hash";

/// A place: a client, 0 for none, and the number of its flows.
const CLIENT: usize = 0; // u64
const FLOWS: usize = 8; // u32
export const CLIENT_SIZE: u32 = 16;

/// Within the low half of a key: network and client.
const OF_CLIENT: u64 = 0xffff_ffff_ffff_0000;

export function resetClients(): void {
  if (CLIENT_MASK != 0) memory.fill(CLIENTS, 0, (CLIENT_MASK + 1) * CLIENT_SIZE);
}

/** The client of a flow, by the low half of its key. */
export function clientOf(low: u64): u64 {
  return (low & (OF_CLIENT | <u64>KEY_SIX)) | 1;
}

/** Flows that a client has, dead ones that are not released included. */
export function flowsOf(client: u64): u32 {
  return load<u32>(find(client), FLOWS);
}

/** A client has one flow more. */
export function enterClient(client: u64): void {
  const at = find(client);
  store<u64>(at, client, CLIENT);
  store<u32>(at, load<u32>(at, FLOWS) + 1, FLOWS);
}

/** A client has one flow less. */
export function leaveClient(client: u64): void {
  const at = find(client);
  const flows = load<u32>(at, FLOWS) - 1;
  store<u32>(at, flows, FLOWS);
  if (flows == 0) empty((at - CLIENTS) / CLIENT_SIZE);
}

/** Where a client stands, or the free place that it would have. */
function find(client: u64): u32 {
  let place = home(client);
  while (load<u64>(placeAt(place), CLIENT) != 0 && load<u64>(placeAt(place), CLIENT) != client) place = next(place);
  return placeAt(place);
}

/** Frees a place, and moves up those behind it that it had kept from theirs. */
function empty(hole: u32): void {
  for (let place = next(hole); load<u64>(placeAt(place), CLIENT) != 0; place = next(place)) {
    const from = home(load<u64>(placeAt(place), CLIENT));
    if (((place - from) & CLIENT_MASK) < ((place - hole) & CLIENT_MASK)) continue;
    memory.copy(placeAt(hole), placeAt(place), CLIENT_SIZE);
    hole = place;
  }
  store<u64>(placeAt(hole), 0, CLIENT);
  store<u32>(placeAt(hole), 0, FLOWS);
}

function home(client: u64): u32 {
  return mix32(client, 0) & CLIENT_MASK;
}

function next(place: u32): u32 {
  return (place + 1) & CLIENT_MASK;
}

function placeAt(place: u32): u32 {
  return CLIENTS + place * CLIENT_SIZE;
}
