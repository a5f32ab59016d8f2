// Whether a packet itself is so that the plane has to drop it, whatever its flow (docs/behaviour.md, sections 1.2, 1.3, 3 and 23.1):
// the replay's own reading, so that a drop of a sound packet stands out.

import { get16 } from "../wire/words.ts";
import { type FrameView, PROTOCOL_TCP, TCP, UDP } from "./frame.ts";

const TTL_LAST = 1;
const WORD = 4;

/** Looks at the packet in a view of a frame of so many bytes on the wire; `ttl` is what it enters the plane with. */
export function isUnfit(view: FrameView, wireLength: number, ttl: number): boolean {
  const { buffer, ip, l4, total } = view;
  const room = Math.max(wireLength, buffer.length) - ip;
  const length = total === 0 ? room : total;
  if (ttl <= TTL_LAST || length < l4 - ip || length > room) return true;
  const length4 = length - (l4 - ip);
  const captured = Math.min(view.end - l4, length4);
  return view.protocol === PROTOCOL_TCP
    ? isBadTcp(buffer, l4, length4, captured)
    : isBadUdp(buffer, l4, length4, captured, total === 0);
}

function isBadTcp(buffer: Uint8Array, l4: number, length: number, captured: number): boolean {
  if (length < TCP.min) return true;
  if (captured <= TCP.offset) return false;
  const header = ((buffer[l4 + TCP.offset] as number) >> 4) * WORD;
  return header < TCP.min || header > length;
}

function isBadUdp(buffer: Uint8Array, l4: number, length: number, captured: number, offloaded: boolean): boolean {
  if (length < UDP.min) return true;
  if (captured < UDP.lengthEnd) return false;
  const stated = get16(buffer, l4 + UDP.length);
  return stated === 0 ? !offloaded : stated < UDP.min || stated > length;
}
