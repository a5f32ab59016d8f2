// The flow that a datagram's first fragment left by, which the later ones follow (docs/behaviour.md, 19.2, 19.3). A datagram keeps the
// flow's key and when it was made, by which one that has taken its tuple since is told.

import { SIDE_CONSUMER, SIDE_PROVIDER } from "../abi";
import { COLD_FIRST_SEEN, KEY_SIX, REC_KEY, REC_SIZE } from "../abi/records";
import { destinationAt, isSixKey, sourceAt } from "../address/key";
import { isDenied } from "../flow/denied";
import { coldOf } from "../flow/flow";
import { mix } from "../flow/hash";
import { flowOf, lives } from "../flow/lifetime";
import { find, groupOf, tagOf } from "../flow/table";
import * as Ipv6 from "../wire/ipv6";
import { ADDRESSES, FLOW_HIGH, FLOW_LOW, FLOW_SINCE, KEY_HIGH, KEY_LOW } from "./datagram";

/** The flow that the first fragment left by; `request` is its request direction. */
export function setFlow(datagram: u32, request: u32): void {
  store<u64>(datagram, load<u64>(request, REC_KEY), FLOW_LOW);
  store<u64>(datagram, load<u64>(request, REC_KEY + 8), FLOW_HIGH);
  store<u64>(datagram, load<u64>(coldOf(flowOf(request)), COLD_FIRST_SEEN), FLOW_SINCE);
}

/** Whether the first fragment was let through. */
export function hasFlow(datagram: u32): bool {
  return load<u64>(datagram, FLOW_LOW) != 0;
}

/** Record of the flow's request direction, or 0 when the flow does not live any more. */
export function requestOfFlow(datagram: u32): u32 {
  const low = load<u64>(datagram, FLOW_LOW);
  const high = load<u64>(datagram, FLOW_HIGH);
  const hash = mix(low, high);
  const record = find(groupOf(hash), tagOf(hash), low, high);
  if (record == 0 || isDenied(record) || !lives(record)) return 0;
  if (load<u64>(coldOf(flowOf(record)), COLD_FIRST_SEEN) != load<u64>(datagram, FLOW_SINCE)) return 0;
  const side = (<u32>load<u8>(datagram, KEY_LOW) & ~(<u32>KEY_SIX)) - 1;
  if (side == SIDE_PROVIDER) return answers(datagram, record) ? record : 0;
  return !isSixKey(load<u64>(datagram, KEY_LOW)) || asks(datagram, low, high, side) ? record : 0;
}

/**
 * Whether an IPv6 datagram of the consumer's side, or a captured reply, has the addresses of a request's key: its places of the book may
 * be those of others by now.
 */
function asks(datagram: u32, low: u64, high: u64, side: u32): bool {
  const source = datagram + <u32>ADDRESSES;
  const destination = source + Ipv6.ADDRESS_SIZE;
  const client = side == SIDE_CONSUMER ? source : destination;
  const endpoint = side == SIDE_CONSUMER ? destination : source;
  return Ipv6.same(sourceAt(low), client) && Ipv6.same(destinationAt(high), endpoint);
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
