// Whose addresses a packet bears, whatever its family.

import { KEY_LOW, IP, NETWORK } from "../parse";
import * as Ip from "../wire/ip";
import * as Ipv4 from "../wire/ipv4";
import * as Ipv6 from "../wire/ipv6";
import { endpointAt, endpointAt6, isNatAddress, isNatAddress6, speakerAt, speakerAt6 } from "./endpoint";
import { reaches, reaches6 } from "./reach";

/** Endpoint that a packet's destination means to its network, within reach or not, or -1. */
export function destinationEndpoint(parsed: u32): i32 {
  const network = <u32>load<u16>(parsed, NETWORK);
  const ip = load<u32>(parsed, IP);
  return Ip.isSix(ip) ? endpointAt6(network, ip + Ipv6.DESTINATION) : endpointAt(network, Ipv4.destinationBe(ip));
}

/** Endpoint in reach whose address is a packet's destination, or -1. */
export function destinationSpeaker(parsed: u32): i32 {
  const network = <u32>load<u16>(parsed, NETWORK);
  const ip = load<u32>(parsed, IP);
  return Ip.isSix(ip) ? speakerAt6(network, ip + Ipv6.DESTINATION) : speakerAt(network, Ipv4.destinationBe(ip));
}

/** Endpoint in reach whose address is a packet's source, or -1. */
export function sourceSpeaker(parsed: u32): i32 {
  const network = <u32>load<u16>(parsed, NETWORK);
  const ip = load<u32>(parsed, IP);
  return Ip.isSix(ip) ? speakerAt6(network, ip + Ipv6.SOURCE) : speakerAt(network, Ipv4.sourceBe(ip));
}

/** Whether a packet's destination is a NAT address of its network. */
export function isToNat(parsed: u32): bool {
  const network = <u32>load<u16>(parsed, NETWORK);
  const ip = load<u32>(parsed, IP);
  return Ip.isSix(ip) ? isNatAddress6(network, ip + Ipv6.DESTINATION) : isNatAddress(network, Ipv4.destinationBe(ip));
}

/** Whether a client's packet reaches an endpoint. */
export function isWithinReach(parsed: u32, endpoint: u32): bool {
  const network = <u32>load<u16>(parsed, NETWORK);
  const ip = load<u32>(parsed, IP);
  if (Ip.isSix(ip)) return reaches6(network, endpoint, ip + Ipv6.SOURCE);
  return reaches(network, endpoint, <u32>(load<u64>(parsed, KEY_LOW) >> 32));
}
