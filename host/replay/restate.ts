// Frames that are no whole TCP or UDP packet (ICMP, fragments, other protocols, malformed ones), given the addresses of the
// endpoints that theirs stand for, so that they count where they would in a capture that has the endpoints' own addresses.

import type { FrameView } from "./frame.ts";
import { readdress, readdressHeader } from "./readdress.ts";
import type { Role } from "./roles.ts";

/**
 * Rewrites the frame a view looks at, in place, raising its TTL by `raise`; `to` and `from` are whose its destination and its source
 * are. By how much the sum of its addresses' words has grown.
 */
export function restate(view: FrameView, to: Role | undefined, from: Role | undefined, raise = 0): number {
  const { protocol, ported, sourcePort, destinationPort } = view;
  const addresses = { source: from?.address ?? view.source, destination: to?.address ?? view.destination };
  if (!ported) return readdressHeader(view, addresses, raise);
  return readdress(
    view,
    {
      ...addresses,
      sourcePort: from?.frontendPort(sourcePort, protocol) ?? sourcePort,
      destinationPort: to?.frontendPort(destinationPort, protocol) ?? destinationPort,
    },
    raise,
  );
}
