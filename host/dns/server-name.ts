// The name that a client asks for at the beginning of its stream: TLS server_name, in TDS packets or behind PostgreSQL's request for
// encryption too, or HTTP Host. Reads a piece of the stream from its first byte on, as far as it is there.

/** A name in small letters; `more`: it may come in what follows; `none`: there is none, or it cannot be read. */
export type NameReading = { name: string } | "more" | "none";

/** Bytes of a stream's beginning that are looked at. */
export const BEGINNING_MOST = 16_384;

const TLS_HANDSHAKE = 22;
const TLS_RECORD_HEADER = 5;
const CLIENT_HELLO = 1;
/** Handshake header, version and random. */
const HELLO_FIXED = 4 + 2 + 32;
const EXTENSION_SERVER_NAME = 0;
/** From an extension's type to the name in server_name: type, length, length of the list, type of the name, length of the name. */
const NAME_AT = 9;
const TDS_PRELOGIN = 18;
const TDS_HEADER = 8;
/** PostgreSQL: length and code of SSLRequest and of GSSENCRequest, which differ in the last byte. */
const REQUEST_FOR_ENCRYPTION = [0, 0, 0, 8, 4, 0xd2, 0x16];
const REQUEST_FOR_ENCRYPTION_SIZE = 8;
const METHODS = ["GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT "];
const REQUEST_LINE = /^[A-Z]+ [^\r\n]* HTTP\/1\.[01]\r?\n/;
const HOST = /\n(?:host:)[ \t]*([^\s:]+)(?::\d+)?[ \t]*\r?\n/i;
const HEAD_END = /\r?\n\r?\n/;

/** The name at the beginning of a client's stream. */
export function nameAtBeginning(stream: Uint8Array): NameReading {
  let rest = stream;
  while (rest[0] === 0) {
    if (REQUEST_FOR_ENCRYPTION.some((byte, i) => i < rest.length && rest[i] !== byte)) return "none";
    if (rest.length < REQUEST_FOR_ENCRYPTION_SIZE) return "more";
    rest = rest.subarray(REQUEST_FOR_ENCRYPTION_SIZE);
  }
  if (rest.length === 0) return "more";
  const reading = readingOf(rest);
  return reading === "more" && stream.length >= BEGINNING_MOST ? "none" : reading;
}

function readingOf(bytes: Uint8Array): NameReading {
  if (bytes[0] === TDS_PRELOGIN) return tdsReading(bytes);
  return bytes[0] === TLS_HANDSHAKE ? helloReading(handshakeOf(bytes)) : requestReading(bytes);
}

/** A first PRELOGIN packet says no name; those behind it hold the handshake. */
function tdsReading(bytes: Uint8Array): NameReading {
  const inside: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== TDS_PRELOGIN) return inside.length > 0 ? "none" : readingOf(bytes.subarray(at));
    const length = u16(bytes, at + 2);
    if (at + TDS_HEADER >= bytes.length) return "more";
    if (length <= TDS_HEADER) return "none";
    const holdsHandshake = inside.length > 0 || bytes[at + TDS_HEADER] === TLS_HANDSHAKE;
    if (holdsHandshake) inside.push(...bytes.subarray(at + TDS_HEADER, at + length));
    at += length;
  }
  return inside.length === 0 ? "more" : helloReading(handshakeOf(Uint8Array.from(inside)));
}

/** The handshake's bytes, out of their records; undefined when there is something else. */
function handshakeOf(bytes: Uint8Array): Uint8Array | undefined {
  const parts: number[] = [];
  for (let at = 0; at < bytes.length; at += TLS_RECORD_HEADER + u16(bytes, at + 3)) {
    if (bytes[at] !== TLS_HANDSHAKE) return parts.length > 0 ? Uint8Array.from(parts) : undefined;
    parts.push(...bytes.subarray(at + TLS_RECORD_HEADER, at + TLS_RECORD_HEADER + u16(bytes, at + 3)));
  }
  return Uint8Array.from(parts);
}

/** Walks a ClientHello (RFC 8446, 4.1.2) as far as it is there. */
function helloReading(hello: Uint8Array | undefined): NameReading {
  if (hello === undefined || (hello.length > 0 && hello[0] !== CLIENT_HELLO)) return "none";
  const whole = 4 + ((hello[1] ?? 0) << 16) + u16(hello, 2);
  if (whole > BEGINNING_MOST) return "none";
  const missing = hello.length < whole || hello.length < 4 ? "more" : "none";
  let at = HELLO_FIXED;
  at += 1 + (hello[at] ?? 0);
  at += 2 + u16(hello, at);
  at += 1 + (hello[at] ?? 0);
  const end = Math.min(at + 2 + u16(hello, at), hello.length);
  for (at += 2; at + 4 <= end; at += 4 + u16(hello, at + 2)) {
    if (u16(hello, at) !== EXTENSION_SERVER_NAME) continue;
    const length = u16(hello, at + NAME_AT - 2);
    if (at + NAME_AT + length > hello.length) return missing;
    if (length === 0) return "none";
    return { name: String.fromCharCode(...hello.subarray(at + NAME_AT, at + NAME_AT + length)).toLowerCase() };
  }
  return missing;
}

function requestReading(bytes: Uint8Array): NameReading {
  const text = new TextDecoder("latin1").decode(bytes);
  if (!METHODS.some((method) => text.startsWith(method) || method.startsWith(text))) return "none";
  if (!text.includes("\n")) return "more";
  if (!REQUEST_LINE.test(text)) return "none";
  const end = HEAD_END.exec(text);
  const name = HOST.exec(end === null ? text : text.slice(0, end.index + end[0].length))?.[1];
  if (name !== undefined) return { name: name.toLowerCase() };
  return end === null ? "more" : "none";
}

const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
