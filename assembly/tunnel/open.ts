// Opening tunnels: the descriptor of a frame becomes that of what it carries, which is parsed in its place (docs/behaviour.md,
// section 22.1).

import {
  DESC_CAPTURED,
  DESC_FRAME,
  DESC_LINK,
  DESC_NETWORK,
  DESC_WIRE,
  LINK_ETHERNET,
  LINK_RAW,
  PROTOCOL_UDP,
  REASON_IPV6,
  REASON_TRUNCATED,
  REASON_TUNNEL,
  REASON_TUNNEL_BAD_CHECKSUM,
  REASON_TUNNEL_FRAGMENT,
} from "../abi";
import { TUNNEL_GENEVE, TUNNEL_GRE, TUNNEL_NVGRE, TUNNEL_VXLAN } from "../abi/tables";
import { ADDRESS_DESTINATION, ADDRESS_SOURCE, STAGE_TUNNEL, TRACE_GOES_ON } from "../abi/trace";
import { HAS_SIX } from "../memory";
import * as Parsed from "../parse";
import { parseIpv6 } from "../parse6";
import { trace, tracing } from "../trace";
import { traceAddress } from "../traced";
import * as Geneve from "../wire/geneve";
import * as Gre from "../wire/gre";
import * as Ip from "../wire/ip";
import * as Ipv4 from "../wire/ipv4";
import * as Ipv6 from "../wire/ipv6";
import * as Link from "../wire/link";
import * as Udp from "../wire/udp";
import * as Vxlan from "../wire/vxlan";
import { areSound, isLeftToCard } from "./checksum";
import { networkOfIdentifier, opens, tunnelOfPort } from "./tables";

/// No identifier, and more than any network has.
const NONE: u32 = 0xffffffff;

/// Of the header read last: type of its tunnel, bytes of it and what stands before it behind the IP header, ethertype of what follows,
/// identifier.
let tunnel: u32 = 0;
let size: u32 = 0;
let typeBe: u32 = 0;
let identifier: u32 = 0;
/// Whether the checksums around it are right.
let sound: bool = true;

/** Opens a parsed frame if it is a tunnel's that is to be opened, and whole: it has to be parsed again then. */
export function open(desc: u32, parsed: u32): bool {
  const unread = readUnread(desc, parsed);
  tunnel = tunnelOf(parsed);
  if (tunnel == 0) {
    if (unread) Parsed.finish(parsed, REASON_IPV6);
    return false;
  }
  const reason = against(parsed);
  if (reason == 0) {
    sound = areSound(parsed);
    return enter(desc, parsed);
  }
  if (tracing) traceTunnel(parsed, reason, -1);
  Parsed.finish(parsed, reason);
  return false;
}

/**
 * Looks at the packet that was opened last. When a checksum around it is wrong it goes no further, unless its own is left to a card: its
 * sender has made those around for the one that the card puts there (Linux: local checksum offload).
 */
export function verify(desc: u32, parsed: u32): void {
  if (sound) return;
  const unread = readUnread(desc, parsed);
  if (!isLeftToCard(parsed)) Parsed.finish(parsed, REASON_TUNNEL_BAD_CHECKSUM);
  else if (unread) Parsed.finish(parsed, REASON_IPV6);
}

/** Parses an IPv6 packet in a plane that handles none; whether there is one. */
function readUnread(desc: u32, parsed: u32): bool {
  if (HAS_SIX || load<u8>(parsed, Parsed.KIND) != Parsed.KIND_FINAL) return false;
  if (load<u8>(parsed, Parsed.REASON) != REASON_IPV6) return false;
  const frame = load<u32>(desc, DESC_FRAME);
  const end = frame + load<u32>(desc, DESC_CAPTURED);
  store<u8>(parsed, <u8>Parsed.KIND_FLOW, Parsed.KIND);
  parseIpv6(load<u32>(parsed, Parsed.IP), end, frame + load<u32>(desc, DESC_WIRE), parsed);
  return true;
}

/** Type of the tunnel that a packet is of, 0 for none that is opened. Of fragments of UDP only the first one has a port to tell by. */
function tunnelOf(parsed: u32): u32 {
  if (load<u8>(parsed, Parsed.KIND) == Parsed.KIND_FINAL) return 0;
  const protocol = <u32>load<u8>(parsed, Parsed.PROTOCOL);
  if (protocol == Gre.PROTOCOL)
    return opens(TUNNEL_GRE) ? <u32>TUNNEL_GRE : opens(TUNNEL_NVGRE) ? <u32>TUNNEL_NVGRE : 0;
  if (protocol != PROTOCOL_UDP || load<u32>(parsed, Parsed.L4_CAPTURED) < Udp.PORTS_END) return 0;
  const l4 = load<u32>(parsed, Parsed.L4);
  if (isFragment(parsed) && Ip.fragmentOffset(load<u32>(parsed, Parsed.IP), l4) != 0) return 0;
  return tunnelOfPort(Udp.destinationPortBe(l4));
}

function isFragment(parsed: u32): bool {
  return Ip.isFragment(load<u32>(parsed, Parsed.IP), load<u32>(parsed, Parsed.L4));
}

/** The reason that a tunnel's packet is not opened for, or 0. */
function against(parsed: u32): u32 {
  if (isFragment(parsed)) return REASON_TUNNEL_FRAGMENT;
  return read(parsed);
}

/** Reads a tunnel's header; the reason that the packet is not opened for, or 0. */
function read(parsed: u32): u32 {
  const at = load<u32>(parsed, Parsed.L4);
  if (tunnel == TUNNEL_VXLAN) return readVxlan(at, parsed);
  if (tunnel == TUNNEL_GENEVE) return readGeneve(at, parsed);
  return readGre(at, parsed);
}

/** Why so many bytes behind the IP header cannot be read, 0 when they can. */
function lacks(parsed: u32, bytes: u32): u32 {
  if (load<u32>(parsed, Parsed.L4_LENGTH) < bytes) return REASON_TUNNEL;
  return load<u32>(parsed, Parsed.L4_CAPTURED) < bytes ? <u32>REASON_TRUNCATED : 0;
}

function readVxlan(udp: u32, parsed: u32): u32 {
  size = Udp.HEADER_MIN + Vxlan.HEADER;
  const lacking = lacks(parsed, size);
  if (lacking != 0) return lacking;
  const vxlan = udp + Udp.HEADER_MIN;
  if (!Vxlan.isValid(vxlan)) return REASON_TUNNEL;
  typeBe = Link.TYPE_BRIDGED_BE;
  identifier = Vxlan.vni(vxlan);
  return 0;
}

function readGeneve(udp: u32, parsed: u32): u32 {
  const lacking = lacks(parsed, Udp.HEADER_MIN + Geneve.HEADER);
  if (lacking != 0) return lacking;
  const geneve = udp + Udp.HEADER_MIN;
  if (Geneve.version(geneve) != 0 || Geneve.isForTheEnd(geneve)) return REASON_TUNNEL;
  typeBe = Geneve.typeBe(geneve);
  identifier = Geneve.vni(geneve);
  size = Udp.HEADER_MIN + Geneve.HEADER + Geneve.optionsLength(geneve);
  return carries(typeBe) ? lacks(parsed, size) : <u32>REASON_TUNNEL;
}

function readGre(gre: u32, parsed: u32): u32 {
  const lacking = lacks(parsed, Gre.HEADER_MIN);
  if (lacking != 0) return lacking;
  if (!Gre.isReadable(gre)) return REASON_TUNNEL;
  typeBe = Gre.typeBe(gre);
  const nvgre = opens(TUNNEL_NVGRE) && Gre.hasOnlyKey(gre) && typeBe == Link.TYPE_BRIDGED_BE;
  if (nvgre) tunnel = TUNNEL_NVGRE;
  else if (!opens(TUNNEL_GRE) || !carries(typeBe)) return REASON_TUNNEL;
  size = Gre.headerLength(gre);
  const short = lacks(parsed, size);
  if (short != 0) return short;
  identifier = !Gre.hasKey(gre) ? NONE : nvgre ? Gre.key(gre) >> Gre.FLOW_ID_BITS : Gre.key(gre);
  return 0;
}

/** Whether what is of an ethertype is a frame or packet that can be taken. */
function carries(typeBe: u32): bool {
  return typeBe == Link.TYPE_BRIDGED_BE || typeBe == Link.TYPE_IPV4_BE || typeBe == Link.TYPE_IPV6_BE;
}

/** Makes a frame's descriptor that of what is in it. */
function enter(desc: u32, parsed: u32): bool {
  const named = networkOfIdentifier(<u32>load<u8>(parsed, Parsed.SIDE), identifier);
  const begins = load<u32>(parsed, Parsed.L4) + size;
  if (tracing) traceTunnel(parsed, TRACE_GOES_ON, named, begins - load<u32>(desc, DESC_FRAME));
  store<u32>(desc, begins, DESC_FRAME);
  store<u32>(desc, load<u32>(parsed, Parsed.L4_CAPTURED) - size, DESC_CAPTURED);
  store<u32>(desc, load<u32>(parsed, Parsed.L4_LENGTH) - size, DESC_WIRE);
  store<u16>(desc, named >= 0 ? <u16>named : load<u16>(parsed, Parsed.NETWORK), DESC_NETWORK);
  store<u8>(desc, typeBe == Link.TYPE_BRIDGED_BE ? LINK_ETHERNET : LINK_RAW, DESC_LINK);
  return true;
}

function traceTunnel(parsed: u32, result: u32, network: i32, begins: u32 = 0): void {
  const ip = load<u32>(parsed, Parsed.IP);
  const opened = result == TRACE_GOES_ON;
  const said = opened ? identifier : NONE;
  const bytes = opened ? load<u32>(parsed, Parsed.L4_LENGTH) - size : 0;
  const six = Ip.isSix(ip);
  if (six) {
    traceAddress(ADDRESS_SOURCE, ip + Ipv6.SOURCE);
    traceAddress(ADDRESS_DESTINATION, ip + Ipv6.DESTINATION);
  }
  const source = six ? 0 : Ipv4.sourceBe(ip);
  trace(STAGE_TUNNEL, result, tunnel, source, six ? 0 : Ipv4.destinationBe(ip), said, network, bytes, begins);
}
