// The name at the beginning of a client's stream, cut anywhere.

import { Beginning } from "../../../host/dns/beginning.ts";
import { BEGINNING_MOST, nameAtBeginning, type NameReading } from "../../../host/dns/server-name.ts";
import { assert, suite } from "../../kit.ts";
import { clientHello, prelogin, request, sslRequest, tdsPackets, text } from "../../names/hello.ts";

const NAME = "www.example";
const bytes = (value: string): Uint8Array => Uint8Array.from(text(value));
const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
const isNamed = (reading: NameReading): boolean => typeof reading === "object" && reading.name === NAME;

const NAMED: [what: string, stream: Uint8Array][] = [
  ["a ClientHello, in small letters", clientHello("Www.Example")],
  ["a ClientHello in many records", clientHello(NAME, { record: 7 })],
  ["a ClientHello with the name in front of much else", clientHello(NAME, { padding: 3000 })],
  ["PostgreSQL", joined(sslRequest(), clientHello(NAME))],
  ["TDS", joined(prelogin(), tdsPackets(clientHello(NAME)))],
  ["TDS in many packets", joined(prelogin(), tdsPackets(clientHello(NAME), 60))],
  ["TDS that goes on in plain TLS", joined(prelogin(), clientHello(NAME))],
  ["a request", request(`${NAME}:8080`, "Accept: */*\r\n")],
  ["a request with bare line feeds", bytes(`GET / HTTP/1.0\nhOst:  ${NAME} \n\n`)],
];

const UNNAMED: [what: string, stream: Uint8Array][] = [
  ["SSH", bytes("SSH-2.0-x\r\n")],
  ["HTTP/2 from the first byte", bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")],
  ["a request without Host", bytes("GET / HTTP/1.0\r\nAccept: host: a\r\n\r\n")],
  ["a Host in the body", bytes("POST / HTTP/1.0\r\n\r\nHost: a\r\n\r\n")],
  ["a ClientHello without a name", clientHello(NAME, { names: [] })],
  ["a ServerHello", Uint8Array.from([22, 3, 1, 0, 4, 2, 0, 0, 0])],
  ["a record of something else", Uint8Array.from([23, 3, 3, 0, 1, 0])],
  ["zeros", new Uint8Array(20)],
  ["a hello longer than is looked at", Uint8Array.from([22, 3, 1, 4, 0, 1, 1, 0, 0, 3, 3])],
];

suite("The name at the beginning of a stream", (test) => {
  for (const [what, stream] of NAMED)
    test(`is read in ${what}; a part of it is no other name`, () => {
      assert.ok(isNamed(nameAtBeginning(stream)));
      for (let length = 0; length < stream.length; length++) {
        const reading = nameAtBeginning(stream.slice(0, length));
        assert.ok(reading === "more" || isNamed(reading), `${length} bytes: ${JSON.stringify(reading)}`);
      }
    });

  for (const [what, stream] of UNNAMED) test(`is none in ${what}`, () => assert.is(nameAtBeginning(stream), "none"));

  test("is none when it has not come in as many bytes as are looked at", () => {
    const long = bytes(`GET /${"a".repeat(BEGINNING_MOST)}`);
    assert.is(nameAtBeginning(long.slice(0, BEGINNING_MOST - 1)), "more");
    assert.is(nameAtBeginning(long.slice(0, BEGINNING_MOST)), "none");
  });
});

suite("The beginning of a stream", (test) => {
  const hello = clientHello(NAME, { padding: 100 });
  test("is put together from every two segments, in either order, over the end of sequence numbers too", () => {
    for (const start of [1000, 0xffffffff - 20])
      for (let cut = 1; cut < hello.length; cut++) {
        const first: [number, Uint8Array] = [start, hello.slice(0, cut)];
        const second: [number, Uint8Array] = [(start + cut) >>> 0, hello.slice(cut)];
        for (const order of [
          [first, second],
          [second, first],
        ]) {
          const beginning = new Beginning(start);
          const readings = order.map(([sequence, data]) => beginning.take(sequence, data));
          assert.ok(readings.some(isNamed), `cut at ${cut}`);
        }
      }
  });

  test("is given up when too many segments come too early, or one from far ahead", () => {
    const crowded = new Beginning(0);
    for (let i = 1; i <= 16; i++) assert.is(crowded.take(i * 10, bytes("x")), "more");
    assert.is(crowded.take(500, bytes("x")), "none");
    assert.is(new Beginning(0).take(BEGINNING_MOST + 1, bytes("x")), "none");
  });

  test("begins with what is seen first where its start was not seen", () =>
    assert.ok(isNamed(new Beginning(undefined).take(77, hello))));
});
