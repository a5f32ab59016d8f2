// VLAN identifiers -> networks, for each side (docs/behaviour.md, section 2).

import * as Abi from "../abi.ts";
import type { Configuration } from "./configuration.ts";
import type { TableImage } from "./image.ts";

const IDENTIFIERS = 4096;
const CONSUMER_BIT = 1;
const PROVIDER_BIT = 2;

/** Writes the tables: on the provider's side only networks that hold a private link service count. */
export function writeVlans(image: TableImage, configuration: Configuration, numbers: readonly number[]): void {
  const provide = new Set(configuration.privateLinkServices.map((service) => service.virtualNetwork));
  const singles = image.section(2 * IDENTIFIERS * 2);
  const pairs: { outer: number; inner: number; network: number; sides: number }[] = [];
  configuration.virtualNetworks.forEach(({ name, vlan }, index) => {
    const network = numbers[index] as number;
    const sides = provide.has(name) ? CONSUMER_BIT | PROVIDER_BIT : CONSUMER_BIT;
    if (typeof vlan === "number") {
      for (const side of [Abi.SIDE_CONSUMER, Abi.SIDE_PROVIDER])
        if ((sides >> side) & 1) image.u16(singles + (side * IDENTIFIERS + vlan) * 2, network + 1);
    } else if (vlan !== undefined) {
      pairs.push({ outer: vlan[0], inner: vlan[1], network, sides });
    }
  });
  const section = image.section(pairs.length * Abi.VLAN_PAIR_SIZE);
  pairs.forEach((pair, index) => {
    const at = section + index * Abi.VLAN_PAIR_SIZE;
    image.u16(at + Abi.VLAN_PAIR_OUTER, pair.outer);
    image.u16(at + Abi.VLAN_PAIR_INNER, pair.inner);
    image.u16(at + Abi.VLAN_PAIR_NETWORK, pair.network);
    image.u16(at + Abi.VLAN_PAIR_SIDES, pair.sides);
  });
  image.u32(Abi.TABLES_VLANS, singles);
  image.u32(Abi.TABLES_VLAN_PAIRS, section);
  image.u32(Abi.TABLES_VLAN_PAIR_COUNT, pairs.length);
}
