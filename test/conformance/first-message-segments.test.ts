import { clientHello, hexOf, request, serverHello } from "../names/hello.ts";
import { client, identifying, left, OPENING, OTHER, OWN, part, resets, sent, server } from "./first-message-kit.ts";
import { type Step, table } from "./table.ts";

const own = clientHello(OWN, { padding: 1500 });
const other = clientHello(OTHER, { padding: 1500 });
const a = part(own, 0, 700);
const b = part(own, 700, 1400);
const c = part(own, 1400);
const end = 101 + own.length;
const held = "held awaiting-name 0";
const tls = identifying("tls");
const twoThirds: Step[] = [
  ...OPENING,
  { in: sent(a), gives: held, out: [] },
  { in: sent(b, 801), gives: held, out: [] },
];

/** Ten bytes that leave a gap of ten behind a request. */
const beyond = (character: string): Uint8Array => new TextEncoder().encode(character.repeat(10));
const BEHIND_GAP = 101 + request(OWN).length + 10;
/** A request, and twenty bytes behind it. */
const whole = (bytes: Uint8Array, character: string): Uint8Array =>
  Uint8Array.from([...bytes, ...beyond(character), ...beyond(character)]);

table("The first message: in segments", [
  {
    name: "segments are held, and leave in order when the last has come",
    change: tls,
    steps: [
      ...twoThirds,
      { in: sent(c, 1501), gives: "forward forwarded 0", out: [left(a), left(b, 801), left(c, 1501)] },
    ],
    counters: { reasons: { forwarded: 5 }, names: { held: 0, holdsPeak: 1 } },
  },
  {
    name: "in whatever order they come",
    change: tls,
    steps: [
      ...OPENING,
      { in: sent(c, 1501), gives: held, out: [] },
      { in: sent(a), gives: held, out: [] },
      { in: sent(b, 801), gives: "forward forwarded 0", out: [left(a), left(b, 801), left(c, 1501)] },
    ],
  },
  {
    name: "for another resource: none leaves, and all count under the reason",
    change: tls,
    steps: [
      ...OPENING,
      { in: sent(part(other, 0, 700)), gives: held, out: [] },
      { in: sent(part(other, 700), 801), gives: "drop resource-denied 1000", out: resets(101 + other.length) },
    ],
    counters: {
      reasons: { "resource-denied": 2, "awaiting-name": undefined },
      endpoints: { "shop-approved": { drops: { "resource-denied": 2 } } },
    },
  },
  {
    name: "a retransmission of what is held brings nothing new",
    change: tls,
    steps: [...twoThirds, { in: sent(a), gives: "drop held-retransmission 0" }],
  },
  {
    name: "one that overlaps and brings more is held, and leaves too",
    change: tls,
    steps: [
      ...OPENING,
      { in: sent(a), gives: held },
      { in: sent(part(own, 600, 1400), 701), gives: held },
      {
        in: sent(c, 1501),
        gives: "forward forwarded 0",
        out: [left(a), left(part(own, 600, 1400), 701), left(c, 1501)],
      },
    ],
  },
  {
    name: "other bytes in the same place are refused",
    change: tls,
    steps: [
      ...twoThirds,
      { in: sent(part(other, 60, 700), 161), gives: "drop segments-conflict 1000", out: resets(1501) },
    ],
    counters: { reasons: { "segments-conflict": 3 } },
  },
  {
    name: "and so when what they replace was let through and is not acknowledged",
    change: tls,
    steps: [
      ...OPENING,
      { in: sent(own), gives: "forward forwarded 0" },
      { in: sent(own), gives: "forward forwarded 0", out: [left(own)] },
      { in: sent(part(own, 100), 201), gives: "forward forwarded 0" },
      { in: sent(clientHello(OTHER, { padding: 1499 })), gives: "drop segments-conflict 1000" },
    ],
  },
  {
    name: "what the server has acknowledged cannot be replaced and passes",
    change: tls,
    steps: [
      ...OPENING,
      { in: sent(own), gives: "forward forwarded 0" },
      server(`A seq=901 ack=${end}`),
      { in: sent(clientHello(OTHER, { padding: 1499 })), gives: "forward forwarded 0" },
    ],
  },
  {
    name: "urgent data are refused",
    change: tls,
    steps: [...OPENING, { in: sent(own, 101, "PAU"), gives: "drop segments-conflict 1000" }],
  },
  {
    name: "a second SYN with another number does not move the beginning",
    change: tls,
    steps: [
      { in: client("S seq=100"), gives: "forward new-flow 0" },
      { in: client("S seq=100"), gives: "forward forwarded 0" },
      { in: client("S seq=200"), gives: "drop segments-conflict 0" },
    ],
  },
  {
    name: "a server that speaks of another connection is not answered with this one's bytes",
    change: tls,
    steps: [
      { in: client("S seq=100"), gives: "forward new-flow 0" },
      server("A seq=900 ack=77", "drop segments-conflict 1000", [
        "consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 RA seq=0 ack=101 id=0 to=020000000001 from=020000000002",
        "provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 RA seq=101 ack=0 id=0",
      ]),
    ],
  },
  {
    name: "data in a SYN are taken off",
    change: tls,
    steps: [
      {
        in: client(`S seq=100 hex=${hexOf(own)}`),
        gives: "forward new-flow 0",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S seq=100 ttl=63"],
      },
      server("SA seq=900 ack=101"),
      { in: sent(own), gives: "forward forwarded 0", out: [left(own)] },
    ],
  },
  {
    name: "a segment that is not wholly captured cannot be looked at",
    change: tls,
    steps: [...OPENING, { in: sent(own), captured: 200, gives: "drop truncated 0" }],
  },
  {
    name: "without a beginning the first data are the first message",
    change: tls,
    settings: { midStream: "admit" },
    steps: [
      { in: sent(a), gives: held },
      { in: sent(part(own, 700), 801), gives: "forward forwarded 0", out: [left(a), left(part(own, 700), 801)] },
    ],
  },
  {
    name: "what is held of a flow that ends is dropped",
    change: tls,
    steps: [...twoThirds, { at: 400, out: [] }],
    counters: { reasons: { "first-message-incomplete": 2, "awaiting-name": undefined }, flows: { active: 0 } },
  },
  {
    name: "more than 64 segments are too long",
    change: tls,
    steps: [
      ...OPENING,
      ...Array.from({ length: 64 }, (_, i) => ({ in: sent(part(own, i, i + 1), 101 + i), gives: held })),
      { in: sent(part(own, 64, 65), 165), gives: "drop first-message-too-long 1000" },
    ],
  },
]);

const pair: Step[] = [
  { in: "tcp 10.1.0.8:1 > 10.1.0.4:443 S seq=0", gives: "forward new-flow 0" },
  { in: "tcp 10.1.0.8:2 > 10.1.0.4:443 S seq=0", gives: "forward new-flow 1" },
  { in: `tcp 10.1.0.8:1 > 10.1.0.4:443 PA seq=1 hex=${hexOf(a)}`, gives: held },
];

table("The first message: the pool", [
  {
    name: "a flow that finds no place is refused, and the peak is known",
    change: identifying("tls", { holdSlots: 1 }),
    steps: [
      ...pair,
      { in: `tcp 10.1.0.8:2 > 10.1.0.4:443 PA seq=1 hex=${hexOf(a)}`, gives: "drop hold-pool-full 1000" },
    ],
    counters: { names: { held: 1, holds: 1, holdsPeak: 1 } },
  },
  {
    name: "or let through by choice",
    change: identifying("tls", { holdSlots: 1, holdPoolFull: "allow" }),
    steps: [...pair, { in: `tcp 10.1.0.8:2 > 10.1.0.4:443 PA seq=1 hex=${hexOf(a)}`, gives: "forward forwarded 1" }],
  },
  {
    name: "a whole message needs no place",
    change: identifying("tls", { holdSlots: 1 }),
    steps: [...pair, { in: `tcp 10.1.0.8:2 > 10.1.0.4:443 PA seq=1 hex=${hexOf(own)}`, gives: "forward forwarded 1" }],
  },
  {
    name: "a place that only remembers is given up for one that holds",
    change: identifying("tls", { holdSlots: 1 }),
    steps: [
      ...OPENING,
      { in: sent(own), gives: "forward forwarded 0" },
      { in: "tcp 10.1.0.8:2 > 10.1.0.4:443 S seq=0", gives: "forward new-flow 1" },
      { in: `tcp 10.1.0.8:2 > 10.1.0.4:443 PA seq=1 hex=${hexOf(a)}`, gives: "held awaiting-name 1" },
      { in: sent(own), gives: "drop held-retransmission 0" },
    ],
  },
]);

const second = part(clientHello(OWN, { padding: 90 }), 0);
const changeCipherSpec = Uint8Array.from([20, 3, 3, 0, 1, 1]);
const retried: Step[] = [
  ...OPENING,
  { in: sent(own), gives: "forward forwarded 0" },
  server(`PA seq=901 ack=${end} hex=${hexOf(serverHello(true))}`),
  server(`PA seq=${901 + serverHello(true).length} ack=${end} hex=${hexOf(changeCipherSpec)}`),
];

table("The first message: HelloRetryRequest", [
  {
    name: "the second ClientHello is held and must bear the same name",
    change: tls,
    steps: [
      ...retried,
      { in: sent(changeCipherSpec, end), gives: "forward forwarded 0" },
      { in: sent(part(second, 0, 50), end + 6), gives: held },
      { in: sent(part(second, 50), end + 56), gives: "forward forwarded 0" },
    ],
  },
  {
    name: "another name is refused",
    change: tls,
    steps: [...retried, { in: sent(clientHello(OTHER), end), gives: "drop name-changed 1000" }],
  },
  {
    name: "even the resource's other name",
    change: tls,
    steps: [
      ...retried,
      { in: sent(clientHello("acct.privatelink.blob.core.windows.net"), end), gives: "drop name-changed 1000" },
    ],
  },
  {
    name: "one that the server did not ask for is looked at too, until it has answered",
    change: tls,
    steps: [
      ...OPENING,
      { in: sent(own), gives: "forward forwarded 0" },
      { in: sent(clientHello(OTHER), end), gives: "drop name-changed 1000" },
    ],
  },
  {
    name: "and behind early data",
    change: tls,
    steps: [
      ...OPENING,
      {
        in: sent(
          Uint8Array.from([...clientHello(OWN, { extensions: [42] }), 23, 3, 3, 0, 1, 9, ...clientHello(OTHER)]),
        ),
        gives: "drop name-changed 1000",
      },
    ],
  },
  {
    name: "what was held behind the first one is let go by the server's answer",
    change: tls,
    steps: [
      ...OPENING,
      { in: sent(own), gives: "forward forwarded 0" },
      { in: sent(part(second, 0, 3), end), gives: held },
      server(`PA seq=901 ack=${end} hex=${hexOf(serverHello())}`, "forward forwarded 0", [
        left(part(second, 0, 3), end),
        `consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 PA seq=901 ack=${end} ttl=63 hex=${hexOf(serverHello())}`,
      ]),
    ],
  },
  {
    name: "a request is over when it is acknowledged",
    change: identifying("http"),
    steps: [
      ...OPENING,
      { in: sent(request(OWN)), gives: "forward forwarded 0" },
      server(`A seq=901 ack=${101 + request(OWN).length}`),
      { in: sent(request(OTHER)), gives: "forward forwarded 0" },
    ],
  },
  {
    name: "what came behind a gap is let go with the request, and may come again with other bytes; the request may not",
    change: identifying("http"),
    steps: [
      ...OPENING,
      { in: sent(beyond("x"), BEHIND_GAP), gives: held, out: [] },
      {
        in: sent(request(OWN)),
        gives: "forward forwarded 0",
        out: [left(request(OWN)), left(beyond("x"), BEHIND_GAP)],
      },
      { in: sent(whole(request(OWN), "y")), gives: "forward forwarded 0", out: [left(whole(request(OWN), "y"))] },
      { in: sent(whole(request(OTHER), "x")), gives: "drop segments-conflict 1000" },
    ],
  },
]);
