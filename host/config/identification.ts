// Mistakes about resources: rules that identify by name need endpoints that are mapped to one, and resources need names.

import type { Mistake } from "./problem.ts";
import type { ConfigurationFile } from "./schema.ts";
import { namesOfGroup } from "./zones.ts";

type Service = ConfigurationFile["privateLinkServices"][number];
type Resource = NonNullable<Service["resources"]>[number];

/** Every such mistake. */
export function identification(file: ConfigurationFile): Mistake[] {
  const { privateLinkServices: services, loadBalancers: balancers } = file;
  return [...services.flatMap(resources), ...endpoints(file), ...shards(file), ...balancers.flatMap(requests)];
}

/** Requests can be told apart in HTTP only, and only where nothing else is expected. */
function requests({ loadBalancingRules }: ConfigurationFile["loadBalancers"][number], i: number): Mistake[] {
  return loadBalancingRules.flatMap(({ name, identify, everyRequest }, j): Mistake[] => {
    if (!everyRequest || identify === "http") return [];
    const message = `Rule "${name}" looks at every request, and identifies by ${identify}. Use identify: http, or leave everyRequest out.`;
    return [{ path: ["loadBalancers", i, "loadBalancingRules", j, "everyRequest"], message }];
  });
}

/** Held segments do not cross from a shard to its front. */
function shards({ loadBalancers, settings }: ConfigurationFile): Mistake[] {
  const rule = loadBalancers
    .flatMap(({ loadBalancingRules }) => loadBalancingRules)
    .find(({ identify }) => identify !== "address");
  if (rule === undefined || settings.shards === 1) return [];
  const message = `Rule "${rule.name}" identifies by name, which a plane of several shards does not do. Use 1 shard, or identify: address.`;
  return [{ path: ["settings", "shards"], message }];
}

const titleOf = ({ name, groupId }: Resource): string =>
  groupId === undefined ? `"${name}"` : `"${name}" (${groupId})`;

function resources({ resources: list = [] }: Service, i: number): Mistake[] {
  const seen = new Set<string>();
  return list.flatMap((resource, j): Mistake[] => {
    const path = ["privateLinkServices", i, "resources", j];
    const title = titleOf(resource);
    const mistakes: Mistake[] = [];
    if (seen.has(title)) mistakes.push({ path, message: `There are two resources ${title}. Remove one.` });
    seen.add(title);
    const names = resource.names ?? namesOfGroup(resource.name, resource.groupId) ?? [];
    if (names.length === 0)
      mistakes.push({ path, message: `No names follow from the group of ${title}. Write them under names.` });
    return mistakes;
  });
}

function endpoints(file: ConfigurationFile): Mistake[] {
  const services = new Map(file.privateLinkServices.map((service) => [service.name, service]));
  const rules = new Map(file.privateLinkServices.map((service) => [service, namingRule(file, service)]));
  return file.privateEndpoints.flatMap((endpoint, i): Mistake[] => {
    const service = services.get(endpoint.privateLinkService);
    if (service === undefined) return [];
    const path = ["privateEndpoints", i];
    const { resource, groupId } = endpoint;
    if (resource === undefined) {
      const rule = rules.get(service);
      if (rule === undefined) return [];
      const message = `Rule "${rule}" identifies by name, and "${endpoint.name}" is mapped to no resource. Add resource, and groupId if it has one.`;
      return [{ path, message }];
    }
    const list = service.resources ?? [];
    if (list.some((one) => one.name === resource && one.groupId === groupId)) return [];
    const known = list.map(titleOf).join(", ") || "(there is none yet)";
    const wanted = titleOf({ name: resource, groupId });
    return [
      { path: [...path, "resource"], message: `"${service.name}" has no resource ${wanted}. Use one of: ${known}.` },
    ];
  });
}

/** Name of a rule of a service that identifies by name. */
function namingRule({ loadBalancers }: ConfigurationFile, service: Service): string | undefined {
  const frontends = service.loadBalancerFrontendIPConfigurations;
  const balancer = loadBalancers.find(({ name }) => name === service.loadBalancer);
  return balancer?.loadBalancingRules.find(
    ({ identify, frontendIPConfiguration: frontend }) =>
      identify !== "address" && (frontends === undefined || frontends.includes(frontend)),
  )?.name;
}
