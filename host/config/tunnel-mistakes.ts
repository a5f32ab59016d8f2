// What the shape of tunnels and their networks cannot say.

import { TUNNEL_PORTS_MAX } from "../abi.ts";
import type { Mistake } from "./problem.ts";
import type { ConfigurationFile } from "./schema.ts";
import { DEFAULT_PORTS } from "./tunnels.ts";

/** Every such mistake. */
export function tunnelMistakes(file: ConfigurationFile): Mistake[] {
  return [...ports(file), ...identifiers(file)];
}

/** Tunnels listed twice, or with a port that they cannot have. */
function ports({ settings: { tunnels } }: ConfigurationFile): Mistake[] {
  const owners = new Map<number | string, string>();
  const mistakes = tunnels.flatMap(({ type, port }, i): Mistake[] => {
    const path = ["settings", "tunnels", i];
    const otherwise = DEFAULT_PORTS[type];
    if (otherwise === undefined && port !== undefined)
      return [{ path: [...path, "port"], message: `A tunnel of type ${type} has no port. Remove it.` }];
    const place = port ?? otherwise ?? type;
    const owner = owners.get(place);
    owners.set(place, type);
    if (owner === undefined) return [];
    if (owner === type) return [{ path, message: `This tunnel is listed twice: ${type}. Remove one of them.` }];
    return [{ path, message: `UDP port ${place} is that of ${owner} too. Give each type its own.` }];
  });
  if ([...owners.keys()].filter((place) => typeof place === "number").length > TUNNEL_PORTS_MAX)
    mistakes.push({
      path: ["settings", "tunnels"],
      message: `Tunnels have at most ${TUNNEL_PORTS_MAX} UDP ports. Remove some.`,
    });
  return mistakes;
}

/** Networks that share an identifier, or have one that no tunnel brings. */
function identifiers({ settings: { tunnels }, virtualNetworks }: ConfigurationFile): Mistake[] {
  const owners = new Map<number, string>();
  return virtualNetworks.flatMap(({ name, vni }, i): Mistake[] => {
    if (vni === undefined) return [];
    const path = ["virtualNetworks", i, "vni"];
    if (tunnels.length === 0)
      return [
        {
          path,
          message: "No frame comes with a VNI: settings.tunnels opens no tunnel. Add one there, or remove vni.",
        },
      ];
    const owner = owners.get(vni);
    if (owner !== undefined)
      return [{ path, message: `VNI ${vni} is that of "${owner}" too. Give each network its own.` }];
    owners.set(vni, name);
    return [];
  });
}
