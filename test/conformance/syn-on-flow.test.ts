import type { Configuration } from "../../host/config/configuration.ts";
import { assert } from "../kit.ts";
import type { PlaneUnderTest } from "../plane.ts";
import { type Step, table } from "./table.ts";

const client = (rest: string): string => `tcp 10.1.0.9:5000 > 10.1.0.4:443 ${rest}`;
const server = (rest: string): string => `tcp 10.2.1.1:8443 > 10.2.0.10:1024 ${rest}`;
const asks = (rest: string, gives = "forward forwarded 0"): Step => ({ in: client(rest), gives });
const answers = (rest: string, gives = "forward forwarded 0"): Step => ({ in: server(rest), side: "provider", gives });
const handshake = [asks("S seq=100", "forward new-flow 0"), answers("SA seq=900 ack=101"), asks("A seq=101 ack=901")];
/** Both sides have ended; 102 and 902 are the next numbers. */
const closed = [...handshake, asks("FA seq=101 ack=901"), answers("FA seq=901 ack=102"), asks("A seq=102 ack=902")];
const stateIs =
  (state: string, flow = 0) =>
  (plane: PlaneUnderTest): void =>
    assert.is(plane.flows()[flow]?.state, state);
const resetting = ({ loadBalancers }: Configuration): void => {
  for (const rule of loadBalancers[0]?.loadBalancingRules ?? []) rule.enableTcpReset = true;
};

table("A SYN on a flow that is there", [
  {
    name: "of a live connection it is a packet of it: its answer is the other side's challenge ACK",
    steps: [...handshake, asks("S seq=70000"), answers("A seq=901 ack=101"), asks("R seq=101")],
    check: stateIs("reset"),
  },
  {
    name: "its number is none of the connection's: the resets at its end are in sequence",
    change: resetting,
    steps: [
      ...handshake,
      asks("S seq=70000"),
      answers("S seq=80000"),
      {
        at: 301,
        out: [
          "consumer/timer tcp 10.1.0.4:443 > 10.1.0.9:5000 RA seq=901 ack=101 id=0 to=020000000001 from=020000000002",
          "provider/timer tcp 10.2.0.10:1024 > 10.2.1.1:8443 RA seq=101 ack=901 id=0",
        ],
      },
    ],
  },
  {
    name: "sent by both sides at once, it opens a connection (RFC 9293, 3.5)",
    steps: [
      asks("S seq=100", "forward new-flow 0"),
      answers("S seq=900"),
      asks("SA seq=100 ack=901"),
      answers("SA seq=900 ack=101"),
      { at: 250, ...asks("A seq=101 ack=901") },
    ],
    check: stateIs("established"),
  },
  {
    name: "FINs that cross end one (RFC 9293, 3.6)",
    steps: [
      ...handshake,
      asks("FA seq=101 ack=901"),
      answers("FA seq=901 ack=101"),
      asks("A seq=102 ack=902"),
      answers("A seq=902 ack=102"),
      { at: 30, in: client("A seq=102 ack=902"), gives: "drop mid-stream 1000" },
    ],
  },
]);

table("A closing flow's tuple is used again", [
  {
    name: "by a SYN behind all that was sent: another flow, with another NAT port",
    steps: [...closed, asks("S seq=102", "forward new-flow 0")],
    counters: { flows: { created: 2, expired: 1 } },
  },
  {
    name: "not by an old SYN: that is a packet of the connection that ended",
    steps: [...closed, asks("S seq=100"), asks("S seq=101")],
    counters: { flows: { created: 1, expired: 0 } },
    check: stateIs("closing"),
  },
  {
    name: "by one whose number is not captured",
    steps: [...closed, { ...asks("S seq=100", "forward new-flow 0"), captured: 48 }],
  },
  {
    name: "by an old one that has to go to another backend, as a capture at a server tells",
    steps: [...closed, { ...asks("S seq=100", "forward new-flow 0"), backend: "10.2.1.9" }],
  },
  {
    name: "not by an old one that has to go to the same backend",
    steps: [...closed, { ...asks("S seq=100"), backend: "10.2.1.1" }],
    check: stateIs("closing"),
  },
  {
    name: "after a reset by any",
    steps: [...handshake, answers("R seq=901"), asks("S seq=1", "forward new-flow 0")],
  },
  {
    name: "when the server takes an older SYN: its SYN and ACK begin the flow's connection anew (RFC 6191)",
    steps: [
      ...closed,
      asks("S seq=50"),
      answers("SA seq=5000 ack=51"),
      asks("A seq=51 ack=5001"),
      { at: 250, ...answers("A seq=5001 ack=51") },
      { at: 251, ...answers("R seq=5001") },
    ],
    counters: { flows: { created: 1, expired: 0 } },
    check: stateIs("reset"),
  },
  {
    name: "such a connection is opening first",
    steps: [...closed, asks("S seq=50"), answers("SA seq=5000 ack=51")],
    check: stateIs("opening"),
  },
  {
    name: "not by an old SYN and ACK",
    steps: [...closed, asks("S seq=50"), answers("SA seq=900 ack=101"), answers("SA seq=900 ack=101")],
    check: stateIs("closing"),
  },
  {
    name: "a second one after an old one does it",
    steps: [...closed, answers("SA seq=900 ack=101"), answers("SA seq=902 ack=51")],
    check: stateIs("opening"),
  },
  {
    name: "where rules look at what clients say: by any SYN, so that nothing is said unheard",
    change: ({ loadBalancers, privateLinkServices, privateEndpoints }) => {
      const rule = loadBalancers[0]?.loadBalancingRules[1];
      if (rule !== undefined) Object.assign(rule, { identify: "http" });
      Object.assign(privateLinkServices[0] as object, { resources: [{ name: "r", names: ["own.example"] }] });
      Object.assign(privateEndpoints[0] as object, { resource: "r" });
    },
    steps: [
      { in: "tcp 10.1.0.9:5000 > 10.1.0.4:80 S seq=100", gives: "forward new-flow 0" },
      { in: "tcp 10.2.1.1:80 > 10.2.0.10:1024 FA seq=900 ack=101", side: "provider" },
      { in: "tcp 10.1.0.9:5000 > 10.1.0.4:80 FA seq=101 ack=902", gives: "forward forwarded 0" },
      { in: "tcp 10.1.0.9:5000 > 10.1.0.4:80 S seq=50", gives: "forward new-flow 0" },
    ],
    counters: { flows: { created: 2 } },
  },
]);
