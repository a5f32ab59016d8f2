// The flow that a datagram's first fragment left by, which the later ones follow (docs/behaviour.md, 19.2, 19.3). A datagram keeps the
// flow's key and when it was made, by which one that has taken its tuple since is told.

import { SIDE_PROVIDER } from "../abi";
import { COLD_FIRST_SEEN, KEY_SIX, REC_KEY, REC_SIZE } from "../abi/records";
import { placeOf } from "../address/book";
import { destinationAt, isSixKey, sourceAt } from "../address/key";
import { isDenied } from "../flow/denied";
import { coldOf } from "../flow/flow";
import { flowOf, lives } from "../flow/lifetime";
import { lookUp } from "../flow/table";
import * as Ipv6 from "../wire/ipv6";
import { ADDRESSES, FLOW_ADDRESSES, FLOW_HIGH, FLOW_LOW, FLOW_SINCE, KEY_HIGH, KEY_LOW } from "./datagram";

/// Of a key's halves the lower bits: all but the source in the first one, the destination in the second.
const LOWER: u64 = 0xffffffff;

/** The flow that the first fragment left by; `request` is its request direction. */
export function setFlow(datagram: u32, request: u32): void {
  const low = load<u64>(request, REC_KEY);
  const high = load<u64>(request, REC_KEY + 8);
  store<u64>(datagram, low, FLOW_LOW);
  store<u64>(datagram, high, FLOW_HIGH);
  if (isSixKey(low)) {
    Ipv6.copyAddress(clientOf(datagram), sourceAt(low));
    Ipv6.copyAddress(endpointOf(datagram), destinationAt(high));
  }
  store<u64>(datagram, load<u64>(coldOf(flowOf(request)), COLD_FIRST_SEEN), FLOW_SINCE);
}

/** Whether the first fragment was let through. */
export function hasFlow(datagram: u32): bool {
  return load<u64>(datagram, FLOW_LOW) != 0;
}

/** Record of the flow's request direction, or 0 when the flow does not live any more. */
export function requestOfFlow(datagram: u32): u32 {
  let low = load<u64>(datagram, FLOW_LOW);
  let high = load<u64>(datagram, FLOW_HIGH);
  if (isSixKey(low)) {
    const client = placeOf(clientOf(datagram));
    const endpoint = placeOf(endpointOf(datagram));
    if (client == 0 || endpoint == 0) return 0;
    low = (low & LOWER) | ((<u64>client) << 32);
    high = (high & ~LOWER) | <u64>endpoint;
  }
  const record = lookUp(low, high);
  if (record == 0 || isDenied(record) || !lives(record)) return 0;
  if (load<u64>(coldOf(flowOf(record)), COLD_FIRST_SEEN) != load<u64>(datagram, FLOW_SINCE)) return 0;
  const isProviders = (<u32>load<u8>(datagram, KEY_LOW) & ~(<u32>KEY_SIX)) == SIDE_PROVIDER + 1;
  return !isProviders || answers(datagram, record) ? record : 0;
}

/** Where the address of an IPv6 flow's client lies. */
function clientOf(datagram: u32): u32 {
  return datagram + <u32>FLOW_ADDRESSES;
}

/** Where that of its endpoint does. */
function endpointOf(datagram: u32): u32 {
  return datagram + <u32>FLOW_ADDRESSES + Ipv6.ADDRESS_SIZE;
}

/** Whether a datagram of the provider's side has the network and the addresses of a flow's replies. */
function answers(datagram: u32, request: u32): bool {
  const low = load<u64>(request + REC_SIZE, REC_KEY);
  const high = load<u64>(request + REC_SIZE, REC_KEY + 8);
  const key = load<u64>(datagram, KEY_LOW);
  if (!isSixKey(key)) return low == key && <u32>high == load<u32>(datagram, KEY_HIGH);
  const addresses = datagram + <u32>ADDRESSES;
  const same = <u32>low == <u32>key && Ipv6.same(sourceAt(low), addresses);
  return same && Ipv6.same(destinationAt(high), addresses + Ipv6.ADDRESS_SIZE);
}
