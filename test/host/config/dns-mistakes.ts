// One row for each mistake about private DNS zones.

import type { Mistaken } from "./sample.ts";

const BEFORE = "privateEndpoints:\n  - name: pe-blob\n";
const DOMAIN = "privatelink.blob.core.windows.net";

/** The sample's endpoints with zones before them, and a zone group of the first one. */
const withZones = (zones: string, group = ""): string => `privateDnsZones: [${zones}]\n${BEFORE}${group}`;

export const DNS_MISTAKES: readonly Mistaken[] = [
  [
    BEFORE,
    withZones("{ name: hub, virtualNetworkLinks: [^consumr] }"),
    'There is no virtual network "consumr". Did you mean "consumer"?',
  ],
  [
    BEFORE,
    withZones("{ name: hub, virtualNetworkLinks: [] }, { name: ^hub, virtualNetworkLinks: [] }"),
    'There are two private DNS zones named "hub". Rename one.',
  ],
  [
    BEFORE,
    withZones(
      `{ name: ${DOMAIN}, virtualNetworkLinks: [tenant] }, { name: b, zone: ${DOMAIN}, virtualNetworkLinks: [^tenant] }`,
    ),
    `"tenant" is linked to a zone for ${DOMAIN} already, by "${DOMAIN}". Remove one link.`,
  ],
  [
    BEFORE,
    withZones("{ name: hub, virtualNetworkLinks: [] }", "    privateDnsZoneGroup: [^hbu]\n"),
    'There is no private DNS zone "hbu". Did you mean "hub"?',
  ],
  [
    BEFORE,
    withZones("{ name: hub, zone: ^a..b, virtualNetworkLinks: [] }"),
    "This is no domain. Write labels of letters, digits and hyphens with dots between them.",
  ],
];
