// What the decisions about a packet share: the tables, the counters and what leaves.
import type { Settings } from "../../host/config/configuration.ts";
import type { EmitOut, PacketIn } from "../plane.ts";
import { timeExceeded } from "./answer.ts";
import type { Counters } from "./counters.ts";
import type { Drains } from "./drains.ts";
import type { Datagrams } from "./datagram.ts";
import type { OnFragment } from "./fragments.ts";
import type { Flows } from "./flows.ts";
import type { Holds } from "./hold.ts";
import type { Ip } from "./ip.ts";
import type { Mix } from "./mix.ts";
import type { Nat } from "./nat.ts";
import type { Networks } from "./networks.ts";

export interface Path {
  settings: Settings;
  networks: Networks;
  flows: Flows;
  nat: Nat;
  counters: Counters;
  mix: Mix;
  holds: Holds;
  drains: Drains;
  datagrams: Datagrams;
  /** What is done with fragments that concern the plane. */
  onFragment: OnFragment;
  /** What leaves because of the packet at hand, in order. */
  out: EmitOut[];
  /** The packet at hand is an RST that its flow took no note of. */
  ignoresReset: boolean;
}

/** An IPv4 packet and the network it came in by. */
export interface Arrival {
  packet: PacketIn;
  /** Bytes. */
  wireLength: number;
  /** Index. */
  network: number;
  ip: Ip;
}

/** What becomes of a packet. */
export interface Decision {
  reason: string;
  /** Flow number; absent: none. */
  flow?: number;
  /** Name of the endpoint at which a drop counts, where it is known. */
  droppedAt?: string;
}

const TTL_LAST = 1;

/** Whether a packet's time to live ends here. If so, it is answered if answers are on. */
export function ttlExpires(path: Path, { packet, ip }: Arrival, flow: number): boolean {
  if (ip.ttl > TTL_LAST) return false;
  const bytes = path.settings.icmpTimeExceeded ? timeExceeded(packet.frame, packet.link, ip) : undefined;
  if (bytes !== undefined) {
    const side = packet.side === "provider" ? "provider" : "consumer";
    path.out.push({ side, cause: "answer", flow, bytes });
    path.counters.generated.icmp++;
  }
  return true;
}
