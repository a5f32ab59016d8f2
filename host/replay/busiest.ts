// The busiest destinations of a capture, for people whose capture met no endpoint. Counting stops being of use, and ends, with
// the first packet that met one.

import { addressText } from "../config/address.ts";
import { type FrameView, PROTOCOL_TCP } from "./frame.ts";
import type { BusyDestination } from "./summary.ts";

const DESTINATIONS_MAX = 65_536;
const SHOWN = 10;

/** Counts packets by the server's address and port: of a packet's two ends, the one with the lower port. */
export class Busiest {
  private readonly packets = new Map<number, number>();

  count(view: FrameView): void {
    const toServer = view.destinationPort <= view.sourcePort;
    const address = toServer ? view.destination : view.source;
    const port = toServer ? view.destinationPort : view.sourcePort;
    const key = (address * 65536 + port) * 2 + (view.protocol === PROTOCOL_TCP ? 0 : 1);
    const before = this.packets.get(key);
    if (before !== undefined || this.packets.size < DESTINATIONS_MAX) this.packets.set(key, (before ?? 0) + 1);
  }

  /** The busiest ones, in descending order. */
  list(): BusyDestination[] {
    return [...this.packets]
      .sort((a, b) => b[1] - a[1] || a[0] - b[0])
      .slice(0, SHOWN)
      .map(([key, packets]) => ({
        address: addressText(Math.floor(key / 131072)),
        port: Math.floor(key / 2) % 65536,
        protocol: key % 2 === 0 ? "tcp" : "udp",
        packets,
      }));
  }
}
