// Private endpoints as the core sees them: what each is mapped to, and whether its connection carries traffic.

import * as Abi from "../abi.ts";
import { linkIdentifiers } from "./approval.ts";
import type { Configuration, ConnectionState } from "./configuration.ts";
import { sameIdentity } from "./change.ts";
import { proxyIdentities } from "./proxy.ts";
import type { TableImage } from "./image.ts";
import { groupsOf } from "./names.ts";
import { keyOf, type Numbered, type NumberedEndpoint } from "./numbering.ts";

const STATES: Record<ConnectionState, number> = {
  Approved: Abi.CONNECTION_APPROVED,
  Pending: Abi.CONNECTION_PENDING,
  Rejected: Abi.CONNECTION_REJECTED,
  Disconnected: Abi.CONNECTION_DISCONNECTED,
  Refused: Abi.CONNECTION_REFUSED,
};

/** Gives endpoints their numbers, in the configuration's order; one that is mapped to something else is another one. */
export function numberEndpoints(
  configuration: Configuration,
  networks: ReadonlyMap<string, number>,
  services: readonly number[],
  endpoints: Numbered<NumberedEndpoint>,
): number[] {
  const { privateEndpoints, privateLinkServices } = configuration;
  const links = linkIdentifiers(privateEndpoints);
  const identities = proxyIdentities(configuration);
  const byName = new Map(privateLinkServices.map(({ name }, index) => [name, services[index] as number]));
  return privateEndpoints.map(({ name, privateIPAddress: address, privateIPv6Address: other, ...its }, index) => {
    const network = networks.get(its.virtualNetwork) as number;
    const service = byName.get(its.privateLinkService) as number;
    const key = keyOf(name, network, address, other, service, its.resource, its.groupId);
    const identity = String(identities[index]);
    sameIdentity(endpoints.known(key), identity, name);
    return endpoints.number(key, { name, address, network, service, link: links[index] as number, identity });
  });
}

/** Writes the endpoints by their numbers; `filters` are in the configuration's order. */
export function writeEndpoints(
  image: TableImage,
  configuration: Configuration,
  numbers: readonly number[],
  filters: readonly number[],
  { things, count }: Numbered<NumberedEndpoint>,
): void {
  const groupOf = groupsOf(configuration);
  const identities = proxyIdentities(configuration);
  const section = image.section(count * Abi.ENDPOINT_SIZE);
  image.u32(Abi.TABLES_ENDPOINTS, section);
  things.forEach(({ service, network, link }, number) => {
    const at = section + number * Abi.ENDPOINT_SIZE;
    image.u16(at + Abi.ENDPOINT_SERVICE, service);
    image.u16(at + Abi.ENDPOINT_NETWORK, network);
    image.u32(at + Abi.ENDPOINT_LINK, link);
  });
  configuration.privateEndpoints.forEach((endpoint, index) => {
    const at = section + (numbers[index] as number) * Abi.ENDPOINT_SIZE;
    image.u8(at + Abi.ENDPOINT_CONNECTION, STATES[endpoint.connectionState]);
    image.u16(at + Abi.ENDPOINT_FILTER, filters[index] as number);
    image.u16(at + Abi.ENDPOINT_GROUP, groupOf(endpoint));
    const identity = identities[index];
    if (identity === undefined) return;
    const bytes = image.section(1 + identity.length);
    image.u8(bytes, identity.length);
    image.copy(bytes + 1, identity);
    image.u32(at + Abi.ENDPOINT_IDENTITY, bytes);
  });
}
