import { table } from "./table.ts";

const syn = (port: number): string => `tcp 10.1.0.9:${port} > 10.1.0.4:443 S`;
const sent = (port: number): string => `provider tcp 10.2.0.10:${port} > 10.2.1.1:8443 S ttl=63`;

table("NAT ports", [
  {
    name: "a released port is taken again before a new one",
    steps: [
      { in: syn(1), out: [sent(1024)] },
      { in: syn(2), out: [sent(1025)] },
      { at: 61 },
      { at: 62, in: syn(3), out: [sent(1024)] },
      { at: 62, in: syn(4), out: [sent(1025)] },
      { at: 62, in: syn(5), out: [sent(1026)] },
    ],
  },
  {
    name: "but rests for the quarantine",
    settings: { portQuarantineSeconds: 120 },
    steps: [
      { in: syn(1), out: [sent(1024)] },
      { at: 61 },
      { at: 62, in: syn(2), out: [sent(1025)] },
      { at: 180, in: syn(3), out: [sent(1026)] },
      { at: 182, in: syn(4), out: [sent(1024)] },
    ],
  },
  {
    name: "a slice of a sharded pool exhausts alone; live flows are untouched; a freed port serves again",
    settings: { shards: 64, maxFlows: 200_000 },
    steps: [
      ...Array.from({ length: 65_536 }, (_, port) => ({ in: syn(port) })),
      { at: 1, in: syn(0), gives: "forward forwarded 0" },
    ],
  },
]);
