// What tables of first messages share: an endpoint mapped to one resource and group, a client and a server.

import type { Configuration, Identification, Identify } from "../../host/config/configuration.ts";
import { hexOf } from "../names/hello.ts";
import type { Step } from "./table.ts";

export const OWN = "acct.blob.core.windows.net";
export const OTHER = "thief.blob.core.windows.net";

/** Every rule identifies so; the endpoints are mapped to `acct`, group blob. */
export const identifying =
  (identify: Identify, more: Partial<Identification> = {}) =>
  (configuration: Configuration): void => {
    for (const endpoint of configuration.privateEndpoints)
      Object.assign(endpoint, { resource: "acct", groupId: "blob" });
    for (const service of configuration.privateLinkServices)
      service.resources = [
        { name: "acct", groupId: "file", names: ["acct.file.core.windows.net"] },
        { name: "acct", groupId: "blob", names: [OWN] },
      ];
    for (const rule of configuration.loadBalancers[0]?.loadBalancingRules ?? []) rule.identify = identify;
    const { settings } = configuration;
    settings.identification = { ...settings.identification, ...more };
  };

const CLIENT = "tcp 10.1.0.9:5000 > 10.1.0.4:443";
const SERVER = "tcp 10.2.1.1:8443 > 10.2.0.10:1024";

/** The client's number before its first byte is 100, the server's 900. */
export const OPENING: Step[] = [
  { in: `${CLIENT} S seq=100`, gives: "forward new-flow 0" },
  { in: `${SERVER} SA seq=900 ack=101`, side: "provider", gives: "forward forwarded 0" },
  { in: `${CLIENT} A seq=101 ack=901`, gives: "forward forwarded 0" },
];

/** A client's packet with data, as text. */
export const sent = (bytes: Uint8Array, seq = 101, flags = "PA"): string =>
  `${CLIENT} ${flags} seq=${seq} ack=901 hex=${hexOf(bytes)}`;

/** A client's packet without data. */
export const client = (words: string): string => `${CLIENT} ${words}`;

/** The same packet as it leaves. */
export const left = (bytes: Uint8Array, seq = 101, flags = "PA"): string =>
  `provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 ${flags} seq=${seq} ack=901 ttl=63 hex=${hexOf(bytes)}`;

/** A server's packet. */
export const server = (words: string, gives = "forward forwarded 0", out?: string[]): Step => ({
  in: `${SERVER} ${words}`,
  side: "provider",
  gives,
  ...(out === undefined ? {} : { out }),
});

/** The two resets of a refused flow; `clientSequence` is the number behind what the client sent. */
export const resets = (clientSequence: number): string[] => [
  `consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 RA seq=901 ack=${clientSequence} id=0 to=020000000001 from=020000000002`,
  "provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 RA seq=101 ack=901 id=0",
];

/** A part of some bytes. */
export const part = (bytes: Uint8Array, from: number, to = bytes.length): Uint8Array => bytes.slice(from, to);
