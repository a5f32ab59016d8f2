// What every answer of the plane's own to a packet has: a sender that can be answered, and the packet's link header turned around.

import { DESC_FRAME, DESC_LINK, LINK_ETHERNET } from "../abi";
import * as Ip from "../wire/ip";
import * as Link from "../wire/link";
import { nextHead } from "./queue";

/** Whether a packet was sent to one station (RFC 1122, 3.2.2; RFC 4443, 2.4), from an address that is one host's, and not its loopback. */
export function isAnswerable(desc: u32, ip: u32): bool {
  if (Link.isToGroup(load<u32>(desc, DESC_FRAME), load<u8>(desc, DESC_LINK))) return false;
  return Ip.comesFromHost(ip) && !Ip.comesFromLoopback(ip);
}

/** Begins the answer to the packet of a descriptor at `nextHead`, with its link header; where the IP header of the answer goes. */
export function beginAnswer(desc: u32, ip: u32): u32 {
  const head = nextHead();
  const frame = load<u32>(desc, DESC_FRAME);
  const length = ip - frame;
  memory.copy(head, frame, length);
  if (load<u8>(desc, DESC_LINK) == LINK_ETHERNET) Link.swapAddresses(head);
  return head + length;
}
