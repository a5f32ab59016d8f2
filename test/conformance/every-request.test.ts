import type { Configuration, Identification } from "../../host/config/configuration.ts";
import { text } from "../names/hello.ts";
import { client, identifying, left, OPENING, OTHER, OWN, part, resets, sent, server } from "./first-message-kit.ts";
import { type Step, table } from "./table.ts";

const every =
  (more: Partial<Identification> = {}) =>
  (configuration: Configuration): void => {
    identifying("http", more)(configuration);
    for (const rule of configuration.loadBalancers[0]?.loadBalancingRules ?? []) rule.everyRequest = true;
  };

const bytes = (words: string): Uint8Array => Uint8Array.from(text(words));
/** A request with more fields, then a body. */
const request = (host: string, fields = "", body = "", line = "POST /x HTTP/1.1"): Uint8Array =>
  bytes(`${line}\r\nHost: ${host}\r\n${fields}\r\n${body}`);
const get = request(OWN);
const bad = request(OTHER);
const through = "forward forwarded 0";
const held = "held awaiting-name 0";
const denied = "drop resource-denied 1000";
const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((one) => [...one]));
const chunked = (body: string): Uint8Array => request(OWN, "Transfer-Encoding: chunked\r\n", body);

/** The parts one after the other, the last with its verdict, the others forwarded. */
function inParts(parts: Uint8Array[], last = through): Step[] {
  let seq = 101;
  return parts.map((one, i) => {
    const step = { in: sent(one, seq), gives: i === parts.length - 1 ? last : through };
    seq += one.length;
    return step;
  });
}

table("Every request: its name", [
  {
    name: "a later request for another resource is refused, and both ends are told",
    change: every(),
    steps: [
      ...OPENING,
      { in: sent(get), gives: through, out: [left(get)] },
      server(`PA seq=901 ack=${101 + get.length} data=ok`),
      { in: sent(bad, 101 + get.length), gives: denied },
      { in: sent(bad, 101 + get.length), gives: denied, out: [] },
    ],
    counters: { generated: { reset: 2 }, flows: { denied: 1 } },
  },
  {
    name: "the reset's numbers are those of what was let through",
    change: every(),
    steps: [...OPENING, { in: sent(bad), gives: denied, out: resets(101 + bad.length) }],
  },
  {
    name: "requests for the resource pass, one after the other, in either form of its name",
    change: every(),
    steps: [...OPENING, ...inParts([get, request("acct.privatelink.blob.core.windows.net"), get])],
  },
  {
    name: "requests in one packet are looked at one by one",
    change: every(),
    steps: [...OPENING, { in: sent(joined(get, get, bad)), gives: denied }],
  },
  {
    name: "without everyRequest a later one is not looked at",
    change: identifying("http"),
    steps: [...OPENING, ...inParts([get, bad])],
  },
  {
    name: "a later request without a Host is refused, or ends inspection by choice",
    change: every({ missingName: "allow" }),
    steps: [...OPENING, ...inParts([get, bytes("GET / HTTP/1.0\r\n\r\n"), bad])],
  },
]);

const chunks = "5\r\nhello\r\n1a;x=y\r\n" + "z".repeat(26) + "\r\n0\r\nTrailer: 1\r\nX:\r\n\r\n";
const bodies: [what: string, bytes: Uint8Array][] = [
  ["none", get],
  ["a length", request(OWN, "Content-Length: 5\r\n", "GET /")],
  ["a length of 0", request(OWN, "content-length:0 \r\n")],
  ["chunks, with an extension and fields behind the last", chunked(chunks)],
  ["no chunk", chunked("0\r\n\r\n")],
  ["a size with zeros in front", chunked("0000000000000003\r\nabc\r\n0\r\n\r\n")],
  ["capitals", request(OWN, "TRANSFER-ENCODING:\tCHUNKED \r\n", "A\r\n0123456789\r\n0\r\n\r\n")],
  ["a body that looks like a request", request(OWN, `Content-Length: ${bad.length}\r\n`, String.fromCharCode(...bad))],
  ["what waits for 100 Continue", request(OWN, "Expect: 100-continue\r\nContent-Length: 3\r\n", "abc")],
];

table("Every request: behind its body", [
  ...bodies.map(([what, body]) => ({
    name: `${what}: the next request is found`,
    change: every(),
    steps: [...OPENING, ...inParts([body, get, body, bad], denied)],
  })),
  ...bodies.map(([what, body]) => ({
    name: `${what}: in one packet`,
    change: every(),
    steps: [...OPENING, { in: sent(joined(body, bad)), gives: denied }],
  })),
  {
    name: "a body passes without delay, in whatever pieces and order",
    change: every(),
    steps: [
      ...OPENING,
      { in: sent(request(OWN, "Content-Length: 9\r\n", "abc")), gives: through },
      { in: sent(bytes("hi"), 101 + request(OWN, "Content-Length: 9\r\n").length + 7), gives: through },
      { in: sent(bytes("defg"), 101 + request(OWN, "Content-Length: 9\r\n").length + 3), gives: through },
      { in: sent(bad, 101 + request(OWN, "Content-Length: 9\r\n").length + 9), gives: denied },
    ],
  },
  {
    name: "a body longer than sequence numbers go round is counted",
    change: every(),
    steps: [
      ...OPENING,
      { in: sent(request(OWN, "Content-Length: 4294967300\r\n")), gives: through },
      ...[0, 1, 2, 3].map((quarter) => ({
        in: sent(
          bytes("x".repeat(1000)),
          (101 + request(OWN, "Content-Length: 4294967300\r\n").length + quarter * 2 ** 30) >>> 0,
        ),
        gives: through,
      })),
      { in: sent(bad, 101 + request(OWN, "Content-Length: 4294967300\r\n").length + 4), gives: denied },
    ],
  },
]);

const ambiguous: [what: string, bytes: Uint8Array][] = [
  ["two lengths", request(OWN, "Content-Length: 5\r\nContent-Length: 6\r\n")],
  ["the same length twice", request(OWN, "Content-Length: 5\r\nCONTENT-LENGTH: 5\r\n")],
  ["a list of lengths", request(OWN, "Content-Length: 5, 5\r\n")],
  ["a length with a sign", request(OWN, "Content-Length: +5\r\n")],
  ["an empty length", request(OWN, "Content-Length:\r\n")],
  ["a length beyond all bounds", request(OWN, "Content-Length: 9999999999999999\r\n")],
  ["a length and chunks", request(OWN, "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")],
  ["two codings", request(OWN, "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")],
  ["another coding", request(OWN, "Transfer-Encoding: gzip, chunked\r\n")],
  ["a coding not quite chunked", request(OWN, "Transfer-Encoding: xchunked\r\n")],
  ["chunks of HTTP/1.0", request(OWN, "Transfer-Encoding: chunked\r\n", "", "POST / HTTP/1.0")],
  ["a CR alone", request(OWN, `X: a\rHost: ${OTHER}\r\n`)],
  ["a size that is none", chunked("x\r\n")],
  ["an empty size", chunked("\r\n")],
  ["a size with a blank", chunked("5 \r\nhello\r\n")],
  ["a size of 2^32", chunked("100000000\r\n")],
  ["a size with LF alone", chunked("5\nhello\r\n")],
  ["an extension with LF alone", chunked("5;x\nhello\r\n")],
  ["a CR without LF", chunked("5\rhello\r\n")],
  ["a chunk longer than its size", chunked("5\r\nhello!\r\n")],
  ["no LF behind a chunk", chunked("5\r\nhello\rx")],
  ["a folded field behind the last chunk", chunked("0\r\n x\r\n\r\n")],
  ["no name before a colon there", chunked("0\r\n:x\r\n\r\n")],
  ["a blank before the colon there", chunked("0\r\nx :\r\n\r\n")],
  ["LF alone behind such a field", chunked("0\r\nx:y\n\r\n")],
  ["LF alone at the end", chunked("0\r\n\n")],
];

table("Every request: refused", [
  ...ambiguous.map(([what, body]) => ({
    name: `${what}: request-ambiguous`,
    change: every(),
    steps: [...OPENING, ...inParts([get, body], "drop request-ambiguous 1000")],
  })),
  ...[
    request(OWN, "", "", `CONNECT ${OWN}:443 HTTP/1.1`),
    request(OWN, "Connection: Upgrade\r\nUPGRADE: websocket\r\n"),
  ].map((body) => ({
    name: `${String.fromCharCode(...body.subarray(0, 4))}: stream-opaque`,
    change: every(),
    steps: [...OPENING, ...inParts([get, body], "drop stream-opaque 1000")],
  })),
  {
    name: "a refused tuple stays refused until it opens anew",
    change: every(),
    steps: [
      ...OPENING,
      { in: sent(chunked("x\r\n")), gives: "drop request-ambiguous 1000" },
      { in: sent(get), gives: "drop request-ambiguous 1000" },
      { in: client("S seq=5000"), gives: "forward new-flow 0" },
    ],
  },
  {
    name: "TLS is not expected",
    change: every(),
    steps: [...OPENING, ...inParts([get, Uint8Array.from([22, 3, 1, 0, 5, 1])], "drop protocol-unexpected 1000")],
  },
]);

const a = part(get, 0, 20);
const b = part(get, 20);
const second = 101 + get.length;

table("Every request: in segments", [
  {
    name: "a later head in pieces is held until its name is known",
    change: every(),
    steps: [
      ...OPENING,
      { in: sent(get), gives: through },
      { in: sent(a, second), gives: held, out: [] },
      { in: sent(b, second + 20), gives: through, out: [left(a, second), left(b, second + 20)] },
      { in: sent(part(bad, 0, 20), second + get.length), gives: held, out: [] },
      { in: sent(part(bad, 20), second + get.length + 20), gives: denied },
    ],
  },
  {
    name: "one that came too early is held",
    change: every(),
    steps: [
      ...OPENING,
      { in: sent(get, second), gives: held, out: [] },
      { in: sent(get), gives: through, out: [left(get), left(get, second)] },
    ],
  },
  {
    name: "what is sent again passes if it is the same, and is refused if it is not",
    change: every(),
    steps: [
      ...OPENING,
      { in: sent(get), gives: through },
      { in: sent(get), gives: through, out: [left(get)] },
      { in: sent(joined(part(get, 5), get), 106), gives: through },
      { in: sent(joined(part(get, 0, 8), bytes("y")), 101), gives: "drop segments-conflict 1000" },
    ],
  },
  {
    name: "until the server has acknowledged it",
    change: every(),
    steps: [
      ...OPENING,
      { in: sent(get), gives: through },
      server(`A seq=901 ack=${second}`),
      { in: sent(bytes("zz")), gives: through },
      { in: sent(bad, second), gives: denied },
    ],
    counters: { names: { holdsPeak: 1 } },
  },
  {
    name: "what frames chunks is compared, their data are not",
    change: every(),
    steps: [
      ...OPENING,
      { in: sent(chunked("5\r\n")), gives: through },
      { in: sent(bytes("hello"), 101 + chunked("5\r\n").length), gives: through },
      { in: sent(bytes("\r\n"), 106 + chunked("5\r\n").length), gives: through },
      { in: sent(bytes("HELLO"), 101 + chunked("5\r\n").length), gives: through },
      { in: sent(bytes("1\r\n"), 98 + chunked("5\r\n").length), gives: "drop segments-conflict 1000" },
    ],
  },
  {
    name: "what a pool that is too small forgot cannot be sent again before it is acknowledged",
    change: every({ holdSlots: 1 }),
    steps: [
      ...OPENING,
      { in: sent(get), gives: through },
      { in: "tcp 10.1.0.9:5001 > 10.1.0.4:443 S seq=100", gives: "forward new-flow 1" },
      { in: sent(get).replace("5000", "5001"), gives: "forward forwarded 1" },
      { in: sent(get), gives: "drop held-retransmission 0" },
      server(`A seq=901 ack=${second}`),
      { in: sent(get), gives: through },
      { in: sent(get, second), gives: through },
    ],
  },
  {
    name: "a head that is too long is refused",
    change: every(),
    steps: [
      ...OPENING,
      { in: sent(bytes(`GET / HTTP/1.1\r\nX: ${"x".repeat(16_400)}`)), gives: "drop first-message-too-long 1000" },
    ],
  },
  {
    name: "a body of which not all was captured passes, a head does not",
    change: every(),
    steps: [
      ...OPENING,
      { in: sent(request(OWN, "Content-Length: 50\r\n")), gives: through },
      {
        in: sent(bytes("x".repeat(50)), 101 + request(OWN, "Content-Length: 50\r\n").length),
        captured: 60,
        gives: through,
      },
      { in: sent(get, 151 + request(OWN, "Content-Length: 50\r\n").length), captured: 70, gives: "drop truncated 0" },
    ],
  },
  {
    name: "urgent data are refused, packets without data pass",
    change: every(),
    steps: [
      ...OPENING,
      { in: client("A seq=101 ack=901"), gives: through },
      { in: sent(get, 101, "PAU"), gives: "drop segments-conflict 1000" },
    ],
  },
]);

/** A flow of its own that sends one thing. */
const alone = (port: number, what: Uint8Array, gives: string): Step[] => [
  { in: client("S seq=100").replace("5000", `${port}`) },
  { in: sent(what).replace("5000", `${port}`), gives },
];

table("Every request: by the standards", [
  {
    name: "a length twice, a list of lengths, a length beside chunks, and chunks of HTTP/1.0",
    change: every(),
    steps: [
      ...alone(1, request(OWN, "Content-Length: 5\r\nContent-Length: 6\r\n"), "drop request-ambiguous 1000"),
      ...alone(2, request(OWN, "Content-Length: 5, 5\r\n"), "drop request-ambiguous 1001"),
      ...alone(3, request(OWN, "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), "drop request-ambiguous 1002"),
      ...alone(4, request(OWN, "Transfer-Encoding: chunked\r\n", "", "POST / HTTP/1.0"), "drop request-ambiguous 1003"),
    ],
  },
  {
    name: "chunks, extensions and fields behind the last chunk",
    change: every(),
    steps: [
      ...alone(1, joined(chunked(chunks), get), "forward forwarded 0"),
      ...alone(2, joined(chunked(chunks), bad), denied),
    ],
  },
]);
