// Ports and numbers of the packet in an ICMP error, as its side has them (docs/behaviour.md, 17.3 and 17.4).

import { PROTOCOL_TCP, SIDE_CAPTURED } from "../abi";
import { turnBackEmbedded, turnEmbedded } from "../proxy/embedded";
import { isHeaded } from "../proxy/stream";
import * as Tcp from "../wire/tcp";
import * as Udp from "../wire/udp";
import * as Embedded from "./embedded";

/** Bytes of its TCP or UDP header that may change, an even number. */
export function changing(): u32 {
  return min(Embedded.captured, Tcp.HEADER_MIN) & ~1;
}

/** Gives the packet in an error other ports, and the numbers that its side has; its checksum follows these and its addresses. */
export function setEnds(portsBe: u32, addresses: u32, flow: u32, side: u32): void {
  if (Embedded.protocol != PROTOCOL_TCP) return Udp.setPorts(Embedded.l4, portsBe, addresses);
  Tcp.setPorts(Embedded.l4, portsBe, addresses, Embedded.captured >= Tcp.CHECKSUM_END);
  if (!isHeaded(flow)) return;
  if (side == SIDE_CAPTURED) turnBackEmbedded(flow, Embedded.l4, Embedded.captured);
  else turnEmbedded(flow, Embedded.l4, Embedded.captured, side);
}
