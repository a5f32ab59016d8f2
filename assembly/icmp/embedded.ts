// The packet in an ICMP error: whether it can be read, and its tuple (docs/behaviour.md, 17.2).

import {
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  REASON_ICMP_BAD_CHECKSUM,
  REASON_ICMP_MALFORMED,
  REASON_ICMP_NO_FLOW,
  REASON_TRUNCATED,
} from "../abi";
import { L4, L4_CAPTURED, L4_LENGTH } from "../parse";
import * as Icmp from "../wire/icmp";
import * as Ipv4 from "../wire/ipv4";

/** The IP header of the packet looked at last, what follows that, and how many bytes of it are there: `read` must have been asked first. */
export let ip: u32 = 0;
export let l4: u32 = 0;
export let captured: u32 = 0;
export let protocol: u32 = 0;

/** Reads the packet in an error; what is against it, or 0. Whose address has to agree with the outer header, the caller asks. */
export function read(parsed: u32): u32 {
  const reason = find(parsed);
  if (reason != 0) return reason;
  if (!Ipv4.isSound(ip)) return REASON_ICMP_BAD_CHECKSUM;
  const icmp = load<u32>(parsed, L4);
  const length = load<u32>(parsed, L4_LENGTH);
  if (load<u32>(parsed, L4_CAPTURED) == length && !Icmp.isSound(icmp, length)) return REASON_ICMP_BAD_CHECKSUM;
  return isTranslatable() ? 0 : <u32>REASON_ICMP_NO_FLOW;
}

/** Finds the packet in an error without looking at checksums; what is against it, or 0. */
export function find(parsed: u32): u32 {
  const length = load<u32>(parsed, L4_LENGTH) - Icmp.HEADER;
  const there = load<u32>(parsed, L4_CAPTURED) - Icmp.HEADER;
  ip = load<u32>(parsed, L4) + Icmp.HEADER;
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

/** Whether the packet is one of those that flows are made of, its ports included. */
export function isTranslatable(): bool {
  return !Ipv4.isLaterFragment(ip) && (protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP);
}

/** Ports as in a packet of the other direction. */
export function turned(portsBe: u32): u32 {
  return rotl<u32>(portsBe, 16);
}

/** Ports as in the packet. */
export function portsBe(): u32 {
  return load<u32>(l4);
}
