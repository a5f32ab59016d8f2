// The words of a client's tuple that choices are made by (docs/behaviour.md, section 4).

import { countedAs } from "./address/known";
import { IP, KEY_HIGH, KEY_LOW, KIND, KIND_REPLY, NETWORK, PROTOCOL } from "./parse";
import * as Ip from "./wire/ip";
import * as Ipv6 from "./wire/ipv6";

/** network | protocol << 16 | client port << 32 | endpoint port << 48, all in host order. */
export function tupleLow(parsed: u32): u64 {
  const portsBe = <u32>(load<u64>(parsed, KEY_HIGH) >> 32);
  return lowWord(<u32>load<u16>(parsed, NETWORK), <u32>load<u8>(parsed, PROTOCOL), portsBe);
}

/** The same of a tuple by its parts; the client's port comes first. */
export function lowWord(network: u32, protocol: u32, portsBe: u32): u64 {
  const swapped = <u64>bswap<u16>(<u16>portsBe) | ((<u64>bswap<u16>(<u16>(portsBe >> 16))) << 16);
  return <u64>network | ((<u64>protocol) << 16) | (swapped << 32);
}

/** Client address | endpoint address << 32, in host order. */
export function tupleHigh(parsed: u32): u64 {
  const ip = load<u32>(parsed, IP);
  if (Ip.isSix(ip)) return addresses(ip, load<u8>(parsed, KIND) == KIND_REPLY);
  return highWord(bswap<u32>(<u32>(load<u64>(parsed, KEY_LOW) >> 32)), bswap<u32>(<u32>load<u64>(parsed, KEY_HIGH)));
}

/** The same of a tuple by its addresses as numbers. */
export function highWord(client: u32, endpoint: u32): u64 {
  return <u64>client | ((<u64>endpoint) << 32);
}

/** The same of an IPv6 packet, which may answer the client's. */
function addresses(ip: u32, answers: bool): u64 {
  const client = countedAs(ip + (answers ? Ipv6.DESTINATION : Ipv6.SOURCE));
  return highWord(client, countedAs(ip + (answers ? Ipv6.SOURCE : Ipv6.DESTINATION)));
}
