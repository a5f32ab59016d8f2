// What an ICMP error is in the other family: type, code, and the four bytes behind the checksum (docs/behaviour.md, 23.6; RFC 7915, 4.2
// and 5.2).

import { REC_ENDPOINT } from "../abi/records";
import { clientMtu, serviceMtu } from "../size/mtu";
import * as Icmp from "../wire/icmp";
import * as Icmp6 from "../wire/icmp6";
import * as Ip from "../wire/ip";
import * as Ipv4 from "../wire/ipv4";
import * as Ipv6 from "../wire/ipv6";
import * as Embedded from "./embedded";

const NONE: u32 = <u32>-1;
const IPV4_LEAST_MTU: u32 = 68;
/// Sizes that networks have (RFC 1191, 7.1), the highest first.
const PLATEAUS: StaticArray<u32> = [32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, IPV4_LEAST_MTU];

/** Type, code and the four bytes, in host order, of the counterpart found last. */
export let type: u32 = 0;
export let code: u32 = 0;
export let rest: u32 = 0;

/** Finds the counterpart of an error of the flow whose request direction is `request`; false when there is none. */
export function find(icmp: u32, toSix: bool, request: u32): bool {
  rest = 0;
  return toSix ? ofIcmp(icmp, request) : ofIcmp6(icmp, request);
}

function found(itsType: u32, itsCode: u32): bool {
  type = itsType;
  code = itsCode;
  return itsCode != NONE;
}

/** The same with a pointer or an MTU; false when there is none. */
function foundWith(itsType: u32, itsCode: u32, itsRest: u32): bool {
  rest = itsRest;
  return found(itsType, itsCode) && itsRest != NONE;
}

function ofIcmp(icmp: u32, request: u32): bool {
  const before = Icmp.type(icmp);
  const its = Icmp.code(icmp);
  if (before == Icmp.TYPE_TIME_EXCEEDED) return found(Icmp6.TYPE_TIME_EXCEEDED, its);
  if (before == Icmp.TYPE_PARAMETER_PROBLEM) {
    const told = its == 0 || its == Icmp.CODE_BAD_LENGTH;
    return told && foundWith(Icmp6.TYPE_PARAMETER_PROBLEM, 0, pointer6(Icmp.pointer(icmp)));
  }
  if (its == Icmp.CODE_PROTOCOL)
    return foundWith(Icmp6.TYPE_PARAMETER_PROBLEM, Icmp6.CODE_NEXT_HEADER, Ipv6.NEXT_HEADER);
  if (its == Icmp.CODE_FRAGMENTATION_NEEDED) return foundWith(Icmp6.TYPE_TOO_BIG, 0, mtu6(Icmp.mtu(icmp), request));
  return found(Icmp6.TYPE_UNREACHABLE, unreachable6(its));
}

function unreachable6(its: u32): u32 {
  if (its == Icmp.CODE_PORT) return Icmp6.CODE_PORT;
  if (Icmp.isProhibited(its)) return Icmp6.CODE_PROHIBITED;
  return its > Icmp.CODE_HOST_FOR_SERVICE ? NONE : Icmp6.CODE_NO_ROUTE;
}

/** Where IPv6 has what an IPv4 header has at a byte: the first two are alike in both. */
function pointer6(at: u32): u32 {
  if (at < Ipv4.TOTAL_LENGTH) return at;
  if (at < Ipv4.IDENTIFICATION) return Ipv6.PAYLOAD_LENGTH;
  if (at == Ipv4.TTL) return Ipv6.HOP_LIMIT;
  if (at == Ipv4.PROTOCOL) return Ipv6.NEXT_HEADER;
  if (at < Ipv4.SOURCE || at >= Ipv4.HEADER_MIN) return NONE;
  return at < Ipv4.DESTINATION ? Ipv6.SOURCE : Ipv6.DESTINATION;
}

function mtu6(told: u32, request: u32): u32 {
  const size = told == 0 ? plateauBelow(Ipv4.totalLength(Embedded.ip)) : told;
  const most = min(clientMtu(request), serviceMtu(<u32>load<u16>(request, REC_ENDPOINT)) + Ip.APART);
  return max(min(size + Ip.APART, most), Icmp6.LEAST_MTU);
}

/** The highest size of a network that is less than a packet's. */
function plateauBelow(length: u32): u32 {
  for (let i = 0; i < PLATEAUS.length; i++) if (PLATEAUS[i] < length) return PLATEAUS[i];
  return IPV4_LEAST_MTU;
}

function ofIcmp6(icmp: u32, request: u32): bool {
  const before = Icmp.type(icmp);
  const its = Icmp.code(icmp);
  if (before == Icmp6.TYPE_TIME_EXCEEDED) return found(Icmp.TYPE_TIME_EXCEEDED, its);
  if (before == Icmp6.TYPE_TOO_BIG)
    return foundWith(Icmp.TYPE_UNREACHABLE, Icmp.CODE_FRAGMENTATION_NEEDED, mtu4(Icmp6.rest(icmp), request));
  if (before == Icmp6.TYPE_UNREACHABLE) return found(Icmp.TYPE_UNREACHABLE, unreachable4(its));
  if (its == Icmp6.CODE_NEXT_HEADER) return found(Icmp.TYPE_UNREACHABLE, Icmp.CODE_PROTOCOL);
  const pointer = pointer4(Icmp6.rest(icmp));
  return its == 0 && pointer != NONE && foundWith(Icmp.TYPE_PARAMETER_PROBLEM, 0, pointer << 24);
}

function unreachable4(its: u32): u32 {
  if (its == Icmp6.CODE_PROHIBITED) return Icmp.CODE_HOST_PROHIBITED;
  if (its == Icmp6.CODE_PORT) return Icmp.CODE_PORT;
  return its > Icmp6.CODE_PORT ? NONE : Icmp.CODE_HOST;
}

/** Where IPv4 has what an IPv6 header has at a byte: the first two are alike in both. */
function pointer4(at: u32): u32 {
  if (at < Ipv4.TOTAL_LENGTH) return at;
  if (at == Ipv6.NEXT_HEADER) return Ipv4.PROTOCOL;
  if (at == Ipv6.HOP_LIMIT) return Ipv4.TTL;
  if (at < Ipv6.PAYLOAD_LENGTH || at >= Ipv6.HEADER) return NONE;
  if (at < Ipv6.NEXT_HEADER) return Ipv4.TOTAL_LENGTH;
  return at < Ipv6.DESTINATION ? Ipv4.SOURCE : Ipv4.DESTINATION;
}

function mtu4(told: u32, request: u32): u32 {
  const less = Ip.APART + (Embedded.fragment != 0 ? Ipv6.EXTENSION_UNIT : 0);
  const size = max(told, less) - less;
  const most = min(serviceMtu(<u32>load<u16>(request, REC_ENDPOINT)), clientMtu(request) - Ip.APART);
  return max(min(size, most), IPV4_LEAST_MTU);
}
