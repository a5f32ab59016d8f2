// The table of addresses that mean something to the plane: endpoints' and NAT addresses, by (group of networks, address).

import * as Abi from "../abi.ts";
import { addressNumber } from "./address.ts";
import type { Configuration } from "./configuration.ts";
import type { TableImage } from "./image.ts";

/** Multiplier of the table's places; the core looks up by the same rule (assembly/admit/endpoint.ts). */
const MULTIPLIER = 0x9e3779b1;

interface Entry {
  address: number;
  network: number;
  /** Network its place follows from: that which all networks joined by peerings share. */
  group: number;
  kind: number;
  index: number;
}

/** Numbers of networks, their groups and the endpoints, each in the configuration's order. */
export interface AddressNumbers {
  networks: readonly number[];
  groups: readonly number[];
  endpoints: readonly number[];
}

/** Writes the open-addressing table, at most half full. */
export function writeAddresses(image: TableImage, configuration: Configuration, numbers: AddressNumbers): void {
  const entries = entriesOf(configuration, numbers);
  const places = 2 ** Math.ceil(Math.log2(Math.max(entries.length * 2, 4)));
  const section = image.section(places * Abi.ADDRESS_SIZE);
  for (const entry of entries) {
    let place = (hashOf(entry) >>> 8) & (places - 1);
    while (image.readU16(section + place * Abi.ADDRESS_SIZE + Abi.ADDRESS_KIND) !== 0)
      place = (place + 1) & (places - 1);
    const at = section + place * Abi.ADDRESS_SIZE;
    image.u32Be(at + Abi.ADDRESS_IP_BE, entry.address);
    image.u16(at + Abi.ADDRESS_NETWORK, entry.network);
    image.u16(at + Abi.ADDRESS_KIND, entry.kind);
    image.u16(at + Abi.ADDRESS_GROUP, entry.group);
    image.u16(at + Abi.ADDRESS_INDEX, entry.index);
  }
  image.u32(Abi.TABLES_ADDRESSES, section);
  image.u32(Abi.TABLES_ADDRESS_MASK, places - 1);
}

function entriesOf(configuration: Configuration, { networks, groups, endpoints }: AddressNumbers): Entry[] {
  const indexes = new Map(configuration.virtualNetworks.map(({ name }, index) => [name, index]));
  const placed = (name: string) => {
    const index = indexes.get(name) as number;
    return { network: networks[index] as number, group: networks[groups[index] as number] as number };
  };
  const entries: Entry[] = configuration.privateEndpoints.map((endpoint, index) => ({
    address: addressNumber(endpoint.privateIPAddress),
    ...placed(endpoint.virtualNetwork),
    kind: Abi.KIND_ENDPOINT,
    index: endpoints[index] as number,
  }));
  for (const service of configuration.privateLinkServices)
    for (const address of service.natAddresses)
      entries.push({
        address: addressNumber(address),
        ...placed(service.virtualNetwork),
        kind: Abi.KIND_NAT,
        index: 0,
      });
  return entries;
}

/** Hash over the address as the core loads it: network order read little endian. */
function hashOf({ address, group }: Entry): number {
  const loaded = ((address & 0xff) << 24) | ((address & 0xff00) << 8) | ((address >>> 8) & 0xff00) | (address >>> 24);
  return Math.imul(loaded ^ Math.imul(group, MULTIPLIER), MULTIPLIER);
}
