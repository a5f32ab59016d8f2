// The packet in a captured ICMP error, given the address of the endpoint that its own stands for, as the packet around it was; every
// checksum keeps the error it had, if any.

import { get16, put16, sumOf } from "../wire/words.ts";
import type { FrameView } from "./frame.ts";
import { changed, readdress, readdressHeader } from "./readdress.ts";
import type { Role } from "./roles.ts";

export const PROTOCOL_ICMP = 1;
export const PROTOCOL_ICMPV6 = 58;
/** Types of errors (RFC 792, RFC 4443). */
const ERRORS: Record<number, readonly number[]> = { [PROTOCOL_ICMP]: [3, 11, 12], [PROTOCOL_ICMPV6]: [1, 2, 3, 4] };
const ICMP = { type: 0, checksum: 2, checksumEnd: 4, header: 8 };

/**
 * Which end of the packet in an error is the endpoint's: of an error to the endpoint the source, of one from it the destination. The
 * addresses around it have grown by `growth`, which an ICMPv6 checksum is over as well. `inner` is a view to look with.
 */
export function restateEmbedded(
  view: FrameView,
  inner: FrameView,
  role: Role,
  fromEndpoint: boolean,
  growth: number,
): void {
  const { buffer, l4, end, protocol } = view;
  const errors = ERRORS[protocol];
  if (errors === undefined || view.version !== (protocol === PROTOCOL_ICMP ? 4 : 6)) return;
  if (l4 + ICMP.checksumEnd > end) return;
  const at = l4 + ICMP.header;
  const before = sumOf(buffer, at, end);
  if (errors.includes(buffer[l4 + ICMP.type] as number)) restateInner(view, inner, role, fromEndpoint);
  const around = protocol === PROTOCOL_ICMPV6 ? growth : 0;
  const checksum = l4 + ICMP.checksum;
  const grown = sumOf(buffer, at, end) - before + around;
  if (grown !== 0) put16(buffer, checksum, changed(get16(buffer, checksum), grown));
}

function restateInner(view: FrameView, inner: FrameView, role: Role, fromEndpoint: boolean): void {
  const at = view.l4 + ICMP.header;
  inner.read(view.buffer, at, Math.max(0, view.end - at), "raw", view.network, () => undefined);
  if (!inner.addressed || inner.version !== view.version) return;
  const { source, destination, sourcePort, destinationPort, ported, protocol } = inner;
  if (fromEndpoint) {
    const to = { source, sourcePort, destination: role.address };
    if (!ported) readdressHeader(inner, to);
    else readdress(inner, { ...to, destinationPort: role.frontendPort(destinationPort, protocol) }, 0);
    return;
  }
  const to = { source: role.address, destination, destinationPort };
  if (!ported) readdressHeader(inner, to);
  else readdress(inner, { ...to, sourcePort: role.frontendPort(sourcePort, protocol) }, 0);
}
