// Header of the PROXY protocol, version 2, for TCP over IPv4: fixed part, addresses, then typed values.

import { crc32c } from "./crc32c";

const SIGNATURE_LOW: usize = 0; // 12 bytes
const SIGNATURE_HIGH: usize = 8;
const VERSION_COMMAND: usize = 12;
const FAMILY_PROTOCOL: usize = 13;
const LENGTH: usize = 14;
const SOURCE: usize = 16;
const DESTINATION: usize = 20;
const PORTS: usize = 24;
/** Bytes in front of the typed values. */
export const ADDRESSED: u32 = 28;
const FIXED: u32 = 16;

const SIGNATURE_FIRST: u64 = 0x510a0d000a0d0a0d;
const SIGNATURE_LAST: u32 = 0x0a544955;
const VERSION_2_PROXY: u8 = 0x21;
const TCP_OVER_IPV4: u8 = 0x11;

/// A typed value: type, 16-bit length, value.
const TLV_VALUE: usize = 3;
const TYPE_CRC32C: u32 = 3;

/** Writes a header with typed values from elsewhere; the first is given its checksum, if it is one. Bytes written. */
export function write(at: u32, sourceBe: u32, destinationBe: u32, portsBe: u32, values: u32, valuesLength: u32): u32 {
  const length = ADDRESSED + valuesLength;
  store<u64>(at, SIGNATURE_FIRST, SIGNATURE_LOW);
  store<u32>(at, SIGNATURE_LAST, SIGNATURE_HIGH);
  store<u8>(at, VERSION_2_PROXY, VERSION_COMMAND);
  store<u8>(at, TCP_OVER_IPV4, FAMILY_PROTOCOL);
  store<u16>(at, bswap<u16>(<u16>(length - FIXED)), LENGTH);
  store<u32>(at, sourceBe, SOURCE);
  store<u32>(at, destinationBe, DESTINATION);
  store<u32>(at, portsBe, PORTS);
  memory.copy(at + ADDRESSED, values, valuesLength);
  if (<u32>load<u8>(at, <usize>ADDRESSED) == TYPE_CRC32C)
    store<u32>(at + ADDRESSED, bswap<u32>(crc32c(at, length)), TLV_VALUE);
  return length;
}
