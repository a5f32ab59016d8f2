// Messages in front of a ClientHello: PostgreSQL's request for encryption, TDS PRELOGIN.
import { MESSAGE_MOST, MORE, numberAt, type Outcome, TOO_LONG, UNEXPECTED } from "./outcome.ts";
import { readHello } from "./tls.ts";

const REQUEST = [0, 0, 0, 8, 4, 0xd2, 0x16];
const REQUEST_KINDS = [0x2f, 0x30];
const PRELOGIN = 18;
const PACKET_HEADER = 8;
const STATUS_LAST = 1;
const HANDSHAKE = 22;

export function readEncryptionRequest(bytes: Uint8Array): Outcome {
  if (REQUEST.some((byte, i) => i < bytes.length && bytes[i] !== byte)) return UNEXPECTED;
  if (bytes.length <= REQUEST.length) return MORE;
  const size = REQUEST.length + 1;
  return REQUEST_KINDS.includes(bytes[size - 1] as number) ? { kind: "preface", size } : UNEXPECTED;
}

export function readPrelogin(bytes: Uint8Array): Outcome {
  const inside: number[] = [];
  for (let at = 0; ; ) {
    const packet = bytes.subarray(at);
    if (packet.length > 0 && packet[0] !== PRELOGIN) return UNEXPECTED;
    if (packet.length < 4) return MORE;
    const size = numberAt(packet, 2, 2);
    if (size <= PACKET_HEADER) return UNEXPECTED;
    if (packet.length <= PACKET_HEADER) return MORE;
    const last = ((packet[1] as number) & STATUS_LAST) !== 0;
    const wraps = inside.length > 0 || packet[PACKET_HEADER] === HANDSHAKE;
    if (!wraps && !last) return UNEXPECTED;
    if (packet.length < size) return MORE;
    at += size;
    if (!wraps) return { kind: "preface", size: at };
    inside.push(...packet.subarray(PACKET_HEADER, size));
    if (inside.length > MESSAGE_MOST) return TOO_LONG;
    const hello = readHello(Uint8Array.from(inside));
    if (hello.kind === "named") return { ...hello, size: at };
    if (hello.kind !== "more") return hello;
    if (last) return UNEXPECTED;
  }
}
