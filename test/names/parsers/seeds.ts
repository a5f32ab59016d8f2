// Messages from which fuzzing begins.

import { readFileSync } from "node:fs";
import { memorySource } from "../../../host/capture/memory.ts";
import { openCapture } from "../../../host/capture/reader.ts";
import { clientHello, hex, prelogin, records, request, serverHello, sslRequest, tdsPackets, text } from "../hello.ts";

const NAME = "acct.blob.core.windows.net";
const ETHERTYPE_AT = 12;
const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const MESSAGE_LEAST = 16;
/** Messages taken from one capture. */
const TAKEN_MOST = 60;

const bytesOf = (words: string): Uint8Array => Uint8Array.from(text(words));

/** One or several of everything that readers know. */
export function madeMessages(): Uint8Array[] {
  const hello = clientHello(NAME);
  return [
    hello,
    clientHello(NAME, { record: 7, extensions: [0xfe0d, 42], padding: 90 }),
    clientHello(NAME, { names: [NAME, "other.example"] }),
    clientHello(NAME, { names: [] }),
    clientHello(NAME, { padding: 400, record: 1 }),
    clientHello("a".repeat(300)),
    prelogin(),
    tdsPackets(hello),
    tdsPackets(hello, 1),
    sslRequest(),
    hex("0000000804d21630"),
    hex("140303000101"),
    hex("17030300021122"),
    serverHello(),
    serverHello(true),
    records([2, 0, 0, 1, 0]),
    request(NAME),
    request(`${NAME}.:443`, "Accept: */*\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
    bytesOf(`\r\nGET http://user@${NAME}:80/x?y#z HTTP/1.0\nhost:\t${NAME} \nHost: x\n\n`),
    bytesOf(`CONNECT ${NAME}:443 HTTP/1.1\r\n\r\n`),
    bytesOf("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"),
    bytesOf("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  ];
}

/** ClientHellos and beginnings of requests in the Ethernet frames of a capture. */
export async function messagesIn(path: string): Promise<Uint8Array[]> {
  const reader = await openCapture(memorySource(new Uint8Array(readFileSync(path))), { file: path });
  const byLength = new Map<string, Uint8Array>();
  for await (const batch of reader.batches())
    for (let i = 0; i < batch.count && byLength.size < TAKEN_MOST; i++) {
      const at = batch.offset[i] as number;
      const data = dataOf(batch.buffer.slice(at, at + (batch.captured[i] as number)));
      if (isMessage(data)) byLength.set(`${data[0]} ${data.length}`, data);
    }
  return [...byLength.values()];
}

/** The data of a TCP segment over IPv4 in an Ethernet frame, nothing of any other. */
function dataOf(frame: Uint8Array): Uint8Array {
  const ip = ETHERTYPE_AT + 2;
  if (frame[ETHERTYPE_AT] !== 8 || frame[ETHERTYPE_AT + 1] !== 0 || frame[ip + 9] !== 6) return new Uint8Array(0);
  const tcp = ip + ((frame[ip] as number) & 15) * 4;
  const end = ip + (frame[ip + 2] as number) * 256 + (frame[ip + 3] as number);
  return frame.slice(tcp + ((frame[tcp + 12] ?? 0) >> 4) * 4, end);
}

const isMessage = (data: Uint8Array): boolean =>
  data.length >= MESSAGE_LEAST &&
  (data[0] === HANDSHAKE
    ? data[5] === CLIENT_HELLO
    : /^(GET|POST|PUT|HEAD|OPTIONS|CONNECT) /.test(String.fromCharCode(...data.subarray(0, 9))));
