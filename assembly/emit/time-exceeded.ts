// ICMP time exceeded in answer to a packet whose TTL ended here (docs/behaviour.md, section 8).

import { CAUSE_ANSWER, COUNTER_TIME_EXCEEDED_SENT, DESC_FRAME, DESC_LINK, LINK_ETHERNET, PROTOCOL_ICMP } from "../abi";
import { FLAG_TIME_EXCEEDED } from "../abi/tables";
import { STAGE_ANSWER, TRACE_GOES_ON, TRACE_TIME_EXCEEDED } from "../abi/trace";
import { count } from "../counters";
import { IP, L4_CAPTURED, SIDE } from "../parse";
import { has } from "../tables";
import * as Icmp from "../wire/icmp";
import * as Ipv4 from "../wire/ipv4";
import * as Link from "../wire/link";
import { emitHead, nextHead } from "./queue";
import { trace, tracing } from "../trace";

/// Bytes of the packet's payload that are quoted (RFC 792).
const QUOTED_PAYLOAD: u32 = 8;
const MULTICAST_FIRST: u32 = 224;

/** Answers the sender, when configured and when its address is one that can be answered. */
export function answerTimeExceeded(desc: u32, parsed: u32, flow: u32): void {
  const ip = load<u32>(parsed, IP);
  const firstOctet = Ipv4.sourceBe(ip) & 255;
  if (!has(FLAG_TIME_EXCEEDED) || firstOctet == 0 || firstOctet >= MULTICAST_FIRST) return;
  const frame = load<u32>(desc, DESC_FRAME);
  const link = <u32>load<u8>(desc, DESC_LINK);
  const head = nextHead();
  const linkLength = ip - frame;
  memory.copy(head, frame, linkLength);
  if (link == LINK_ETHERNET) Link.swapAddresses(head);
  const quoted = Ipv4.headerLength(ip) + min(load<u32>(parsed, L4_CAPTURED), QUOTED_PAYLOAD);
  const icmp = head + linkLength + Ipv4.HEADER_MIN;
  memory.copy(icmp + Icmp.HEADER, ip, quoted);
  Icmp.writeTimeExceeded(icmp, quoted);
  const length = Ipv4.HEADER_MIN + Icmp.HEADER + quoted;
  Ipv4.write(head + linkLength, length, PROTOCOL_ICMP, Ipv4.destinationBe(ip), Ipv4.sourceBe(ip), false);
  emitHead(<u32>load<u8>(parsed, SIDE), CAUSE_ANSWER, link, flow, linkLength + length);
  count(COUNTER_TIME_EXCEEDED_SENT, 1);
  if (tracing) trace(STAGE_ANSWER, TRACE_GOES_ON, TRACE_TIME_EXCEEDED, <u32>load<u8>(parsed, SIDE));
}
