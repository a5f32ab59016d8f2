// What a header of the PROXY protocol, version 2, says (docs/proxy.md).

import { addressText } from "../config/address.ts";
import { textOf } from "../config/ipv6.ts";

const AT = { client: 16, endpoint: 20, clientPort: 24, endpointPort: 26, values: 28 };
const AT6 = { client: 16, endpoint: 32, clientPort: 48, endpointPort: 50, values: 52 };
const FAMILY = 13;
const TCP_OVER_IPV6 = 0x21;
const SIX_BYTES = 16;
const TYPED = 3;
const TYPE_AZURE = 0xee;
const TYPE_AWS = 0xea;
const TYPE_GCP = 0xe0;
/** Azure's and AWS's values begin with a byte that says what follows. */
const SUBTYPE = 1;

/** What it says in words, and by name. */
export function proxyHeaderText(header: Uint8Array): { text: string } & Record<string, string> {
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const six = header[FAMILY] === TCP_OVER_IPV6;
  const at = six ? AT6 : AT;
  if (header.length < at.values) return { text: "cut short" };
  const address = (from: number): string =>
    six ? `[${textOf(header.subarray(from, from + SIX_BYTES))}]` : addressText(view.getUint32(from));
  const client = `${address(at.client)}:${view.getUint16(at.clientPort)}`;
  const endpoint = `${address(at.endpoint)}:${view.getUint16(at.endpointPort)}`;
  const [name, identifier] = identifierOf(view, at.values);
  return { text: `${client} > ${endpoint}, ${name} ${identifier}`, client, endpoint, [name]: identifier };
}

/** The identifier of the endpoint's connection, and what its field is called. */
function identifierOf(view: DataView, values: number): [name: string, identifier: string] {
  for (let at = values; at + TYPED <= view.byteLength; at += TYPED + view.getUint16(at + 1)) {
    const type = view.getUint8(at);
    const value = at + TYPED;
    const end = value + view.getUint16(at + 1);
    if (end > view.byteLength) break;
    if (type === TYPE_AZURE) return ["linkIdentifier", String(view.getUint32(value + SUBTYPE, true))];
    if (type === TYPE_GCP) return ["pscConnectionId", String(view.getBigUint64(value))];
    if (type !== TYPE_AWS) continue;
    const text = Array.from({ length: end - value - SUBTYPE }, (_, i) => view.getUint8(value + SUBTYPE + i));
    return ["vpcEndpointId", String.fromCharCode(...text)];
  }
  return ["identifier", "none"];
}
