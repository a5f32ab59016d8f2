// First messages of clients, for tests.

export interface HelloOptions {
  /** Names of type host_name; none leaves server_name out. */
  names?: string[];
  /** Types of further extensions, each with two bytes. */
  extensions?: number[];
  /** Bytes of padding. */
  padding?: number;
  /** Most bytes of a record. */
  record?: number;
}

const TYPE_HANDSHAKE = 22;
const EXTENSION_PADDING = 21;

/** A ClientHello in its records. */
export function clientHello(name: string, options: HelloOptions = {}): Uint8Array {
  const { names = [name], extensions = [], padding = 0, record = 16_384 } = options;
  const entries = names.flatMap((each) => [0, ...vector(2, text(each))]);
  const all = [
    ...(names.length > 0 ? [0, 0, ...vector(2, vector(2, entries))] : []),
    ...extensions.flatMap((type) => [...u16(type), ...vector(2, [1, 2])]),
    ...(padding > 0 ? [...u16(EXTENSION_PADDING), ...vector(2, zeros(padding))] : []),
  ];
  const body = [
    3,
    3,
    ...Array.from({ length: 32 }, (_, i) => (i * 37 + 11) & 255),
    ...vector(1, zeros(32)),
    ...vector(2, [0x13, 0x01, 0x13, 0x02]),
    ...vector(1, [0]),
    ...vector(2, all),
  ];
  return records([1, ...vector(3, body)], record);
}

/** Bytes of a handshake in records. */
export function records(bytes: number[], most = 16_384): Uint8Array {
  const out: number[] = [];
  for (let at = 0; at < bytes.length; at += most)
    out.push(TYPE_HANDSHAKE, 3, 1, ...vector(2, bytes.slice(at, at + most)));
  return Uint8Array.from(out);
}

const RETRY = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";

/** A ServerHello in its record; one that asks for another ClientHello when told so. */
export function serverHello(retry = false): Uint8Array {
  const random = retry ? [...hex(RETRY)] : Array.from({ length: 32 }, (_, i) => i);
  return records([2, ...vector(3, [3, 3, ...random, ...vector(1, zeros(32)), 0x13, 0x01, 0, ...vector(2, [])])]);
}

/** PostgreSQL's request for encryption. */
export const sslRequest = (): Uint8Array => hex("0000000804d2162f");

/** TDS packets of a type around bytes, of at most so many bytes each. */
export function tdsPackets(bytes: Uint8Array, most = 4096): Uint8Array {
  const out: number[] = [];
  for (let at = 0; at < bytes.length; at += most) {
    const part = bytes.subarray(at, at + most);
    out.push(0x12, at + most >= bytes.length ? 1 : 0, ...u16(part.length + 8), 0, 0, 1, 0, ...part);
  }
  return Uint8Array.from(out);
}

/** A PRELOGIN that asks for nothing but a version and encryption. */
export const prelogin = (): Uint8Array => tdsPackets(hex("00001100060100170001ff09000000000001"));

/** HTTP/1.1 request. */
export const request = (host: string, more = ""): Uint8Array =>
  Uint8Array.from(text(`GET /container/blob HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`));

export const text = (value: string): number[] => Array.from(value, (character) => character.charCodeAt(0) & 255);
export const hex = (value: string): Uint8Array =>
  Uint8Array.from(value.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const u16 = (value: number): number[] => [(value >>> 8) & 255, value & 255];
const zeros = (length: number): number[] => Array.from({ length }, () => 0);

function vector(size: 1 | 2 | 3, bytes: number[]): number[] {
  const length = [(bytes.length >>> 16) & 255, ...u16(bytes.length)];
  return [...length.slice(3 - size), ...bytes];
}
