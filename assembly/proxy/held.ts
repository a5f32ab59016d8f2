// Held segments of a flow with a PROXY header: they are given the server's numbers when they are held, and let go behind the header.

import { PROXY_FOLLOWED, PROXY_LEFT } from "../abi/records";
import { SEGMENT_HEAD, SEGMENT_IP, SEGMENT_LINK, SEGMENT_TCP } from "../inspect/segments";
import * as Tcp from "../wire/tcp";
import { emitHeader } from "./request";
import { become, headerLength, is, startOf } from "./stream";

/** Gives a segment that is held, which was translated, its number behind the header. */
export function shiftHeld(flow: u32, tcp: u32): void {
  Tcp.setSequence(tcp, Tcp.sequence(tcp) + headerLength(flow));
}

/** Lets the header leave before a segment that is let go, if that begins the client's stream and the header has not left. */
export function announceHeld(segment: u32, flow: u32): void {
  const frame = load<u32>(segment, SEGMENT_HEAD);
  const ip = frame + <u32>load<u8>(segment, SEGMENT_IP);
  const tcp = frame + <u32>load<u16>(segment, SEGMENT_TCP);
  if (Tcp.sequence(tcp) - headerLength(flow) != startOf(flow)) return;
  if (!is(flow, PROXY_LEFT)) emitHeader(frame, ip, tcp, <u32>load<u8>(segment, SEGMENT_LINK), flow);
  become(flow, PROXY_FOLLOWED);
}
