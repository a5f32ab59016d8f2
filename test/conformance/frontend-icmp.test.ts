// ICMP errors about packets of inbound NAT rules and of floating IP: they are about the address that packets went to (docs/behaviour.md,
// 17.3, 21.4 and 21.5).

import type { Configuration } from "../../host/config/configuration.ts";
import { floating, floats, natRule, ofSix } from "./frontend-kit.ts";
import { errorAbout, errorAbout6 } from "./icmp-kit.ts";
import { CLIENT as CLIENT6, DUAL, NAT6, SIX, withIpv6 } from "./ipv6-kit.ts";
import { type Row, table } from "./table.ts";

const provider = "provider" as const;

/** A flow: who asks whom, how it leaves, the routers of both sides, and errors as each side has them. */
interface Flow {
  name: string;
  change: (configuration: Configuration) => void;
  client: string;
  endpoint: string;
  port: number;
  nat: string;
  /** Address and port that requests are sent to. */
  host: string;
  to: number;
  routers: readonly [consumer: string, provider: string];
  /** Words of packets that change their family. */
  across?: string;
}
const FOUR = { client: "10.1.0.9", endpoint: "10.1.0.4", nat: "10.2.0.10", routers: ["10.1.0.1", "10.2.0.1"] } as const;
const ACROSS = {
  client: CLIENT6,
  endpoint: DUAL,
  nat: "10.2.0.10",
  routers: ["[fd00:1::1]", "10.2.0.1"],
  across: "id=0",
} as const;
const both =
  (change: (configuration: Configuration) => void) =>
  (configuration: Configuration): void => {
    withIpv6(configuration);
    change(configuration);
  };

const FLOWS = [
  { name: "of an inbound NAT rule", change: natRule(), ...FOUR, port: 50_002, host: "10.2.1.3", to: 22 },
  { name: "with floating IP", change: floating(), ...FOUR, port: 443, host: "10.2.0.5", to: 443 },
  {
    name: "of an inbound NAT rule, 6 to 4",
    change: both(natRule()),
    ...ACROSS,
    port: 50_002,
    host: "10.2.1.3",
    to: 22,
  },
  { name: "with floating IP, 6 to 4", change: both(floating()), ...ACROSS, port: 443, host: "10.2.0.5", to: 443 },
  {
    name: "with floating IP, 6 to 6",
    change: ofSix(floats),
    client: CLIENT6,
    endpoint: SIX,
    port: 443,
    nat: NAT6,
    host: "[fd00:2::5]",
    to: 443,
    routers: ["[fd00:1::1]", "[fd00:2::1]"],
  },
] as const satisfies readonly Flow[];

const about = (address: string): typeof errorAbout => (address.startsWith("[") ? errorAbout6 : errorAbout);
/** Host unreachable, in either family. */
const unreachable = (address: string) => (address.startsWith("[") ? { type: 1, code: 0 } : { type: 3, code: 1 });

function conversation(flow: Flow): Row {
  const { client, endpoint, nat, host, routers, across = "" } = flow;
  const request = `tcp ${client}:5000 > ${endpoint}:${flow.port}`;
  const sent = `tcp ${nat}:1024 > ${host}:${flow.to}`;
  const reply = `tcp ${host}:${flow.to} > ${nat}:1024`;
  const given = `tcp ${endpoint}:${flow.port} > ${client}:5000`;
  const words = across === "" ? "" : ` ${across}`;
  return {
    name: `${flow.name}: reaches the client as from the endpoint, and the server as from the NAT address`,
    change: flow.change,
    steps: [
      { in: `${request} S seq=100`, gives: "forward new-flow 0", out: [`provider ${sent} S seq=100 ttl=63${words}`] },
      { in: `${reply} SA seq=900 ack=101`, side: provider, gives: "forward forwarded 0" },
      {
        in: about(nat)(`${routers[1]} > ${nat}`, `${sent} A seq=101 ttl=9`, unreachable(nat)),
        side: provider,
        gives: "forward icmp-error 0",
        out: [
          `consumer ${about(client)(`${endpoint} > ${client} ttl=63`, `${request} A seq=101 ttl=9`, unreachable(client))}`,
        ],
      },
      {
        in: about(client)(`${routers[0]} > ${endpoint}`, `${given} A seq=901 ttl=9`, unreachable(client)),
        gives: "forward icmp-error 0",
        out: [
          `provider ${about(nat)(`${nat} > ${host} ttl=63${words}`, `${reply} A seq=901 ttl=9${words}`, unreachable(nat))}`,
        ],
      },
      {
        in: about(client)(`${endpoint} > ${client} ttl=60`, `${request} A seq=101`, unreachable(client)),
        side: "captured",
        network: "shop",
        gives: "forward icmp-error 0",
        out: [
          `provider ${about(nat)(`${host} > ${nat} ttl=61${words}`, `${sent} A seq=101${words}`, unreachable(nat))}`,
        ],
      },
      // About a packet to a server of the pool that the flow is not addressed to.
      {
        in: about(nat)(`${routers[1]} > ${nat}`, `tcp ${nat}:1024 > ${elsewhere(nat)}:${flow.to} A`, unreachable(nat)),
        side: provider,
        gives: "drop icmp-no-flow -1",
        out: [],
      },
    ],
    counters: { reasons: { "icmp-error": 3, "icmp-no-flow": 1 } },
  };
}

function elsewhere(nat: string): string {
  return nat.startsWith("[") ? "[fd00:2::1:1]" : "10.2.1.1";
}

table("An ICMP error about a packet", FLOWS.map(conversation));
