// Data on a SYN, which the client sends again: it is not let through before the handshake.

import { DESC_CAPTURED, DESC_FRAME, DESC_WIRE } from "../abi";
import { IP, L4_CAPTURED, L4_LENGTH } from "../parse";
import * as Ip from "../wire/ip";
import * as Tcp from "../wire/tcp";

/** Takes `length` bytes of data off a SYN; false when they are not all there. */
export function cutData(desc: u32, parsed: u32, tcp: u32, length: u32): bool {
  const header = Tcp.dataOffset(tcp);
  if (load<u32>(parsed, L4_CAPTURED) < header + length) return false;
  const size = tcp + header - load<u32>(desc, DESC_FRAME);
  Ip.shorten(load<u32>(parsed, IP), length);
  Tcp.losePayload(tcp, header, length);
  store<u32>(parsed, header, L4_LENGTH);
  store<u32>(parsed, header, L4_CAPTURED);
  store<u32>(desc, size, DESC_CAPTURED);
  store<u32>(desc, size, DESC_WIRE);
  return true;
}
