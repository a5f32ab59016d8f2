// Where the body of an HTTP/1.1 request ends (RFC 9112, 6), read off its head, which is complete and sound. What servers do not
// agree about is refused: that is how requests are smuggled.

import { REASON_REQUEST_AMBIGUOUS, REASON_STREAM_OPAQUE } from "../abi";
import * as Http from "./http";

const LINE_FEED: u32 = 10;
const RETURN: u32 = 13;
const DIGIT_0: u32 = 48;
const DIGIT_1: u32 = 49;
const SMALL: u64 = 0x2020202020202020;
const DIGITS_MAX: u32 = 15;

/// Names of fields in small letters, as loaded: their first eight bytes and their last eight, of the short ones four.
const CONTENT_LENGTH: u32 = 14;
const CONTENT_FIRST: u64 = 0x2d746e65746e6f63;
const CONTENT_LAST: u64 = 0x6874676e656c2d74;
const TRANSFER_ENCODING: u32 = 17;
const TRANSFER_FIRST: u64 = 0x726566736e617274;
const TRANSFER_LAST: u64 = 0x676e69646f636e65;
const UPGRADE: u32 = 7;
const UPGRADE_FIRST: u32 = 0x72677075;
const UPGRADE_LAST: u32 = 0x65646172;
/// The only coding whose end is known, in the same form.
const CHUNKED: u32 = 7;
const CHUNKED_FIRST: u32 = 0x6e756863;
const CHUNKED_LAST: u32 = 0x64656b6e;
const SMALL_4: u32 = 0x20202020;

export const LENGTH: u32 = 1;
export const CHUNKS: u32 = 2;

/** Bytes of the body when its length is given. */
export let bodyLength: u64 = 0;
let codings: u32 = 0;
let lengths: u32 = 0;
let upgrades: bool = false;
let fault: bool = false;

/** How the body of the request whose head takes `length` bytes ends: LENGTH, CHUNKS, or a reason. */
export function readFraming(at: u32, length: u32): u32 {
  bodyLength = 0;
  codings = 0;
  lengths = 0;
  upgrades = false;
  fault = false;
  const first = Http.skipEmptyLines(at, length);
  let next = Http.lineEnd(at, first, length);
  const minor = <u32>load<u8>(at + first + Http.textLength(at, first, next) - 1);
  const opaque = Http.connects(at + first);
  for (let p = next; p < length; p = next) {
    next = Http.lineEnd(at, p, length);
    readField(at + p, Http.textLength(at, p, next));
  }
  if (opaque || upgrades) return REASON_STREAM_OPAQUE;
  if (fault || hasLoneReturn(at + first, length - first)) return REASON_REQUEST_AMBIGUOUS;
  if (lengths > 1 || codings > 1 || lengths + codings > 1) return REASON_REQUEST_AMBIGUOUS;
  if (codings != 0) return minor == DIGIT_1 ? CHUNKS : <u32>REASON_REQUEST_AMBIGUOUS;
  return LENGTH;
}

function readField(at: u32, length: u32): void {
  if (length == 0) return;
  const name = Http.fieldName(at, length);
  if (name == UPGRADE) {
    if (isWord(at, UPGRADE_FIRST, UPGRADE_LAST)) upgrades = true;
    return;
  }
  if (name == CONTENT_LENGTH && isName(at, name, CONTENT_FIRST, CONTENT_LAST)) {
    lengths++;
    Http.trim(at + name + 1, length - name - 1);
    readLength(Http.valueAt, Http.valueLength);
  } else if (name == TRANSFER_ENCODING && isName(at, name, TRANSFER_FIRST, TRANSFER_LAST)) {
    codings++;
    Http.trim(at + name + 1, length - name - 1);
    if (Http.valueLength != CHUNKED || !isWord(Http.valueAt, CHUNKED_FIRST, CHUNKED_LAST)) fault = true;
  }
}

function isName(at: u32, length: u32, first: u64, last: u64): bool {
  return (load<u64>(at) | SMALL) == first && (load<u64>(at + length - 8) | SMALL) == last;
}

/** Whether seven bytes are a word, in whatever letters. */
function isWord(at: u32, first: u32, last: u32): bool {
  return (load<u32>(at) | SMALL_4) == first && (load<u32>(at + 3) | SMALL_4) == last;
}

function readLength(at: u32, length: u32): void {
  if (length == 0 || length > DIGITS_MAX) {
    fault = true;
    return;
  }
  for (let i: u32 = 0; i < length; i++) {
    const digit = <u32>load<u8>(at + i) - DIGIT_0;
    if (digit > 9) fault = true;
    bodyLength = bodyLength * 10 + <u64>digit;
  }
}

/** Whether a CR stands elsewhere than before LF; the bytes end with LF. */
function hasLoneReturn(at: u32, length: u32): bool {
  for (let i: u32 = 0; i + 1 < length; i++)
    if (<u32>load<u8>(at + i) == RETURN && <u32>load<u8>(at + i + 1) != LINE_FEED) return true;
  return false;
}
