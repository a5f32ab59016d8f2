// What there is to say about PROXY headers of a configuration: servers that could not tell what to expect, and flows without headers.

import { rulesOf } from "../config/service-rules.ts";
import type { Configuration, PrivateLinkService } from "../config/configuration.ts";

const hasHeaders = ({ enableProxyProtocol = false }: PrivateLinkService): boolean => enableProxyProtocol;

/** Load balancers whose servers get streams with headers from one service and without from another, a sentence for each. */
export function proxyDisagreements({ privateLinkServices, loadBalancers }: Configuration): string[] {
  return loadBalancers.flatMap(({ name }) => {
    const services = privateLinkServices.filter(({ loadBalancer }) => loadBalancer === name);
    const namesOf = (having: boolean): string =>
      services
        .filter((service) => hasHeaders(service) === having)
        .map((service) => service.name)
        .join(", ");
    const [having, lacking] = [namesOf(true), namesOf(false)];
    if (having === "" || lacking === "") return [];
    return [
      `Behind "${name}", ${having} puts PROXY headers in front of streams and ${lacking} does not: a server expects them from all or from none, and health probes fail. Set enableProxyProtocol of both alike.`,
    ];
  });
}

/** Which flows of services with headers have none; empty when no service has headers. */
export function proxyExceptions({ privateLinkServices, loadBalancers }: Configuration): string[] {
  const services = privateLinkServices.filter(hasHeaders);
  if (services.length === 0) return [];
  const udp = services.flatMap((service) => {
    const rules = rulesOf(service, loadBalancers).filter(({ rule }) => rule.protocol !== "Tcp");
    return [...new Set(rules.map(({ rule }) => `${rule.name} (${service.name})`))];
  });
  const midStream =
    "Flows that are admitted mid-stream have no PROXY header: their servers were given it, or were not, before the capture began.";
  return udp.length === 0 ? [midStream] : [`UDP has no PROXY header: ${udp.join(", ")}.`, midStream];
}
