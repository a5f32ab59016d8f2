// A body in chunks (RFC 9112, 7.1), byte by byte: sizes, what ends them and the data, and the field lines behind the last chunk.

import { REASON_REQUEST_AMBIGUOUS } from "../abi";
import {
  EXPECT_CHUNK_END,
  EXPECT_CHUNK_LINE_END,
  EXPECT_DIGIT,
  EXPECT_EXTENSION,
  EXPECT_LAST_END,
  EXPECT_REQUEST,
  EXPECT_SIZE,
  EXPECT_SIZE_END,
  EXPECT_TRAILER,
  EXPECT_TRAILER_END,
  EXPECT_TRAILER_NAME,
  EXPECT_TRAILER_VALUE,
} from "../abi/records";
import { isToken } from "./http";

const LINE_FEED: u32 = 10;
const RETURN: u32 = 13;
const COLON: u32 = 58;
const SEMICOLON: u32 = 59;
const DIGIT_0: u32 = 48;
const LETTER_A: u32 = 97;
const SMALL: u32 = 32;
const NO_DIGIT: u32 = 16;
/// A size with more bits above has no room for one more digit.
const SIZE_ROOM: u32 = 0x0fffffff;

/** Size of the chunk, as far as it was read. */
export let chunkSize: u32 = 0;

/** Goes on with a size of which a part was read before. */
export function beginChunk(size: u32): void {
  chunkSize = size;
}

/** What is expected behind a byte: EXPECT_, the chunk's data first when that is EXPECT_CHUNK_END; or a reason. */
export function readChunkByte(expects: u32, byte: u32): u32 {
  switch (expects) {
    case EXPECT_SIZE:
      chunkSize = 0;
      return digitOf(byte) == NO_DIGIT ? REASON_REQUEST_AMBIGUOUS : takeDigit(byte);
    case EXPECT_DIGIT:
      if (byte == RETURN) return EXPECT_SIZE_END;
      return byte == SEMICOLON ? EXPECT_EXTENSION : takeDigit(byte);
    case EXPECT_EXTENSION:
      return inLine(byte, EXPECT_EXTENSION, EXPECT_SIZE_END);
    case EXPECT_SIZE_END:
      return lineFeed(byte, chunkSize == 0 ? EXPECT_TRAILER : EXPECT_CHUNK_END);
    case EXPECT_CHUNK_END:
      return byte == RETURN ? EXPECT_CHUNK_LINE_END : REASON_REQUEST_AMBIGUOUS;
    case EXPECT_CHUNK_LINE_END:
      return lineFeed(byte, EXPECT_SIZE);
    default:
      return readTrailerByte(expects, byte);
  }
}

function readTrailerByte(expects: u32, byte: u32): u32 {
  switch (expects) {
    case EXPECT_TRAILER:
      if (byte == RETURN) return EXPECT_LAST_END;
      return isToken(byte) ? EXPECT_TRAILER_NAME : REASON_REQUEST_AMBIGUOUS;
    case EXPECT_TRAILER_NAME:
      if (byte == COLON) return EXPECT_TRAILER_VALUE;
      return isToken(byte) ? EXPECT_TRAILER_NAME : REASON_REQUEST_AMBIGUOUS;
    case EXPECT_TRAILER_VALUE:
      return inLine(byte, EXPECT_TRAILER_VALUE, EXPECT_TRAILER_END);
    case EXPECT_TRAILER_END:
      return lineFeed(byte, EXPECT_TRAILER);
    default:
      return lineFeed(byte, EXPECT_REQUEST);
  }
}

function inLine(byte: u32, same: u32, end: u32): u32 {
  if (byte == RETURN) return end;
  return byte == LINE_FEED ? REASON_REQUEST_AMBIGUOUS : same;
}

function lineFeed(byte: u32, next: u32): u32 {
  return byte == LINE_FEED ? next : REASON_REQUEST_AMBIGUOUS;
}

function takeDigit(byte: u32): u32 {
  const digit = digitOf(byte);
  if (digit == NO_DIGIT || chunkSize > SIZE_ROOM) return REASON_REQUEST_AMBIGUOUS;
  chunkSize = (chunkSize << 4) | digit;
  return EXPECT_DIGIT;
}

/** Value of a hexadecimal digit, NO_DIGIT of another byte. */
function digitOf(byte: u32): u32 {
  if (byte - DIGIT_0 < 10) return byte - DIGIT_0;
  const letter = (byte | SMALL) - LETTER_A;
  return letter < 6 ? letter + 10 : NO_DIGIT;
}
