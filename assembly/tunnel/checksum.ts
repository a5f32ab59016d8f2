// The checksums around what a tunnel carries: the outer IPv4 header's, UDP's and GRE's (docs/behaviour.md, section 22.1).

import { PROTOCOL_TCP, PROTOCOL_UDP } from "../abi";
import { IP, KIND, KIND_FINAL, L4, L4_CAPTURED, L4_LENGTH, PROTOCOL } from "../parse";
import * as Gre from "../wire/gre";
import * as Ip from "../wire/ip";
import * as Ipv4 from "../wire/ipv4";
import * as Tcp from "../wire/tcp";
import * as Udp from "../wire/udp";

/** Whether none of a tunnel's packet is wrong. What is left to a card, or not wholly captured, is not. */
export function areSound(parsed: u32): bool {
  const ip = load<u32>(parsed, IP);
  if (!Ip.isSix(ip) && Ipv4.checksum(ip) != 0 && !Ipv4.isSound(ip)) return false;
  if (Ip.totalLength(ip) == 0) return true;
  const l4 = load<u32>(parsed, L4);
  const length = load<u32>(parsed, L4_LENGTH);
  const captured = load<u32>(parsed, L4_CAPTURED);
  if (load<u8>(parsed, PROTOCOL) != PROTOCOL_UDP)
    return captured < length || !Gre.hasChecksum(l4) || Gre.isSound(l4, length);
  if (Udp.checksum(l4) == 0) return true;
  const stated = Udp.length(l4);
  const covered = stated >= Udp.HEADER_MIN && stated <= length ? stated : length;
  return captured < covered || Udp.isSound(l4, covered, Ip.pseudoSum(ip, PROTOCOL_UDP, covered));
}

/** Whether a packet of TCP or UDP has the sum of its pseudo-header for a checksum. */
export function isLeftToCard(parsed: u32): bool {
  const ip = load<u32>(parsed, IP);
  const l4 = load<u32>(parsed, L4);
  if (load<u8>(parsed, KIND) == KIND_FINAL || Ip.isFragment(ip, l4)) return false;
  const protocol = <u32>load<u8>(parsed, PROTOCOL);
  const captured = load<u32>(parsed, L4_CAPTURED);
  const pseudo = Ip.pseudoSum(ip, protocol, load<u32>(parsed, L4_LENGTH));
  if (protocol == PROTOCOL_TCP) return captured >= Tcp.CHECKSUM_END && Tcp.checksum(l4) == pseudo;
  return protocol == PROTOCOL_UDP && captured >= Udp.CHECKSUM_END && Udp.checksum(l4) == pseudo;
}
