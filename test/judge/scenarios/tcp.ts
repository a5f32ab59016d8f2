// TCP's orders: opening, closing, resetting, and using a tuple again.

import { client, handshake, type Scenario, server } from "../scenario.ts";

const ended = [
  client("FA seq=101 ack=901 window=8000"),
  server("FA seq=901 ack=102 window=8000"),
  client("A seq=102 ack=902 window=8000"),
];

export const tcp: Scenario[] = [
  {
    name: "SYN and SYN-ACK that are sent again",
    steps: [
      client("S seq=100 window=8000"),
      client("S seq=100 window=8000"),
      server("SA seq=900 ack=101 window=8000"),
      server("SA seq=900 ack=101 window=8000"),
      client("A seq=101 ack=901 window=8000"),
      server("SA seq=900 ack=101 window=8000"),
      client("A seq=101 ack=901 window=8000"),
    ],
  },
  {
    name: "opened by both at once",
    steps: [
      client("S seq=100 window=8000"),
      server("S seq=900 window=8000"),
      client("SA seq=100 ack=901 window=8000"),
      server("SA seq=900 ack=101 window=8000"),
      client("A seq=101 ack=901 window=8000"),
      server("PA seq=901 ack=101 window=8000 data=hello"),
    ],
  },
  {
    name: "closed by the backend first, with data after its FIN the other way",
    steps: [
      ...handshake,
      server("FA seq=901 ack=101 window=8000"),
      client("A seq=101 ack=902 window=8000"),
      client("PA seq=101 ack=902 window=8000 data=more"),
      server("A seq=902 ack=105 window=8000"),
      client("FA seq=105 ack=902 window=8000"),
      server("A seq=902 ack=106 window=8000"),
    ],
  },
  {
    name: "closed by both at once",
    steps: [
      ...handshake,
      client("FA seq=101 ack=901 window=8000"),
      server("FA seq=901 ack=101 window=8000"),
      client("A seq=102 ack=902 window=8000"),
      server("A seq=902 ack=102 window=8000"),
    ],
  },
  {
    name: "refused by the backend",
    steps: [client("S seq=100 window=8000"), server("RA seq=0 ack=101"), client("S seq=300 window=8000")],
  },
  {
    name: "reset in sequence by the client, and a late answer",
    steps: [...handshake, client("R seq=101"), server("PA seq=901 ack=101 window=8000 data=late")],
  },
  {
    name: "a tuple that is used again while it is closing",
    steps: [
      ...handshake,
      ...ended,
      client("S seq=500000 window=8000"),
      server("SA seq=70000 ack=500001 window=8000"),
      client("A seq=500001 ack=70001 window=8000"),
    ],
  },
  {
    name: "a client that has forgotten its connection: SYN, challenge ACK, RST, SYN",
    steps: [
      ...handshake,
      client("S seq=700000 window=8000"),
      server("A seq=901 ack=101 window=8000"),
      client("R seq=101"),
      client("S seq=700000 window=8000"),
      server("SA seq=80000 ack=700001 window=8000"),
      client("A seq=700001 ack=80001 window=8000"),
    ],
  },
];
