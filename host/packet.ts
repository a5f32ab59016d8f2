// Packets as people give them, checked and placed.

import * as Abi from "./abi.ts";
import { addressNumber } from "./config/address.ts";
import type { Names } from "./config/compile.ts";
import type { Configuration } from "./config/configuration.ts";
import type { Core } from "./core.ts";
import { LinkplaneError } from "./errors.ts";
import { type LinkName, linkNumber } from "./links.ts";
import { checkPacket } from "./packet-check.ts";

export type Side = "consumer" | "provider";

/** One frame and where it comes from. */
export interface Packet {
  /** The captured bytes. */
  frame: Uint8Array;
  /**
   * Side of the plane it comes in on; `consumer` when absent. `captured`: as a capture at the consumer shows it, replies
   * included, which leave on the provider's side as their backends must have sent them.
   */
  side?: Side | "captured";
  /** Name of its virtual network. May be absent when only one network can be meant on this side. */
  network?: string;
  /** Nanoseconds from any origin, 0 if below it; the plane's clock is the highest time it has seen. */
  time: bigint;
  /** Link type; `ethernet` when absent. */
  link?: LinkName;
  /** Length on the wire, bytes; the frame's length when absent. */
  wireLength?: number;
  /** Address of the backend a flow that it opens should go to, for who balances elsewhere; any when absent. */
  backend?: string;
}

export const SIDES: readonly Side[] = ["consumer", "provider"];
const ENTRANCES = [...SIDES, "captured"] as const;

/** Knows which networks there are, and what is no packet. */
export class Intake {
  private readonly networkNumbers: Map<string, number>;
  private readonly onlyNetworks: (number | undefined)[];

  constructor(names: Names, configuration: Configuration) {
    const present = new Set(configuration.virtualNetworks.map(({ name }) => name));
    this.networkNumbers = new Map(
      names.networks.map((name, number): [string, number] => [name, number]).filter(([name]) => present.has(name)),
    );
    this.onlyNetworks = [
      this.only(configuration.privateEndpoints.map((endpoint) => endpoint.virtualNetwork)),
      this.only(configuration.privateLinkServices.map((service) => service.virtualNetwork)),
    ];
  }

  /** Number of a network. Throws UNKNOWN_NETWORK. */
  networkNumber(name: string | undefined, side: number): number {
    const number = name === undefined ? this.onlyNetworks[side] : this.networkNumbers.get(name);
    if (number !== undefined) return number;
    const known = [...this.networkNumbers.keys()].join(", ");
    throw new LinkplaneError(
      "UNKNOWN_NETWORK",
      name === undefined ? `More than one network is on the ${SIDES[side]}'s side.` : `There is no network "${name}".`,
      { remedy: `Name one of: ${known}.` },
    );
  }

  /** Number of a packet's network, when the packet can be placed. Throws UNKNOWN_NETWORK or BAD_PACKET. */
  networkOf(packet: Packet): number {
    checkPacket(packet);
    return this.networkNumber(packet.network, packet.side === "provider" ? Abi.SIDE_PROVIDER : Abi.SIDE_CONSUMER);
  }

  private only(names: string[]): number | undefined {
    const distinct = [...new Set(names)];
    return distinct.length === 1 ? this.networkNumbers.get(distinct[0] as string) : undefined;
  }
}

/** Places a packet, which has to fit. */
export function place(core: Core, { frame, side, time, link, wireLength, backend }: Packet, network: number): void {
  const nanoseconds = unsigned(time);
  core.place(
    frame,
    wireLength ?? frame.length,
    network,
    linkNumber(link ?? "ethernet"),
    sideNumber(side),
    Number(nanoseconds & 0xffffffffn),
    Number(nanoseconds >> 32n),
    backend === undefined ? 0 : addressNumber(backend),
  );
}

/** A time as the core has it: none is below 0. */
export const unsigned = (time: bigint): bigint => (time < 0n ? 0n : time);
const sideNumber = (side: Packet["side"]): number => (side === undefined ? Abi.SIDE_CONSUMER : ENTRANCES.indexOf(side));
