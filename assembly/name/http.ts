// HTTP/1.x (RFC 9112): the head of a request and the host it is for. The target decides when it names one, else the Host field.

import { REASON_HTTP2_PRIOR_KNOWLEDGE, REASON_NAME_AMBIGUOUS, REASON_PROTOCOL_UNEXPECTED } from "../abi";
import { MORE, named } from "./outcome";

const TAB: u32 = 9;
const LINE_FEED: u32 = 10;
const RETURN: u32 = 13;
const SPACE: u32 = 32;
const AT: u32 = 64;
const SLASH: u32 = 47;
const COLON: u32 = 58;
const ASTERISK: u32 = 42;
const METHOD_MAX: u32 = 32;
/// "HTTP/" as loaded, its first four bytes; then the major version.
const HTTP: u32 = 0x50545448;
const VERSION: u32 = 8; // bytes of "HTTP/1.1"
const VERSION_SLASH: u32 = 4;
const MAJOR: u32 = 5;
const VERSION_DOT: u32 = 6;
const DOT: u32 = 46;
const DIGIT_1: u32 = 49;
const DIGIT_2: u32 = 50;
/// "host" in small letters, as loaded.
const HOST: u32 = 0x74736f68;
const HOST_LENGTH: u32 = 4;
/// CONNECT, whose target is a host and a port: its first and its last four letters, as loaded.
const CONNECT_FIRST: u32 = 0x4e4e4f43;
const CONNECT_LAST: u32 = 0x5443454e;
const CONNECT_LENGTH: u32 = 7;
const SMALL: u32 = 0x20202020;

/** Reads a request's head: NAMED with the host as it stands there (port and all), MORE or a reason. */
export function readRequest(at: u32, length: u32): u32 {
  const first = skipEmptyLines(at, length);
  if (first == length) return MORE;
  const line = readMethod(at + first, length - first);
  if (line == MORE || line == <u32>REASON_PROTOCOL_UNEXPECTED) return line;
  let p = first;
  let next = lineEnd(at, p, length);
  if (next == 0) return MORE;
  const target = readTarget(at + p, textLength(at, p, next));
  if (target != 0) return target;
  let hosts: u32 = 0;
  for (p = next; ; p = next) {
    next = lineEnd(at, p, length);
    if (next == 0) return MORE;
    const text = textLength(at, p, next);
    if (text == 0) break;
    const name = fieldName(at + p, text);
    if (name == 0) return REASON_PROTOCOL_UNEXPECTED;
    if (name != HOST_LENGTH || (load<u32>(at + p) | SMALL) != HOST) continue;
    if (++hosts > 1) return REASON_NAME_AMBIGUOUS;
    trim(at + p + name + 1, text - name - 1);
  }
  if (authorityAt != 0) return named(next, authorityAt, authorityLength);
  return hosts == 0 ? named(next, 0, 0) : named(next, valueAt, valueLength);
}

/// The host that the target read last names, 0 for none.
let authorityAt: u32 = 0;
let authorityLength: u32 = 0;
/// The field value read last.
export let valueAt: u32 = 0;
export let valueLength: u32 = 0;

/** Offset of the first byte that is not of an empty line. */
export function skipEmptyLines(at: u32, length: u32): u32 {
  let p: u32 = 0;
  while (p < length && (<u32>load<u8>(at + p) == RETURN || <u32>load<u8>(at + p) == LINE_FEED)) p++;
  return p;
}

/** 0 when a method and a space are there, else MORE or a reason. */
function readMethod(at: u32, length: u32): u32 {
  let p: u32 = 0;
  while (p < length && isToken(<u32>load<u8>(at + p))) p++;
  if (p > METHOD_MAX) return REASON_PROTOCOL_UNEXPECTED;
  if (p == length) return MORE;
  return p == 0 || <u32>load<u8>(at + p) != SPACE ? <u32>REASON_PROTOCOL_UNEXPECTED : 0;
}

/** Offset behind the line feed that ends the line at `p`; 0 when there is none yet. */
export function lineEnd(at: u32, p: u32, length: u32): u32 {
  for (; p < length; p++) if (<u32>load<u8>(at + p) == LINE_FEED) return p + 1;
  return 0;
}

/** Bytes of a line without what ends it. */
export function textLength(at: u32, p: u32, next: u32): u32 {
  const length = next - p - 1;
  return length != 0 && <u32>load<u8>(at + next - 2) == RETURN ? length - 1 : length;
}

/** Checks a request line and finds the host its target names; 0, or a reason. */
function readTarget(at: u32, length: u32): u32 {
  authorityAt = 0;
  let from: u32 = 0;
  while (<u32>load<u8>(at + from) != SPACE) from++;
  const connecting = from == CONNECT_LENGTH && connects(at);
  from++;
  let to = from;
  while (to < length && <u32>load<u8>(at + to) != SPACE) to++;
  if (to == from || length - to != VERSION + 1) return REASON_PROTOCOL_UNEXPECTED;
  const version = at + to + 1;
  if (load<u32>(version) != HTTP || <u32>load<u8>(version + VERSION_SLASH) != SLASH) return REASON_PROTOCOL_UNEXPECTED;
  if (<u32>load<u8>(version + VERSION_DOT) != DOT) return REASON_PROTOCOL_UNEXPECTED;
  const major = <u32>load<u8>(version + MAJOR);
  if (major == DIGIT_2) return REASON_HTTP2_PRIOR_KNOWLEDGE;
  if (major != DIGIT_1) return REASON_PROTOCOL_UNEXPECTED;
  const first = <u32>load<u8>(at + from);
  if (first == SLASH || (first == ASTERISK && to == from + 1)) return 0;
  return readAuthority(at, from, to, connecting);
}

/** Whether a request line, of which at least eight bytes are there, has the method CONNECT. */
export function connects(at: u32): bool {
  if (load<u32>(at) != CONNECT_FIRST || load<u32>(at + CONNECT_LENGTH - 4) != CONNECT_LAST) return false;
  return <u32>load<u8>(at + CONNECT_LENGTH) == SPACE;
}

/** Finds the host in a target of absolute or authority form, which goes from `from` to `to`. */
function readAuthority(at: u32, from: u32, to: u32, connecting: bool): u32 {
  let p = from;
  if (!connecting) {
    while (p < to && <u32>load<u8>(at + p) != COLON) p++;
    if (to - p < 3 || <u32>load<u8>(at + p + 1) != SLASH || <u32>load<u8>(at + p + 2) != SLASH)
      return REASON_PROTOCOL_UNEXPECTED;
    p += 3;
  }
  authorityAt = at + p;
  while (p < to && !endsAuthority(<u32>load<u8>(at + p))) {
    if (<u32>load<u8>(at + p) == AT) authorityAt = at + p + 1;
    p++;
  }
  authorityLength = at + p - authorityAt;
  return 0;
}

/** Slash, question mark or number sign. */
function endsAuthority(byte: u32): bool {
  return byte == SLASH || byte == 63 || byte == 35;
}

/** Length of the name in front of a field's colon; 0 for a line that is no field. */
export function fieldName(at: u32, length: u32): u32 {
  let p: u32 = 0;
  while (p < length && isToken(<u32>load<u8>(at + p))) p++;
  return p < length && <u32>load<u8>(at + p) == COLON ? p : 0;
}

/** Notes a field's value without the blanks around it. */
export function trim(at: u32, length: u32): void {
  while (length != 0 && isBlank(<u32>load<u8>(at))) {
    at++;
    length--;
  }
  while (length != 0 && isBlank(<u32>load<u8>(at + length - 1))) length--;
  valueAt = at;
  valueLength = length;
}

function isBlank(byte: u32): bool {
  return byte == SPACE || byte == TAB;
}

/// Characters of a token (RFC 9110, 5.6.2) from 32 on, as bits.
const TOKENS_32: u32 = 0x03ff6cfa;
const TOKENS_64: u32 = 0xc7fffffe;
const TOKENS_96: u32 = 0x57ffffff;

export function isToken(byte: u32): bool {
  if (byte < 32 || byte > 126) return false;
  const bits = byte < 64 ? TOKENS_32 : byte < 96 ? TOKENS_64 : TOKENS_96;
  return ((bits >> (byte & 31)) & 1) != 0;
}
