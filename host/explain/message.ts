// First messages that ask for a name: as little of a ClientHello or of a request as names them.

const TYPE_HANDSHAKE = 22;
const TYPE_CLIENT_HELLO = 1;
const VERSION = [3, 3];
const RANDOM_SIZE = 32;
const CIPHER_SUITES = [0x13, 0x01];
const NO_COMPRESSION = [0];
const SERVER_NAME = [0, 0];
const HOST_NAME = 0;

/** A ClientHello with the name in its server_name (RFC 6066, section 3), in one record. */
export function clientHello(name: string): Uint8Array<ArrayBuffer> {
  const entry = [HOST_NAME, ...sized(2, [...new TextEncoder().encode(name)])];
  const extension = [...SERVER_NAME, ...sized(2, sized(2, entry))];
  const body = [
    ...VERSION,
    ...new Uint8Array(RANDOM_SIZE),
    ...sized(1, []),
    ...sized(2, CIPHER_SUITES),
    ...sized(1, NO_COMPRESSION),
    ...sized(2, extension),
  ];
  return Uint8Array.from([TYPE_HANDSHAKE, ...VERSION, ...sized(2, [TYPE_CLIENT_HELLO, ...sized(3, body)])]);
}

/** A request for the root of a host. */
export const httpRequest = (name: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`GET / HTTP/1.1\r\nHost: ${name}\r\n\r\n`);

/** Bytes behind their length, which takes `size` bytes. */
function sized(size: number, bytes: readonly number[]): number[] {
  const length = Array.from({ length: size }, (_, i) => (bytes.length >> (8 * (size - 1 - i))) & 255);
  return [...length, ...bytes];
}
