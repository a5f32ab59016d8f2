// The PROXY header that a client's stream has to begin with behind the plane (docs/behaviour.md, section 16): the replay's own
// writing, apart from the core's and from the image of tables, so that it can find them wrong.

import type { Configuration } from "../config/configuration.ts";
import { DEFAULT_MTU } from "../config/configuration.ts";
import { identityTexts } from "../config/proxy.ts";

const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
const PROXY_COMMAND = 0x21;
const TCP_OVER_IPV4 = 0x11;
const TCP_OVER_IPV6 = 0x21;
const LENGTH = 14;
/** Both addresses, then both ports, then the values. */
const SOURCE = 16;
const PORTS_SIZE = 4;
/** Place of the checksum in the values of a header that has one: it comes first. */
const CHECKSUM = 3;
/** CRC-32C, reflected (RFC 9260, appendix A). */
const POLYNOMIAL = 0x82f63b78;
const ALL_BITS = 0xffffffff;

/** What the headers of an endpoint's clients say of it. */
export interface Announced extends Announcement {
  /** Address of the endpoint, 4 or 16 bytes. */
  address: Uint8Array;
}

/** The same without the address, which an endpoint may have several of. */
export interface Announcement {
  /** Typed values, a checksum among them still 0. */
  values: Uint8Array;
  checksummed: boolean;
  /** Largest IP packet that a header may go into. */
  mtu: number;
}

/** Of each endpoint what its headers say; undefined when its service has none. */
export function announcements(configuration: Configuration): (Announcement | undefined)[] {
  const { privateEndpoints, privateLinkServices, virtualNetworks, settings } = configuration;
  const texts = identityTexts(configuration);
  return privateEndpoints.map(({ privateLinkService }, i) => {
    const service = privateLinkServices.find(({ name }) => name === privateLinkService);
    if (service?.enableProxyProtocol !== true) return undefined;
    return {
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
export const headerLength = ({ address, values }: Announced): number => valuesAt(address) + values.length;

const valuesAt = (address: Uint8Array): number => SOURCE + 2 * address.length + PORTS_SIZE;

/** The header of a flow between a client, whose address is as long as the endpoint's, and an endpoint's port. */
export function headerOf(announced: Announced, client: Uint8Array, clientPort: number, port: number): Uint8Array {
  const { address, values, checksummed } = announced;
  const bytes = new Uint8Array(headerLength(announced));
  const view = new DataView(bytes.buffer);
  const at = valuesAt(address);
  bytes.set([...SIGNATURE, PROXY_COMMAND, address.length === 4 ? TCP_OVER_IPV4 : TCP_OVER_IPV6]);
  view.setUint16(LENGTH, bytes.length - SOURCE);
  bytes.set(client, SOURCE);
  bytes.set(address, SOURCE + address.length);
  view.setUint16(at - PORTS_SIZE, clientPort);
  view.setUint16(at - PORTS_SIZE / 2, port);
  bytes.set(values, at);
  if (checksummed) view.setUint32(at + CHECKSUM, crc32c(bytes));
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
