// Who is calling, as PROXY headers say it: the identifier of an endpoint's connection in the way of each cloud
// (docs/behaviour.md, section 16).

import { hashOf, linkIdentifiers } from "./approval.ts";
import type { Configuration, PrivateEndpoint } from "./configuration.ts";

const TYPE_CRC32C = 0x03;
const TYPE_AZURE = 0xee;
const TYPE_AWS = 0xea;
const TYPE_GCP = 0xe0;
/** What follows in the value: a link identifier, a VPC endpoint's. */
const SUBTYPE = 0x01;
const CRC_BYTES = 4;
const LINK_BYTES = 4;
const CONNECTION_BYTES = 8;
const PSC_MASK = 2n ** 64n - 1n;

type Connection = Pick<PrivateEndpoint, "name" | "privateLinkService" | "vpcEndpointId" | "pscConnectionId">;

/** 64 bits that follow from the names of service and endpoint. */
function bitsOf({ name, privateLinkService }: Connection): bigint {
  const high = hashOf(JSON.stringify([privateLinkService, name]));
  const low = hashOf(JSON.stringify([privateLinkService, name, "identity"]));
  return (BigInt(high) << 32n) | BigInt(low);
}

/** Those given, and for the others one that follows from the names; where two meet, the later one counts on. */
function identifiers<Id extends string>(
  connections: readonly Connection[],
  given: (connection: Connection) => Id | undefined,
  made: (bits: bigint) => Id,
): Id[] {
  const taken = new Set(connections.flatMap((connection) => given(connection) ?? []));
  return connections.map((connection) => {
    const own = given(connection);
    if (own !== undefined) return own;
    let bits = bitsOf(connection);
    while (taken.has(made(bits))) bits = (bits + 1n) & PSC_MASK;
    taken.add(made(bits));
    return made(bits);
  });
}

/** Identifiers of the endpoints as AWS has them. */
export const vpcEndpointIds = (connections: readonly Connection[]): string[] =>
  identifiers(
    connections,
    ({ vpcEndpointId }) => vpcEndpointId,
    (bits) => `vpce-0${bits.toString(16).padStart(16, "0")}`,
  );

/** Numbers of the connections as Google Cloud has them, 64 bits, decimal. */
export const pscConnectionIds = (connections: readonly Connection[]): string[] =>
  identifiers(
    connections,
    ({ pscConnectionId }) => pscConnectionId,
    (bits) => bits.toString(),
  );

/** What a header bears behind its addresses, for each endpoint whose service has headers. The value of a checksum is left 0. */
export function proxyIdentities(configuration: Configuration): (Uint8Array | undefined)[] {
  const { privateEndpoints, privateLinkServices, settings } = configuration;
  const announcing = new Set(
    privateLinkServices.filter(({ enableProxyProtocol = false }) => enableProxyProtocol).map(({ name }) => name),
  );
  const write = { azure: azureIdentity, aws: awsIdentity, gcp: gcpIdentity, rfc: noIdentity }[settings.profile];
  return identityTexts(configuration).map((text, i) =>
    announcing.has(privateEndpoints[i]?.privateLinkService ?? "") ? write(text) : undefined,
  );
}

/** The identifier that stands in an endpoint's headers, as text. */
export function identityTexts(configuration: Configuration): string[] {
  const { privateEndpoints, settings } = configuration;
  if (settings.profile === "aws") return vpcEndpointIds(privateEndpoints);
  if (settings.profile === "gcp") return pscConnectionIds(privateEndpoints);
  return linkIdentifiers(privateEndpoints).map(String);
}

function azureIdentity(link: string): Uint8Array {
  const bytes = new Uint8Array([TYPE_AZURE, 0, 1 + LINK_BYTES, SUBTYPE, 0, 0, 0, 0]);
  new DataView(bytes.buffer).setUint32(4, Number(link), true);
  return bytes;
}

function awsIdentity(id: string): Uint8Array {
  const text = new TextEncoder().encode(id);
  const checksum = [TYPE_CRC32C, 0, CRC_BYTES, 0, 0, 0, 0];
  return new Uint8Array([...checksum, TYPE_AWS, 0, 1 + text.length, SUBTYPE, ...text]);
}

function gcpIdentity(id: string): Uint8Array {
  const bytes = new Uint8Array([TYPE_GCP, 0, CONNECTION_BYTES, ...new Uint8Array(CONNECTION_BYTES)]);
  new DataView(bytes.buffer).setBigUint64(3, BigInt(id), false);
  return bytes;
}

/** Addresses are all that a header bears which is no cloud's. */
const noIdentity = (): Uint8Array => new Uint8Array(0);

/** Whether some service puts headers in front of its clients' streams. */
export const announcesClients = ({ privateLinkServices }: Configuration): boolean =>
  privateLinkServices.some(({ enableProxyProtocol = false }) => enableProxyProtocol);
