// Extensions of an ICMP error (RFC 4884) where the families meet: the packet in it is padded or cut to what the other family's length can
// say, and they follow it (docs/behaviour.md, section 25).

import { L4, L4_CAPTURED, L4_LENGTH } from "../parse";
import * as Icmp from "../wire/icmp";
import * as Icmp6 from "../wire/icmp6";
import * as Ipv6 from "../wire/ipv6";
import * as Tcp from "../wire/tcp";
import * as Counterpart from "./counterpart";
import * as Embedded from "./embedded";

/** Of the error looked at last: bytes of the packet in it as it leaves, its header included, 0 when no extensions leave. */
export let quoted: u32 = 0;
/** Bytes of the extensions, whether they leave or not. */
export let size: u32 = 0;
/// Where they begin.
let at: u32 = 0;
/// Bytes of the packet's new header.
let header: u32 = 0;

/** Looks for the extensions of an error that goes to the other family, in which the packet in it has a header of so many bytes. */
export function find(parsed: u32, toSix: bool, newHeader: u32): void {
  quoted = 0;
  size = 0;
  header = newHeader;
  const icmp = load<u32>(parsed, L4);
  const length = load<u32>(parsed, L4_LENGTH);
  const told = toSix ? Icmp.quotedLength(icmp) : Icmp6.quotedLength(icmp);
  const before = Embedded.l4 - Embedded.ip;
  if (told < Icmp.EXTENDED_LEAST || told < before + Tcp.HEADER_MIN) return;
  if (load<u32>(parsed, L4_CAPTURED) < length || Icmp.HEADER + told + Icmp.EXTENSIONS_HEADER > length) return;
  at = Embedded.ip + told;
  if (!Icmp.isExtensions(at)) return;
  size = length - Icmp.HEADER - told;
  const whole = told - before + newHeader;
  quoted = toSix ? quotedInSix(whole) : min(max(whole, Icmp.EXTENDED_LEAST), Icmp.EXTENDED_MOST);
}

/** The same in an ICMPv6 error, which has to fit the least MTU; 0 when it has no length, or they do not fit. */
function quotedInSix(whole: u32): u32 {
  const told = Counterpart.type == Icmp6.TYPE_UNREACHABLE || Counterpart.type == Icmp6.TYPE_TIME_EXCEEDED;
  if (!told || size > Icmp6.QUOTED_MOST - Icmp.EXTENDED_LEAST) return 0;
  const unit = Ipv6.EXTENSION_UNIT - 1;
  return min(max((whole + unit) & ~unit, Icmp.EXTENDED_LEAST), (Icmp6.QUOTED_MOST - size) & ~unit);
}

/** The word behind an error's checksum that says how long the packet in it is, in host order. */
export function lengthWord(toSix: bool): u32 {
  return toSix ? Icmp6.quotedWord(quoted) : Icmp.quotedWord(quoted);
}

/** Where the bytes of the packet in an error end that leave. */
export function keptEnd(): u32 {
  return min(Embedded.l4 + quoted - header, at);
}

/** Bytes behind these that do not. */
export function cut(): u32 {
  return at - keptEnd();
}

/** Moves what is kept of the packet, behind its header, in front of the extensions, zeros in between; where it begins then. */
export function lay(): u32 {
  const kept = keptEnd() - Embedded.l4;
  const begins = at - (quoted - header);
  memory.copy(begins, Embedded.l4, kept);
  memory.fill(begins + kept, 0, at - begins - kept);
  return begins;
}
