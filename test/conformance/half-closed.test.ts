import type { Configuration } from "../../host/config/configuration.ts";
import { assert } from "../kit.ts";
import { table } from "./table.ts";

const packet = (flags: string): string => `tcp 10.1.0.9:5000 > 10.1.0.4:443 ${flags}`;
const reply = (flags: string): string => `tcp 10.2.1.1:8443 > 10.2.0.10:1024 ${flags}`;
const handshake = [
  { in: packet("S"), gives: "forward new-flow 0" },
  { in: reply("SA"), side: "provider" as const, gives: "forward forwarded 0" },
  { in: packet("A"), gives: "forward forwarded 0" },
];
const halfClosed =
  (seconds: number, more: (configuration: Configuration) => void = () => {}) =>
  (configuration: Configuration): void => {
    configuration.settings.timers.tcpHalfClosedSeconds = seconds;
    more(configuration);
  };
const resetting = ({ loadBalancers }: Configuration): void => {
  for (const rule of loadBalancers[0]?.loadBalancingRules ?? []) rule.enableTcpReset = true;
};

table("A half-closed flow", [
  {
    name: "has its own timeout, whatever its rule's",
    change: halfClosed(20, ({ loadBalancers }) => {
      const rule = loadBalancers[0]?.loadBalancingRules[0];
      if (rule !== undefined) rule.idleTimeoutInMinutes = 30;
    }),
    steps: [
      ...handshake,
      { at: 1000, in: packet("FA"), gives: "forward forwarded 0" },
      { at: 1019.9, in: reply("A"), side: "provider", gives: "forward forwarded 0" },
      { at: 1039.9, in: reply("A"), side: "provider", gives: "drop no-flow -1" },
    ],
  },
  {
    name: "says so, until the other side ends too",
    change: halfClosed(20),
    steps: [...handshake, { in: reply("FA"), side: "provider" }],
    check: (plane) => assert.is(plane.flows()[0]?.state, "half-closed"),
  },
  {
    name: "is closing once both sides have ended",
    change: halfClosed(20),
    steps: [...handshake, { in: reply("FA"), side: "provider" }, { in: packet("FA") }],
    check: (plane) => assert.is(plane.flows()[0]?.state, "closing"),
  },
  {
    name: "a FIN before both sides have begun does not make one",
    change: halfClosed(20),
    steps: [{ in: packet("S") }, { in: packet("F") }],
    check: (plane) => assert.is(plane.flows()[0]?.state, "opening"),
  },
  {
    name: "is reset at both ends when it idles out, if its rule says so",
    change: halfClosed(20, resetting),
    steps: [
      { in: packet("S seq=100") },
      { in: reply("SA seq=900 ack=101"), side: "provider" },
      { in: packet("FA seq=101 ack=901") },
      {
        at: 21,
        out: [
          "consumer/timer tcp 10.1.0.4:443 > 10.1.0.9:5000 RA seq=901 ack=102 id=0 to=020000000001 from=020000000002",
          "provider/timer tcp 10.2.0.10:1024 > 10.2.1.1:8443 RA seq=101 ack=901 id=0",
        ],
      },
    ],
    counters: { flows: { active: 0 }, generated: { reset: 2 } },
  },
  {
    name: "without a timeout of its own it is an established one",
    steps: [
      ...handshake,
      { in: packet("FA") },
      { at: 299.9, in: reply("A"), side: "provider", gives: "forward forwarded 0" },
    ],
    check: (plane) => assert.is(plane.flows()[0]?.state, "established"),
  },
  {
    name: "a change gives it a timeout, and takes it again",
    steps: [
      ...handshake,
      { in: packet("FA") },
      { apply: halfClosed(20) },
      { at: 10, in: reply("A"), side: "provider", gives: "forward forwarded 0" },
      { apply: ({ settings }) => void delete settings.timers.tcpHalfClosedSeconds },
      { at: 29, in: reply("A"), side: "provider", gives: "forward forwarded 0" },
      { at: 300, in: reply("A"), side: "provider", gives: "forward forwarded 0" },
      { apply: halfClosed(20) },
      { at: 301, in: reply("A"), side: "provider", gives: "forward forwarded 0" },
      { at: 321, in: reply("A"), side: "provider", gives: "drop no-flow -1" },
    ],
  },
]);
