// The words of a client's tuple that choices are made by (docs/behaviour.md, section 4).

import { countedAs } from "./address/known";
import { IP, KEY_HIGH, KEY_LOW, KIND, KIND_REPLY, NETWORK, PROTOCOL } from "./parse";
import * as Ip from "./wire/ip";
import * as Ipv6 from "./wire/ipv6";

/** network | protocol << 16 | client port << 32 | endpoint port << 48, all in host order. */
export function tupleLow(parsed: u32): u64 {
  const ports = <u32>(load<u64>(parsed, KEY_HIGH) >> 32);
  const swapped = <u64>bswap<u16>(<u16>ports) | ((<u64>bswap<u16>(<u16>(ports >> 16))) << 16);
  return <u64>load<u16>(parsed, NETWORK) | ((<u64>load<u8>(parsed, PROTOCOL)) << 16) | (swapped << 32);
}

/** Client address | endpoint address << 32, in host order. */
export function tupleHigh(parsed: u32): u64 {
  const ip = load<u32>(parsed, IP);
  if (Ip.isSix(ip)) return addresses(ip, load<u8>(parsed, KIND) == KIND_REPLY);
  const client = bswap<u32>(<u32>(load<u64>(parsed, KEY_LOW) >> 32));
  return <u64>client | ((<u64>bswap<u32>(<u32>load<u64>(parsed, KEY_HIGH))) << 32);
}

/** The same of an IPv6 packet, which may answer the client's. */
function addresses(ip: u32, answers: bool): u64 {
  const client = countedAs(ip + (answers ? Ipv6.DESTINATION : Ipv6.SOURCE));
  const endpoint = countedAs(ip + (answers ? Ipv6.SOURCE : Ipv6.DESTINATION));
  return <u64>client | ((<u64>endpoint) << 32);
}
