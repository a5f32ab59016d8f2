// Mistakes about private DNS zones: links and zone groups that name nothing, two zones for one domain at one network.

import { keyOf } from "./numbering.ts";
import type { Mistake } from "./problem.ts";
import { reference, repeated } from "./references.ts";
import type { ConfigurationFile } from "./schema.ts";
import { normalName } from "./zones.ts";

/** Every such mistake of a file whose shape is right. */
export function dnsMistakes(file: ConfigurationFile): Mistake[] {
  const { privateDnsZones: zones = [] } = file;
  return [...repeated(zones, ["privateDnsZones"], "private DNS zones"), ...links(file), ...groups(file)];
}

function links({ privateDnsZones = [], virtualNetworks }: ConfigurationFile): Mistake[] {
  const owners = new Map<string, string>();
  return privateDnsZones.flatMap(({ name, zone = name, virtualNetworkLinks }, i) =>
    virtualNetworkLinks.flatMap((network, j): Mistake[] => {
      const path = ["privateDnsZones", i, "virtualNetworkLinks", j];
      const key = keyOf(network, normalName(zone));
      const owner = owners.get(key);
      owners.set(key, owner ?? name);
      const missing = reference(network, virtualNetworks, path, "virtual network");
      if (owner === undefined || missing.length > 0) return missing;
      const message = `"${network}" is linked to a zone for ${normalName(zone)} already, by "${owner}". Remove one link.`;
      return [{ path, message }];
    }),
  );
}

function groups({ privateDnsZones = [], privateEndpoints }: ConfigurationFile): Mistake[] {
  return privateEndpoints.flatMap(({ privateDnsZoneGroup = [] }, i) =>
    privateDnsZoneGroup.flatMap((zone, j) =>
      reference(zone, privateDnsZones, ["privateEndpoints", i, "privateDnsZoneGroup", j], "private DNS zone"),
    ),
  );
}
