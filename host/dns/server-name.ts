// The name that a client asks for at the very beginning of its stream, where one segment holds it: TLS server_name, or HTTP Host.

const TYPE_HANDSHAKE = 22;
const TYPE_CLIENT_HELLO = 1;
/** Record and handshake header, version and random. */
const HELLO_FIXED = 5 + 4 + 34;
const EXTENSION_SERVER_NAME = 0;
const NAME_AT = 9;
const HTTP_METHOD = /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT) [^\r\n]* HTTP\/1\.[01]\r?\n/;
const HTTP_HOST = /\r?\nhost:[ \t]*([^\s:\r\n]+)/i;
/** Bytes of a request that are looked at. */
const REQUEST_MOST = 2048;

/** The name in a segment's data, in small letters; undefined when none is there. */
export function serverName(data: Uint8Array): string | undefined {
  const first = data[0];
  if (first === undefined) return undefined;
  return first === TYPE_HANDSHAKE ? tlsName(data) : httpName(data);
}

function httpName(data: Uint8Array): string | undefined {
  const text = String.fromCharCode(...data.subarray(0, REQUEST_MOST));
  return HTTP_METHOD.test(text) ? HTTP_HOST.exec(text)?.[1]?.toLowerCase() : undefined;
}

/** Walks a ClientHello (RFC 8446, 4.1.2) as far as it is there. */
function tlsName(data: Uint8Array): string | undefined {
  if (data.length < HELLO_FIXED || data[5] !== TYPE_CLIENT_HELLO) return undefined;
  const u16 = (at: number): number => ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
  let at = HELLO_FIXED;
  at += 1 + (data[at] ?? 0);
  at += 2 + u16(at);
  at += 1 + (data[at] ?? 0);
  const end = Math.min(at + 2 + u16(at), data.length);
  for (at += 2; at + 4 <= end; at += 4 + u16(at + 2)) {
    if (u16(at) !== EXTENSION_SERVER_NAME) continue;
    const length = u16(at + NAME_AT - 2);
    if (at + NAME_AT + length > data.length || length === 0) return undefined;
    return String.fromCharCode(...data.subarray(at + NAME_AT, at + NAME_AT + length)).toLowerCase();
  }
  return undefined;
}
