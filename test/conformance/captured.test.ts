import { table } from "./table.ts";

const SYN = "tcp 10.1.0.9:5000 > 10.1.0.4:443 S";
const REPLY = "tcp 10.1.0.4:443 > 10.1.0.9:5000 SA";
const captured = { side: "captured", network: "shop" } as const;

table("Frames as captured at the consumer", [
  {
    name: "a request is the consumer's, a reply leaves as its backend must have sent it",
    steps: [
      {
        in: `${SYN} ttl=9`,
        ...captured,
        gives: "forward new-flow 0",
        out: ["provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 S ttl=8"],
      },
      {
        in: `${REPLY} ttl=9`,
        ...captured,
        gives: "forward forwarded 0",
        out: ["provider tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA ttl=10"],
      },
    ],
    counters: {
      endpoints: { "shop-approved": { toService: { packets: 1 }, toConsumer: { packets: 1 }, drops: {} } },
    },
  },
  {
    name: "a reply whose flow is not there, or that arrived with TTL 255, is unmatched",
    steps: [
      { in: REPLY, ...captured, gives: "drop reply-unmatched -1", out: [] },
      { in: SYN, ...captured, gives: "forward new-flow 0" },
      { in: `${REPLY} ttl=255`, ...captured, gives: "drop reply-unmatched -1", out: [] },
      { at: 400, in: REPLY, ...captured, gives: "drop reply-unmatched -1", out: [] },
    ],
    counters: { endpoints: { "shop-approved": { drops: { "reply-unmatched": 3 } } } },
  },
  {
    name: "a reply of a refused flow is refused",
    steps: [
      { in: "tcp 10.1.0.9:5000 > 10.1.0.5:443 S", ...captured, gives: "drop connection-pending 1000" },
      { in: "tcp 10.1.0.5:443 > 10.1.0.9:5000 SA", ...captured, gives: "drop reply-refused -1", out: [] },
    ],
    counters: { endpoints: { "shop-pending": { drops: { "connection-pending": 1, "reply-refused": 1 } } } },
  },
  {
    name: "a reply with TTL 0 has expired and is not answered",
    settings: { icmpTimeExceeded: true },
    steps: [
      { in: SYN, ...captured, gives: "forward new-flow 0" },
      { in: `${REPLY} ttl=0`, ...captured, gives: "drop ttl-expired 0", out: [] },
    ],
  },
  {
    name: "replies refresh their flow",
    steps: [
      { in: "udp 10.1.0.9:5000 > 10.1.0.4:53", ...captured, gives: "forward new-flow 0" },
      { at: 200, in: "udp 10.1.0.4:53 > 10.1.0.9:5000", ...captured, gives: "forward forwarded 0" },
      { at: 400, in: "udp 10.1.0.9:5000 > 10.1.0.4:53", ...captured, gives: "forward forwarded 0" },
    ],
  },
  {
    name: "between two endpoints the ports tell a reply, or a request that was seen",
    settings: { endpointSources: "admit" },
    steps: [
      { in: "tcp 10.1.0.5:6000 > 10.1.0.4:443 S", ...captured, gives: "forward new-flow 0" },
      { in: "tcp 10.1.0.4:443 > 10.1.0.5:6000 SA", ...captured, gives: "forward forwarded 0" },
      { in: "tcp 10.1.0.5:443 > 10.1.0.4:443 S", ...captured, gives: "forward new-flow 1" },
      { in: "tcp 10.1.0.4:443 > 10.1.0.5:443 SA", ...captured, gives: "forward forwarded 1" },
    ],
  },
]);
