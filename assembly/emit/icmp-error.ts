// ICMP errors in answer to a packet that ends here: its TTL has run out, or it is too big (docs/behaviour.md, sections 8, 18
// and 23.4; RFC 1812, RFC 4443).

import { CAUSE_ANSWER, COUNTER_ICMP_SENT, PROTOCOL_ICMP } from "../abi";
import { FLAG_TIME_EXCEEDED, FLAG_TOO_BIG_ANSWER } from "../abi/tables";
import { STAGE_ANSWER, TRACE_GOES_ON, TRACE_TIME_EXCEEDED, TRACE_TOO_BIG } from "../abi/trace";
import { count } from "../counters";
import { IP, L4, L4_CAPTURED, SIDE } from "../parse";
import { has } from "../tables";
import { trace, tracing } from "../trace";
import * as Icmp from "../wire/icmp";
import * as Icmp6 from "../wire/icmp6";
import * as Ip from "../wire/ip";
import * as Ipv4 from "../wire/ipv4";
import * as Ipv6 from "../wire/ipv6";
import { beginAnswer, isAnswerable } from "./answer";
import { emitWithHead, nextHead } from "./queue";

/** Tells the sender that the packet's TTL has run out, when configured. */
export function answerTimeExceeded(desc: u32, parsed: u32, flow: u32): void {
  if (!has(FLAG_TIME_EXCEEDED)) return;
  if (answer(desc, parsed, flow, Icmp.TYPE_TIME_EXCEEDED, 0, 0) && tracing)
    trace(STAGE_ANSWER, TRACE_GOES_ON, TRACE_TIME_EXCEEDED, <u32>load<u8>(parsed, SIDE));
}

/** Tells the sender that the packet exceeds an MTU, when configured. */
export function answerTooBig(desc: u32, parsed: u32, flow: u32, mtu: u32): void {
  if (!has(FLAG_TOO_BIG_ANSWER)) return;
  if (answer(desc, parsed, flow, Icmp.TYPE_UNREACHABLE, Icmp.CODE_FRAGMENTATION_NEEDED, mtu) && tracing)
    trace(STAGE_ANSWER, TRACE_GOES_ON, TRACE_TOO_BIG, <u32>load<u8>(parsed, SIDE));
}

/** Answers the sender, when its address is one that can be answered. */
function answer(desc: u32, parsed: u32, flow: u32, type: u32, code: u32, mtu: u32): bool {
  const ip = load<u32>(parsed, IP);
  if (!isAnswerable(desc, ip)) return false;
  const six = Ip.isSix(ip);
  const own = beginAnswer(desc, ip);
  const length = load<u32>(parsed, L4) - ip + load<u32>(parsed, L4_CAPTURED);
  const quoted = min(length, six ? Icmp6.QUOTED_MOST : Icmp.QUOTED_MOST);
  const behind = six ? writeError6(own, ip, type, mtu, quoted) : writeError(own, ip, type, code, mtu, quoted);
  const headLength = behind - nextHead();
  emitWithHead(<u32>load<u8>(parsed, SIDE), flow, desc, headLength, ip, quoted, headLength + quoted, CAUSE_ANSWER);
  count(COUNTER_ICMP_SENT, 1);
  return true;
}

/** Writes the headers in front of `quoted` bytes of a packet; where they end. */
function writeError(own: u32, ip: u32, type: u32, code: u32, mtu: u32, quoted: u32): u32 {
  const length = Icmp.HEADER + quoted;
  Icmp.writeError(own + Ipv4.HEADER_MIN, type, code, mtu, ip, quoted);
  Ipv4.writeControl(own, Ipv4.HEADER_MIN + length, PROTOCOL_ICMP, Ipv4.destinationBe(ip), Ipv4.sourceBe(ip));
  return own + Ipv4.HEADER_MIN + Icmp.HEADER;
}

/** The same of IPv6, which has no MTU below 1,280 bytes; `type` is that of the IPv4 error. */
function writeError6(own: u32, ip: u32, type: u32, mtu: u32, quoted: u32): u32 {
  const icmp = own + Ipv6.HEADER;
  Ipv6.write(own, Icmp6.HEADER + quoted, Icmp6.PROTOCOL, ip + Ipv6.DESTINATION, ip + Ipv6.SOURCE);
  if (type == Icmp.TYPE_TIME_EXCEEDED) Icmp6.writeError(icmp, own, Icmp6.TYPE_TIME_EXCEEDED, 0, ip, quoted);
  else Icmp6.writeError(icmp, own, Icmp6.TYPE_TOO_BIG, max(mtu, Icmp6.LEAST_MTU), ip, quoted);
  return icmp + Icmp6.HEADER;
}
