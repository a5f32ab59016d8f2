// IPv6 addresses that the tables say something of: those of endpoints and NAT addresses, and the intervals that blocks hold.

import { INTERVAL_HIGH, INTERVAL_LOW, INTERVAL_SIZE, KNOWN_ADDRESS, KNOWN_NUMBER, KNOWN_SIZE } from "../abi/tables";
import { mix32 } from "../flow/hash";
import { INTERVALS, INTERVAL_COUNT, KNOWN, KNOWN_MASK } from "../tables";
import * as Ipv6 from "../wire/ipv6";

/// Multiplier of the table's places; the host fills it by the same rule (host/config/addresses.ts).
const MULTIPLIER: u32 = 0x9e3779b1;

/** Number that an address stands in the table of addresses by, 0 for none. */
export function knownNumber(address: u32): u32 {
  let hash: u32 = 0;
  for (let i: u32 = 0; i < Ipv6.ADDRESS_WORDS; i++) hash = (hash ^ Ipv6.word(address, i)) * MULTIPLIER;
  let place = (hash >> 8) & KNOWN_MASK;
  let entry = KNOWN + place * KNOWN_SIZE;
  while (load<u32>(entry, KNOWN_NUMBER) != 0 && !Ipv6.same(entry + KNOWN_ADDRESS, address)) {
    place = (place + 1) & KNOWN_MASK;
    entry = KNOWN + place * KNOWN_SIZE;
  }
  return load<u32>(entry, KNOWN_NUMBER);
}

/** Number of the interval that an address lies in. */
export function intervalOf(address: u32): u32 {
  const high = Ipv6.firstHalf(address);
  const low = Ipv6.lastHalf(address);
  let first: u32 = 0;
  let count = INTERVAL_COUNT;
  while (count > 1) {
    const half = count >> 1;
    const at = INTERVALS + (first + half) * INTERVAL_SIZE;
    const start = load<u64>(at, INTERVAL_HIGH);
    const begun = start < high || (start == high && load<u64>(at, INTERVAL_LOW) <= low);
    if (begun) first += half;
    count = begun ? count - half : half;
  }
  return first;
}

/** An address as the number that choices count with (docs/behaviour.md, 23.2). */
export function countedAs(address: u32): u32 {
  return mix32(Ipv6.lastHalf(address), Ipv6.firstHalf(address));
}
