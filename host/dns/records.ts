// What the private DNS zones of a configuration hold: which zones a network's resolver asks, and the records that endpoints
// wrote into them.

import type { Configuration, PrivateEndpoint, Resource } from "../config/configuration.ts";
import { keyOf } from "../config/numbering.ts";
import { normalName, privateForm } from "../config/zones.ts";

/** A zone with its records. */
export interface ZoneRecords {
  name: string;
  domain: string;
  links: readonly string[];
  /** Endpoints that wrote a name, in the order of the file. The last one's record stands. */
  records: Map<string, PrivateEndpoint[]>;
  /** Made up, since the configuration has no zones at all. */
  assumed: boolean;
}

/** The resource that an endpoint is mapped to. */
export function resourceOf({ privateLinkServices }: Configuration, endpoint: PrivateEndpoint): Resource | undefined {
  const service = privateLinkServices.find(({ name }) => name === endpoint.privateLinkService);
  return service?.resources?.find(({ name, groupId }) => name === endpoint.resource && groupId === endpoint.groupId);
}

/** The name under which a private zone holds a public one: its private link form, itself where it has none. */
export const recordName = (name: string): string => privateForm(normalName(name)) ?? normalName(name);

/** Whether a name lies in a domain. */
export const liesIn = (name: string, domain: string): boolean => name === domain || name.endsWith(`.${domain}`);

/** Every zone, with what endpoints wrote into it. */
export function zoneRecords(configuration: Configuration): ZoneRecords[] {
  const zones = configuration.privateDnsZones?.map(
    ({ name, zone = name, virtualNetworkLinks: links }): ZoneRecords => ({
      name,
      domain: normalName(zone),
      links,
      records: new Map(),
      assumed: false,
    }),
  );
  const all = zones ?? assumedZones(configuration);
  for (const endpoint of configuration.privateEndpoints) {
    const written = all.filter(({ name, links }) =>
      endpoint.privateDnsZoneGroup === undefined
        ? links.includes(endpoint.virtualNetwork)
        : endpoint.privateDnsZoneGroup.includes(name),
    );
    for (const name of new Set(resourceOf(configuration, endpoint)?.names.map(recordName)))
      for (const { domain, records } of written)
        if (liesIn(name, domain)) records.set(name, [...(records.get(name) ?? []), endpoint]);
  }
  return all;
}

/** For each network, the zones that the names of its endpoints need. A name without a private link form is its own zone. */
function assumedZones(configuration: Configuration): ZoneRecords[] {
  const zones = new Map<string, ZoneRecords>();
  for (const endpoint of configuration.privateEndpoints)
    for (const name of resourceOf(configuration, endpoint)?.names ?? []) {
      const record = recordName(name);
      const domain = record === normalName(name) ? record : record.slice(record.indexOf("privatelink."));
      const key = keyOf(endpoint.virtualNetwork, domain);
      zones.set(key, { name: domain, domain, links: [endpoint.virtualNetwork], records: new Map(), assumed: true });
    }
  return [...zones.values()];
}
