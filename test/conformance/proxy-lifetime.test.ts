import type { Configuration } from "../../host/config/configuration.ts";
import { assert } from "../kit.ts";
import type { PlaneUnderTest } from "../plane.ts";
import { frameOf } from "./packet.ts";
import {
  alone,
  announcing,
  bytesOf,
  CLIENT,
  client,
  headerOf,
  OPENING,
  SERVER,
  server,
  SYNS,
  TO_SERVER,
} from "./proxy-kit.ts";
import { type Step, table } from "./table.ts";

const resetting = announcing("azure", ({ loadBalancers }: Configuration) => {
  for (const rule of loadBalancers[0]?.loadBalancingRules ?? []) rule.enableTcpReset = true;
});
const resets = (client: string, provider: string): string[] => [
  `consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 RA ${client} id=0 to=020000000001 from=020000000002`,
  `provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 RA ${provider} id=0`,
];
const LONG = bytesOf(1000);

/** The same client's next flow, which begins elsewhere. */
const AGAIN: Step[] = [
  { at: 400, in: `${CLIENT} S seq=5000`, gives: "forward new-flow 0", out: [`${TO_SERVER} S seq=5000`] },
  { at: 400, in: `${SERVER} SA seq=900 ack=5001`, side: "provider", gives: "forward forwarded 0" },
  {
    at: 400,
    in: `${CLIENT} A seq=5001 ack=901`,
    gives: "forward forwarded 0",
    out: [`${TO_SERVER} A seq=5001 ack=901 hex=${headerOf()}`],
  },
];

table("Flows with a PROXY header: ends, changes, shards", [
  {
    name: "resets of an idle flow have the numbers that each side knows",
    change: resetting,
    steps: [
      ...OPENING,
      client("PA seq=101 ack=901 data=hello", "PA seq=137 ack=901 data=hello"),
      server("A seq=901 ack=142", "A seq=901 ack=106"),
      { at: 310, out: resets("seq=901 ack=106", "seq=142 ack=901") },
    ],
  },
  {
    name: "resets of a flow whose header has not left have the client's",
    change: resetting,
    steps: [
      ...SYNS,
      client("PA seq=106 ack=901 data=later", "PA seq=142 ack=901 data=later"),
      { at: 310, out: resets("seq=901 ack=111", "seq=101 ack=901") },
    ],
  },
  {
    name: "a number before the client's first byte stays in a reset",
    change: resetting,
    steps: [
      ...OPENING,
      server("A seq=901 ack=50", "A seq=901 ack=50"),
      { at: 310, out: resets("seq=901 ack=101", "seq=50 ack=901") },
    ],
  },
  {
    name: "a flow that timed out and opens again has a header of its own",
    change: announcing(),
    steps: [...OPENING, ...AGAIN],
    counters: { generated: { proxyHeader: 2 }, flows: { created: 2, active: 1 } },
  },
  {
    name: "a flow that closed and opens again, too",
    change: announcing(),
    steps: [
      ...OPENING,
      client("FA seq=101 ack=901", "FA seq=137 ack=901"),
      server("FA seq=901 ack=138", "FA seq=901 ack=102"),
      {
        in: `${CLIENT} S seq=7000`,
        gives: "forward new-flow 0",
        out: [`${TO_SERVER} S seq=7000`],
      },
      {
        in: `${CLIENT} A seq=7001 ack=901`,
        gives: "forward forwarded 0",
        out: [`${TO_SERVER} A seq=7001 ack=901 hex=${headerOf()}`],
      },
    ],
  },
  {
    name: "a flow that takes the number of one with a header has none of it",
    change: announcing(),
    steps: [
      ...OPENING,
      {
        at: 400,
        in: "udp 10.1.0.9:5000 > 10.1.0.4:53 data=query",
        gives: "forward new-flow 0",
        out: ["provider udp 10.2.0.10:1024 > 10.2.1.1:5353 data=query ttl=63"],
      },
      {
        at: 400,
        in: "udp 10.2.1.1:5353 > 10.2.0.10:1024 data=answer",
        side: "provider",
        out: ["consumer udp 10.1.0.4:53 > 10.1.0.9:5000 data=answer ttl=63"],
      },
    ],
  },
  {
    name: "over a change of the configuration a flow goes on, and the MTU is the new one",
    change: announcing(),
    steps: [
      ...OPENING,
      client(`A seq=101 ack=901 hex=${LONG}`, `A seq=137 ack=901 hex=${LONG}`),
      {
        apply: ({ virtualNetworks }) => {
          for (const network of virtualNetworks) network.mtu = 1075;
        },
      },
      server("A seq=901 ack=130", "A seq=901 ack=101"),
      client(`A seq=101 ack=901 hex=${LONG}`, alone(), `A seq=137 ack=901 hex=${LONG}`),
      {
        apply: ({ virtualNetworks }) => {
          for (const network of virtualNetworks) network.mtu = 1076;
        },
      },
      client(`A seq=101 ack=901 hex=${LONG}`, `A seq=101 ack=901 hex=${headerOf()}${LONG}`),
    ],
  },
  {
    name: "a flow that a change cuts is reset by the numbers of each side",
    change: resetting,
    steps: [
      ...OPENING,
      client("PA seq=101 ack=901 data=hello", "PA seq=137 ack=901 data=hello"),
      {
        apply: ({ privateEndpoints }) => {
          for (const endpoint of privateEndpoints) endpoint.connectionState = "Rejected";
        },
      },
      {
        in: `${SERVER} A seq=901 ack=142`,
        side: "provider",
        gives: "drop no-flow -1",
        out: resets("seq=901 ack=106", "seq=137 ack=901"),
      },
    ],
  },
  {
    name: "in four shards",
    settings: { shards: 4, maxFlows: 1000 },
    change: announcing("aws"),
    steps: Array.from({ length: 32 }, (_, i) => ({ in: `tcp 10.1.0.9:${2000 + i} > 10.1.0.4:443 S seq=${i}` })),
    check: openAll,
    counters: { generated: { proxyHeader: 0 } },
  },
]);

/** Sends what bears the header in every flow, and answers it. */
function openAll(plane: PlaneUnderTest): void {
  const from = { link: "ethernet", time: 0n } as const;
  for (const { number, client: address, nat, backend } of plane.flows()) {
    const start = Number(address.split(":")[1]) - 2000 + 1;
    const acknowledges = frameOf(`tcp ${address} > 10.1.0.4:443 A seq=${start} ack=901`);
    const [request] = plane.process([{ ...from, frame: acknowledges, network: "shop", side: "consumer" }]);
    const header = headerOf("aws", address);
    assert.equal(
      request?.out.map(({ bytes }) => bytes),
      [frameOf(`tcp ${nat} > ${backend} A seq=${start} ack=901 ttl=63 hex=${header}`)],
      `flow ${number}`,
    );
    const answers = frameOf(`tcp ${backend} > ${nat} A seq=901 ack=${start + 61}`);
    const [reply] = plane.process([{ ...from, frame: answers, network: "provider", side: "provider" }]);
    assert.equal(
      reply?.out.map(({ bytes }) => bytes),
      [frameOf(`tcp 10.1.0.4:443 > ${address} A seq=901 ack=${start} ttl=63`)],
      `flow ${number}`,
    );
  }
  assert.is(plane.counters().generated.proxyHeader, 32);
}
