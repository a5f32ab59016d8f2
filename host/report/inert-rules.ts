// Endpoint rules that are configured and do not apply.

import type { Configuration } from "../config/configuration.ts";
import { attachmentOf } from "../config/security.ts";

/** What there is to say about them, a sentence for each group. */
export function inertRules(configuration: Configuration): string[] {
  const endpoints = new Map<string, string[]>();
  for (const endpoint of configuration.privateEndpoints) {
    const attachment = attachmentOf(configuration, endpoint);
    if (attachment === undefined || !attachment.inert) continue;
    const { name } = attachment.group;
    endpoints.set(name, [...(endpoints.get(name) ?? []), endpoint.name]);
  }
  return [...endpoints].map(
    ([group, names]) =>
      `The rules of "${group}" do not apply to ${names.join(", ")}. Set privateEndpointNetworkPolicies of the subnet or endpoint to Enabled.`,
  );
}
