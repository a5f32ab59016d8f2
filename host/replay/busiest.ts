// The busiest destinations of a capture, for people whose capture met no endpoint. Counting stops being of use, and ends, with
// the first packet that met one.

import { addressText } from "../config/address.ts";
import { type FrameView, PROTOCOL_TCP } from "./frame.ts";
import type { BusyDestination } from "./summary.ts";

const DESTINATIONS_MAX = 65_536;
const SHOWN = 10;
const TCP_SYN = 0x02;
const TCP_ACK = 0x10;

/**
 * Counts packets by the server's address and port: the end that a SYN was sent to, or whose SYN was answered; where none was
 * seen, the end with the lower port.
 */
export class Busiest {
  private readonly packets = new Map<number, number>();
  private readonly servers = new Set<number>();

  count(view: FrameView): void {
    const protocol = view.protocol === PROTOCOL_TCP ? 0 : 1;
    const destination = (view.destination * 65536 + view.destinationPort) * 2 + protocol;
    const source = (view.source * 65536 + view.sourcePort) * 2 + protocol;
    if ((view.flags & TCP_SYN) !== 0 && this.servers.size < DESTINATIONS_MAX)
      this.servers.add((view.flags & TCP_ACK) === 0 ? destination : source);
    const lower = view.destinationPort <= view.sourcePort ? destination : source;
    const key = this.servers.has(destination) ? destination : this.servers.has(source) ? source : lower;
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
