// TDS (MS-TDS 2.2): the PRELOGIN in front of a ClientHello, and a ClientHello inside PRELOGIN packets.

import { FIRST_MESSAGE_MAX, REASON_FIRST_MESSAGE_TOO_LONG, REASON_PROTOCOL_UNEXPECTED } from "../abi";
import { UNWRAPPED } from "../memory";
import { be16 } from "./bytes";
import { MORE, NAMED, named, nameAt, nameLength, preface } from "./outcome";
import { TYPE_HANDSHAKE, readHello } from "./tls";

/** Type of a PRELOGIN packet, its first byte. */
export const TDS_PRELOGIN: u32 = 0x12;
/// A packet: type, status, length with the header, then session, number, window.
const STATUS: u32 = 1;
const LENGTH: u32 = 2;
const HEADER: u32 = 8;
const STATUS_LAST: u32 = 1;

/** Reads one PRELOGIN, or the ClientHello in a chain of such packets: PREFACE, NAMED, MORE or a reason. */
export function readPrelogin(at: u32, length: u32): u32 {
  let gathered: u32 = 0;
  let p: u32 = 0;
  while (true) {
    if (length - p < LENGTH + 2)
      return length == p || <u32>load<u8>(at + p) == TDS_PRELOGIN ? MORE : <u32>REASON_PROTOCOL_UNEXPECTED;
    const size = be16(at + p + LENGTH);
    if (<u32>load<u8>(at + p) != TDS_PRELOGIN || size <= HEADER) return REASON_PROTOCOL_UNEXPECTED;
    if (length - p <= HEADER) return MORE;
    const last = (<u32>load<u8>(at + p + STATUS) & STATUS_LAST) != 0;
    const wraps = gathered != 0 || <u32>load<u8>(at + p + HEADER) == TYPE_HANDSHAKE;
    if (!wraps && !last) return REASON_PROTOCOL_UNEXPECTED;
    if (length - p < size) return MORE;
    if (!wraps) return preface(p + size);
    if (gathered + size - HEADER > <u32>FIRST_MESSAGE_MAX) return REASON_FIRST_MESSAGE_TOO_LONG;
    memory.copy(UNWRAPPED + gathered, at + p + HEADER, size - HEADER);
    gathered += size - HEADER;
    p += size;
    const outcome = readHello(UNWRAPPED, gathered);
    if (outcome == NAMED) return named(p, nameAt, nameLength);
    if (outcome != MORE) return outcome;
    if (last) return REASON_PROTOCOL_UNEXPECTED;
  }
}
