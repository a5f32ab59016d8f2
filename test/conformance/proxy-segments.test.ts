import {
  alone,
  announcing,
  bytesOf,
  CLIENT,
  client,
  headerOf,
  OPENING,
  refused,
  SERVER,
  server,
  SYNS,
  TO_SERVER,
} from "./proxy-kit.ts";
import { table } from "./table.ts";

const HEADER = headerOf();
const abc = "616263";
const withHeader = `A seq=101 ack=901 hex=${HEADER}${abc}`;
const acknowledged = server("A seq=901 ack=137", "A seq=901 ack=101");

table("Client's packets of a flow with a PROXY header", [
  {
    name: "the handshake's acknowledgement was lost: the first data bear the header",
    change: announcing(),
    steps: [
      ...SYNS,
      client("PA seq=101 ack=901 data=abc", `PA seq=101 ack=901 hex=${HEADER}${abc}`),
      client("A seq=104 ack=901 data=def", "A seq=140 ack=901 data=def"),
    ],
    counters: { generated: { proxyHeader: 1 } },
  },
  {
    name: "bare acknowledgements bear it until it is acknowledged",
    change: announcing(),
    steps: [
      ...OPENING,
      client("A seq=101 ack=905", `A seq=101 ack=905 hex=${HEADER}`),
      server("A seq=905 ack=136", "A seq=905 ack=101"),
      client("A seq=101 ack=909", `A seq=101 ack=909 hex=${HEADER}`),
      acknowledged,
      client("A seq=101 ack=909", "A seq=137 ack=909"),
    ],
    counters: { generated: { proxyHeader: 3 } },
  },
  {
    name: "first data that are sent again bear it once more, as long as it is not acknowledged",
    change: announcing(),
    steps: [
      ...OPENING,
      client("A seq=101 ack=901 data=abc", "A seq=137 ack=901 data=abc"),
      client("A seq=101 ack=901 data=abc", withHeader),
      client("A seq=104 ack=901 data=def", "A seq=140 ack=901 data=def"),
      client("A seq=101 ack=901 data=abc", withHeader),
      acknowledged,
      client("A seq=101 ack=901 data=abc", "A seq=137 ack=901 data=abc"),
    ],
    counters: { generated: { proxyHeader: 3 } },
  },
  {
    name: "the second segment comes before the first",
    change: announcing(),
    steps: [
      ...SYNS,
      client("A seq=104 ack=901 data=def", "A seq=140 ack=901 data=def"),
      client("A seq=101 ack=901 data=abc", withHeader),
    ],
    counters: { generated: { proxyHeader: 1 } },
  },
  {
    name: "a packet with the header that has grown too long leaves as two",
    change: announcing(),
    steps: [
      ...SYNS,
      client(`PA seq=101 ack=901 hex=${bytesOf(1424)}`, `PA seq=101 ack=901 hex=${HEADER}${bytesOf(1424)}`),
      client(`PA seq=101 ack=901 hex=${bytesOf(1425)}`, alone(), `PA seq=137 ack=901 hex=${bytesOf(1425)}`),
    ],
    counters: { generated: { proxyHeader: 2 } },
  },
  {
    name: "what is too long follows from the MTU of the service's network",
    change: announcing("azure", ({ virtualNetworks }) => {
      for (const network of virtualNetworks) network.mtu = network.name === "provider" ? 576 : 9000;
    }),
    steps: [
      ...SYNS,
      client(`A seq=101 ack=901 hex=${bytesOf(500)}`, `A seq=101 ack=901 hex=${HEADER}${bytesOf(500)}`),
      client(`A seq=101 ack=901 hex=${bytesOf(501)}`, alone(), `A seq=137 ack=901 hex=${bytesOf(501)}`),
    ],
  },
  {
    name: "FIN before data",
    change: announcing(),
    steps: [
      ...SYNS,
      client("FA seq=101 ack=901", `FA seq=101 ack=901 hex=${HEADER}`),
      client("FA seq=101 ack=901", `FA seq=101 ack=901 hex=${HEADER}`),
      server("A seq=901 ack=138", "A seq=901 ack=102"),
      client("FA seq=101 ack=901", "FA seq=137 ack=901"),
      server("FA seq=901 ack=138", "FA seq=901 ack=102"),
      client("A seq=102 ack=902", "A seq=138 ack=902"),
    ],
    counters: { generated: { proxyHeader: 2 } },
  },
  {
    name: "FIN behind the handshake's acknowledgement",
    change: announcing(),
    steps: [
      ...OPENING,
      client("FA seq=101 ack=901", "FA seq=137 ack=901"),
      client("FA seq=101 ack=901", `FA seq=101 ack=901 hex=${HEADER}`),
    ],
  },
  {
    name: "urgent data: the header leaves by itself, and nothing in it is urgent",
    change: announcing(),
    steps: [
      ...SYNS,
      client(
        "PAU seq=101 ack=901 urgent=2 window=77 data=abc",
        alone("seq=101 ack=901 window=77"),
        "PAU seq=137 ack=901 urgent=2 window=77 data=abc",
      ),
    ],
  },
  {
    name: "a reset as long as the header has not left is meant for what the server has",
    change: announcing(),
    steps: [...SYNS, client("RA seq=101 ack=901", "RA seq=101 ack=901"), client("R seq=150 ack=0", "R seq=150 ack=0")],
    counters: { generated: { proxyHeader: 0 } },
  },
  {
    name: "a reset behind the header",
    change: announcing(),
    steps: [
      ...OPENING,
      client("R seq=101 ack=0", "R seq=137 ack=0"),
      client("RA seq=110 ack=901", "RA seq=146 ack=901"),
    ],
  },
  {
    name: "what lies before the client's first byte passes as it is: keepalives, with and without a byte",
    change: announcing(),
    steps: [
      ...OPENING,
      client("A seq=100 ack=901", "A seq=100 ack=901"),
      client("A seq=100 ack=901 hex=00", "A seq=100 ack=901 hex=00"),
      client("A seq=90 ack=901 data=0123456789a", "A seq=90 ack=901 data=0123456789a"),
    ],
    counters: { generated: { proxyHeader: 1 } },
  },
  {
    name: "keepalives of a client that has sent",
    change: announcing(),
    steps: [
      ...OPENING,
      client("A seq=101 ack=901 data=abc", "A seq=137 ack=901 data=abc"),
      server("A seq=901 ack=140", "A seq=901 ack=104"),
      client("A seq=103 ack=901", "A seq=139 ack=901"),
      client("A seq=103 ack=901 hex=00", "A seq=139 ack=901 hex=00"),
    ],
  },
  {
    name: "data that begin before the client's first byte and reach behind it would take the header's place",
    change: announcing(),
    steps: [
      ...OPENING,
      refused("A seq=100 ack=901 data=ab", "segments-conflict"),
      refused(`A seq=1 ack=901 hex=${bytesOf(200)}`, "segments-conflict"),
      client("A seq=101 ack=902", `A seq=101 ack=902 hex=${HEADER}`),
    ],
    counters: { endpoints: { "shop-approved": { drops: { "segments-conflict": 2 } } } },
  },
  {
    name: "the SYN once more, and one that begins elsewhere",
    change: announcing(),
    steps: [
      ...OPENING,
      client("S seq=100", "S seq=100"),
      refused("S seq=99", "segments-conflict"),
      refused("S seq=101", "segments-conflict"),
      client("A seq=101 ack=901", `A seq=101 ack=901 hex=${HEADER}`),
    ],
  },
  {
    name: "a SYN leaves without its data, which come again behind the header",
    change: announcing(),
    steps: [
      { in: `${CLIENT} S seq=100 data=abc`, gives: "forward new-flow 0", out: [`${TO_SERVER} S seq=100`] },
      { in: `${SERVER} SA seq=900 ack=101`, side: "provider", gives: "forward forwarded 0" },
      client("A seq=101 ack=901 data=abc", withHeader),
    ],
  },
  {
    name: "a SYN whose data are cut is dropped, and is where the stream begins",
    change: announcing(),
    steps: [
      { in: `${CLIENT} S seq=100 data=abc`, captured: 56, gives: "drop truncated 0", out: [] },
      refused("S seq=99", "segments-conflict"),
      client("A seq=101 ack=901 data=abc", withHeader),
    ],
    counters: { flows: { created: 1 }, endpoints: { "shop-approved": { drops: { truncated: 1 } } } },
  },
  {
    name: "a SYN whose TCP header is cut is no beginning: nothing passes until one is whole",
    change: announcing(),
    steps: [
      { in: `${CLIENT} S seq=100`, captured: 53, gives: "drop truncated 0", out: [] },
      refused("A seq=101 ack=901 data=abc", "truncated"),
      client("S seq=200", "S seq=200"),
      client("A seq=201 ack=901", `A seq=201 ack=901 hex=${HEADER}`),
    ],
    counters: { endpoints: { "shop-approved": { drops: { truncated: 2 } } } },
  },
  {
    name: "a packet whose TCP options are cut is dropped",
    change: announcing(),
    steps: [
      ...OPENING,
      {
        in: `${CLIENT} A seq=101 ack=901 offset=8 hex=0101080a${bytesOf(8)}`,
        captured: 65,
        gives: "drop truncated 0",
        out: [],
      },
      { in: `${CLIENT} A seq=101 ack=901`, captured: 53, gives: "drop truncated 0", out: [] },
    ],
  },
  {
    name: "TTL comes first",
    change: announcing(),
    steps: [...OPENING, { in: `${CLIENT} A seq=100 ack=901 ttl=1 data=ab`, gives: "drop ttl-expired", out: [] }],
  },
]);
