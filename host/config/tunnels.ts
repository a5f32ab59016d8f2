// Tunnels that are opened, and networks by the identifiers in them (docs/behaviour.md, section 22).

import * as Abi from "../abi.ts";
import type { Configuration, TunnelType } from "./configuration.ts";
import type { TableImage } from "./image.ts";

/** UDP ports that are taken when a configuration names none (RFC 7348, section 8; RFC 8926, section 7). */
export const DEFAULT_PORTS: Partial<Record<TunnelType, number>> = { vxlan: 4789, geneve: 6081 };

const TYPES: Record<TunnelType, number> = {
  vxlan: Abi.TUNNEL_VXLAN,
  geneve: Abi.TUNNEL_GENEVE,
  nvgre: Abi.TUNNEL_NVGRE,
  gre: Abi.TUNNEL_GRE,
};
const NAMES = new Map(Object.entries(TYPES).map(([name, number]) => [number, name as TunnelType]));

/** The type that a number of the core's stands for. */
export const tunnelOf = (number: number): TunnelType => NAMES.get(number) ?? "vxlan";

const CONSUMER_BIT = 1;
const PROVIDER_BIT = 2;

/** Writes the table: on the provider's side only networks that hold a private link service count. */
export function writeTunnels(image: TableImage, configuration: Configuration, numbers: readonly number[]): void {
  const { privateLinkServices, settings, virtualNetworks } = configuration;
  const { tunnels } = settings;
  const provide = new Set(privateLinkServices.map((service) => service.virtualNetwork));
  const named = virtualNetworks
    .flatMap(({ name, vni }, index) =>
      vni === undefined ? [] : [{ vni, number: numbers[index] as number, provides: provide.has(name) }],
    )
    .sort((one, other) => one.vni - other.vni);
  const ported = tunnels.flatMap(({ type, port = DEFAULT_PORTS[type] }) =>
    port === undefined ? [] : [{ type, port }],
  );
  const section = image.section(Abi.TUNNELS_NETWORKS + named.length * Abi.TUNNEL_NETWORK_SIZE);
  image.u32(
    section + Abi.TUNNELS_TYPES,
    tunnels.reduce((bits, { type }) => bits | (1 << TYPES[type]), 0),
  );
  image.u32(section + Abi.TUNNELS_PORT_COUNT, ported.length);
  image.u32(section + Abi.TUNNELS_NETWORK_COUNT, named.length);
  ported.forEach(({ type, port }, index) => {
    const at = section + Abi.TUNNELS_PORTS + index * Abi.TUNNEL_PORT_SIZE;
    image.u16Be(at + Abi.TUNNEL_PORT_BE, port);
    image.u16(at + Abi.TUNNEL_PORT_TYPE, TYPES[type]);
  });
  named.forEach(({ vni, number, provides }, index) => {
    const at = section + Abi.TUNNELS_NETWORKS + index * Abi.TUNNEL_NETWORK_SIZE;
    image.u32(at + Abi.TUNNEL_NETWORK_IDENTIFIER, vni);
    image.u16(at + Abi.TUNNEL_NETWORK_NUMBER, number);
    image.u16(at + Abi.TUNNEL_NETWORK_SIDES, provides ? CONSUMER_BIT | PROVIDER_BIT : CONSUMER_BIT);
  });
  image.u32(Abi.TABLES_TUNNELS, section);
}
