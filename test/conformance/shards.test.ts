import { assert } from "../kit.ts";
import { frameOf } from "./packet.ts";
import { table } from "./table.ts";

const SHARDS = 4;
const FLOWS = 1000;
const SLICE = 64512 / SHARDS;
const CLIENTS = Array.from({ length: 32 }, (_, i) => 2000 + i);
const syn = (port: number): string => `tcp 10.1.0.9:${port} > 10.1.0.4:443 S`;

table("Shards", [
  {
    name: "a reply finds its flow in the shard that the client's packets go to",
    settings: { shards: SHARDS, maxFlows: FLOWS },
    steps: CLIENTS.map((port) => ({ in: syn(port), gives: "forward new-flow" })),
    check: (plane) => {
      const flows = plane.flows();
      const shards = new Set(flows.map(({ nat }) => shardOf(nat)));
      assert.is(shards.size, SHARDS, "clients fall into every shard");
      for (const { number, nat, backend } of flows) {
        assert.is(Math.floor(number / (FLOWS / SHARDS)), shardOf(nat), `flow ${number} has ${nat}`);
        const [outcome] = plane.process([
          {
            frame: frameOf(`tcp ${backend} > ${nat} A`),
            link: "ethernet",
            network: "provider",
            side: "provider",
            time: 0n,
          },
        ]);
        assert.equal([outcome?.reason, outcome?.flow], ["forwarded", number]);
      }
    },
  },
  {
    name: "each holds its part of the flows, and is full by itself",
    settings: { shards: SHARDS, maxFlows: 5, maxDenied: 8 },
    steps: CLIENTS.map((port) => ({ in: syn(port) })),
    counters: { flows: { created: 8, active: 8, peak: 8, denied: 8, denialsUnrecorded: 16 } },
    check: (plane) => {
      const numbers = plane.flows().map(({ number }) => number);
      assert.equal(
        numbers,
        Array.from({ length: 16 }, (_, number) => number),
      );
    },
  },
  {
    name: "each has a clock of its own; moving the plane's on moves all",
    settings: { shards: SHARDS },
    steps: [...CLIENTS.map((port) => ({ in: syn(port), gives: "forward new-flow" })), { at: 61 }],
    counters: { flows: { active: 0, expired: 32, peak: 32 } },
  },
  {
    name: "what has no ports goes to the first",
    settings: { shards: SHARDS },
    steps: [
      { in: "icmp 10.1.0.9 > 10.1.0.4", gives: "drop icmp-echo" },
      { in: syn(1), captured: 20, gives: "drop truncated" },
      { side: "provider", in: "tcp 10.2.1.1:8443 > 10.2.0.10:1023 A", gives: "drop no-flow" },
    ],
    counters: { reasons: { "icmp-echo": 1, truncated: 1, "no-flow": 1 } },
  },
]);

const shardOf = (nat: string): number => Math.floor((Number(nat.split(":")[1]) - 1024) / SLICE);
