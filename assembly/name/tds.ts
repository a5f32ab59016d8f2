// TDS (MS-TDS 2.2): the PRELOGIN in front of a ClientHello, and a ClientHello inside PRELOGIN packets.

import { FIRST_MESSAGE_MAX, REASON_FIRST_MESSAGE_TOO_LONG, REASON_PROTOCOL_UNEXPECTED } from "../abi";
import { UNWRAPPED } from "../memory";
import { be16 } from "./bytes";
import { MORE, NAMED, end, named, nameAt, nameLength, preface } from "./outcome";
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
    const header = headerAt(at + p, length - p, gathered != 0);
    if (header != 0) return gathered == 0 ? header : unwrapped(at, gathered, header);
    const size = be16(at + p + LENGTH);
    const last = isLast(at + p);
    if (gathered == 0 && <u32>load<u8>(at + p + HEADER) != TYPE_HANDSHAKE) return preface(p + size);
    const most = <u32>FIRST_MESSAGE_MAX - gathered;
    if (size - HEADER > most) return unwrapped(at, gathered, REASON_FIRST_MESSAGE_TOO_LONG);
    memory.copy(UNWRAPPED + gathered, at + p + HEADER, size - HEADER);
    gathered += size - HEADER;
    p += size;
    if (last) return unwrapped(at, gathered, REASON_PROTOCOL_UNEXPECTED);
  }
}

/** 0 for a packet that is all there, else MORE or a reason; `wraps` when those before it bear a ClientHello. */
function headerAt(at: u32, length: u32, wraps: bool): u32 {
  if (length != 0 && <u32>load<u8>(at) != TDS_PRELOGIN) return REASON_PROTOCOL_UNEXPECTED;
  if (length < LENGTH + 2) return MORE;
  const size = be16(at + LENGTH);
  if (size <= HEADER) return REASON_PROTOCOL_UNEXPECTED;
  if (length <= HEADER) return MORE;
  if (!wraps && <u32>load<u8>(at + HEADER) != TYPE_HANDSHAKE && !isLast(at)) return REASON_PROTOCOL_UNEXPECTED;
  return length < size ? MORE : 0;
}

function isLast(at: u32): bool {
  return (<u32>load<u8>(at + STATUS) & STATUS_LAST) != 0;
}

/** Reads the ClientHello in the bytes gathered from the packets at `at`; what is to be said if it needs more of them is `otherwise`. */
function unwrapped(at: u32, gathered: u32, otherwise: u32): u32 {
  const outcome = readHello(UNWRAPPED, gathered);
  if (outcome == MORE) return otherwise;
  if (outcome != NAMED) return outcome;
  let packets: u32 = 0;
  for (let bytes: u32 = 0; bytes < end; ) {
    const size = be16(at + packets + LENGTH);
    bytes += size - HEADER;
    packets += size;
  }
  return named(packets, nameAt, nameLength);
}
