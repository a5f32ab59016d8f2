// TCP segments made fast, for tests that need tens of thousands: a template with addresses, ports and flags put in. Their
// checksums are wrong, which the plane keeps.

import { frameOf } from "../conformance/packet.ts";

const SOURCE = 26;
const DESTINATION = 30;
const SOURCE_PORT = 34;
const DESTINATION_PORT = 36;
const SEQUENCE = 38;
const FLAGS = 47;

export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;

/** A segment from a client (address as a number) to port 443 of an endpoint, 10.1.0.4 if none is named; in sequence behind a SYN. */
export function segment(client: number, port: number, flags = SYN, endpoint = 0x0a010004): Uint8Array {
  const frame = TEMPLATE.slice();
  const view = new DataView(frame.buffer);
  view.setUint32(SOURCE, client);
  view.setUint32(DESTINATION, endpoint);
  view.setUint16(SOURCE_PORT, port);
  view.setUint32(SEQUENCE, (flags & SYN) === 0 ? 1 : 0);
  view.setUint8(FLAGS, flags);
  return frame;
}

/** What a backend answers to a segment that reached it. */
export function answerTo(frame: Uint8Array, flags = ACK): Uint8Array {
  const answer = frame.slice();
  const [from, to] = [new DataView(frame.buffer, frame.byteOffset), new DataView(answer.buffer)];
  to.setUint32(SOURCE, from.getUint32(DESTINATION));
  to.setUint32(DESTINATION, from.getUint32(SOURCE));
  to.setUint16(SOURCE_PORT, from.getUint16(DESTINATION_PORT));
  to.setUint16(DESTINATION_PORT, from.getUint16(SOURCE_PORT));
  to.setUint8(FLAGS, flags);
  return answer;
}

const TEMPLATE = frameOf("tcp 10.1.0.9:1 > 10.1.0.4:443");
