// Echo to an endpoint, which real private endpoints do not answer, answered when configured (docs/behaviour.md, 17.6 and 23.6).

import { CAUSE_ANSWER, COUNTER_ICMP_SENT, NO_FLOW, PROTOCOL_ICMP, SIDE_CONSUMER } from "../abi";
import { FLAG_ANSWER_ECHO } from "../abi/tables";
import { STAGE_ANSWER, TRACE_ECHO, TRACE_GOES_ON } from "../abi/trace";
import { CONTINUE, connection } from "../admit/connection";
import { reaches, reaches6 } from "../admit/reach";
import { count } from "../counters";
import { beginAnswer, isAnswerable } from "../emit/answer";
import { emitWithHead, nextHead } from "../emit/queue";
import { IP, L4, L4_CAPTURED, L4_LENGTH, NETWORK } from "../parse";
import { has } from "../tables";
import { trace, tracing } from "../trace";
import * as Icmp from "../wire/icmp";
import * as Icmp6 from "../wire/icmp6";
import * as Ip from "../wire/ip";
import * as Ipv4 from "../wire/ipv4";
import * as Ipv6 from "../wire/ipv6";

/** Answers an echo request to an endpoint, when configured and when a flow from there might begin. */
export function answerEcho(desc: u32, parsed: u32, endpoint: u32): void {
  const ip = load<u32>(parsed, IP);
  const length = load<u32>(parsed, L4_LENGTH);
  if (!has(FLAG_ANSWER_ECHO) || load<u32>(parsed, L4_CAPTURED) < length || !isAnswerable(desc, ip)) return;
  if (!mayBegin(parsed, endpoint) || connection(endpoint) != CONTINUE) return;
  const icmp = load<u32>(parsed, L4);
  const own = writeAnswer(beginAnswer(desc, ip), ip, icmp, length);
  const headLength = own + Icmp.HEADER - nextHead();
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

/** Whether the request comes from where a flow to the endpoint may begin. */
function mayBegin(parsed: u32, endpoint: u32): bool {
  const ip = load<u32>(parsed, IP);
  const network = <u32>load<u16>(parsed, NETWORK);
  return Ip.isSix(ip) ? reaches6(network, endpoint, ip + Ipv6.SOURCE) : reaches(network, endpoint, Ipv4.sourceBe(ip));
}

/** Writes the answer's IP and ICMP headers; where the latter lies. */
function writeAnswer(own: u32, ip: u32, icmp: u32, length: u32): u32 {
  if (Ip.isSix(ip)) {
    Ipv6.writeFront(own, Ipv6.trafficClass(ip), length, Icmp6.PROTOCOL, Ipv6.DEFAULT_HOP_LIMIT);
    Ipv6.setAddresses(own, ip + Ipv6.DESTINATION, ip + Ipv6.SOURCE);
    memory.copy(own + Ipv6.HEADER, icmp, Icmp.HEADER);
    Icmp6.answerEcho(own + Ipv6.HEADER);
    return own + Ipv6.HEADER;
  }
  Ipv4.write(own, Ipv4.HEADER_MIN + length, PROTOCOL_ICMP, Ipv4.destinationBe(ip), Ipv4.sourceBe(ip), true);
  Ipv4.setTypeOfService(own, Ipv4.typeOfService(ip));
  memory.copy(own + Ipv4.HEADER_MIN, icmp, Icmp.HEADER);
  Icmp.answerEcho(own + Ipv4.HEADER_MIN);
  return own + Ipv4.HEADER_MIN;
}
