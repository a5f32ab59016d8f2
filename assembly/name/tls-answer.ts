// The first record of a TLS server (RFC 8446, 4.1.4): whether it asks for another ClientHello.

import { TYPE_HANDSHAKE } from "./tls";

/// A ServerHello in its record: record header, handshake header, version, random.
const HANDSHAKE_TYPE: u32 = 5;
const RANDOM: u32 = 11;
/** Bytes that tell. */
const TOLD: u32 = 43;
const SERVER_HELLO: u32 = 2;

/// SHA-256 of "HelloRetryRequest", the random of a ServerHello that is one; as loaded, eight bytes each.
const RETRY_0: u64 = 0x11619ae574ad21cf;
const RETRY_1: u64 = 0x91b8651e028c1dbe;
const RETRY_2: u64 = 0x5e8cbb7a1611a2c2;
const RETRY_3: u64 = 0x9c33a8c8e2099e07;

export const ANSWER_UNTOLD: u32 = 0;
export const ANSWER_RETRY: u32 = 1;
export const ANSWER_OTHER: u32 = 2;

/** What a server's first bytes, at least one, say: ANSWER_. */
export function readAnswer(at: u32, length: u32): u32 {
  if (<u32>load<u8>(at) != TYPE_HANDSHAKE) return ANSWER_OTHER;
  if (length < TOLD) return ANSWER_UNTOLD;
  if (<u32>load<u8>(at + HANDSHAKE_TYPE) != SERVER_HELLO) return ANSWER_OTHER;
  const random = at + RANDOM;
  const differs =
    (load<u64>(random) ^ RETRY_0) |
    (load<u64>(random + 8) ^ RETRY_1) |
    (load<u64>(random + 16) ^ RETRY_2) |
    (load<u64>(random + 24) ^ RETRY_3);
  return differs == 0 ? ANSWER_RETRY : ANSWER_OTHER;
}
