// The PROXY header that a client's stream has to begin with behind the plane (docs/behaviour.md, section 16): the replay's own
// writing, apart from the core's and from the image of tables, so that it can find them wrong.

import { addressNumber } from "../config/address.ts";
import { isSix } from "../config/ipv6.ts";
import type { Configuration } from "../config/configuration.ts";
import { DEFAULT_MTU } from "../config/configuration.ts";
import { identityTexts } from "../config/proxy.ts";

const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
const PROXY_COMMAND = 0x21;
const TCP_OVER_IPV4 = 0x11;
const LENGTH = 14;
const SOURCE = 16;
const DESTINATION = 20;
const SOURCE_PORT = 24;
const DESTINATION_PORT = 26;
const VALUES = 28;
/** Place of the checksum in a header that has one: its value comes first. */
const CHECKSUM = VALUES + 3;
/** CRC-32C, reflected (RFC 9260, appendix A). */
const POLYNOMIAL = 0x82f63b78;
const ALL_BITS = 0xffffffff;

/** What the headers of an endpoint's clients say of it. */
export interface Announced {
  /** Address of the endpoint. */
  address: number;
  /** Typed values, a checksum among them still 0. */
  values: Uint8Array;
  checksummed: boolean;
  /** Largest IP packet that a header may go into. */
  mtu: number;
}

/** Of each endpoint what its headers say; undefined when its service has none, or it has no IPv4 address. */
export function announcements(configuration: Configuration): (Announced | undefined)[] {
  const { privateEndpoints, privateLinkServices, virtualNetworks, settings } = configuration;
  const texts = identityTexts(configuration);
  return privateEndpoints.map(({ privateLinkService, privateIPAddress }, i) => {
    const service = privateLinkServices.find(({ name }) => name === privateLinkService);
    if (service?.enableProxyProtocol !== true || isSix(privateIPAddress)) return undefined;
    return {
      address: addressNumber(privateIPAddress),
      values: VALUES_OF[settings.profile](texts[i] as string),
      checksummed: settings.profile === "aws",
      mtu: virtualNetworks.find(({ name }) => name === service.virtualNetwork)?.mtu ?? DEFAULT_MTU,
    };
  });
}

const VALUES_OF: Record<Configuration["settings"]["profile"], (text: string) => Uint8Array> = {
  azure: (text) => typed(0xee, [1, ...bytesOf(BigInt(text), 4).reverse()]),
  aws: (text) => Uint8Array.from([...typed(3, [0, 0, 0, 0]), ...typed(0xea, [1, ...new TextEncoder().encode(text)])]),
  gcp: (text) => typed(0xe0, bytesOf(BigInt(text), 8)),
  rfc: () => new Uint8Array(0),
};

function typed(type: number, value: number[]): Uint8Array {
  return Uint8Array.from([type, value.length >> 8, value.length, ...value]);
}

/** A number in so many bytes, the most significant one first. */
function bytesOf(value: bigint, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Number((value >> BigInt(8 * (count - 1 - i))) & 0xffn));
}

/** Bytes of each header. */
export const headerLength = ({ values }: Announced): number => VALUES + values.length;

/** The header of a flow between a client and an endpoint's port. */
export function headerOf(announced: Announced, client: number, clientPort: number, port: number): Uint8Array {
  const bytes = new Uint8Array(headerLength(announced));
  const view = new DataView(bytes.buffer);
  bytes.set([...SIGNATURE, PROXY_COMMAND, TCP_OVER_IPV4]);
  view.setUint16(LENGTH, bytes.length - SOURCE);
  view.setUint32(SOURCE, client);
  view.setUint32(DESTINATION, announced.address);
  view.setUint16(SOURCE_PORT, clientPort);
  view.setUint16(DESTINATION_PORT, port);
  bytes.set(announced.values, VALUES);
  if (announced.checksummed) view.setUint32(CHECKSUM, crc32c(bytes));
  return bytes;
}

function crc32c(bytes: Uint8Array): number {
  let crc = ALL_BITS;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
  }
  return (crc ^ ALL_BITS) >>> 0;
}
