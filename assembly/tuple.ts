// The words of a client's tuple that choices are made by (docs/behaviour.md, section 4).

import { KEY_HIGH, KEY_LOW, NETWORK, PROTOCOL } from "./parse";

/** network | protocol << 16 | client port << 32 | endpoint port << 48, all in host order. */
export function tupleLow(parsed: u32): u64 {
  const ports = <u32>(load<u64>(parsed, KEY_HIGH) >> 32);
  const swapped = <u64>bswap<u16>(<u16>ports) | ((<u64>bswap<u16>(<u16>(ports >> 16))) << 16);
  return <u64>load<u16>(parsed, NETWORK) | ((<u64>load<u8>(parsed, PROTOCOL)) << 16) | (swapped << 32);
}

/** Client address | endpoint address << 32, in host order. */
export function tupleHigh(parsed: u32): u64 {
  const client = bswap<u32>(<u32>(load<u64>(parsed, KEY_LOW) >> 32));
  return <u64>client | ((<u64>bswap<u32>(<u32>load<u64>(parsed, KEY_HIGH))) << 32);
}
