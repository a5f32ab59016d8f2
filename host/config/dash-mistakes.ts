// What the shape of a DASH mapping cannot say: ranges of ports that are none, or share a port.

import type { Mistake } from "./problem.ts";
import type { ConfigurationFile } from "./schema.ts";

const PORT_MAX = 65_535;

/** Every such mistake. */
export function dashMistakes({ privateEndpoints }: ConfigurationFile): Mistake[] {
  return privateEndpoints.flatMap(({ dash }, i) => {
    const ranges = (dash?.outboundPortMap ?? []).map(({ destinationPorts }) => boundsOf(destinationPorts));
    return ranges.flatMap(([first, last], j): Mistake[] => {
      const path = ["privateEndpoints", i, "dash", "outboundPortMap", j, "destinationPorts"];
      if (last < first || last > PORT_MAX)
        return [{ path, message: `${first}-${last} is no range of ports up to 65535. Write the lower one first.` }];
      const other = ranges.findIndex(([from, to], k) => k < j && from <= last && first <= to);
      if (other < 0) return [];
      return [{ path, message: `These ports overlap those of another range of the map. Give each port one range.` }];
    });
  });
}

function boundsOf(text: string): [first: number, last: number] {
  const [first = 0, last = first] = text.split("-").map(Number);
  return [first, last];
}
