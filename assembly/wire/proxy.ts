// Header of the PROXY protocol, version 2, for TCP: fixed part, addresses, then typed values.

import * as Ipv6 from "./ipv6";
import { crc32c } from "./crc32c";

const SIGNATURE_LOW: usize = 0; // 12 bytes
const SIGNATURE_HIGH: usize = 8;
const VERSION_COMMAND: usize = 12;
const FAMILY_PROTOCOL: usize = 13;
const LENGTH: usize = 14;
const SOURCE: usize = 16;
const DESTINATION: usize = 20;
const PORTS: usize = 24;
const SOURCE6: u32 = 16;
const DESTINATION6: u32 = 32;
const PORTS6: usize = 48;
/** Bytes in front of the typed values, of IPv4 and of IPv6. */
export const ADDRESSED: u32 = 28;
export const ADDRESSED6: u32 = 52;
const FIXED: u32 = 16;

const SIGNATURE_FIRST: u64 = 0x510a0d000a0d0a0d;
const SIGNATURE_LAST: u32 = 0x0a544955;
const VERSION_2_PROXY: u8 = 0x21;
const TCP_OVER_IPV4: u8 = 0x11;
const TCP_OVER_IPV6: u8 = 0x21;

/// A typed value: type, 16-bit length, value.
const TLV_VALUE: usize = 3;
const TYPE_CRC32C: u32 = 3;

/** Writes a header with typed values from elsewhere; the first is given its checksum, if it is one. Bytes written. */
export function write(at: u32, sourceBe: u32, destinationBe: u32, portsBe: u32, values: u32, valuesLength: u32): u32 {
  store<u32>(at, sourceBe, SOURCE);
  store<u32>(at, destinationBe, DESTINATION);
  store<u32>(at, portsBe, PORTS);
  return finish(at, TCP_OVER_IPV4, ADDRESSED, values, valuesLength);
}

/** The same for IPv6 addresses, which lie at `source` and `destination`. */
export function write6(at: u32, source: u32, destination: u32, portsBe: u32, values: u32, valuesLength: u32): u32 {
  Ipv6.copyAddress(at + SOURCE6, source);
  Ipv6.copyAddress(at + DESTINATION6, destination);
  store<u32>(at, portsBe, PORTS6);
  return finish(at, TCP_OVER_IPV6, ADDRESSED6, values, valuesLength);
}

function finish(at: u32, family: u8, addressed: u32, values: u32, valuesLength: u32): u32 {
  const length = addressed + valuesLength;
  store<u64>(at, SIGNATURE_FIRST, SIGNATURE_LOW);
  store<u32>(at, SIGNATURE_LAST, SIGNATURE_HIGH);
  store<u8>(at, VERSION_2_PROXY, VERSION_COMMAND);
  store<u8>(at, family, FAMILY_PROTOCOL);
  store<u16>(at, bswap<u16>(<u16>(length - FIXED)), LENGTH);
  memory.copy(at + addressed, values, valuesLength);
  if (<u32>load<u8>(at + addressed) == TYPE_CRC32C)
    store<u32>(at + addressed, bswap<u32>(crc32c(at, length)), TLV_VALUE);
  return length;
}
