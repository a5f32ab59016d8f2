import { assert } from "../kit.ts";
import { synsOfShard } from "./shard-syns.ts";
import { table } from "./table.ts";

const syn = (port: number): string => `tcp 10.1.0.9:${port} > 10.1.0.4:443 S`;
const sent = (port: number): string => `provider tcp 10.2.0.10:${port} > 10.2.1.1:8443 S ttl=63`;

const SHARDS = 64;
const SHARD = 5;
const SLICE = 64512 / SHARDS;
const [next = "", ...first] = synsOfShard(SHARDS, SHARD, SLICE + 1);
/** One of the client's SYNs more than a slice has ports; its SYNs to this shard are as many. */
const ofOneClient = synsOfShard(SHARDS, 1, SLICE + 1);

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
    name: "a slice that is used up refuses the next flow of its shard, leaves live flows alone, and serves again once freed",
    settings: { shards: SHARDS, maxFlows: SHARDS * 5000, maxDenied: SHARDS * 10, endpointSources: "admit" },
    steps: [
      ...first.map((text) => ({ in: text, gives: "forward new-flow" })),
      { in: next, gives: `drop nat-exhausted ${SHARDS * 5000 + SHARD * 10}` },
      { in: next, gives: `drop nat-exhausted ${SHARDS * 5000 + SHARD * 10}` },
      { at: 1, in: first[0] as string, gives: `forward forwarded ${SHARD * 5000}` },
      { at: 62, in: next, gives: "forward new-flow" },
    ],
    counters: {
      reasons: { "nat-exhausted": 2 },
      natPools: { [`service 10.2.0.10 10.2.1.1 tcp ${SHARD}`]: { peak: SLICE, exhausted: 2 } },
    },
  },
  {
    name: "a client keeps to its NAT address",
    settings: { shards: 64, maxFlows: 200_000, endpointSources: "admit" },
    change: ({ privateLinkServices }) => {
      for (const service of privateLinkServices) service.natAddresses = ["10.2.0.10", "10.2.0.11"];
    },
    steps: Array.from({ length: 1000 }, (_, i) => ({ in: syn(i + 1), gives: "forward new-flow" })),
    check: (plane) => {
      const addresses = new Set(plane.flows().map(({ nat }) => nat.split(":")[0]));
      assert.is(addresses.size, 1);
    },
  },
  {
    name: "another NAT address is tried when the client's own has no port left, and no other before that",
    settings: { shards: SHARDS, maxFlows: SHARDS * 5000, maxDenied: SHARDS * 10, endpointSources: "admit" },
    change: ({ privateLinkServices }) => {
      for (const service of privateLinkServices) service.natAddresses = ["10.2.0.10", "10.2.0.11"];
    },
    steps: ofOneClient.map((text) => ({ in: text, gives: "forward new-flow" })),
    check: (plane) => {
      const addresses = plane.flows().map(({ nat }) => nat.split(":")[0]);
      const own = addresses[0];
      assert.is(new Set(plane.flows().map(({ client }) => client.split(":")[0])).size, 1, "they are one client's");
      assert.is(addresses.filter((address) => address === own).length, SLICE);
      assert.is(addresses.filter((address) => address !== own).length, 1);
    },
  },
]);
