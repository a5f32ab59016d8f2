// The busiest destinations of a capture, for people whose capture met no endpoint. Counting stops being of use, and ends, with
// the first packet that met one.

import { addressText } from "../config/address.ts";
import { PORTS_END } from "../wire/transport.ts";
import { get16 } from "../wire/words.ts";
import { type FrameView, PROTOCOL_TCP, PROTOCOL_UDP, TCP } from "./frame.ts";
import { packet6 } from "./frame6.ts";
import type { BusyDestination } from "./summary.ts";

const DESTINATIONS_MAX = 65_536;
const SHOWN = 10;
const TCP_SYN = 0x02;
const TCP_ACK = 0x10;

type Ports = Pick<FrameView, "sourcePort" | "destinationPort" | "flags">;

/**
 * Counts packets by the server's address and port: the end that a SYN was sent to, or whose SYN was answered; where none was
 * seen, the end with the lower port.
 */
export class Busiest {
  /** By address, port and protocol as one number, of IPv6 as a text. */
  private readonly packets = new Map<number | string, number>();
  private readonly servers = new Set<number | string>();

  count(view: FrameView): void {
    if (view.version === 6) return this.count6(view.buffer, view.ip);
    const protocol = view.protocol === PROTOCOL_TCP ? 0 : 1;
    const destination = (view.destination * 65536 + view.destinationPort) * 2 + protocol;
    const source = (view.source * 65536 + view.sourcePort) * 2 + protocol;
    this.add(source, destination, view);
  }

  /** The same of an IPv6 packet whose header begins at `ip` of a frame. */
  count6(frame: Uint8Array, ip: number): void {
    const packet = packet6(frame, ip);
    if (packet === undefined || packet.l4 + PORTS_END > frame.length) return;
    const { protocol, l4, source, destination } = packet;
    if (protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP) return;
    const [sourcePort, destinationPort] = [get16(frame, l4), get16(frame, l4 + 2)];
    const name = protocol === PROTOCOL_TCP ? "tcp" : "udp";
    const flags = protocol === PROTOCOL_TCP ? (frame[l4 + TCP.flags] ?? 0) : 0;
    const ends = { sourcePort, destinationPort, flags };
    this.add(`${source} ${sourcePort} ${name}`, `${destination} ${destinationPort} ${name}`, ends);
  }

  private add(source: number | string, destination: number | string, packet: Ports): void {
    const { flags, sourcePort, destinationPort } = packet;
    if ((flags & TCP_SYN) !== 0 && this.servers.size < DESTINATIONS_MAX)
      this.servers.add((flags & TCP_ACK) === 0 ? destination : source);
    const lower = destinationPort <= sourcePort ? destination : source;
    const key = this.servers.has(destination) ? destination : this.servers.has(source) ? source : lower;
    const before = this.packets.get(key);
    if (before !== undefined || this.packets.size < DESTINATIONS_MAX) this.packets.set(key, (before ?? 0) + 1);
  }

  /** The busiest ones, in descending order. */
  list(): BusyDestination[] {
    return [...this.packets]
      .sort((a, b) => b[1] - a[1] || inOrder(a[0], b[0]))
      .slice(0, SHOWN)
      .map(([key, packets]) => ({ ...destinationOf(key), packets }));
  }
}

/** IPv4 first, by address; then IPv6. */
function inOrder(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === typeof b) return a < b ? -1 : 1;
  return typeof a === "number" ? -1 : 1;
}

function destinationOf(key: number | string): Omit<BusyDestination, "packets"> {
  if (typeof key === "string") {
    const [address = "", port, protocol] = key.split(" ");
    return { address, port: Number(port), protocol: protocol === "tcp" ? "tcp" : "udp" };
  }
  return {
    address: addressText(Math.floor(key / 131072)),
    port: Math.floor(key / 2) % 65536,
    protocol: key % 2 === 0 ? "tcp" : "udp",
  };
}
