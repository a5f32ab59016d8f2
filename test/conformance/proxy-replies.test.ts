import {
  announcing,
  CLIENT,
  client,
  headerOf,
  number,
  OPENING,
  SERVER,
  server,
  sumOf,
  SYNS,
  TO_CLIENT,
  wrongBy,
} from "./proxy-kit.ts";
import { type Step, table } from "./table.ts";

const NOTHING = "01";

/** An option with blocks, and how many words of options it takes with two fillers in front. */
const sack = (...numbers: number[]): string =>
  `05${number(2 + numbers.length * 4, 1)}${numbers.map((each) => number(each >>> 0, 4)).join("")}`;
const fill = (count: number): string => NOTHING.repeat(count);

/** A server's packet with options, and the options and acknowledgement that it leaves with. */
function answers(ack: number, options: string, leavesAck: number, leaves: string, flags = "A"): Step {
  const offset = 5 + options.length / 8;
  return server(
    `${flags} seq=901 ack=${ack} offset=${offset} hex=${options}`,
    `${flags} seq=901 ack=${leavesAck} offset=${offset} hex=${leaves}`,
  );
}

/** The server has numbers from 101 for the header and from 137 for what the client has from 101 on. */
table("Server's packets of a flow with a PROXY header", [
  {
    name: "acknowledgements before the header, at it, in it and behind it",
    change: announcing(),
    steps: [
      ...OPENING,
      server("A seq=901 ack=50", "A seq=901 ack=50"),
      server("A seq=901 ack=100", "A seq=901 ack=100"),
      server("A seq=901 ack=101", "A seq=901 ack=101"),
      server("A seq=901 ack=102", "A seq=901 ack=101"),
      server("A seq=901 ack=136", "A seq=901 ack=101"),
      server("A seq=901 ack=137", "A seq=901 ack=101"),
      server("A seq=901 ack=138", "A seq=901 ack=102"),
      server("A seq=901 ack=2147483748", "A seq=901 ack=2147483712"),
      server("A seq=901 ack=2147483749", "A seq=901 ack=2147483749"),
    ],
  },
  {
    name: "the SYN is answered once more behind the header",
    change: announcing(),
    steps: [...OPENING, server("SA seq=900 ack=137", "SA seq=900 ack=101")],
  },
  {
    name: "sequence numbers, window and data stay",
    change: announcing(),
    steps: [
      ...OPENING,
      server("PA seq=901 ack=140 window=512 data=answer", "PA seq=901 ack=104 window=512 data=answer"),
      server("FA seq=907 ack=140", "FA seq=907 ack=104"),
      server("RA seq=908 ack=140", "RA seq=908 ack=104"),
    ],
  },
  {
    name: "without ACK the acknowledgement number says nothing, and options do",
    change: announcing(),
    steps: [
      ...OPENING,
      server("R seq=901 ack=140", "R seq=901 ack=140"),
      answers(140, fill(2) + sack(150, 160), 140, fill(2) + sack(114, 124), "R"),
      client("A seq=101 ack=901", `A seq=101 ack=901 hex=${headerOf()}`),
    ],
    counters: { generated: { proxyHeader: 2 } },
  },
  {
    name: "blocks behind a gap",
    change: announcing(),
    steps: [
      ...OPENING,
      answers(140, fill(2) + sack(150, 160), 104, fill(2) + sack(114, 124)),
      answers(140, fill(2) + sack(150, 160, 170, 180, 190, 200), 104, fill(2) + sack(114, 124, 134, 144, 154, 164)),
      answers(101, fill(2) + sack(137, 160), 101, fill(2) + sack(101, 124)),
    ],
  },
  {
    name: "bytes received twice, in the header and behind it",
    change: announcing(),
    steps: [
      ...OPENING,
      answers(140, fill(2) + sack(101, 140), 104, fill(2) + sack(101, 104)),
      answers(140, fill(2) + sack(120, 138, 150, 160), 104, fill(2) + sack(101, 102, 114, 124)),
      answers(140, fill(2) + sack(90, 120), 104, fill(2) + sack(90, 101)),
      answers(140, fill(2) + sack(50, 90), 104, fill(2) + sack(50, 90)),
    ],
  },
  {
    name: "blocks that lie in the header alone go, and the others move up",
    change: announcing(),
    steps: [
      ...OPENING,
      answers(101, fill(2) + sack(110, 120), 101, fill(12)),
      answers(101, fill(2) + sack(101, 137), 101, fill(12)),
      answers(101, fill(2) + sack(110, 120, 150, 160), 101, fill(2) + sack(114, 124) + fill(8)),
      answers(101, fill(2) + sack(150, 160, 110, 120, 170, 180), 101, fill(2) + sack(114, 124, 134, 144) + fill(8)),
      answers(101, fill(2) + sack(102, 103, 104, 105), 101, fill(20)),
    ],
  },
  {
    name: "a block that came to nothing before goes, too",
    change: announcing(),
    steps: [...OPENING, answers(140, fill(2) + sack(150, 150), 104, fill(12))],
  },
  {
    name: "options stand wherever they stand, and several of the kind are changed",
    change: announcing(),
    steps: [
      ...OPENING,
      answers(140, sack(150, 160) + fill(2), 104, sack(114, 124) + fill(2)),
      answers(140, fill(1) + sack(150, 160) + fill(1), 104, fill(1) + sack(114, 124) + fill(1)),
      answers(140, sack(150, 160) + sack(110, 120), 104, sack(114, 124) + fill(10)),
      answers(140, `080a0000000a0000000b${sack(150, 160)}`, 104, `080a0000000a0000000b${sack(114, 124)}`),
    ],
  },
  {
    name: "what is no such option stays: an odd length, no block, behind the end, beyond the header",
    change: announcing(),
    steps: [
      ...OPENING,
      answers(140, `0509${number(150, 4)}000000${fill(3)}`, 104, `0509${number(150, 4)}000000${fill(3)}`),
      answers(140, `0502${fill(2)}`, 104, `0502${fill(2)}`),
      answers(140, `0000${sack(150, 160)}`, 104, `0000${sack(150, 160)}`),
      answers(
        140,
        `${fill(2)}0512${number(150, 4)}${number(160, 4)}`,
        104,
        `${fill(2)}0512${number(150, 4)}${number(160, 4)}`,
      ),
      answers(140, `0801${sack(150, 160)}`, 104, `0801${sack(150, 160)}`),
      answers(140, `${sack(150, 160)}0105`, 104, `${sack(114, 124)}0105`),
    ],
  },
  {
    name: "a wrong checksum stays wrong by as much",
    change: announcing(),
    steps: [
      ...OPENING,
      server(
        `A seq=901 ack=140 l4sum=${wrongBy(sumOf(`${SERVER} A seq=901 ack=140`), 0x1234)}`,
        `A seq=901 ack=104 l4sum=${wrongBy(sumOf(`${TO_CLIENT.slice("consumer ".length)} A seq=901 ack=104`), 0x1234)}`,
      ),
    ],
  },
  {
    name: "a TCP header that is cut is dropped, at the endpoint",
    change: announcing(),
    steps: [
      ...OPENING,
      { in: `${SERVER} A seq=901 ack=140`, side: "provider", captured: 53, gives: "drop truncated 0", out: [] },
      {
        in: `${SERVER} A seq=901 ack=140 offset=8 hex=${fill(2) + sack(150, 160)}`,
        side: "provider",
        captured: 65,
        gives: "drop truncated 0",
        out: [],
      },
      {
        in: `${SERVER} A seq=901 ack=140 data=answer`,
        side: "provider",
        captured: 56,
        gives: "forward forwarded 0",
        out: [`${TO_CLIENT} A seq=901 ack=104 data=answer`],
      },
    ],
    counters: {
      endpoints: { "shop-approved": { drops: { truncated: 2 }, toConsumer: { packets: 2 } } },
    },
  },
  {
    name: "an acknowledgement before the header has left says nothing of it",
    change: announcing(),
    steps: [
      ...SYNS,
      server("A seq=901 ack=101", "A seq=901 ack=101"),
      client("A seq=101 ack=901", `A seq=101 ack=901 hex=${headerOf()}`),
    ],
  },
  {
    name: "as long as the beginning is not known, because the SYN was cut, everything stays",
    change: announcing(),
    steps: [
      { in: `${CLIENT} S seq=100`, captured: 53, gives: "drop truncated 0", out: [] },
      answers(140, fill(2) + sack(150, 160, 170, 170), 140, fill(2) + sack(150, 160, 170, 170)),
      {
        in: "tcp 10.1.0.4:443 > 10.1.0.9:5000 A seq=901 ack=140",
        side: "captured",
        network: "shop",
        gives: "forward forwarded 0",
        out: ["provider tcp 10.2.1.1:8443 > 10.2.0.10:1024 ttl=65 A seq=901 ack=140"],
      },
      { in: `${CLIENT} S seq=100`, gives: "forward forwarded 0" },
      client("A seq=101 ack=901", `A seq=101 ack=901 hex=${headerOf()}`),
    ],
  },
  {
    name: "an acknowledgement of data acknowledges the header",
    change: announcing(),
    steps: [
      ...OPENING,
      client("A seq=101 ack=901 data=abc", "A seq=137 ack=901 data=abc"),
      server("A seq=901 ack=140", "A seq=901 ack=104"),
      client("A seq=101 ack=901", "A seq=137 ack=901"),
    ],
    counters: { generated: { proxyHeader: 1 } },
  },
]);

const captured = { side: "captured", network: "shop" } as const;
const REPLY = "tcp 10.1.0.4:443 > 10.1.0.9:5000";
const BACK = "provider tcp 10.2.1.1:8443 > 10.2.0.10:1024 ttl=65";

/** A reply as a capture at the client has it, and as the server must have sent it. */
const seen = (words: string, sent: string): Step => ({
  in: `${REPLY} ${words}`,
  ...captured,
  gives: "forward forwarded 0",
  out: [`${BACK} ${sent}`],
});
const opens: Step = { in: `${CLIENT} S seq=100`, ...captured, gives: "forward new-flow 0" };
const bears: Step = {
  in: `${CLIENT} A seq=101 ack=901`,
  ...captured,
  out: [`provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 ttl=63 A seq=101 ack=901 hex=${headerOf()}`],
};

table("Captured replies of a flow with a PROXY header", [
  {
    name: "acknowledge what the server had",
    change: announcing(),
    steps: [
      opens,
      seen("SA seq=900 ack=101", "SA seq=900 ack=101"),
      bears,
      seen("A seq=901 ack=102", "A seq=901 ack=138"),
      seen("A seq=901 ack=100", "A seq=901 ack=100"),
      seen("R seq=901 ack=102", "R seq=901 ack=102"),
    ],
  },
  {
    name: "that acknowledge the SYN alone acknowledge the header, once it has left",
    change: announcing(),
    steps: [
      opens,
      seen("A seq=901 ack=101", "A seq=901 ack=101"),
      bears,
      bears,
      seen("A seq=901 ack=101", "A seq=901 ack=137"),
      { ...bears, out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 ttl=63 A seq=137 ack=901"] },
    ],
    counters: { generated: { proxyHeader: 2 } },
  },
  {
    name: "with blocks",
    change: announcing(),
    steps: [
      opens,
      seen(
        `A seq=901 ack=101 offset=8 hex=${fill(2) + sack(101, 103)}`,
        `A seq=901 ack=101 offset=8 hex=${fill(2) + sack(101, 139)}`,
      ),
      bears,
      seen(
        `A seq=901 ack=101 offset=10 hex=${fill(2) + sack(101, 103, 100, 101)}`,
        `A seq=901 ack=137 offset=10 hex=${fill(2) + sack(137, 139, 100, 137)}`,
      ),
    ],
  },
  {
    name: "whose TCP header is cut are dropped, behind what is said before",
    change: announcing(),
    steps: [
      opens,
      bears,
      { in: `${REPLY} A seq=901 ack=102`, ...captured, captured: 53, gives: "drop truncated 0", out: [] },
      { in: `${REPLY} A seq=901 ack=102 ttl=0`, ...captured, captured: 53, gives: "drop ttl-expired 0", out: [] },
      { in: `${REPLY} A seq=901 ack=102 ttl=255`, ...captured, captured: 53, gives: "drop reply-unmatched -1" },
    ],
    counters: { endpoints: { "shop-approved": { drops: { truncated: 1, "ttl-expired": 1 } } } },
  },
]);
