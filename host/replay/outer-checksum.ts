// The checksums around what a tunnel carries (docs/behaviour.md, section 22.1), in the replay's own reading.

import { IPV4, IPV6, PROTOCOL_TCP, PROTOCOL_UDP } from "../wire/ip.ts";
import { TCP, UDP } from "../wire/transport.ts";
import { GRE } from "../wire/tunnel.ts";
import { checksumOf, get16, sumOf } from "../wire/words.ts";
import type { Packet } from "./tunnels.ts";

const ALL_ONES = 0xffff;

/** Whether none of a tunnel's packet is wrong. What is left to a card, or not wholly captured, is not. */
export function areSound(bytes: Uint8Array, { ip, six, protocol, l4, end }: Packet): boolean {
  if (!six && !isSoundHeader(bytes, ip)) return false;
  if (get16(bytes, ip + (six ? IPV6.payloadLength : IPV4.totalLength)) === 0) return true;
  if (protocol !== PROTOCOL_UDP) return isSoundGre(bytes, l4, end);
  return isSoundUdp(bytes, l4, end - l4, addressesSum(bytes, ip, six));
}

/** Whether a packet of TCP or UDP has the sum of its pseudo-header for a checksum, so that those around it hold once a card has made it. */
export function isLeftToCard(bytes: Uint8Array, { ip, six, protocol, l4, end, fragmentFrom }: Packet): boolean {
  const at = protocol === PROTOCOL_TCP ? l4 + TCP.checksum : l4 + UDP.checksum;
  if (fragmentFrom !== undefined || (protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP)) return false;
  if (Math.min(bytes.length, end) < at + 2) return false;
  return ALL_ONES - checksumOf(addressesSum(bytes, ip, six) + protocol + (end - l4)) === get16(bytes, at);
}

const addressesSum = (bytes: Uint8Array, ip: number, six: boolean): number =>
  six ? sumOf(bytes, ip + IPV6.source, ip + IPV6.size) : sumOf(bytes, ip + IPV4.source, ip + IPV4.min);

function isSoundHeader(bytes: Uint8Array, ip: number): boolean {
  const length = ((bytes[ip] as number) & 15) * 4;
  return get16(bytes, ip + IPV4.checksum) === 0 || comesOut(sumOf(bytes, ip, ip + length));
}

function isSoundGre(bytes: Uint8Array, gre: number, end: number): boolean {
  if (bytes.length < end || (get16(bytes, gre + GRE.flags) & GRE.checksum) === 0) return true;
  return comesOut(sumOf(bytes, gre, end));
}

/** `addresses`: sum of both. */
function isSoundUdp(bytes: Uint8Array, udp: number, length: number, addresses: number): boolean {
  const checksum = get16(bytes, udp + UDP.checksum);
  if (checksum === 0) return true;
  const stated = get16(bytes, udp + UDP.length);
  const covered = stated >= UDP.min && stated <= length ? stated : length;
  if (bytes.length < udp + covered) return true;
  const pseudo = addresses + PROTOCOL_UDP + covered;
  return ALL_ONES - checksumOf(pseudo) === checksum || comesOut(pseudo + sumOf(bytes, udp, udp + covered));
}

const comesOut = (sum: number): boolean => checksumOf(sum) === 0;
