// The PROXY header of a flow (behaviour 16).
import type { Settings } from "../../host/config/configuration.ts";
import { addressBytes, isIpv6 } from "./address.ts";

const FRONT = Buffer.from("0d0a0d0a000d0a515549540a21", "hex");
const FAMILY_AT = 13;
const OVER_IPV4 = 0x11;
const OVER_IPV6 = 0x21;
const LENGTH_AT = 14;
const ADDRESSES_AT = 16;
/** Both ports. */
const PORTS_LENGTH = 4;
/** From where the values begin. */
const CHECKSUM_AT = 3;
/** CRC-32C of each byte: the remainder of its bits, the lowest first (RFC 9260, appendix A). */
const REMAINDERS = Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest % 2 === 0 ? rest / 2 : (((rest - 1) / 2) ^ 0x82f63b78) >>> 0;
  return rest;
});

/** How the headers of an endpoint end. */
export interface ProxyValues {
  profile: Settings["profile"];
  /** Identifier of the connection, as text. */
  identifier: string;
}

interface Ends {
  client: number;
  clientPort: number;
  address: number;
  port: number;
}

export function headerOf(
  { profile, identifier }: ProxyValues,
  { client, clientPort, address, port }: Ends,
): Uint8Array {
  const values = valuesOf(profile, identifier);
  const addresses = Buffer.concat([addressBytes(client), addressBytes(address)]);
  const portsAt = ADDRESSES_AT + addresses.length;
  const valuesAt = portsAt + PORTS_LENGTH;
  const header = Buffer.alloc(valuesAt + values.length);
  FRONT.copy(header);
  header[FAMILY_AT] = isIpv6(client) ? OVER_IPV6 : OVER_IPV4;
  header.writeUInt16BE(header.length - ADDRESSES_AT, LENGTH_AT);
  addresses.copy(header, ADDRESSES_AT);
  header.writeUInt16BE(clientPort, portsAt);
  header.writeUInt16BE(port, portsAt + 2);
  values.copy(header, valuesAt);
  if (profile === "aws") header.writeUInt32BE(crc32c(header), valuesAt + CHECKSUM_AT);
  return Uint8Array.from(header);
}

function valuesOf(profile: Settings["profile"], identifier: string): Buffer {
  if (profile === "rfc") return Buffer.alloc(0);
  if (profile === "azure") {
    const value = Buffer.from("ee00050100000000", "hex");
    value.writeUInt32LE(Number(identifier), 4);
    return value;
  }
  if (profile === "gcp") {
    const value = Buffer.from("e000080000000000000000", "hex");
    value.writeBigUInt64BE(BigInt(identifier), 3);
    return value;
  }
  const text = Buffer.from(identifier, "ascii");
  const value = Buffer.concat([Buffer.from("03000400000000ea000001", "hex"), text]);
  value.writeUInt16BE(text.length + 1, 8);
  return value;
}

function crc32c(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = ((rest >>> 8) ^ (REMAINDERS[(rest ^ byte) & 255] as number)) >>> 0;
  return ~rest >>> 0;
}
