// The fast path's only action: apply a flow's transposition to a packet, in place.

import { DESC_FRAME, DESC_LINK, LINK_ETHERNET, PROTOCOL_TCP, SIDE_CONSUMER } from "./abi";
import { LINK_BYTES, LINK_SIZE, LINK_TYPE, REC_BACKEND, REC_SEEN, REC_TEMPLATE, SEEN_HANDLED } from "./abi/records";
import { BACKEND_HAS_MAC, BACKEND_SIZE } from "./abi/tables";
import { addressProvider } from "./emit/reset";
import { flowOf } from "./flow/lifetime";
import { LINKS } from "./memory";
import { IP, L4, L4_CAPTURED, PROTOCOL } from "./parse";
import { BACKENDS } from "./tables";
import { concernsSix, rewrite6 } from "./translate";
import * as Ipv4 from "./wire/ipv4";
import * as Link from "./wire/link";
import * as Tcp from "./wire/tcp";
import * as Udp from "./wire/udp";
import { tracing } from "./trace";
import { traceRewrite } from "./traced";

/** Rewrites a packet that entered on `side` by the template of its record. */
export function rewrite(desc: u32, parsed: u32, record: u32, side: u32): void {
  if (concernsSix(record, side)) return rewrite6(desc, parsed, record, side);
  const ip = load<u32>(parsed, IP);
  const l4 = load<u32>(parsed, L4);
  const low = load<u64>(record, REC_TEMPLATE);
  const high = load<u64>(record, REC_TEMPLATE + 8);
  const captured = load<u32>(parsed, L4_CAPTURED);
  if (tracing) traceRewrite(ip, l4, <u32>(low >> 32), <u32>high, <u32>(high >> 32));
  const delta = <u32>(low >> 16) & 0xffff;
  if (l4 - ip == Ipv4.HEADER_MIN) Ipv4.transposeWithPorts(ip, low, high, <u32>low & 0xffff);
  else rewriteBehindOptions(ip, l4, low, high);
  if (load<u8>(parsed, PROTOCOL) == PROTOCOL_TCP) {
    if (captured >= Tcp.CHECKSUM_END) Tcp.adjustChecksum(l4, delta);
  } else if (captured >= Udp.CHECKSUM_END) {
    Udp.adjustChecksum(l4, delta);
  }
  if ((load<u8>(record, REC_SEEN) & SEEN_HANDLED) != 0) rewriteLink(desc, record, side);
}

/** Rewrites addresses and ports that options lie between. */
function rewriteBehindOptions(ip: u32, l4: u32, low: u64, high: u64): void {
  Ipv4.transpose(ip, <u32>(low >> 32), <u32>high, <u32>low & 0xffff);
  store<u32>(l4, <u32>(high >> 32));
}

/** Gives an Ethernet frame the MAC addresses of where it goes, if the backend has one. */
export function rewriteLink(desc: u32, record: u32, side: u32): void {
  rewriteLinkOf(load<u32>(desc, DESC_FRAME), <u32>load<u8>(desc, DESC_LINK), record, side);
}

/** The same of a frame that lies anywhere. */
export function rewriteLinkOf(frame: u32, link: u32, record: u32, side: u32): void {
  if (link != LINK_ETHERNET) return;
  if (side == SIDE_CONSUMER) return addressProvider(frame, record);
  if (load<u16>(BACKENDS + <u32>load<u16>(record, REC_BACKEND) * BACKEND_SIZE, BACKEND_HAS_MAC) == 0) return;
  const kept = LINKS + flowOf(record) * LINK_SIZE;
  if (load<u8>(kept, LINK_TYPE) == LINK_ETHERNET) Link.answerAddresses(frame, kept + LINK_BYTES);
}
