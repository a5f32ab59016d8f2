// Inbound NAT rules and floating IP in planes of several shards: requests, replies and errors meet in one (docs/behaviour.md, 13,
// 17.5, 21.4 and 21.5).

import { addressNumber } from "../../host/config/address.ts";
import type { Configuration } from "../../host/config/configuration.ts";
import { floating, floats, natRule, ofSix } from "./frontend-kit.ts";
import { errorAbout, errorAbout6 } from "./icmp-kit.ts";
import { CLIENT as CLIENT6, DUAL, NAT6, SIX, withIpv6 } from "./ipv6-kit.ts";
import { shardOf, shardOf6 } from "./shard-of.ts";
import { type Row, type Step, table } from "./table.ts";

const CLIENT = "10.1.0.9";
const ENDPOINT = "10.1.0.4";
const NAT = "10.2.0.10";
const FLOWS = 100;
const provider = "provider" as const;
const captured = { side: "captured", network: "shop" } as const;

/** A way to a server: the endpoint's port, and where packets to it are addressed to. */
interface Way {
  name: string;
  change: (configuration: Configuration) => void;
  port: number;
  server: string;
}
const WAYS: Way[] = [
  { name: "an inbound NAT rule", change: natRule(), port: 50_001, server: "10.2.1.2:22" },
  { name: "floating IP", change: floating(), port: 443, server: "10.2.0.5:443" },
];

/** A client's port for a shard. */
function portIn(shards: number, shard: number, port: number): number {
  for (let own = 5000; ; own++) if (shardOf(shards, 6, addressNumber(CLIENT), own, port) === shard) return own;
}

/** What happens to a flow of a shard, from both sides. */
function conversation({ port, server }: Way, shards: number, shard: number): Step[] {
  const flow = shard * FLOWS;
  const nat = `${NAT}:${1024 + shard * (64_512 / shards)}`;
  const [host = ""] = server.split(":");
  const client = `${CLIENT}:${portIn(shards, shard, port)}`;
  const [request, sent] = [`tcp ${client} > ${ENDPOINT}:${port}`, `tcp ${nat} > ${server}`];
  const [reply, given] = [`tcp ${server} > ${nat}`, `tcp ${ENDPOINT}:${port} > ${client}`];
  const forwarded = `forward forwarded ${flow}`;
  const error = `forward icmp-error ${flow}`;
  return [
    { in: `${request} S seq=100`, gives: `forward new-flow ${flow}`, out: [`provider ${sent} S seq=100 ttl=63`] },
    {
      in: `${reply} SA seq=900 ack=101`,
      side: provider,
      gives: forwarded,
      out: [`consumer ${given} SA seq=900 ack=101 ttl=63`],
    },
    {
      in: errorAbout(`10.2.0.1 > ${NAT}`, `${sent} A seq=101`, { quoted: 8 }),
      side: provider,
      gives: error,
      out: [`consumer ${errorAbout(`${ENDPOINT} > ${CLIENT} ttl=63`, `${request} A seq=101`, { quoted: 8 })}`],
    },
    {
      in: errorAbout(`10.1.0.1 > ${ENDPOINT}`, `${given} A seq=901`),
      gives: error,
      out: [`provider ${errorAbout(`${NAT} > ${host} ttl=63`, `${reply} A seq=901`)}`],
    },
    {
      in: `${given} A seq=901 ttl=60`,
      ...captured,
      gives: forwarded,
      out: [`provider ${reply} A seq=901 ttl=61`],
    },
    {
      in: errorAbout(`${ENDPOINT} > ${CLIENT} ttl=60`, `${request} A seq=101`),
      ...captured,
      gives: error,
      out: [`provider ${errorAbout(`${host} > ${NAT} ttl=61`, `${sent} A seq=101`)}`],
    },
    // From a server of the pool that the flow is not addressed to.
    { in: `tcp 10.2.1.1:${server.split(":")[1]} > ${nat} A`, side: provider, gives: "drop no-flow -1", out: [] },
  ];
}

/** Rows of ways in planes of two and four shards, each shard with one flow. */
const rowsOf = <Of extends Way>(
  ways: readonly Of[],
  stepsOf: (way: Of, shards: number, shard: number) => Step[],
  dropped: (shards: number) => Record<string, number> = () => ({}),
): Row[] =>
  ways.flatMap((way) =>
    [2, 4].map((shards) => ({
      name: `${way.name}, ${shards} shards: requests, replies and errors of both sides meet in one`,
      change: way.change,
      settings: { shards, maxFlows: shards * FLOWS, maxDenied: shards * 10 },
      steps: Array.from({ length: shards }, (_, shard) => stepsOf(way, shards, shard)).flat(),
      counters: { reasons: { "new-flow": shards, "icmp-error": shards * 3, ...dropped(shards) } },
    })),
  );

table(
  "Frontends in planes of several shards",
  rowsOf(WAYS, conversation, (shards) => ({ "no-flow": shards })),
);

/** A way of IPv6 clients: to an IPv4 server, or to one of IPv6. */
interface Way6 extends Way {
  endpoint: string;
  nat: string;
}
const acrossWith =
  (change: (configuration: Configuration) => void) =>
  (configuration: Configuration): void => {
    withIpv6(configuration);
    change(configuration);
  };
const WAYS6: Way6[] = [
  ...WAYS.map((way) => ({
    ...way,
    name: `${way.name}, 6 to 4`,
    change: acrossWith(way.change),
    endpoint: DUAL,
    nat: NAT,
  })),
  {
    name: "floating IP, 6 to 6",
    change: ofSix(floats),
    port: 443,
    server: "[fd00:2::5]:443",
    endpoint: SIX,
    nat: NAT6,
  },
];
const bare = (text: string): string => text.slice(1, -1);

/** The same of an IPv6 client. */
function conversation6({ port, server, endpoint, nat: natAddress }: Way6, shards: number, shard: number): Step[] {
  const flow = shard * FLOWS;
  let own = 5000;
  while (shardOf6(shards, 6, [bare(CLIENT6), own], [bare(endpoint), port]) !== shard) own++;
  const nat = `${natAddress}:${1024 + shard * (64_512 / shards)}`;
  const host = server.slice(0, server.lastIndexOf(":"));
  const [request, sent] = [`tcp ${CLIENT6}:${own} > ${endpoint}:${port}`, `tcp ${nat} > ${server}`];
  const [reply, given] = [`tcp ${server} > ${nat}`, `tcp ${endpoint}:${port} > ${CLIENT6}:${own}`];
  const across = !natAddress.startsWith("[");
  const theirs = across ? errorAbout : errorAbout6;
  const code = across ? 3 : 4;
  const words = across ? " id=0" : "";
  return [
    {
      in: `${request} S seq=100`,
      gives: `forward new-flow ${flow}`,
      out: [`provider ${sent} S seq=100 ttl=63${words}`],
    },
    {
      in: `${reply} SA seq=900 ack=101`,
      side: provider,
      gives: `forward forwarded ${flow}`,
      out: [`consumer ${given} SA seq=900 ack=101 ttl=63`],
    },
    {
      in: theirs(`${across ? "10.2.0.1" : "[fd00:2::1]"} > ${natAddress}`, `${sent} A seq=101`, { code }),
      side: provider,
      gives: `forward icmp-error ${flow}`,
      out: [`consumer ${errorAbout6(`${endpoint} > ${CLIENT6} ttl=63`, `${request} A seq=101`, { code: 4 })}`],
    },
    {
      in: errorAbout6(`[fd00:1::1] > ${endpoint}`, `${given} A seq=901`, { code: 4 }),
      gives: `forward icmp-error ${flow}`,
      out: [`provider ${theirs(`${natAddress} > ${host} ttl=63${words}`, `${reply} A seq=901${words}`, { code })}`],
    },
    {
      in: errorAbout6(`${endpoint} > ${CLIENT6} ttl=60`, `${request} A seq=101`, { code: 4 }),
      ...captured,
      gives: `forward icmp-error ${flow}`,
      out: [`provider ${theirs(`${host} > ${natAddress} ttl=61${words}`, `${sent} A seq=101${words}`, { code })}`],
    },
  ];
}

table("Frontends of IPv6 clients in planes of several shards", rowsOf(WAYS6, conversation6));
