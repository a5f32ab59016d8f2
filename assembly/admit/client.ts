// Whether a client may have one flow more, where settings limit how many it has (docs/behaviour.md, section 20.6).

import { RELEASE_WHEN_FULL } from "../abi";
import { keyFront } from "../address/key";
import { placeOf } from "../address/book";
import { clientOf, flowsOf } from "../flow/clients";
import { releaseDue } from "../flow/release";
import { CLIENT_FLOWS } from "../memory";
import { IP, KEY_LOW, NETWORK } from "../parse";
import { tracing } from "../trace";
import { traceClient } from "../traced";
import * as Ip from "../wire/ip";
import * as Ipv6 from "../wire/ipv6";

/** Whether the client of the packet at hand may; due timers are taken when it has as many as it may have. */
export function clientHasRoom(parsed: u32): bool {
  let flows = flowsOfClient(parsed);
  if (flows >= CLIENT_FLOWS && releaseDue(RELEASE_WHEN_FULL) != 0) flows = flowsOfClient(parsed);
  if (tracing) traceClient(flows);
  return flows < CLIENT_FLOWS;
}

/** An IPv6 address that the book does not hold has no flows; its place may be another's once timers were taken. */
function flowsOfClient(parsed: u32): u32 {
  const ip = load<u32>(parsed, IP);
  if (!Ip.isSix(ip)) return flowsOf(clientOf(load<u64>(parsed, KEY_LOW)));
  const place = placeOf(ip + Ipv6.SOURCE);
  if (place == 0) return 0;
  const front = keyFront(0, 0, <u32>load<u16>(parsed, NETWORK));
  return flowsOf(clientOf(front | ((<u64>place) << 32)));
}
