// Vectors V37 to V40: what OPTE's tests ask (lib/oxide-vpc/tests/integration_tests.rs), written again for this plane.

import type { Configuration } from "../../../host/config/configuration.ts";
import { assert } from "../../kit.ts";
import { BACKEND6, CLIENT, NAT6, SIX, withIpv6 } from "../ipv6-kit.ts";
import { table } from "../table.ts";
import { ANSWER, client, handshake, QUERY, server } from "./sequence.ts";

const provider = "provider" as const;
const NAT_ADDRESSES = Array.from({ length: 8 }, (_, i) => `10.2.0.${10 + i}`);

/** The rules that the flows were opened by are others now. */
const replaced = ({ loadBalancers }: Configuration): void => {
  for (const rule of loadBalancers[0]?.loadBalancingRules ?? []) rule.name = `new-${rule.name}`;
};
const pooled = ({ privateLinkServices }: Configuration): void => {
  for (const service of privateLinkServices) service.natAddresses = [...NAT_ADDRESSES];
};
/** A change that concerns no flow. */
const renamed = (configuration: Configuration): void => {
  configuration.virtualNetworks.push({ name: "another", addressSpace: ["172.20.0.0/16"] });
};
const CLIENTS = Array.from({ length: 64 }, (_, i) => `10.1.1.${1 + i}`);

table("V37 to V40: tables that change and fill", [
  {
    name: "V37 a flow that a change of the configuration takes away is gone, the client being first to notice",
    steps: [
      { in: "udp 10.1.0.8:1 > 10.1.0.4:53", gives: "forward new-flow 0" },
      { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 S seq=100", gives: "forward new-flow 1" },
      { apply: replaced },
      { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 A seq=101", gives: "drop flow-withdrawn 1", out: [] },
      { in: "tcp 10.2.1.1:8443 > 10.2.0.10:1024 SA ack=101", side: provider, gives: "drop no-flow -1", out: [] },
      { in: "tcp 10.1.0.9:5000 > 10.1.0.4:443 A seq=101", gives: "drop mid-stream", out: [] },
    ],
    counters: { flows: { cut: 2, active: 0 } },
  },
  {
    name: "V37 or the backend, and what the client sends then opens another",
    steps: [
      { in: "tcp 10.1.0.8:1 > 10.1.0.4:443 S", gives: "forward new-flow 0" },
      { in: QUERY, gives: "forward new-flow 1" },
      { apply: replaced },
      { in: ANSWER, side: provider, gives: "drop flow-withdrawn 1", out: [] },
      { in: QUERY, gives: "forward new-flow", out: ["provider udp 10.2.0.10:1024 > 10.2.1.1:5353 ttl=63"] },
    ],
  },
  {
    name: "V38 a full table counts what it refuses, and nothing else happens",
    settings: { maxFlows: 8, maxDenied: 4 },
    steps: [
      ...Array.from({ length: 8 }, (_, i) => ({
        in: `tcp 10.1.0.9:${100 + i} > 10.1.0.4:443 S`,
        gives: "forward new-flow",
      })),
      ...Array.from({ length: 200 }, (_, i) => ({
        in: `tcp 10.1.0.9:${300 + i} > 10.1.0.4:443 S`,
        gives: "drop flow-table-full",
        out: [],
      })),
      ...Array.from({ length: 8 }, (_, i) => ({
        in: `tcp 10.1.0.9:${100 + i} > 10.1.0.4:443 S`,
        gives: `forward forwarded ${i}`,
      })),
    ],
    counters: {
      reasons: { "flow-table-full": 200, "new-flow": 8, forwarded: 8 },
      flows: { created: 8, active: 8, peak: 8, denied: 4, denialsUnrecorded: 196 },
    },
  },
  ...["0", "43", "60", "0,43,60", "60,60,60,60,60,60,60,60"].map((headers) => ({
    name: `V39 ports and checksums lie behind extension headers, however many there are: ${headers}`,
    change: withIpv6,
    steps: [
      {
        in: `tcp ${CLIENT}:5000 > ${SIX}:443 S seq=100 ext=${headers}`,
        gives: "forward new-flow 0",
        out: [`provider tcp ${NAT6}:1024 > ${BACKEND6}:8443 S seq=100 ext=${headers} ttl=63`],
      },
      {
        in: `tcp ${BACKEND6}:8443 > ${NAT6}:1024 SA seq=900 ack=101 ext=${headers}`,
        side: provider,
        gives: "forward forwarded 0",
        out: [`consumer tcp ${SIX}:443 > ${CLIENT}:5000 SA seq=900 ack=101 ext=${headers} ttl=63`],
      },
      { in: `udp ${CLIENT}:5000 > ${SIX}:53 data=q ext=${headers}`, gives: "forward new-flow 1" },
    ],
  })),
  {
    name: "V40 clients spread over the NAT addresses, and each keeps to its own through a change of the configuration",
    change: pooled,
    steps: [
      ...CLIENTS.map((address) => ({ in: `tcp ${address}:5000 > 10.1.0.4:443 S`, gives: "forward new-flow" })),
      { apply: renamed },
      ...CLIENTS.map((address) => ({ in: `udp ${address}:5000 > 10.1.0.4:53`, gives: "forward new-flow" })),
    ],
    check: (plane) => {
      const natOf = new Map<string, Set<string>>();
      for (const { client, nat } of plane.flows()) {
        const [address = ""] = client.split(":");
        natOf.set(address, (natOf.get(address) ?? new Set()).add(nat.split(":")[0] ?? ""));
      }
      assert.is(natOf.size, CLIENTS.length);
      assert.ok(
        [...natOf.values()].every(({ size }) => size === 1),
        "a client left from two addresses",
      );
      assert.is(new Set([...natOf.values()].flatMap((addresses) => [...addresses])).size, NAT_ADDRESSES.length);
    },
  },
  {
    name: "V40 a flow goes on through a change of the configuration that does not concern it",
    steps: [...handshake, { apply: renamed }, client("A seq=101 ack=901"), server("A seq=901 ack=101")],
  },
]);
