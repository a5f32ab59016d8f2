// What the shape of tunnels and their networks cannot say.

import { TUNNEL_PORTS_MAX } from "../abi.ts";
import { overheadOf } from "../encapsulation/outer.ts";
import { ETHERNET } from "../wire/ethernet.ts";
import { addressBytes } from "./address.ts";
import type { Encapsulation } from "./configuration.ts";
import { isSix } from "./ipv6.ts";
import type { Mistake } from "./problem.ts";
import type { ConfigurationFile } from "./schema.ts";
import { DEFAULT_PORTS } from "./tunnels.ts";

/** Every such mistake. */
export function tunnelMistakes(file: ConfigurationFile): Mistake[] {
  return [...ports(file), ...identifiers(file), ...file.virtualNetworks.flatMap(encapsulations)];
}

/** The largest IP packet that a limited encapsulation takes, bytes. */
export function roomWithin({
  type,
  local,
  mtu,
}: Pick<Encapsulation, "type" | "local"> & { mtu?: number | undefined }): number | undefined {
  return mtu === undefined ? undefined : mtu - overheadOf({ type, local: addressBytes(local) }) - ETHERNET.size;
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
  const owners = new Map<number | string, string>();
  return virtualNetworks.flatMap(({ name, vni, encapsulation }, i): Mistake[] => {
    if (vni === undefined) return [];
    const path = ["virtualNetworks", i, "vni"];
    if (tunnels.length === 0 && encapsulation === undefined)
      return [
        {
          path,
          message: "No frame comes with a VNI: settings.tunnels opens no tunnel. Add one there, or remove vni.",
        },
      ];
    // Where no tunnel is opened, an identifier is the other end's alone.
    const place = tunnels.length > 0 ? vni : `${vni} ${encapsulation?.remote}`;
    const owner = owners.get(place);
    if (owner !== undefined)
      return [{ path, message: `VNI ${vni} is that of "${owner}" too. Give each network its own.` }];
    owners.set(place, name);
    return [];
  });
}

/** An encapsulation that lacks its identifier, has two families or a port that it cannot have, or is too narrow. */
function encapsulations(
  { vni, mtu, encapsulation }: ConfigurationFile["virtualNetworks"][number],
  i: number,
): Mistake[] {
  if (encapsulation === undefined) return [];
  const path = ["virtualNetworks", i, "encapsulation"];
  const { type, local, remote, port } = encapsulation;
  const mistakes: Mistake[] = [];
  if (vni === undefined)
    mistakes.push({ path, message: "An encapsulation needs the network's identifier. Give the network a vni." });
  if (isSix(local) !== isSix(remote))
    mistakes.push({
      path: [...path, "remote"],
      message: "A tunnel has two ends of one family. Write both in IPv4 or both in IPv6.",
    });
  if (type === "nvgre" && port !== undefined)
    mistakes.push({ path: [...path, "port"], message: "A tunnel of type nvgre has no port. Remove it." });
  const room = roomWithin(encapsulation);
  if (room !== undefined && mtu !== undefined && mtu > room)
    mistakes.push({
      path: ["virtualNetworks", i, "mtu"],
      message: `The encapsulation leaves ${room} bytes for a packet. Use a lower mtu, or raise that of the encapsulation.`,
    });
  return mistakes;
}
