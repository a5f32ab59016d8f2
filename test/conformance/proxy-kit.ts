// What tables of PROXY headers share: services that have them, and what each header has to be.

import type { Configuration, Settings } from "../../host/config/configuration.ts";
import { addressNumber } from "../../host/config/address.ts";
import { hexOf } from "../names/hello.ts";
import { frameOf } from "./packet.ts";
import type { Step } from "./table.ts";

type Profile = Settings["profile"];

/** Identifiers of the endpoint 10.1.0.4, and the bytes in a header that come of them (private-link.md 2.A, 4.1.3, 4.2.5). */
const LINK = 0x210045c1;
const VPC_ENDPOINT = "vpce-08d2bf15fac5001c9";
const PSC_CONNECTION = "18446744072646845442";
const AZURE_VALUE = "ee000501c1450021";
const AWS_VALUE = "ea001701767063652d3038643262663135666163353030316339";
const GCP_VALUE = "e00008ffffffffc0a86402";

/** Bytes of a header by profile. */
export const LENGTH: Record<Profile, number> = { azure: 36, aws: 61, gcp: 39, rfc: 28 };
export const PROFILES = Object.keys(LENGTH) as Profile[];

/** Every service has PROXY headers, of a profile; `more` changes the rest. */
export const announcing =
  (profile: Profile = "azure", more: (configuration: Configuration) => void = () => {}) =>
  (configuration: Configuration): void => {
    configuration.settings.profile = profile;
    for (const service of configuration.privateLinkServices) service.enableProxyProtocol = true;
    const [endpoint] = configuration.privateEndpoints;
    Object.assign(endpoint ?? {}, {
      linkIdentifier: LINK,
      vpcEndpointId: VPC_ENDPOINT,
      pscConnectionId: PSC_CONNECTION,
    });
    more(configuration);
  };

/** The header of a flow to 10.1.0.4, hexadecimal digits. */
export function headerOf(profile: Profile = "azure", client = "10.1.0.9:5000", endpointPort = 443): string {
  const [address = "", port] = client.split(":");
  const length = number(LENGTH[profile] - 16, 2);
  const fixed = `0d0a0d0a000d0a515549540a2111${length}`;
  const addresses = number(addressNumber(address), 4) + number(addressNumber("10.1.0.4"), 4);
  const front = fixed + addresses + number(Number(port), 2) + number(endpointPort, 2);
  if (profile === "azure") return front + AZURE_VALUE;
  if (profile === "gcp") return front + GCP_VALUE;
  if (profile === "rfc") return front;
  const checksum = crc32c(`${front}03000400000000${AWS_VALUE}`);
  return `${front}030004${checksum}${AWS_VALUE}`;
}

/** CRC-32C of bytes, all in hexadecimal digits: one bit after the other, most significant remainder first. */
export function crc32c(text: string): string {
  let remainder = 0xffffffffn;
  for (const [byte] of text.matchAll(/../g)) {
    remainder ^= BigInt(`0x${byte}`);
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >> 1n) ^ ((remainder & 1n) * 0x82f63b78n);
  }
  return (remainder ^ 0xffffffffn).toString(16).padStart(8, "0");
}

/** A number in so many bytes. */
export const number = (value: number, size: number): string => value.toString(16).padStart(size * 2, "0");

export const CLIENT = "tcp 10.1.0.9:5000 > 10.1.0.4:443";
export const SERVER = "tcp 10.2.1.1:8443 > 10.2.0.10:1024";
/** What a client's and a server's packets begin with when they leave. */
export const TO_SERVER = "provider tcp 10.2.0.10:1024 > 10.2.1.1:8443 ttl=63";
export const TO_CLIENT = "consumer tcp 10.1.0.4:443 > 10.1.0.9:5000 ttl=63";

/** The client's first byte has number 101, the server's 901. */
export const SYNS: Step[] = [
  { in: `${CLIENT} S seq=100`, gives: "forward new-flow 0", out: [`${TO_SERVER} S seq=100`] },
  {
    in: `${SERVER} SA seq=900 ack=101`,
    side: "provider",
    gives: "forward forwarded 0",
    out: [`${TO_CLIENT} SA seq=900 ack=101`],
  },
];

/** The same, and the client's acknowledgement, which bears the header; azure. */
export const OPENING: Step[] = [
  ...SYNS,
  {
    in: `${CLIENT} A seq=101 ack=901`,
    gives: "forward forwarded 0",
    out: [`${TO_SERVER} A seq=101 ack=901 hex=${headerOf()}`],
  },
];

/** The packet of its own that a header leaves in. */
export const alone = (words = "seq=101 ack=901", profile: Profile = "azure"): string =>
  `provider/answer ${TO_SERVER.slice("provider ".length)} A ${words} hex=${headerOf(profile)}`;

/** A client's packet that is dropped. */
export const refused = (words: string, reason: string): Step => ({
  in: `${CLIENT} ${words}`,
  gives: `drop ${reason} 0`,
  out: [],
});

/** A client's packet, and what leaves of it; each begins with its flags. */
export const client = (words: string, ...out: string[]): Step => ({
  in: `${CLIENT} ${words}`,
  gives: "forward forwarded 0",
  out: out.map((text) => (text.startsWith("provider") ? text : `${TO_SERVER} ${text}`)),
});

/** A server's packet, and how it leaves. */
export const server = (words: string, out: string): Step => ({
  in: `${SERVER} ${words}`,
  side: "provider",
  gives: "forward forwarded 0",
  out: [`${TO_CLIENT} ${out}`],
});

/** So many bytes, none like its neighbours, in hexadecimal digits. */
export const bytesOf = (count: number): string =>
  hexOf(Uint8Array.from({ length: count }, (_, i) => (i * 31 + (i >> 8) * 7 + 5) & 255));

const ETHERNET_AND_IP = 34;
const CHECKSUM = 16;

/** The TCP checksum of a packet that is right. */
export function sumOf(text: string): number {
  const frame = frameOf(text);
  return ((frame[ETHERNET_AND_IP + CHECKSUM] as number) << 8) | (frame[ETHERNET_AND_IP + CHECKSUM + 1] as number);
}

/** A sum that is wrong by an error: their sum, carried around. */
export const wrongBy = (sum: number, error: number): number => (sum + error) % 65_535;
