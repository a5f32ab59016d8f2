// What a name resolves to in a network, and why: a private zone linked to the network answers first, public DNS otherwise, which
// makes the name of a resource with endpoints an alias of its private link form.

import { isSix } from "../config/ipv6.ts";
import { addressesOfEndpoint } from "../config/prefix.ts";
import type { Configuration, PrivateEndpoint, Resource } from "../config/configuration.ts";
import { reachOf } from "../config/reach.ts";
import { formsOf, normalName, privateForm } from "../config/zones.ts";
import { liesIn, resourceOf, type ZoneRecords, zoneRecords } from "./records.ts";

export const RESOLVE_SCHEMA = "linkplane.resolve/1";

/** One answer on the way. */
export interface ResolveStep {
  name: string;
  /** Domain of the zone that answered; `public` for public DNS. */
  zone: string;
  /** `A 10.1.0.4`, `CNAME other.example`, `NXDOMAIN`, or `A ?` where the configuration does not know. */
  answer: string;
  why: string;
}

export interface Resolution {
  schema: typeof RESOLVE_SCHEMA;
  name: string;
  network: string;
  /** `private`: an endpoint's address; `public`: past every endpoint; `none`: a linked zone has no such name. */
  outcome: "private" | "public" | "none";
  /** Empty where the public address is not known. */
  addresses: string[];
  /** Endpoint whose address it is. */
  endpoint?: string;
  steps: ResolveStep[];
  /** Sentences about endpoints that claim one name, and records that lead nowhere useful. */
  warnings: string[];
}

/** Answers as the resolvers of a configuration's networks would. */
export class Resolver {
  private readonly zones: readonly ZoneRecords[];
  /** Networks whose endpoints each one's clients reach, by name. */
  private readonly reached: ReadonlyMap<string, readonly string[]>;
  private readonly resources = new Map<string, { resource: Resource; endpoints: PrivateEndpoint[] }>();

  constructor(configuration: Configuration) {
    this.zones = zoneRecords(configuration);
    const names = configuration.virtualNetworks.map(({ name }) => name);
    const { peers } = reachOf(configuration);
    this.reached = new Map(names.map((name, i) => [name, (peers[i] ?? []).map((peer) => names[peer] ?? "")]));
    const services = configuration.privateLinkServices;
    for (const resource of services.flatMap(({ resources = [] }) => resources))
      for (const form of resource.names.flatMap(formsOf))
        if (!this.resources.has(form)) this.resources.set(form, { resource, endpoints: [] });
    for (const endpoint of configuration.privateEndpoints)
      for (const form of resourceOf(configuration, endpoint)?.names.flatMap(formsOf) ?? [])
        this.resources.get(form)?.endpoints.push(endpoint);
  }

  /** Whether the name is one of a resource that has an endpoint. */
  knows(name: string): boolean {
    return (this.resources.get(normalName(name))?.endpoints.length ?? 0) > 0;
  }

  /** Endpoints mapped to the resource of a name. */
  endpointsOf(name: string): readonly PrivateEndpoint[] {
    return this.resources.get(normalName(name))?.endpoints ?? [];
  }

  resolve(asked: string, network: string): Resolution {
    const name = normalName(asked);
    const answer: Resolution = {
      schema: RESOLVE_SCHEMA,
      name,
      network,
      outcome: "public",
      addresses: [],
      steps: [],
      warnings: [],
    };
    if (this.ask(name, answer)) return answer;
    const alias = this.knows(name) ? privateForm(name) : undefined;
    if (alias !== undefined) {
      const why = "The resource has a private endpoint, so its public name is an alias of the private link form.";
      answer.steps.push({ name, zone: "public", answer: `CNAME ${alias}`, why });
      if (this.ask(alias, answer)) return answer;
    }
    this.askPublic(alias ?? name, answer);
    return answer;
  }

  /** Asks the private zone of a name that is linked to the network; false when there is none. */
  private ask(name: string, answer: Resolution): boolean {
    const { network } = answer;
    const zone = this.zones
      .filter(({ domain, links }) => links.includes(network) && liesIn(name, domain))
      .sort((a, b) => b.domain.length - a.domain.length)[0];
    if (zone === undefined) return false;
    const written = zone.records.get(name) ?? [];
    const endpoint = written.at(-1);
    const linked = `Zone ${zone.domain} is ${zone.assumed ? "assumed to be linked" : "linked"} to "${network}"`;
    if (endpoint === undefined) {
      answer.outcome = "none";
      const advice = zone.assumed
        ? "It is assumed, since privateDnsZones is left out: write the zones down as they are."
        : this.knows(name)
          ? "Add the zone to the privateDnsZoneGroup of the endpoint, or unlink it."
          : "Make an endpoint for the resource of this name and add the zone to its privateDnsZoneGroup, or unlink the zone.";
      const why = `${linked} and has no such record; public DNS is not asked. ${advice}`;
      answer.steps.push({ name, zone: zone.domain, answer: "NXDOMAIN", why });
      return true;
    }
    const addresses = addressesOfEndpoint(endpoint);
    answer.outcome = "private";
    answer.addresses = addresses;
    answer.endpoint = endpoint.name;
    answer.steps.push({
      name,
      zone: zone.domain,
      answer: recordsOf(addresses),
      why: `${linked}; "${endpoint.name}" wrote it.`,
    });
    const isReached =
      endpoint.virtualNetwork === network || this.reached.get(network)?.includes(endpoint.virtualNetwork);
    answer.warnings.push(...warningsOf(name, zone, written, endpoint));
    if (isReached !== true)
      answer.warnings.push(
        `"${endpoint.name}" lies in "${endpoint.virtualNetwork}", with which "${network}" is not peered: clients are led to an address that they do not reach. Peer the two, both sides Connected.`,
      );
    return true;
  }

  private askPublic(name: string, answer: Resolution): void {
    const known = this.resources.get(name);
    const { network } = answer;
    answer.addresses = known?.resource.publicIPAddresses ?? [];
    const holding = this.zones.filter(({ domain }) => liesIn(name, domain));
    const zones = holding.map(({ name: zone }) => `"${zone}"`);
    const link = holding.some(({ assumed }) => assumed)
      ? `Zones are assumed where endpoints lie, since privateDnsZones is left out: write the zones down as they are, and link one to "${network}"`
      : "Link it";
    const unlinked = `Its private zone ${zones.join(", ")} is not linked to "${network}". ${link}, if clients there are to use the endpoint.`;
    const none = this.knows(name)
      ? `There is no private zone for it. Add one to privateDnsZones and link it to "${network}".`
      : known === undefined
        ? "No resource of the configuration has this name."
        : "No endpoint is mapped to the resource of this name.";
    const texts = answer.addresses.length === 0 ? "A ?" : recordsOf(answer.addresses);
    answer.steps.push({ name, zone: "public", answer: texts, why: zones.length > 0 ? unlinked : none });
    const alias = this.knows(name) ? undefined : privateForm(name);
    const hiding = this.zones.find(
      ({ domain, links }) => alias !== undefined && links.includes(network) && liesIn(alias, domain),
    );
    if (alias !== undefined && hiding !== undefined)
      answer.warnings.push(
        `If the resource has a private endpoint anywhere, also one of somebody else's, its public name is an alias of ${alias}: zone "${hiding.name}" is linked to "${network}" and has no such record, so clients there are told that there is no such name.`,
      );
  }
}

/** Addresses as the records that hold them. */
function recordsOf(addresses: readonly string[]): string {
  const [six, four] = [addresses.filter(isSix), addresses.filter((address) => !isSix(address))];
  const records: string[] = [];
  if (four.length > 0) records.push(`A ${four.join(" ")}`);
  if (six.length > 0) records.push(`AAAA ${six.join(" ")}`);
  return records.join(", ");
}

function warningsOf(
  name: string,
  zone: ZoneRecords,
  written: readonly PrivateEndpoint[],
  endpoint: PrivateEndpoint,
): string[] {
  const warnings: string[] = [];
  const others = written.slice(0, -1).map((each) => `"${each.name}" (${each.privateIPAddress})`);
  if (others.length > 0)
    warnings.push(
      `${others.join(", ")} and "${endpoint.name}" claim ${name} in zone "${zone.name}", which keeps only the last one's record. Give each network's endpoint a zone of its own.`,
    );
  if (endpoint.connectionState !== "Approved")
    warnings.push(
      `The connection of "${endpoint.name}" is ${endpoint.connectionState}: the name leads to it all the same, and its packets are refused.`,
    );
  return warnings;
}
