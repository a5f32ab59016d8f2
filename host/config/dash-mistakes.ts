// What the shape of a DASH mapping cannot say: ranges that share a port.

import type { Mistake } from "./problem.ts";
import type { ConfigurationFile } from "./schema.ts";
import { portsOf, type Range } from "./security.ts";

/** Every such mistake. */
export function dashMistakes({ privateEndpoints }: ConfigurationFile): Mistake[] {
  return privateEndpoints.flatMap(({ dash }, i) => {
    const ranges = (dash?.outboundPortMap ?? []).map(({ destinationPorts }) => portsOf(destinationPorts) as Range);
    return ranges.flatMap(({ first, last }, j): Mistake[] => {
      const path = ["privateEndpoints", i, "dash", "outboundPortMap", j, "destinationPorts"];
      const other = ranges.findIndex((range, k) => k < j && range.first <= last && first <= range.last);
      if (other < 0) return [];
      return [{ path, message: "These ports overlap those of another range of the map. Give each port one range." }];
    });
  });
}
