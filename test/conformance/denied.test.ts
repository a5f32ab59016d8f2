import { assert } from "../kit.ts";
import { table } from "./table.ts";

const toPending = (port: number): string => `tcp 10.1.0.9:${port} > 10.1.0.5:443 S`;

table("Denied flows", [
  {
    name: "retries count as packets of one denied flow",
    steps: [
      { in: toPending(1), gives: "drop connection-pending 1000" },
      { at: 1, in: toPending(1), gives: "drop connection-pending 1000" },
      { at: 3, in: toPending(1), gives: "drop connection-pending 1000" },
      { at: 3, in: toPending(2), gives: "drop connection-pending 1001" },
    ],
    counters: { flows: { denied: 2 }, reasons: { "connection-pending": 4 } },
  },
  {
    name: "after 60 s of silence a packet opens a new one, under the number that became free",
    steps: [
      { in: toPending(1), gives: "drop connection-pending 1000" },
      { at: 61, in: toPending(1), gives: "drop connection-pending 1000" },
    ],
    counters: { flows: { denied: 2 } },
  },
  {
    name: "one that is due is released with any packet, an established flow's whose time lies before the clock too",
    steps: [
      { in: toPending(1) },
      { in: toPending(2) },
      { in: toPending(3) },
      { in: "tcp 10.1.0.9:9 > 10.1.0.4:443 S" },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA", side: "provider" },
      { in: "tcp 10.1.0.9:9 > 10.1.0.4:443 A" },
      { at: 100, in: "tcp 10.1.0.9:9 > 10.1.0.4:443 A" },
      { at: 10, in: "tcp 10.1.0.9:9 > 10.1.0.4:443 A", gives: "forward forwarded 0" },
    ],
    check: (plane) => assert.is(plane.flows().filter(({ denied }) => denied).length, 1),
  },
  {
    name: "the quota is bounded, and packets beyond it are dropped all the same",
    settings: { maxDenied: 1 },
    steps: [
      { in: toPending(1), gives: "drop connection-pending 1000" },
      { in: toPending(2), gives: "drop connection-pending -1" },
    ],
    counters: { flows: { denied: 1, denialsUnrecorded: 1 } },
  },
  {
    name: "a beginning lets in a tuple that was refused in mid-stream",
    steps: [
      { in: "tcp 10.1.0.9:1 > 10.1.0.4:443 A", gives: "drop mid-stream 1000" },
      { in: "tcp 10.1.0.9:1 > 10.1.0.4:443 A", gives: "drop mid-stream 1000" },
      { in: "tcp 10.1.0.9:1 > 10.1.0.4:443 S", gives: "forward new-flow 0" },
      { in: "tcp 10.1.0.9:1 > 10.1.0.4:443 A", gives: "forward forwarded 0" },
    ],
    counters: { flows: { denied: 1, created: 1 } },
  },
  {
    name: "mid-stream flows are admitted when so configured",
    settings: { midStream: "admit" },
    steps: [
      { in: "tcp 10.1.0.9:1 > 10.1.0.4:443 A", gives: "forward mid-stream-admitted 0" },
      { in: "tcp 10.1.0.9:2 > 10.1.0.4:443 SA", gives: "forward mid-stream-admitted 1" },
      { in: "tcp 10.1.0.9:3 > 10.1.0.4:443 SR", gives: "forward mid-stream-admitted 2" },
    ],
  },
  {
    name: "a full flow table refuses new flows and leaves live ones alone, and heals",
    settings: { maxFlows: 1 },
    steps: [
      { in: "tcp 10.1.0.9:1 > 10.1.0.4:443 S", gives: "forward new-flow 0" },
      { in: "tcp 10.1.0.9:2 > 10.1.0.4:443 S", gives: "drop flow-table-full 1" },
      { in: "tcp 10.1.0.9:1 > 10.1.0.4:443 A", gives: "forward forwarded 0" },
      { at: 61, in: "tcp 10.1.0.9:2 > 10.1.0.4:443 S", gives: "forward new-flow 0" },
    ],
  },
]);
