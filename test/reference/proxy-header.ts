// The PROXY header of a flow (behaviour 16).
import type { Settings } from "../../host/config/configuration.ts";

const FRONT = Buffer.from("0d0a0d0a000d0a515549540a2111", "hex");
const LENGTH_AT = 14;
const ADDRESSES_AT = 16;
const VALUES_AT = 28;
const CHECKSUM_AT = 31;
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
  const header = Buffer.alloc(VALUES_AT + values.length);
  FRONT.copy(header);
  header.writeUInt16BE(header.length - ADDRESSES_AT, LENGTH_AT);
  header.writeUInt32BE(client, ADDRESSES_AT);
  header.writeUInt32BE(address, ADDRESSES_AT + 4);
  header.writeUInt16BE(clientPort, ADDRESSES_AT + 8);
  header.writeUInt16BE(port, ADDRESSES_AT + 10);
  values.copy(header, VALUES_AT);
  if (profile === "aws") header.writeUInt32BE(crc32c(header), CHECKSUM_AT);
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
