// An RST to a client that goes on with a connection of which the plane knows nothing, or nothing any more, where its rule asks for
// resets (docs/behaviour.md, section 20.5).

import {
  CAUSE_ANSWER,
  COUNTER_RESETS_SENT,
  DESC_LINK,
  PROTOCOL_TCP,
  REASON_FLOW_EXPIRED,
  REASON_MID_STREAM,
  SIDE_CONSUMER,
} from "../abi";
import { ENDPOINT_SERVICE, ENDPOINT_SIZE, RULE_RESET, RULE_SIZE } from "../abi/tables";
import { STAGE_ANSWER, TRACE_GOES_ON, TRACE_RESET } from "../abi/trace";
import { ruleOf } from "../admit/rules";
import { count } from "../counters";
import { FLAGS, IP, KEY_HIGH, L4, L4_CAPTURED, L4_LENGTH } from "../parse";
import { ENDPOINTS, RULES } from "../tables";
import { trace, tracing } from "../trace";
import * as Ip from "../wire/ip";
import * as Ipv4 from "../wire/ipv4";
import * as Ipv6 from "../wire/ipv6";
import * as Tcp from "../wire/tcp";
import { beginAnswer, isAnswerable } from "./answer";
import { emitHead, nextHead } from "./queue";

/** Answers a packet to an endpoint that was dropped for a reason, if that and its rule ask for it; `flow` is its verdict's. */
export function answerLate(desc: u32, parsed: u32, endpoint: u32, reason: u32, flow: u32): void {
  if (reason != REASON_MID_STREAM && reason != REASON_FLOW_EXPIRED) return;
  const flags = <u32>load<u8>(parsed, FLAGS);
  if ((flags & Tcp.RST) != 0 || load<u32>(parsed, L4_CAPTURED) < Tcp.NUMBERS_END) return;
  const ip = load<u32>(parsed, IP);
  if (!isAnswerable(desc, ip) || !asksForResets(parsed, endpoint)) return;
  const tcp = load<u32>(parsed, L4);
  const end = Tcp.sequenceEnd(tcp, load<u32>(parsed, L4_LENGTH), flags);
  emit(desc, ip, tcp, (flags & Tcp.ACK) != 0 ? Tcp.acknowledgement(tcp) : 0, end, flow);
}

function asksForResets(parsed: u32, endpoint: u32): bool {
  const service = <u32>load<u16>(ENDPOINTS + endpoint * ENDPOINT_SIZE, ENDPOINT_SERVICE);
  const port = <u32>bswap<u16>(<u16>(load<u64>(parsed, KEY_HIGH) >> 48));
  const rule = ruleOf(service, PROTOCOL_TCP, port);
  return rule >= 0 && load<u8>(RULES + rule * RULE_SIZE, RULE_RESET) != 0;
}

function emit(desc: u32, ip: u32, tcp: u32, sequence: u32, acknowledgement: u32, flow: u32): void {
  const own = beginAnswer(desc, ip);
  const header = writeAnswer(own, ip);
  Tcp.writeReset(own + header, rotl<u32>(Tcp.portsBe(tcp), 16), sequence, acknowledgement, Ip.addressesSum(own));
  const length = own + header + Tcp.HEADER_MIN - nextHead();
  emitHead(SIDE_CONSUMER, CAUSE_ANSWER, <u32>load<u8>(desc, DESC_LINK), flow, length);
  count(COUNTER_RESETS_SENT, 1);
  if (tracing) trace(STAGE_ANSWER, TRACE_GOES_ON, TRACE_RESET, SIDE_CONSUMER);
}

/** Writes the IP header in front of a reset that answers a packet; its length. */
function writeAnswer(own: u32, ip: u32): u32 {
  if (Ip.isSix(ip)) {
    Ipv6.write(own, Tcp.HEADER_MIN, PROTOCOL_TCP, ip + Ipv6.DESTINATION, ip + Ipv6.SOURCE);
    return Ipv6.HEADER;
  }
  const length = Ipv4.HEADER_MIN + Tcp.HEADER_MIN;
  Ipv4.write(own, length, PROTOCOL_TCP, Ipv4.destinationBe(ip), Ipv4.sourceBe(ip), true);
  return Ipv4.HEADER_MIN;
}
