// ICMPv6 errors in answer to a packet that ends here (docs/behaviour.md, 23.4 and 23.5; RFC 4443).

import { CAUSE_ANSWER, COUNTER_ICMP_SENT, DESC_CAPTURED, DESC_FRAME, DESC_LINK, LINK_ETHERNET } from "../abi";
import { count } from "../counters";
import { IP, L4, L4_LENGTH, SIDE } from "../parse";
import * as Icmp from "../wire/icmp";
import * as Icmp6 from "../wire/icmp6";
import * as Ipv6 from "../wire/ipv6";
import * as Link from "../wire/link";
import { emitWithHead, nextHead } from "./queue";

/// Last half of ::1.
const LOOPBACK_LAST: u64 = 1;
const MULTICAST: u32 = 0xff;

/** Whether an address is a host's, which can be answered: neither ::, nor ::1, nor multicast. */
export function isAnswerable6(address: u32): bool {
  if (load<u8>(address) == MULTICAST) return false;
  return Ipv6.firstHalf(address) != 0 || Ipv6.lastHalf(address) > LOOPBACK_LAST;
}

/** Answers the sender of an IPv6 packet, when its address is one that can be answered; `type` is that of an IPv4 error. */
export function answer6(desc: u32, parsed: u32, flow: u32, type: u32, mtu: u32): bool {
  const ip = load<u32>(parsed, IP);
  if (!isAnswerable6(ip + Ipv6.SOURCE)) return false;
  const frame = load<u32>(desc, DESC_FRAME);
  const linkLength = ip - frame;
  const head = nextHead();
  memory.copy(head, frame, linkLength);
  if (load<u8>(desc, DESC_LINK) == LINK_ETHERNET) Link.swapAddresses(head);
  const length = load<u32>(parsed, L4) + load<u32>(parsed, L4_LENGTH) - ip;
  const quoted = min(min(length, load<u32>(desc, DESC_CAPTURED) - linkLength), Icmp6.QUOTED_MOST);
  const own = head + linkLength;
  const icmp = own + Ipv6.HEADER;
  Ipv6.write(own, Icmp6.HEADER + quoted, Icmp6.PROTOCOL, ip + Ipv6.DESTINATION, ip + Ipv6.SOURCE);
  if (type == Icmp.TYPE_TIME_EXCEEDED) Icmp6.writeError(icmp, own, Icmp6.TYPE_TIME_EXCEEDED, 0, ip, quoted);
  else Icmp6.writeError(icmp, own, Icmp6.TYPE_TOO_BIG, max(mtu, Icmp6.LEAST_MTU), ip, quoted);
  const headLength = linkLength + Ipv6.HEADER + Icmp6.HEADER;
  const side = <u32>load<u8>(parsed, SIDE);
  emitWithHead(side, flow, desc, headLength, ip, quoted, headLength + quoted, CAUSE_ANSWER);
  count(COUNTER_ICMP_SENT, 1);
  return true;
}
