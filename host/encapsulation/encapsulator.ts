// What leaves to a network with an encapsulation, put into its tunnel (docs/behaviour.md, section 24).

import { addressBytes, addressOf, macBytes } from "../config/address.ts";
import type { Encapsulation, VirtualNetwork } from "../config/configuration.ts";
import type { LinkName } from "../links.ts";
import { madeUpMac } from "../wire/ethernet.ts";
import { IPV4 } from "../wire/ip.ts";
import { VXLAN } from "../wire/tunnel.ts";
import { get16 } from "../wire/words.ts";
import { bridged } from "./bridged.ts";
import { entropyOf } from "./entropy.ts";
import { type Ends, headSize, writeOuter } from "./outer.ts";

const DSCP_SHIFT = 2;
const ECN_MASK = 3;
const SIX = 6;
/** Last bytes of made-up addresses. */
const REMOTE = 3;
const LOCAL = 4;

/** A frame in its tunnel. */
export interface Encapsulated {
  frame: Uint8Array;
  wireLength: number;
}

/** Puts frames into the tunnels of their networks. */
export class Encapsulator {
  /** By number of the network. */
  private readonly tunnels: readonly (Ends | undefined)[];

  private constructor(tunnels: readonly (Ends | undefined)[]) {
    this.tunnels = tunnels;
  }

  /** That of networks by number, as the last configuration that had them says; undefined when none has an encapsulation. */
  static of(networks: readonly VirtualNetwork[]): Encapsulator | undefined {
    const tunnels = networks.map(endsOf);
    return tunnels.some((tunnel) => tunnel !== undefined) ? new Encapsulator(tunnels) : undefined;
  }

  /** A frame with an IP packet that leaves to a network, by number, in its tunnel; undefined when the network has none. */
  around(frame: Uint8Array, wireLength: number, link: LinkName, network: number): Encapsulated | undefined {
    const ends = this.tunnels[network];
    const inside = ends === undefined ? undefined : bridged(frame, link);
    if (ends === undefined || inside === undefined) return undefined;
    const { header, ip } = inside;
    const head = headSize(ends);
    const carried = header.length - ip;
    const whole = new Uint8Array(head + carried + frame.length);
    const trafficClass = (ends.trafficClass & ~ECN_MASK) | (trafficClassOf(frame, ip) & ECN_MASK);
    writeOuter(whole, { ...ends, trafficClass }, carried + wireLength, entropyOf(frame, ip));
    whole.set(header, head);
    whole.set(frame.subarray(ip), head + header.length);
    return { frame: whole, wireLength: head + carried + wireLength };
  }

  /** The tunnel of a network, for people. */
  told(network: number): string | undefined {
    const ends = this.tunnels[network];
    if (ends === undefined) return undefined;
    const { type, local, remote, identifier } = ends;
    const name = type === "vxlan" ? `VXLAN VNI ${identifier}` : `NVGRE VSID ${identifier}`;
    return `${name}, ${addressOf(local)} > ${addressOf(remote)}`;
  }
}

/** Traffic class of a packet, which IPv4 calls type of service. */
const trafficClassOf = (frame: Uint8Array, ip: number): number =>
  (frame[ip] as number) >> 4 === SIX ? (get16(frame, ip) >> 4) & 0xff : (frame[ip + IPV4.trafficClass] as number);

function endsOf(network: VirtualNetwork): Ends | undefined {
  if (network.encapsulation === undefined) return undefined;
  const { type, local, remote, port, ttl, dscp, localMacAddress, remoteMacAddress } = network.encapsulation;
  return {
    type,
    local: addressBytes(local),
    remote: addressBytes(remote),
    localMac: macOf(localMacAddress, LOCAL),
    remoteMac: macOf(remoteMacAddress, REMOTE),
    identifier: network.vni ?? 0,
    port: port ?? VXLAN.port,
    ttl,
    trafficClass: dscp << DSCP_SHIFT,
  };
}

const macOf = (text: Encapsulation["localMacAddress"], otherwise: number): Uint8Array =>
  text === undefined ? madeUpMac(otherwise) : macBytes(text);
