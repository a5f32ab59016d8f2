// TLS (RFC 8446, RFC 6066): the ClientHello, whatever records its bytes are spread over, and the name in its server_name.

import {
  FIRST_MESSAGE_MAX,
  REASON_FIRST_MESSAGE_TOO_LONG,
  REASON_NAME_AMBIGUOUS,
  REASON_PROTOCOL_UNEXPECTED,
} from "../abi";
import { HELLO } from "../memory";
import { be16, be24 } from "./bytes";
import { MORE, OVER, named, offers, preface } from "./outcome";

/// A record: type, version, length, then its bytes.
const RECORD_MAJOR: u32 = 1;
const RECORD_LENGTH: u32 = 3;
const RECORD_HEADER: u32 = 5;
const RECORD_MAX: u32 = 16384;
export const TYPE_CHANGE_CIPHER_SPEC: u32 = 20;
export const TYPE_HANDSHAKE: u32 = 22;
const TYPE_APPLICATION_DATA: u32 = 23;
const MAJOR: u32 = 3;

/// A handshake message: type, 24-bit length, then its bytes.
const HANDSHAKE_LENGTH: u32 = 1;
const HANDSHAKE_HEADER: u32 = 4;
const CLIENT_HELLO: u32 = 1;

/// A ClientHello begins with version and random; then lengths and what they are of.
const HELLO_FIXED: u32 = 34;
const EXTENSION_HEADER: u32 = 4;
const EXTENSION_SERVER_NAME: u32 = 0;
const EXTENSION_EARLY_DATA: u32 = 42;
const EXTENSION_ENCRYPTED_HELLO: u32 = 0xfe0d;
const EXTENSION_ENCRYPTED_NAME: u32 = 0xffce;
/// An entry of server_name: type, length, name.
const ENTRY_LENGTH: u32 = 1;
const ENTRY_HEADER: u32 = 3;
const ENTRY_HOST: u32 = 0;

/** Reads a ClientHello: NAMED, MORE, or a reason. */
export function readHello(at: u32, length: u32): u32 {
  let gathered: u32 = 0;
  let need: u32 = 0;
  let p: u32 = 0;
  while (true) {
    const header = headerAt(at + p, length - p);
    if (header != 0) return header;
    const size = be16(at + p + RECORD_LENGTH);
    const body = p + RECORD_HEADER;
    const present = min(size, length - body);
    if (gathered == 0 && present > 0 && <u32>load<u8>(at + body) != CLIENT_HELLO) return REASON_PROTOCOL_UNEXPECTED;
    memory.copy(HELLO + gathered, at + body, min(present, <u32>FIRST_MESSAGE_MAX - gathered));
    gathered += present;
    if (gathered >= HANDSHAKE_HEADER) need = HANDSHAKE_HEADER + be24(HELLO + HANDSHAKE_LENGTH);
    if (need > <u32>FIRST_MESSAGE_MAX) return REASON_FIRST_MESSAGE_TOO_LONG;
    if (need != 0 && gathered > need) return REASON_PROTOCOL_UNEXPECTED;
    if (present < size) return MORE;
    p = body + size;
    if (need != 0 && gathered == need) return readBody(HELLO + HANDSHAKE_HEADER, need - HANDSHAKE_HEADER, p);
  }
}

/** 0 for the whole header of a handshake record, else MORE or a reason. */
function headerAt(at: u32, length: u32): u32 {
  if (length == 0) return MORE;
  if (<u32>load<u8>(at) != TYPE_HANDSHAKE) return REASON_PROTOCOL_UNEXPECTED;
  if (length > RECORD_MAJOR && <u32>load<u8>(at + RECORD_MAJOR) != MAJOR) return REASON_PROTOCOL_UNEXPECTED;
  if (length < RECORD_HEADER) return MORE;
  const size = be16(at + RECORD_LENGTH);
  return size == 0 || size > RECORD_MAX ? <u32>REASON_PROTOCOL_UNEXPECTED : 0;
}

/** Reads what follows a ClientHello let through: a second one as `readHello`, PREFACE for what may stand in front of it, OVER. */
export function readAfterHello(at: u32, length: u32, earlyData: bool): u32 {
  const type = <u32>load<u8>(at);
  if (type == TYPE_CHANGE_CIPHER_SPEC || (earlyData && type == TYPE_APPLICATION_DATA)) {
    if (length < RECORD_HEADER) return MORE;
    const size = RECORD_HEADER + be16(at + RECORD_LENGTH);
    return length < size ? MORE : preface(size);
  }
  if (type != TYPE_HANDSHAKE) return OVER;
  if (length <= RECORD_HEADER) return MORE;
  return <u32>load<u8>(at + RECORD_HEADER) == CLIENT_HELLO ? readHello(at, length) : OVER;
}

/** Reads a ClientHello's bytes; `size` is what it takes with its records. */
function readBody(at: u32, length: u32, size: u32): u32 {
  offers(false, false);
  if (length < HELLO_FIXED + 1) return REASON_PROTOCOL_UNEXPECTED;
  let p = HELLO_FIXED + 1 + <u32>load<u8>(at + HELLO_FIXED); // session identifier
  if (p + 2 > length) return REASON_PROTOCOL_UNEXPECTED;
  p += 2 + be16(at + p); // cipher suites
  if (p + 1 > length) return REASON_PROTOCOL_UNEXPECTED;
  p += 1 + <u32>load<u8>(at + p); // compression methods
  if (p == length) return named(size, 0, 0);
  if (p + 2 > length || p + 2 + be16(at + p) != length) return REASON_PROTOCOL_UNEXPECTED;
  return readExtensions(at + p + 2, length - p - 2, size);
}

function readExtensions(at: u32, length: u32, size: u32): u32 {
  let encrypted = false;
  let early = false;
  let name: u32 = 0;
  for (let p: u32 = 0; p < length; ) {
    if (p + EXTENSION_HEADER > length) return REASON_PROTOCOL_UNEXPECTED;
    const type = be16(at + p);
    const bytes = be16(at + p + 2);
    p += EXTENSION_HEADER;
    if (p + bytes > length) return REASON_PROTOCOL_UNEXPECTED;
    if (type == EXTENSION_SERVER_NAME) {
      if (name != 0) return REASON_NAME_AMBIGUOUS;
      const outcome = readServerName(at + p, bytes);
      if (outcome != 0) return outcome;
      name = at + p;
    } else if (type == EXTENSION_ENCRYPTED_HELLO || type == EXTENSION_ENCRYPTED_NAME) encrypted = true;
    else if (type == EXTENSION_EARLY_DATA) early = true;
    p += bytes;
  }
  offers(encrypted, early);
  return name == 0 ? named(size, 0, 0) : named(size, hostAt, hostLength);
}

/// The host name of the server_name extension read last.
let hostAt: u32 = 0;
let hostLength: u32 = 0;

/** Finds the one host name of a server_name extension; 0, or a reason. */
function readServerName(at: u32, length: u32): u32 {
  hostLength = 0;
  let found = false;
  if (length < 2 || be16(at) != length - 2) return REASON_PROTOCOL_UNEXPECTED;
  for (let p: u32 = 2; p < length; ) {
    if (p + ENTRY_HEADER > length) return REASON_PROTOCOL_UNEXPECTED;
    const bytes = be16(at + p + ENTRY_LENGTH);
    if (p + ENTRY_HEADER + bytes > length) return REASON_PROTOCOL_UNEXPECTED;
    if (<u32>load<u8>(at + p) == ENTRY_HOST) {
      if (found) return REASON_NAME_AMBIGUOUS;
      found = true;
      hostAt = at + p + ENTRY_HEADER;
      hostLength = bytes;
    }
    p += ENTRY_HEADER + bytes;
  }
  return 0;
}
