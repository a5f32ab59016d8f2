// PROXY headers of flows of inbound NAT rules and of floating IP: they name the endpoint's port, and leave where the flow leads to
// (docs/behaviour.md, 16, 21.4 and 21.5).

import type { Configuration } from "../../host/config/configuration.ts";
import { floating, natRule } from "./frontend-kit.ts";
import { errorAbout } from "./icmp-kit.ts";
import { announcing, headerOf, LENGTH } from "./proxy-kit.ts";
import { type Row, table } from "./table.ts";

const provider = "provider" as const;
const BEHIND = LENGTH.azure;
const NAT = "10.2.0.10";
const CLIENT = "10.1.0.9";
const ENDPOINT = "10.1.0.4";

const WAYS: [name: string, change: (configuration: Configuration) => void, port: number, server: string][] = [
  ["an inbound NAT rule", natRule(), 50_001, "10.2.1.2:22"],
  ["floating IP", floating(), 443, "10.2.0.5:443"],
];

table(
  "PROXY headers of flows with",
  WAYS.map(([name, change, port, server]): Row => {
    const [host = ""] = server.split(":");
    const [request, sent] = [`tcp ${CLIENT}:5000 > ${ENDPOINT}:${port}`, `tcp ${NAT}:1024 > ${server}`];
    const [reply, given] = [`tcp ${server} > ${NAT}:1024`, `tcp ${ENDPOINT}:${port} > ${CLIENT}:5000`];
    return {
      name: `${name}: before the first byte, with the numbers of both directions and of errors behind it`,
      change: announcing("azure", change),
      steps: [
        { in: `${request} S seq=100`, gives: "forward new-flow 0", out: [`provider ${sent} S seq=100 ttl=63`] },
        { in: `${reply} SA seq=900 ack=101`, side: provider, out: [`consumer ${given} SA seq=900 ack=101 ttl=63`] },
        {
          in: `${request} A seq=101 ack=901`,
          out: [`provider ${sent} A seq=101 ack=901 hex=${headerOf("azure", `${CLIENT}:5000`, port)} ttl=63`],
        },
        {
          in: `${request} PA seq=101 ack=901 data=hello`,
          out: [`provider ${sent} PA seq=${101 + BEHIND} ack=901 data=hello ttl=63`],
        },
        {
          in: `${reply} A seq=901 ack=${106 + BEHIND}`,
          side: provider,
          out: [`consumer ${given} A seq=901 ack=106 ttl=63`],
        },
        {
          in: errorAbout(`10.2.0.1 > ${NAT}`, `${sent} A seq=${106 + BEHIND}`, { quoted: 8 }),
          side: provider,
          gives: "forward icmp-error 0",
          out: [`consumer ${errorAbout(`${ENDPOINT} > ${CLIENT} ttl=63`, `${request} A seq=106`, { quoted: 8 })}`],
        },
        {
          in: errorAbout(`10.1.0.1 > ${ENDPOINT}`, `${given} A seq=901 ack=106`),
          gives: "forward icmp-error 0",
          out: [`provider ${errorAbout(`${NAT} > ${host} ttl=63`, `${reply} A seq=901 ack=${106 + BEHIND}`)}`],
        },
        {
          in: `${given} A seq=901 ack=106 ttl=60`,
          side: "captured",
          network: "shop",
          out: [`provider ${reply} A seq=901 ack=${106 + BEHIND} ttl=61`],
        },
      ],
      counters: { generated: { proxyHeader: 1 } },
    };
  }),
);
