import type { Configuration } from "../../host/config/configuration.ts";
import { clientHello, hexOf, serverHello, text } from "../names/hello.ts";
import { identifying, OTHER, OWN, part } from "./first-message-kit.ts";
import { alone, announcing, CLIENT, client, headerOf, OPENING, refused, server, SYNS, TO_SERVER } from "./proxy-kit.ts";
import { type Step, table } from "./table.ts";

const own = clientHello(OWN, { padding: 1500 });
const other = clientHello(OTHER, { padding: 1500 });
const [a, b, c] = [part(own, 0, 700), part(own, 700, 1400), part(own, 1400)];
const tls = announcing("azure", identifying("tls"));
const everyRequest = announcing("azure", (configuration: Configuration) => {
  identifying("http")(configuration);
  for (const rule of configuration.loadBalancers[0]?.loadBalancingRules ?? []) rule.everyRequest = true;
});

/** A client's data, and how they leave: with the number that the server has. */
const sent = (bytes: Uint8Array, seq: number): string => `PA seq=${seq} ack=901 hex=${hexOf(bytes)}`;
const left = (bytes: Uint8Array, seq: number, cause = "held"): string =>
  `${TO_SERVER.replace("provider", `provider/${cause}`)} ${sent(bytes, seq + 36)}`;
const held = (bytes: Uint8Array, seq: number): Step => ({
  in: `${CLIENT} ${sent(bytes, seq)}`,
  gives: "held awaiting-name 0",
  out: [],
});
const resets = (clientEnd: number, serverSequence: number): string[] => [
  `consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 RA seq=901 ack=${clientEnd} id=0 to=020000000001 from=020000000002`,
  `provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 RA seq=${serverSequence} ack=901 id=0`,
];

table("First messages that are looked at, behind a PROXY header", [
  {
    name: "a whole one that comes first takes the header up",
    change: tls,
    steps: [
      ...SYNS,
      client(sent(a.slice(0, 0), 101), `PA seq=101 ack=901 hex=${headerOf()}`),
      client(sent(clientHello(OWN), 101), `PA seq=137 ack=901 hex=${hexOf(clientHello(OWN))}`),
    ],
  },
  {
    name: "held segments leave with the numbers that the server has, behind the header that left with the handshake",
    change: tls,
    steps: [
      ...OPENING,
      held(a, 101),
      held(b, 801),
      client(sent(c, 1501), left(a, 101), left(b, 801), left(c, 1501, "input")),
      server(`A seq=901 ack=${137 + own.length}`, `A seq=901 ack=${101 + own.length}`),
    ],
    counters: { generated: { proxyHeader: 1 }, names: { held: 0 } },
  },
  {
    name: "the handshake's acknowledgement was lost: the header leaves by itself, before the first of them",
    change: tls,
    steps: [
      ...SYNS,
      held(a, 101),
      held(b, 801),
      client(sent(c, 1501), alone(), left(a, 101), left(b, 801), left(c, 1501, "input")),
    ],
    counters: { generated: { proxyHeader: 1 } },
  },
  {
    name: "the last of them to come is the one in the middle",
    change: tls,
    steps: [
      ...SYNS,
      held(c, 1501),
      held(a, 101),
      client(sent(b, 801), alone(), left(a, 101), left(b, 801, "input"), left(c, 1501)),
    ],
  },
  {
    name: "the last of them to come is the first: it takes the header up itself",
    change: tls,
    steps: [
      ...SYNS,
      held(c, 1501),
      held(b, 801),
      client(
        sent(a, 101),
        `${TO_SERVER.replace("provider", "provider/input")} PA seq=101 ack=901 hex=${headerOf()}${hexOf(a)}`,
        left(b, 801),
        left(c, 1501),
      ),
    ],
  },
  {
    name: "a held first segment that was let go is one that has left",
    change: tls,
    steps: [
      ...SYNS,
      held(a, 101),
      held(b, 801),
      client(sent(c, 1501), alone(), left(a, 101), left(b, 801), left(c, 1501, "input")),
      client("A seq=101 ack=901", `A seq=101 ack=901 hex=${headerOf()}`),
      server(`A seq=901 ack=${137 + own.length}`, `A seq=901 ack=${101 + own.length}`),
      client("A seq=101 ack=901", "A seq=137 ack=901"),
    ],
  },
  {
    name: "when it comes again on a flow that is not looked at any more, the header leaves again",
    change: announcing("azure", identifying("tls", { unexpectedProtocol: "allow" })),
    steps: [
      ...SYNS,
      held(Uint8Array.of(22, 3), 101),
      client(
        sent(Uint8Array.of(3, 0, 0, 9), 103),
        alone(),
        left(Uint8Array.of(22, 3), 101),
        left(Uint8Array.of(3, 0, 0, 9), 103, "input"),
      ),
      client(sent(Uint8Array.of(22, 3), 101), `PA seq=101 ack=901 hex=${headerOf()}1603`),
      server("A seq=901 ack=137", "A seq=901 ack=101"),
      client(sent(Uint8Array.of(22, 3), 101), "PA seq=137 ack=901 hex=1603"),
    ],
    counters: { generated: { proxyHeader: 2 } },
  },
  {
    name: "what is refused is reset by the numbers of each side: the header has left",
    change: tls,
    steps: [
      ...OPENING,
      held(part(other, 0, 700), 101),
      {
        in: `${CLIENT} ${sent(part(other, 700), 801)}`,
        gives: "drop resource-denied 1000",
        out: resets(101 + other.length, 137),
      },
    ],
    counters: { generated: { proxyHeader: 1, reset: 2 } },
  },
  {
    name: "and it has not",
    change: tls,
    steps: [
      ...SYNS,
      held(part(other, 0, 700), 101),
      {
        in: `${CLIENT} ${sent(part(other, 700), 801)}`,
        gives: "drop resource-denied 1000",
        out: resets(101 + other.length, 101),
      },
    ],
    counters: { generated: { proxyHeader: 0, reset: 2 } },
  },
  {
    name: "data in the header's place are dropped before they are looked at",
    change: tls,
    steps: [
      ...OPENING,
      refused(`PA seq=100 ack=901 hex=${hexOf(other)}`, "segments-conflict"),
      client(sent(clientHello(OWN), 101), `PA seq=137 ack=901 hex=${hexOf(clientHello(OWN))}`),
    ],
    counters: { flows: { denied: 0 } },
  },
  {
    name: "the server's answer lets go what is held",
    change: tls,
    steps: [
      ...OPENING,
      client(sent(clientHello(OWN), 101), `PA seq=137 ack=901 hex=${hexOf(clientHello(OWN))}`),
      held(Uint8Array.of(20, 3, 3, 0), 101 + clientHello(OWN).length),
      {
        ...server(`PA seq=901 ack=${137 + clientHello(OWN).length} hex=${hexOf(serverHello())}`, ""),
        out: [
          left(Uint8Array.of(20, 3, 3, 0), 101 + clientHello(OWN).length),
          `consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 ttl=63 PA seq=901 ack=${101 + clientHello(OWN).length} hex=${hexOf(serverHello())}`,
        ],
      },
    ],
  },
  {
    name: "every request: each leaves behind the header, whole or in parts",
    change: everyRequest,
    steps: [
      ...SYNS,
      held(part(ownRequest(), 0, 20), 101),
      client(
        sent(part(ownRequest(), 20), 121),
        alone(),
        left(part(ownRequest(), 0, 20), 101),
        left(part(ownRequest(), 20), 121, "input"),
      ),
      client(
        sent(ownRequest(), 101 + ownRequest().length),
        `PA seq=${137 + ownRequest().length} ack=901 hex=${hexOf(ownRequest())}`,
      ),
    ],
    counters: { generated: { proxyHeader: 1 } },
  },
]);

function ownRequest(): Uint8Array {
  return Uint8Array.from(text(`GET / HTTP/1.1\r\nHost: ${OWN}\r\n\r\n`));
}
