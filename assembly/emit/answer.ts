// What every answer of the plane's own to a packet has: a sender that can be answered, and the packet's link header turned around.

import { DESC_FRAME, DESC_LINK, LINK_ETHERNET } from "../abi";
import * as Ip from "../wire/ip";
import * as Ipv4 from "../wire/ipv4";
import * as Ipv6 from "../wire/ipv6";
import * as Link from "../wire/link";
import { nextHead } from "./queue";

const LOOPBACK: u32 = 127;
const MULTICAST_FIRST: u32 = 224;
const MULTICAST6: u32 = 0xff;
/// Last half of ::1.
const LOOPBACK_LAST: u64 = 1;

/**
 * Whether a packet was sent to one station, from an address that is one host's (RFC 1122, 3.2.2; RFC 4443, 2.4): neither of 0.0.0.0/8,
 * nor loopback, nor multicast or above; of IPv6 neither ::, nor ::1, nor multicast.
 */
export function isAnswerable(desc: u32, ip: u32): bool {
  if (Link.isToGroup(load<u32>(desc, DESC_FRAME), load<u8>(desc, DESC_LINK))) return false;
  if (Ip.isSix(ip)) return isHost6(ip + Ipv6.SOURCE);
  const first = Ipv4.sourceBe(ip) & 255;
  return first != 0 && first != LOOPBACK && first < MULTICAST_FIRST;
}

function isHost6(address: u32): bool {
  if (load<u8>(address) == MULTICAST6) return false;
  return Ipv6.firstHalf(address) != 0 || Ipv6.lastHalf(address) > LOOPBACK_LAST;
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
