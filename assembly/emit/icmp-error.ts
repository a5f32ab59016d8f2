// ICMP errors in answer to a packet that ends here: its TTL has run out, or it is too big (docs/behaviour.md, sections 8 and 18).

import { CAUSE_ANSWER, COUNTER_ICMP_SENT, DESC_FRAME, DESC_LINK, LINK_ETHERNET, PROTOCOL_ICMP } from "../abi";
import { FLAG_TIME_EXCEEDED, FLAG_TOO_BIG_ANSWER } from "../abi/tables";
import { STAGE_ANSWER, TRACE_GOES_ON, TRACE_TIME_EXCEEDED, TRACE_TOO_BIG } from "../abi/trace";
import { count } from "../counters";
import { IP, L4_CAPTURED, SIDE } from "../parse";
import { has } from "../tables";
import { trace, tracing } from "../trace";
import * as Icmp from "../wire/icmp";
import * as Ip from "../wire/ip";
import * as Ipv4 from "../wire/ipv4";
import * as Link from "../wire/link";
import { answer6 } from "./icmp6-error";
import { emitWithHead, nextHead } from "./queue";

const MULTICAST_FIRST: u32 = 224;

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

/** Whether an address is a host's, which can be answered. */
export function isAnswerable(addressBe: u32): bool {
  const first = addressBe & 255;
  return first != 0 && first < MULTICAST_FIRST;
}

/** Answers the sender, when its address is one that can be answered. */
function answer(desc: u32, parsed: u32, flow: u32, type: u32, code: u32, mtu: u32): bool {
  const ip = load<u32>(parsed, IP);
  if (Ip.isSix(ip)) return answer6(desc, parsed, flow, type, mtu);
  if (!isAnswerable(Ipv4.sourceBe(ip))) return false;
  const frame = load<u32>(desc, DESC_FRAME);
  const link = <u32>load<u8>(desc, DESC_LINK);
  const head = nextHead();
  const linkLength = ip - frame;
  memory.copy(head, frame, linkLength);
  if (link == LINK_ETHERNET) Link.swapAddresses(head);
  const quoted = min(Ipv4.headerLength(ip) + load<u32>(parsed, L4_CAPTURED), Icmp.QUOTED_MOST);
  const own = head + linkLength;
  Icmp.writeError(own + Ipv4.HEADER_MIN, type, code, mtu, ip, quoted);
  Ipv4.writeControl(
    own,
    Ipv4.HEADER_MIN + Icmp.HEADER + quoted,
    PROTOCOL_ICMP,
    Ipv4.destinationBe(ip),
    Ipv4.sourceBe(ip),
  );
  const length = linkLength + Ipv4.HEADER_MIN + Icmp.HEADER;
  emitWithHead(<u32>load<u8>(parsed, SIDE), flow, desc, length, ip, quoted, length + quoted, CAUSE_ANSWER);
  count(COUNTER_ICMP_SENT, 1);
  return true;
}
