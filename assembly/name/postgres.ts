// PostgreSQL (protocol 3): the requests that ask for encryption, in front of a ClientHello.

import { REASON_PROTOCOL_UNEXPECTED } from "../abi";
import { MORE, preface } from "./outcome";

/** First byte of such a request: no TLS record and no HTTP method begins with it. */
export const POSTGRES_FIRST: u32 = 0;
const REQUEST: u32 = 8;
/// Length 8 and code 80877103 (TLS) or 80877104 (GSSAPI), as loaded.
const TLS_REQUEST: u64 = 0x2f16d20408000000;
const GSS_REQUEST: u64 = 0x3016d20408000000;

/** Reads a request for encryption: PREFACE, MORE or a reason. */
export function readEncryptionRequest(at: u32, length: u32): u32 {
  if (length < REQUEST) {
    for (let i: u32 = 0; i < min(length, REQUEST - 1); i++)
      if (load<u8>(at + i) != <u8>(TLS_REQUEST >> (i << 3))) return REASON_PROTOCOL_UNEXPECTED;
    return MORE;
  }
  const request = load<u64>(at);
  return request == TLS_REQUEST || request == GSS_REQUEST ? preface(REQUEST) : <u32>REASON_PROTOCOL_UNEXPECTED;
}
