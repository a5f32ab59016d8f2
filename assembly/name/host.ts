// A name as names are compared: small letters, no dot at the end, no port.

import { NAME } from "../memory";

/** Bytes of a name that are looked at; none that resolves is longer (RFC 1035). */
export const NAME_MAX: u32 = 255;
const COLON: u32 = 58;
const DOT: u32 = 46;
const DIGIT_0: u32 = 48;
const DIGIT_9: u32 = 57;
const CAPITAL_A: u32 = 65;
const CAPITAL_Z: u32 = 90;
const SMALL: u32 = 32;

/** Writes a name's normal form to NAME, at most NAME_MAX bytes of it; its length, which may be more. */
export function normalize(at: u32, length: u32, withPort: bool): u32 {
  if (withPort) length = withoutPort(at, length);
  if (length != 0 && <u32>load<u8>(at + length - 1) == DOT) length--;
  const kept = min(length, NAME_MAX);
  for (let i: u32 = 0; i < kept; i++) {
    const byte = <u32>load<u8>(at + i);
    store<u8>(NAME + i, <u8>(byte >= CAPITAL_A && byte <= CAPITAL_Z ? byte + SMALL : byte));
  }
  return length;
}

/** Length of a name without a colon and digits at its end. */
function withoutPort(at: u32, length: u32): u32 {
  let p = length;
  while (p != 0 && isDigit(<u32>load<u8>(at + p - 1))) p--;
  return p != 0 && <u32>load<u8>(at + p - 1) == COLON ? p - 1 : length;
}

function isDigit(byte: u32): bool {
  return byte >= DIGIT_0 && byte <= DIGIT_9;
}
