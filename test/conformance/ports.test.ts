import { addressText } from "../../host/config/address.ts";
import { DEFAULT_SETTINGS } from "../../host/config/configuration.ts";
import { mix32, seedWords } from "../../host/config/hash.ts";
import { assert } from "../kit.ts";
import { table } from "./table.ts";

const syn = (port: number): string => `tcp 10.1.0.9:${port} > 10.1.0.4:443 S`;
const sent = (port: number): string => `provider tcp 10.2.0.10:${port} > 10.2.1.1:8443 S ttl=63`;

const SHARDS = 64;
const SHARD = 5;
const SLICE = 64512 / SHARDS;
const [next = "", ...first] = synsOfShard(SHARD, SLICE + 1);

/** SYNs of so many flows that docs/behaviour.md, section 13, sends to one shard. */
function synsOfShard(shard: number, count: number): string[] {
  const found: string[] = [];
  const words = seedWords(DEFAULT_SETTINGS.seed);
  for (let client = 0x0a010100; found.length < count; client++)
    for (let port = 1; port < 65536 && found.length < count; port++) {
      const low = (6n << 16n) | (BigInt(port) << 32n) | (443n << 48n);
      const hash = mix32(low ^ 0x5348415244n, BigInt(client) | (0x0a010004n << 32n), words);
      if (Math.floor((hash * SHARDS) / 2 ** 32) === shard)
        found.push(`tcp ${addressText(client)}:${port} > 10.1.0.4:443 S`);
    }
  return found;
}

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
    name: "a client keeps to its NAT address, and another one is tried when that has none left",
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
]);
