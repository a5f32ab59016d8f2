import type { Identification, Identify } from "../../host/config/configuration.ts";
import {
  clientHello,
  hex,
  hexOf,
  prelogin,
  request,
  serverHello,
  sslRequest,
  tdsPackets,
  text,
} from "../names/hello.ts";
import { client, identifying, left, OPENING, OTHER, OWN, part, resets, sent, server } from "./first-message-kit.ts";
import { type Step, table } from "./table.ts";

const helloFor = clientHello;
const httpRequest = (target: string, fields: string): Uint8Array =>
  Uint8Array.from(text(`GET ${target} HTTP/1.1\r\n${fields}\r\n\r\n`));
const own = helloFor(OWN);
const other = helloFor(OTHER);

table("The first message: whole", [
  {
    name: "a ClientHello with the resource's name passes at once, and what follows is not looked at",
    change: identifying("tls"),
    steps: [
      ...OPENING,
      { in: sent(own), gives: "forward forwarded 0", out: [left(own)] },
      server(`PA seq=901 ack=${101 + own.length} hex=${hexOf(serverHello())}`),
      { in: sent(other, 101 + own.length), gives: "forward forwarded 0" },
    ],
    counters: { flows: { denied: 0 }, names: { held: 0 } },
  },
  {
    name: "another resource's name is refused, both ends are told, and the tuple stays refused",
    change: identifying("tls"),
    steps: [
      ...OPENING,
      { in: sent(other), gives: "drop resource-denied 1000", out: resets(101 + other.length) },
      { in: sent(other), gives: "drop resource-denied 1000", out: [] },
      server(`A seq=901 ack=101`, "drop no-flow"),
      { in: client("S seq=5000"), gives: "forward new-flow 0" },
    ],
    counters: { generated: { reset: 2 }, flows: { denied: 1, created: 2, expired: 1 } },
  },
  {
    name: "refused silently when resets are off",
    change: identifying("tls", { enableTcpReset: false }),
    steps: [...OPENING, { in: sent(other), gives: "drop resource-denied 1000", out: [] }],
  },
  ...["acct.privatelink.blob.core.windows.net", "ACCT.Blob.core.windows.net", `${OWN}.`].map((name) => ({
    name: `${name} is the resource's name too`,
    change: identifying("tls"),
    steps: [...OPENING, { in: sent(helloFor(name)), gives: "forward forwarded 0" }],
  })),
  ...["acct.file.core.windows.net", "blob.core.windows.net", `x${OWN}`, `${OWN}.evil.example`, "a".repeat(300)].map(
    (name) => ({
      name: `${name.slice(0, 30)} is not`,
      change: identifying("tls"),
      steps: [...OPENING, { in: sent(helloFor(name)), gives: "drop resource-denied 1000" }],
    }),
  ),
  {
    name: "server-first and opaque protocols pass with identify: address",
    change: identifying("address"),
    steps: [...OPENING, { in: sent(hex("00010203")), gives: "forward forwarded 0" }],
  },
  {
    name: "UDP of a rule that identifies by name is refused",
    change: identifying("tls"),
    steps: [{ in: "udp 10.1.0.9:1 > 10.1.0.4:53", gives: "drop udp-not-identified 1000" }],
  },
]);

const refused: [what: string, identify: Identify, bytes: Uint8Array, reason: string][] = [
  ["no server_name", "tls", helloFor(OWN, { names: [] }), "name-missing"],
  ["an empty server_name", "tls", helloFor(""), "name-missing"],
  ["two names", "tls", helloFor(OWN, { names: [OWN, OTHER] }), "name-ambiguous"],
  ["another protocol", "tls", hex("53534800"), "protocol-unexpected"],
  ["a request where TLS is expected", "tls", request(OWN), "protocol-unexpected"],
  ["TLS where a request is expected", "http", own, "protocol-unexpected"],
  ["a record that is no handshake", "auto", hex("1703030001aa"), "protocol-unexpected"],
  ["an old record", "tls", hex("1602000001"), "protocol-unexpected"],
  [
    "HTTP/2 with prior knowledge",
    "auto",
    Uint8Array.from(text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")),
    "http2-prior-knowledge",
  ],
  ["no Host", "http", Uint8Array.from(text("GET / HTTP/1.0\r\n\r\n")), "name-missing"],
  ["two Hosts", "http", request(OWN, `HOST: ${OWN}\r\n`), "name-ambiguous"],
  ["a folded field", "http", request(OWN, " x\r\n"), "protocol-unexpected"],
  ["a blank before the colon", "http", request(OWN, "Host : x\r\n"), "protocol-unexpected"],
  ["another Host", "http", request(OTHER), "resource-denied"],
  [
    "another host in the target",
    "http",
    Uint8Array.from(text(`GET http://${OTHER}/ HTTP/1.1\r\nHost: ${OWN}\r\n\r\n`)),
    "resource-denied",
  ],
  [
    "a user before the host in the target",
    "http",
    Uint8Array.from(text(`GET http://${OWN}@${OTHER}/ HTTP/1.1\r\n\r\n`)),
    "resource-denied",
  ],
  ["a message that says it is too long", "tls", hex("1603010400010080000303"), "first-message-too-long"],
  ["a request for encryption that is none", "tls", hex("0000000804d21620"), "protocol-unexpected"],
];

table(
  "The first message: refused",
  refused.map(([what, identify, bytes, reason]) => ({
    name: `${what}: ${reason}`,
    change: identifying(identify),
    steps: [...OPENING, { in: sent(bytes), gives: `drop ${reason} 1000` }],
  })),
);

const allowed: [what: string, choice: Partial<Identification>, bytes: Uint8Array][] = [
  ["missingName", { missingName: "allow" }, helloFor(OWN, { names: [] })],
  ["unexpectedProtocol", { unexpectedProtocol: "allow" }, hex("1703030001aa")],
  ["http2PriorKnowledge", { http2PriorKnowledge: "allow" }, Uint8Array.from(text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))],
  ["messageTooLong", { messageTooLong: "allow" }, hex("1603010400010080000303")],
];

table("The first message: let through by choice", [
  ...allowed.map(([what, choice, bytes]) => ({
    name: `${what}: allow`,
    change: identifying("auto", choice),
    steps: [
      ...OPENING,
      { in: sent(bytes), gives: "forward forwarded 0", out: [left(bytes)] },
      { in: sent(other, 101 + bytes.length), gives: "forward forwarded 0" },
    ],
  })),
  {
    name: "an encrypted name: the outer one decides, and it is counted",
    change: identifying("tls"),
    steps: [...OPENING, { in: sent(helloFor(OWN, { extensions: [0xfe0d] })), gives: "forward forwarded 0" }],
    counters: { names: { encrypted: 1 } },
  },
  {
    name: "encryptedName: deny refuses it",
    change: identifying("tls", { encryptedName: "deny" }),
    steps: [...OPENING, { in: sent(helloFor(OWN, { extensions: [0xfe0d] })), gives: "drop name-encrypted 1000" }],
  },
]);

const requests: [what: string, bytes: Uint8Array][] = [
  ["Host", request(OWN)],
  ["Host with a port and a dot, in capitals", request("ACCT.blob.core.windows.net.:443")],
  ["a target that overrides Host", Uint8Array.from(text(`GET http://${OWN}:80/x HTTP/1.1\r\nHost: ${OTHER}\r\n\r\n`))],
  ["CONNECT", Uint8Array.from(text(`CONNECT ${OWN}:443 HTTP/1.1\r\n\r\n`))],
  ["bare line feeds and empty lines in front", Uint8Array.from(text(`\r\n\nGET / HTTP/1.1\nhost:${OWN}\n\n`))],
  ["OPTIONS *", Uint8Array.from(text(`OPTIONS * HTTP/1.1\r\nHost:\t${OWN} \r\n\r\n`))],
];

table("The first message: requests", [
  ...requests.map(([what, bytes]) => ({
    name: `${what} names the resource`,
    change: identifying("http"),
    steps: [...OPENING, { in: sent(bytes), gives: "forward forwarded 0", out: [left(bytes)] }],
  })),
  {
    name: "what is acknowledged is over: a later request is not looked at",
    change: identifying("http"),
    steps: [
      ...OPENING,
      { in: sent(request(OWN)), gives: "forward forwarded 0" },
      { in: sent(request(OTHER), 101 + request(OWN).length), gives: "forward forwarded 0" },
    ],
  },
]);

const inTds = tdsPackets(own, 100);
table("The first message: behind an upgrade", [
  {
    name: "PostgreSQL's request for encryption, then a ClientHello",
    change: identifying("tls"),
    steps: [
      ...OPENING,
      { in: sent(sslRequest()), gives: "forward forwarded 0" },
      server(`PA seq=901 ack=109 data=S`),
      { in: sent(own, 109), gives: "forward forwarded 0" },
    ],
  },
  {
    name: "PostgreSQL without encryption is refused",
    change: identifying("auto"),
    steps: [
      ...OPENING,
      { in: sent(sslRequest()), gives: "forward forwarded 0" },
      server(`PA seq=901 ack=109 data=N`),
      { in: sent(hex("0000002a00030000"), 109), gives: "drop protocol-unexpected 1000" },
    ],
  },
  {
    name: "TDS PRELOGIN, then a ClientHello in such packets",
    change: identifying("tls"),
    steps: [
      ...OPENING,
      { in: sent(prelogin()), gives: "forward forwarded 0" },
      server(`PA seq=901 ack=${101 + prelogin().length} data=x`),
      { in: sent(part(inTds, 0, 60), 101 + prelogin().length), gives: "held awaiting-name 0" },
      { in: sent(part(inTds, 60), 161 + prelogin().length), gives: "forward forwarded 0" },
    ],
  },
  {
    name: "TDS PRELOGIN, then a plain ClientHello for another",
    change: identifying("tls"),
    steps: [
      ...OPENING,
      { in: sent(prelogin()), gives: "forward forwarded 0" },
      { in: sent(other, 101 + prelogin().length), gives: "drop resource-denied 1000" },
    ],
  },
]);

const closed = (port: number, bytes: Uint8Array, gives: string): Step[] => [
  { in: `tcp 10.1.0.9:${port} > 10.1.0.4:443 S seq=100` },
  { in: `tcp 10.1.0.9:${port} > 10.1.0.4:443 PA seq=101 hex=${hexOf(bytes)}`, gives },
];

table("The first message: by the standards", [
  {
    name: "names that are missing, empty or more than one",
    change: identifying("tls"),
    steps: [
      ...closed(1, clientHello(OWN, { names: [] }), "drop name-missing 1000"),
      ...closed(2, clientHello(""), "drop name-missing 1001"),
      ...closed(3, clientHello(OWN, { names: [OWN, OWN] }), "drop name-ambiguous 1002"),
    ],
  },
  {
    name: "a target in absolute form overrides Host",
    change: identifying("http"),
    steps: [
      ...closed(1, httpRequest(`http://${OWN}/`, `Host: ${OTHER}`), "forward forwarded 0"),
      ...closed(2, httpRequest(`http://${OTHER}/`, `Host: ${OWN}`), "drop resource-denied 1000"),
    ],
  },
  {
    name: "two Hosts, folded fields and blanks before a colon",
    change: identifying("http"),
    steps: [
      ...closed(1, httpRequest("/", `Host: ${OWN}\r\nHost: ${OWN}`), "drop name-ambiguous 1000"),
      ...closed(2, httpRequest("/", `Host: ${OWN}\r\n folded`), "drop protocol-unexpected 1001"),
      ...closed(3, httpRequest("/", `Host : ${OWN}`), "drop protocol-unexpected 1002"),
    ],
  },
  {
    name: "capitals, a dot at the end and a port make no difference",
    change: identifying("auto"),
    steps: [
      ...closed(1, httpRequest("/", `hOST: ${OWN.toUpperCase()}.:8443`), "forward forwarded 0"),
      ...closed(2, clientHello(`${OWN.toUpperCase()}.`), "forward forwarded 1"),
    ],
  },
]);
