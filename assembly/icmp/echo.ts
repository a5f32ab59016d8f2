// Echo to an endpoint, which real private endpoints do not answer, answered when configured (docs/behaviour.md, 17.6).

import {
  CAUSE_ANSWER,
  COUNTER_ICMP_SENT,
  DESC_FRAME,
  DESC_LINK,
  LINK_ETHERNET,
  NO_FLOW,
  PROTOCOL_ICMP,
  SIDE_CONSUMER,
} from "../abi";
import { FLAG_ANSWER_ECHO } from "../abi/tables";
import { STAGE_ANSWER, TRACE_ECHO, TRACE_GOES_ON } from "../abi/trace";
import { CONTINUE, connection } from "../admit/connection";
import { reaches } from "../admit/reach";
import { count } from "../counters";
import { isAnswerable } from "../emit/icmp-error";
import { emitWithHead, nextHead } from "../emit/queue";
import { IP, L4, L4_CAPTURED, L4_LENGTH, NETWORK } from "../parse";
import { has } from "../tables";
import { trace, tracing } from "../trace";
import * as Icmp from "../wire/icmp";
import * as Ipv4 from "../wire/ipv4";
import * as Link from "../wire/link";

/** Answers an echo request to an endpoint, when configured and when a flow from there might begin. */
export function answerEcho(desc: u32, parsed: u32, endpoint: u32): void {
  const ip = load<u32>(parsed, IP);
  const length = load<u32>(parsed, L4_LENGTH);
  const sourceBe = Ipv4.sourceBe(ip);
  if (!has(FLAG_ANSWER_ECHO) || load<u32>(parsed, L4_CAPTURED) < length || !isAnswerable(sourceBe)) return;
  if (!reaches(<u32>load<u16>(parsed, NETWORK), endpoint, sourceBe) || connection(endpoint) != CONTINUE) return;
  const frame = load<u32>(desc, DESC_FRAME);
  const icmp = load<u32>(parsed, L4);
  const head = nextHead();
  const linkLength = ip - frame;
  memory.copy(head, frame, linkLength);
  if (load<u8>(desc, DESC_LINK) == LINK_ETHERNET) Link.swapAddresses(head);
  const ownIp = head + linkLength;
  Ipv4.write(ownIp, Ipv4.HEADER_MIN + length, PROTOCOL_ICMP, Ipv4.destinationBe(ip), sourceBe, true);
  Ipv4.setTypeOfService(ownIp, Ipv4.typeOfService(ip));
  memory.copy(ownIp + Ipv4.HEADER_MIN, icmp, Icmp.HEADER);
  Icmp.answerEcho(ownIp + Ipv4.HEADER_MIN);
  const headLength = linkLength + Ipv4.HEADER_MIN + Icmp.HEADER;
  const data = length - Icmp.HEADER;
  emitWithHead(
    SIDE_CONSUMER,
    <u32>NO_FLOW,
    desc,
    headLength,
    icmp + Icmp.HEADER,
    data,
    headLength + data,
    CAUSE_ANSWER,
  );
  count(COUNTER_ICMP_SENT, 1);
  if (tracing) trace(STAGE_ANSWER, TRACE_GOES_ON, TRACE_ECHO, SIDE_CONSUMER);
}
