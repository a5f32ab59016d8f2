// The packet in an ICMP error: whether it can be read, and its tuple (docs/behaviour.md, 17.2 and 23.6).

import {
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  REASON_ICMP_BAD_CHECKSUM,
  REASON_ICMP_MALFORMED,
  REASON_ICMP_NO_FLOW,
  REASON_TRUNCATED,
} from "../abi";
import { placeOf } from "../address/book";
import { countedAs } from "../address/known";
import { IP, L4, L4_CAPTURED, L4_LENGTH } from "../parse";
import * as Chain from "../parse6";
import * as Icmp from "../wire/icmp";
import * as Icmp6 from "../wire/icmp6";
import * as Ip from "../wire/ip";
import * as Ipv4 from "../wire/ipv4";
import * as Ipv6 from "../wire/ipv6";

/** The IP header of the packet looked at last, what follows that, and how many bytes of it are there: `read` must have been asked first. */
export let ip: u32 = 0;
export let l4: u32 = 0;
export let captured: u32 = 0;
export let protocol: u32 = 0;
/** The fragment header of one of IPv6, 0 for none. */
export let fragment: u32 = 0;

/** Reads the packet in an error; what is against it, or 0. Whose address has to agree with the outer header, the caller asks. */
export function read(parsed: u32): u32 {
  const reason = find(parsed);
  if (reason != 0) return reason;
  const six = isSix();
  if (!six && !Ipv4.isSound(ip)) return REASON_ICMP_BAD_CHECKSUM;
  const icmp = load<u32>(parsed, L4);
  const length = load<u32>(parsed, L4_LENGTH);
  if (load<u32>(parsed, L4_CAPTURED) == length) {
    const sound = six ? Icmp6.isSound(icmp, length, load<u32>(parsed, IP)) : Icmp.isSound(icmp, length);
    if (!sound) return REASON_ICMP_BAD_CHECKSUM;
  }
  return isTranslatable() ? 0 : <u32>REASON_ICMP_NO_FLOW;
}

/** Finds the packet in an error without looking at checksums; what is against it, or 0. */
export function find(parsed: u32): u32 {
  const length = load<u32>(parsed, L4_LENGTH) - Icmp.HEADER;
  const there = load<u32>(parsed, L4_CAPTURED) - Icmp.HEADER;
  ip = load<u32>(parsed, L4) + Icmp.HEADER;
  fragment = 0;
  if (Ip.isSix(load<u32>(parsed, IP))) return find6(length, there);
  if (length < Ipv4.HEADER_MIN) return REASON_ICMP_MALFORMED;
  if (there < Ipv4.HEADER_MIN) return REASON_TRUNCATED;
  const header = Ipv4.headerLength(ip);
  if (Ipv4.version(ip) != 4 || header < Ipv4.HEADER_MIN) return REASON_ICMP_MALFORMED;
  if (length < header + Icmp.QUOTED_PAYLOAD) return REASON_ICMP_MALFORMED;
  if (there < header + Icmp.QUOTED_PAYLOAD) return REASON_TRUNCATED;
  l4 = ip + header;
  captured = there - header;
  protocol = Ipv4.protocol(ip);
  return 0;
}

function find6(length: u32, there: u32): u32 {
  if (length < Ipv6.HEADER) return REASON_ICMP_MALFORMED;
  if (there < Ipv6.HEADER) return REASON_TRUNCATED;
  if (Ipv4.version(ip) != 6) return REASON_ICMP_MALFORMED;
  const against = Chain.walk(ip, ip + there, length - Ipv6.HEADER);
  if (against != 0) return against == REASON_TRUNCATED ? against : <u32>REASON_ICMP_MALFORMED;
  l4 = Chain.at;
  protocol = Chain.next;
  if (protocol == Ipv6.FRAGMENT) {
    protocol = Ipv6.extensionNext(l4);
    l4 += Ipv6.EXTENSION_UNIT;
  }
  fragment = Ipv6.fragmentHeader(ip, l4);
  const before = l4 - ip;
  if (length < before + Icmp.QUOTED_PAYLOAD) return REASON_ICMP_MALFORMED;
  captured = there - before;
  return there < before + Icmp.QUOTED_PAYLOAD ? <u32>REASON_TRUNCATED : 0;
}

export function isSix(): bool {
  return Ip.isSix(ip);
}

/** Whether the packet is one of those that flows are made of, its ports included. */
export function isTranslatable(): bool {
  const later = isSix() ? fragment != 0 && Ipv6.fragmentOffset(fragment) != 0 : Ipv4.isLaterFragment(ip);
  return !later && (protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP);
}

/** Whether it was sent to who sent the error around it, or, if it is not `captured`, by whom that goes to. */
export function agrees(outer: u32, captured: bool): bool {
  if (!isSix())
    return captured ? Ipv4.destinationBe(ip) == Ipv4.sourceBe(outer) : Ipv4.sourceBe(ip) == Ipv4.destinationBe(outer);
  if (captured) return Ipv6.same(ip + Ipv6.DESTINATION, outer + Ipv6.SOURCE);
  return Ipv6.same(ip + Ipv6.SOURCE, outer + Ipv6.DESTINATION);
}

/** Its source as keys have it: in network order, or the place that the book has for it, 0 for none. */
export function source(): u32 {
  return isSix() ? placeOf(ip + Ipv6.SOURCE) : Ipv4.sourceBe(ip);
}

/** Its destination likewise. */
export function destination(): u32 {
  return isSix() ? placeOf(ip + Ipv6.DESTINATION) : Ipv4.destinationBe(ip);
}

/** Its source as choices count with it (docs/behaviour.md, 4 and 23.2). */
export function sourceCounted(): u32 {
  return isSix() ? countedAs(ip + Ipv6.SOURCE) : bswap<u32>(Ipv4.sourceBe(ip));
}

/** Its destination likewise. */
export function destinationCounted(): u32 {
  return isSix() ? countedAs(ip + Ipv6.DESTINATION) : bswap<u32>(Ipv4.destinationBe(ip));
}

/** Ports as in a packet of the other direction. */
export function turned(portsBe: u32): u32 {
  return rotl<u32>(portsBe, 16);
}

/** Ports as in the packet. */
export function portsBe(): u32 {
  return load<u32>(l4);
}
