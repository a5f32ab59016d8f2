// ICMP errors about packets of flows with IPv6 addresses: 6 to 6 in place, 6 to 4 as errors of the other family, with headers of that
// family around and inside (docs/behaviour.md, 23.6; RFC 7915).

import {
  CAUSE_INPUT,
  DESC_CAPTURED,
  DESC_FRAME,
  DESC_LINK,
  DESC_WIRE,
  PROTOCOL_ICMP,
  REASON_ICMP,
  SIDE_CONSUMER,
  SIDE_PROVIDER,
} from "../abi";
import { STAGE_COUNTERPART, TRACE_GOES_ON, TRACE_NONE } from "../abi/trace";
import { addressAt } from "../address/book";
import { emitInput, emitWithHead } from "../emit/queue";
import { requestOf } from "../flow/lifetime";
import { IP, L4, L4_CAPTURED, L4_LENGTH } from "../parse";
import { trace, tracing } from "../trace";
import { traceRewriteTo6 } from "../traced";
import { beginAcross, totalFour, writeFour, writeSix } from "../translate";
import { fold, sum } from "../wire/checksum";
import * as Icmp from "../wire/icmp";
import * as Icmp6 from "../wire/icmp6";
import * as Ip from "../wire/ip";
import * as Ipv4 from "../wire/ipv4";
import * as Ipv6 from "../wire/ipv6";
import * as Counterpart from "./counterpart";
import * as Embedded from "./embedded";
import * as Extensions from "./extensions";
import { changing, setEnds } from "./ends";

/** Ends that an error leaves with, as templates have them, and the ports of the packet in it; whether that is IPv6 then. */
let source: u32 = 0;
let destination: u32 = 0;
let ports: u32 = 0;
let toSix: bool = false;

/** Says how the error at hand is to leave: its ends as templates have them, IPv6 or not, and the ports of the packet in it. */
export function aim(itsSource: u32, itsDestination: u32, portsBe: u32, six: bool): void {
  source = itsSource;
  destination = itsDestination;
  ports = portsBe;
  toSix = six;
}

/** Whether the error can leave like that: to the other family not every one can. */
export function canLeave(parsed: u32, flow: u32): bool {
  const crosses = Embedded.isSix() != toSix;
  const icmp = load<u32>(parsed, L4);
  const can = !crosses || Counterpart.find(icmp, toSix, requestOf(flow));
  if (tracing && crosses) traceCounterpart(can, icmp);
  if (tracing && can) traceRewriteTo6(parsed, toSix, source, destination);
  return can;
}

function traceCounterpart(can: bool, icmp: u32): void {
  const before = (Icmp.type(icmp) << 8) | Icmp.code(icmp);
  const after = can ? (Counterpart.type << 8) | Counterpart.code : <u32>TRACE_NONE;
  trace(STAGE_COUNTERPART, can ? <u32>TRACE_GOES_ON : <u32>REASON_ICMP, before, after, Counterpart.rest, <u32>toSix);
}

/** Lets the error leave; where the head of the frame lies then. `hops` is what its TTL gains. */
export function leave(desc: u32, parsed: u32, flow: u32, side: u32, hops: u32): u32 {
  const behind = side == SIDE_PROVIDER ? <u32>SIDE_CONSUMER : <u32>SIDE_PROVIDER;
  if (Embedded.isSix() != toSix) return cross(desc, parsed, flow, side, behind, hops);
  turn(parsed, flow, side, hops);
  emitInput(behind, flow, desc);
  return load<u32>(desc, DESC_FRAME);
}

/** 6 to 6: other ends in place. */
function turn(parsed: u32, flow: u32, side: u32, hops: u32): void {
  const ip = load<u32>(parsed, IP);
  const size = Embedded.l4 - Embedded.ip + changing();
  const before = fold(sum(Embedded.ip, size) + Ipv6.addressesSum(ip));
  const addresses = Ipv6.addressesSum(Embedded.ip);
  Ipv6.setAddresses(Embedded.ip, addressAt(destination), addressAt(source));
  setEnds(ports, fold((~addresses & 0xffff) + Ipv6.addressesSum(Embedded.ip)), flow, side);
  Ipv6.setHopLimit(ip, Ipv6.hopLimit(ip) + hops);
  Ipv6.setAddresses(ip, addressAt(source), addressAt(destination));
  const after = fold(sum(Embedded.ip, size) + Ipv6.addressesSum(ip));
  Icmp6.adjustChecksum(load<u32>(parsed, L4), (~before & 0xffff) + after);
}

/** 6 to 4: new headers up to the packet's TCP or UDP header, as an emit's head; what follows stays where it is, and is its body. */
function cross(desc: u32, parsed: u32, flow: u32, side: u32, behind: u32, hops: u32): u32 {
  const frame = load<u32>(desc, DESC_FRAME);
  const ip = load<u32>(parsed, IP);
  const icmp = load<u32>(parsed, L4);
  const own = beginAcross(frame, ip, <u32>load<u8>(desc, DESC_LINK));
  const head = own - (ip - frame);
  const ownIcmp = own + (toSix ? Ipv6.HEADER : Ipv4.HEADER_MIN);
  const inner = ownIcmp + Icmp.HEADER;
  const innerLength = writeInner(inner);
  Extensions.find(parsed, toSix, innerLength);
  const extended = Extensions.quoted != 0;
  const plain = load<u32>(parsed, L4_LENGTH) - (Embedded.l4 - Embedded.ip) + innerLength;
  const cut = extended ? Extensions.cut() : surplus(parsed, plain);
  const length = extended ? Icmp.HEADER + Extensions.quoted + Extensions.size : plain - cut;
  writeOuter(own, ip, length, Ip.ttl(ip) + hops);

  const known = Embedded.l4 - icmp + changing();
  let before = Icmp.sumWithout(icmp, known);
  if (!toSix) before = fold(before + Ip.pseudoSum(ip, Icmp6.PROTOCOL, load<u32>(parsed, L4_LENGTH)));
  const addresses = Ip.addressesSum(Embedded.ip);
  setEnds(ports, fold((~addresses & 0xffff) + Ip.addressesSum(inner)), flow, side);
  const rest = extended ? Extensions.lengthWord(toSix) : Counterpart.rest;
  Icmp.writeHeader(ownIcmp, Counterpart.type, Counterpart.code, rest, icmp);
  let after = fold(Icmp.sumWithout(ownIcmp, Icmp.HEADER + innerLength) + sum(Embedded.l4, changing()));
  if (toSix) after = fold(after + Ip.pseudoSum(own, Icmp6.PROTOCOL, length));
  const end = extended ? Extensions.keptEnd() : icmp + load<u32>(parsed, L4_LENGTH) - cut;
  if (cut != 0) after = fold(after + (~sum(end, cut) & 0xffff));
  Icmp.adjustChecksum(ownIcmp, fold((~before & 0xffff) + after));

  const headLength = inner + innerLength - head;
  const begins = extended ? Extensions.lay() : Embedded.l4;
  const gone = begins - frame;
  const ends = cut != 0 && !extended;
  const body = ends ? end - begins : load<u32>(desc, DESC_CAPTURED) - gone;
  const wire = ends ? headLength + body : load<u32>(desc, DESC_WIRE) - gone + headLength;
  emitWithHead(behind, flow, desc, headLength, begins, body, wire, CAUSE_INPUT);
  return head;
}

/** Bytes that a message of so many bytes, as it leaves, has to lose at its end: extensions that cannot leave are there. */
function surplus(parsed: u32, length: u32): u32 {
  const total = Ipv6.HEADER + length - Extensions.size;
  if (!toSix || load<u32>(parsed, L4_CAPTURED) < load<u32>(parsed, L4_LENGTH)) return 0;
  return Extensions.size + (total > Icmp6.LEAST_MTU ? total - Icmp6.LEAST_MTU : 0);
}

/** Writes the header around a message of so many bytes. */
function writeOuter(own: u32, ip: u32, length: u32, ttl: u32): void {
  if (toSix) {
    const payload = Ipv4.totalLength(ip) == 0 || length > Ip.LENGTH_MOST ? 0 : length;
    Ipv6.writeFront(own, Ipv4.typeOfService(ip), payload, Icmp6.PROTOCOL, ttl);
    return Ipv6.setAddresses(own, addressAt(source), addressAt(destination));
  }
  Ipv4.writeWith(own, Ipv6.trafficClass(ip), totalFour(ip, length), ttl, PROTOCOL_ICMP, source, destination);
}

/** Writes the header of the packet in the error, whose TTL stays; how long it is. */
function writeInner(own: u32): u32 {
  if (!toSix) return writeInner4(own);
  const ip = Embedded.ip;
  return writeSix(own, ip, Ipv4.totalLength(ip) - Ipv4.headerLength(ip), 0, destination, source);
}

function writeInner4(own: u32): u32 {
  const ip = Embedded.ip;
  const payload = Ipv6.payloadLength(ip);
  const total = payload == 0 ? 0 : Ipv4.HEADER_MIN + payload - (Embedded.l4 - ip - Ipv6.HEADER);
  writeFour(own, ip, Embedded.l4, total, Ipv6.hopLimit(ip), Embedded.protocol, destination, source);
  return Ipv4.HEADER_MIN;
}
