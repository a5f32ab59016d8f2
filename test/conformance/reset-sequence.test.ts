import { assert } from "../kit.ts";
import type { PlaneUnderTest } from "../plane.ts";
import { type Step, table } from "./table.ts";

const client = (rest: string): string => `tcp 10.1.0.9:5000 > 10.1.0.4:443 ${rest}`;
const server = (rest: string): string => `tcp 10.2.1.1:8443 > 10.2.0.10:1024 ${rest}`;
const asks = (rest: string, gives = "forward forwarded 0"): Step => ({ in: client(rest), gives });
const answers = (rest: string, gives = "forward forwarded 0"): Step => ({ in: server(rest), side: "provider", gives });
/** The client has sent up to 106 and had 101 to 105 acknowledged up to 104; the server has sent up to 911, acknowledged up to 906. */
const exchange = [
  asks("S seq=100", "forward new-flow 0"),
  answers("SA seq=900 ack=101"),
  asks("PA seq=101 ack=901 data=hello"),
  answers("PA seq=901 ack=104 data=welcome-to"),
  asks("A seq=106 ack=906"),
];
const IGNORED = "forward reset-out-of-sequence 0";
const stateIs =
  (state: string) =>
  (plane: PlaneUnderTest): void =>
    assert.is(plane.flows()[0]?.state, state);

table("An RST counts only in sequence", [
  ...[104, 105, 106].map((seq) => ({
    name: `from the client: ${seq}, of 104 acknowledged and 106 next`,
    steps: [...exchange, asks(`R seq=${seq}`)],
    check: stateIs("reset"),
  })),
  ...[103, 107, 2147483752, 4294967295].map((seq) => ({
    name: `from the client: ${seq} does not, it leaves, and the flow stays`,
    steps: [...exchange, asks(`R seq=${seq}`, IGNORED)],
    check: stateIs("established"),
  })),
  ...[906, 911].map((seq) => ({
    name: `from the server: ${seq}, of 906 acknowledged and 911 next`,
    steps: [...exchange, answers(`RA seq=${seq} ack=106`)],
    check: stateIs("reset"),
  })),
  ...[905, 912].map((seq) => ({
    name: `from the server: ${seq} does not`,
    steps: [...exchange, answers(`RA seq=${seq} ack=106`, IGNORED)],
    check: stateIs("established"),
  })),
  {
    name: "one that does not count leaves translated like any other, and is counted",
    steps: [
      ...exchange,
      {
        in: server("R seq=5"),
        side: "provider",
        out: ["consumer/input tcp 10.1.0.4:443 > 10.1.0.9:5000 R seq=5 ttl=63"],
      },
    ],
    counters: {
      reasons: { "reset-out-of-sequence": 1, forwarded: 4 },
      endpoints: { "shop-approved": { toConsumer: { packets: 3 } } },
    },
  },
  {
    name: "the exact one that follows the challenge does",
    steps: [...exchange, answers("R seq=950", IGNORED), asks("A seq=106 ack=911"), answers("R seq=911")],
    check: stateIs("reset"),
  },
  {
    name: "one that does not count does not keep the flow alive",
    steps: [
      ...exchange,
      { ...asks("R seq=1", IGNORED), at: 200 },
      { at: 301, in: server("A seq=911 ack=106"), side: "provider", gives: "drop no-flow -1" },
    ],
  },
  {
    name: "its numbers do not count either",
    steps: [...exchange, asks("R seq=5000", IGNORED), asks("R seq=5000", IGNORED), asks("R seq=106")],
    check: stateIs("reset"),
  },
  {
    name: "a refused connection: the server's RST acknowledges the SYN",
    steps: [asks("S seq=100", "forward new-flow 0"), answers("RA seq=0 ack=101")],
    check: stateIs("reset"),
  },
  {
    name: "one that acknowledges something else is none (RFC 9293, 3.10.7.3)",
    steps: [asks("S seq=100", "forward new-flow 0"), answers("RA seq=0 ack=102", IGNORED), answers("R seq=0", IGNORED)],
    check: stateIs("opening"),
  },
  {
    name: "a client that gives up before it is answered",
    steps: [asks("S seq=100", "forward new-flow 0"), asks("R seq=102", IGNORED), asks("R seq=101")],
    check: stateIs("reset"),
  },
  {
    name: "a server that gives up before its SYN and ACK are acknowledged",
    steps: [asks("S seq=100", "forward new-flow 0"), answers("SA seq=900 ack=101"), answers("R seq=901")],
    check: stateIs("reset"),
  },
  {
    name: "whose numbers are not captured counts",
    steps: [...exchange, { ...asks("R seq=5"), captured: 48 }],
    check: stateIs("reset"),
  },
  {
    name: "of a flow admitted in mid-stream, of which nothing is known yet, it counts",
    settings: { midStream: "admit" },
    steps: [asks("R seq=5", "forward mid-stream-admitted 0")],
    check: stateIs("reset"),
  },
  {
    name: "once one counted, later ones of its direction are packets like any other",
    steps: [...exchange, asks("R seq=106"), asks("R seq=5"), answers("R seq=5", IGNORED)],
    check: stateIs("reset"),
  },
  {
    name: "numbers wrap",
    steps: [
      asks("S seq=4294967290", "forward new-flow 0"),
      answers("SA seq=4294967295 ack=4294967291"),
      asks("PA seq=4294967291 ack=0 data=0123456789"),
      asks("R seq=4294967290", IGNORED),
      asks("R seq=6", IGNORED),
      asks("R seq=5"),
    ],
    check: stateIs("reset"),
  },
]);
